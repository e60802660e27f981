// What payers do to standings, in the database.
#pragma once

#include "server/adapters/store/database.h"
#include "server/core/payments/payment_ports.h"

namespace server::store {

/// Thread-safe. What it is made with must outlive it.
class SqlPaidSubscriptions final : public core::PaidSubscriptions
{
public:
    SqlPaidSubscriptions(Database &database, const core::PlanBook &plans)
        : m_database(database), m_plans(plans)
    {
    }

    base::Result<> follow(base::UserId user, const core::Subscription &news,
                          const QDateTime &now) override;
    base::Result<> addCalls(base::UserId user, int calls, const QDateTime &expiresAt,
                            const QDateTime &now) override;

private:
    Database &m_database;
    const core::PlanBook &m_plans;
};

} // namespace server::store
