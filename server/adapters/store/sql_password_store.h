// New passwords and the mailed tokens that bring them, in SQL.
#pragma once

#include "server/core/accounts/password_ports.h"

namespace server::store {

class Database;

/// Any thread; every call blocks. The database must outlive it. Whatever sets a password waits for
/// refreshes of the same user (on the user's row), so that no session slips through.
class SqlPasswordStore final : public core::PasswordStore
{
public:
    explicit SqlPasswordStore(Database &database) : m_database(database) {}

    base::Result<bool> changePassword(base::UserId user, const QByteArray &oldHash,
                                      const QByteArray &newHash, const QString &keptFamily,
                                      const QDateTime &at) override;
    base::Result<bool> addReset(const core::PasswordReset &reset,
                                const QDateTime &notSince) override;
    base::Result<bool> hasReset(const QByteArray &hash, const QDateTime &now) override;
    base::Result<bool> useReset(const QByteArray &hash, const QByteArray &newHash,
                                const QDateTime &now) override;

private:
    Database &m_database;
};

} // namespace server::store
