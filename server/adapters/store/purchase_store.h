// Purchases in the App Store, in the database.
#pragma once

#include "server/adapters/store/database.h"
#include "server/core/payments/purchase_service.h"

namespace server::store {

/// Thread-safe. The database must outlive it.
class SqlPurchaseStore final : public core::PurchaseStore
{
public:
    explicit SqlPurchaseStore(Database &database) : m_database(database) {}

    base::Result<Redemption> redeem(const core::StoreTransaction &transaction, base::UserId user,
                                    const QDateTime &now) override;
    base::Result<std::optional<base::UserId>> refund(const core::StoreTransaction &transaction,
                                                     const QDateTime &now) override;
    base::Result<std::optional<core::StoreSubscription>>
    subscription(const QString &originalId) override;
    base::Result<bool> save(const core::StoreSubscription &subscription) override;

    /// What the user has bought, as their export shows it. By id.
    base::Result<std::vector<QJsonObject>> ofUser(base::UserId user, int limit, int offset);

private:
    Database &m_database;
};

} // namespace server::store
