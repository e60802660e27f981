// Stripe's customers, subscriptions and payments in the database.
#pragma once

#include "server/adapters/store/database.h"
#include "server/core/payments/payment_ports.h"

namespace server::store {

/// Thread-safe. The database must outlive it.
class SqlBillingStore final : public core::BillingStore
{
public:
    explicit SqlBillingStore(Database &database) : m_database(database) {}

    base::Result<> inOneStep(const Work &work) override;

    base::Result<QString> customerOf(base::UserId user) override;
    base::Result<> setCustomer(base::UserId user, const QString &customerId,
                               const QDateTime &now) override;
    base::Result<base::UserId> ownerOf(const QString &customerId, base::UserId claimed) override;

    base::Result<QDateTime> beginAttempt(base::UserId user, const QString &purpose,
                                         const QByteArray &requestHash,
                                         const QDateTime &now) override;
    base::Result<> endAttempt(base::UserId user, const QString &purpose) override;

    base::Result<std::optional<core::BillingRecord>> record(const QString &subscriptionId) override;
    base::Result<> save(const core::BillingRecord &record) override;
    base::Result<std::optional<core::BillingRecord>> liveOf(base::UserId user) override;

    base::Result<> savePayment(const core::Payment &payment) override;
    base::Result<> refund(const QString &invoiceId, const QString &intentId) override;
    base::Result<std::vector<core::Payment>> paymentsOf(base::UserId user, int limit,
                                                        int offset) override;

private:
    Database &m_database;
};

} // namespace server::store
