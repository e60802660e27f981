// Which events of payers were heard, in the database.
#pragma once

#include "server/adapters/store/database.h"
#include "server/core/payments/payment_ports.h"

namespace server::store {

/// Thread-safe. The database must outlive it.
class SqlPaymentEventStore final : public core::PaymentEventStore
{
public:
    explicit SqlPaymentEventStore(Database &database) : m_database(database) {}

    base::Result<bool> once(const core::PaymentEventKey &key, const QDateTime &now,
                            const core::BillingStore::Work &work) override;
    base::Result<> noteFailure(const core::PaymentEventKey &key, const QDateTime &now,
                               const QString &why) override;
    base::Result<int> removeBefore(const QDateTime &time) override;

private:
    Database &m_database;
};

} // namespace server::store
