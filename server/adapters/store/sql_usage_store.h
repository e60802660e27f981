// Standings, charges and subscriptions in the database.
#pragma once

#include "server/adapters/store/call_store.h"
#include "server/core/usage/usage_ports.h"

namespace server::store {

/// Thread-safe. What it is made with must outlive it.
class SqlUsageStore final : public core::UsageStore
{
public:
    SqlUsageStore(Database &database, SqlCallStore &calls, const core::PlanBook &plans)
        : m_database(database), m_calls(calls), m_plans(plans)
    {
    }

    base::Result<core::Standing> standing(base::UserId user, const QDateTime &now) override;
    base::Result<core::Call> reserve(const core::Call &call, const QDateTime &now,
                                     const core::CallGate &gate) override;
    base::Result<core::Standing> subscribe(base::UserId user,
                                           const core::Subscription &subscription,
                                           const core::AuditEntry &entry) override;
    base::Result<core::Standing> addAddon(base::UserId user, int calls, const QDateTime &expiresAt,
                                          const core::AuditEntry &entry) override;
    base::Result<core::Standing> endSubscription(base::UserId user, bool atPeriodEnd,
                                                 const QDateTime &now,
                                                 const core::AuditEntry &entry) override;

private:
    using Change = std::function<base::Result<>(Session &, core::Standing &)>;
    /// Locks the standing, changes it, stores it, and the audit entry with it.
    base::Result<core::Standing> change(base::UserId user, const core::AuditEntry &entry,
                                        const Change &work);

    Database &m_database;
    SqlCallStore &m_calls;
    const core::PlanBook &m_plans;
};

} // namespace server::store
