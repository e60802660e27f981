// Deleting an account in SQL.
#pragma once

#include "server/core/accounts/account_data_ports.h"

namespace server::store {

class Database;

/// Any thread; every call blocks. The database must outlive it. Calls are deleted here; everything
/// else of a user refers to the user's row with ON DELETE CASCADE, which is what a table that keeps
/// something of users must do. The audit log keeps its lines, without the name of the actor.
class SqlAccountRemover final : public core::AccountRemover
{
public:
    explicit SqlAccountRemover(Database &database) : m_database(database) {}

    base::Result<> removeAccount(base::UserId user, const QDateTime &now) override;
    base::Result<QStringList> orphanedRecordings() override;
    base::Result<> forgetRecordings(const QStringList &deleted, const QDateTime &before) override;

private:
    Database &m_database;
};

} // namespace server::store
