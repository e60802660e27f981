// The audit log in SQL.
#pragma once

#include "server/core/accounts/account_ports.h"

namespace server::store {

class Database;

/// Any thread; blocks. The database must outlive it.
class SqlAuditLog final : public core::AuditLog
{
public:
    explicit SqlAuditLog(Database &database) : m_database(database) {}

    base::Result<> record(const core::AuditEntry &entry) override;

private:
    Database &m_database;
};

} // namespace server::store
