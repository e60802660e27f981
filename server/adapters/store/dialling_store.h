// Rules of accounts for their calls, and how often numbers were called.
#pragma once

#include "server/adapters/store/database.h"
#include "server/core/dialling/dialling_ports.h"

namespace server::store {

/// Thread-safe. The database must outlive it.
class SqlDiallingStore final : public core::DiallingStore
{
public:
    explicit SqlDiallingStore(Database &database) : m_database(database) {}

    base::Result<core::CallingRules> rulesOf(base::UserId owner) override;
    base::Result<> setRules(const core::CallingRules &rules, const QDateTime &now) override;
    base::Result<core::TargetHistory> history(base::UserId owner, const QString &phoneNumber,
                                              const QDateTime &now) override;

private:
    Database &m_database;
};

} // namespace server::store
