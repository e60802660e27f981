// Users' telephone numbers in the database.
#pragma once

#include "server/core/numbers/number_ports.h"

namespace server::store {

class Database;

/// Thread-safe. The database must outlive it.
class SqlNumberStore final : public core::NumberStore
{
public:
    explicit SqlNumberStore(Database &database) : m_database(database) {}

    base::Result<std::optional<core::OwnedNumber>> findActive(const QString &e164) override;
    base::Result<std::optional<core::OwnedNumber>> primaryOf(base::UserId user) override;
    base::Result<std::vector<core::OwnedNumber>> ofOwner(base::UserId owner) override;

    base::Result<> beginPurchase(const core::NumberPurchase &purchase, int limit,
                                 const QDateTime &aliveSince) override;
    base::Result<core::OwnedNumber> completePurchase(const QString &marker,
                                                     const core::OwnedNumber &number) override;
    base::Result<> endPurchase(const QString &marker) override;
    base::Result<std::vector<core::NumberPurchase>>
    giveUpPurchases(const QDateTime &before) override;

    base::Result<bool> deactivate(base::UserId owner, const QString &e164) override;
    base::Result<std::vector<core::OwnedNumber>> orphans() override;
    base::Result<> forget(qint64 id) override;

private:
    Database &m_database;
};

} // namespace server::store
