// Numbers that are not to be dialled.
#pragma once

#include "server/adapters/store/database.h"
#include "server/core/dialling/dialling_ports.h"

namespace server::store {

/// Thread-safe. The database must outlive it.
class SqlOptOutStore final : public core::OptOutStore
{
public:
    explicit SqlOptOutStore(Database &database) : m_database(database) {}

    base::Result<bool> add(const core::OptOut &optOut,
                           const std::optional<core::AuditEntry> &entry) override;
    base::Result<std::optional<core::OptOut>> find(const QString &phoneNumber) override;
    base::Result<std::vector<core::OptOut>> search(const QString &digits, int limit,
                                                   int offset) override;
    base::Result<bool> remove(const QString &phoneNumber, const core::AuditEntry &entry) override;

private:
    /// Records the entry for that opt-out, where there is one. REQUIRES: a transaction.
    base::Result<bool> audited(std::optional<core::AuditEntry> entry, qint64 id);

    Database &m_database;
};

/// Whoever reserves a call to a number, or takes it off the list, has it alone until the
/// transaction ends: so no call is reserved after an opt-out, and no cap is passed by two at a
/// time. REQUIRES: a transaction.
base::Result<> lockNumber(Session &session, const QString &phoneNumber);

} // namespace server::store
