// Accounts, refresh tokens and socket tickets in SQL.
#pragma once

#include "server/core/accounts/account_ports.h"

#include <QVariant>

namespace server::store {

class Database;
class Sql;

/// Any thread; every call blocks. The database must outlive it.
///
/// A refresh and a revocation of the same user wait for each other (on the user's row), so that no
/// token can be born into a family that has just ended.
class SqlAccountStore final : public core::AccountStore
{
public:
    explicit SqlAccountStore(Database &database) : m_database(database) {}

    base::Result<core::Account> create(const core::NewAccount &account) override;
    base::Result<std::optional<core::Account>> findByEmailKey(const QString &emailKey) override;
    base::Result<std::optional<core::Account>> findById(base::UserId user) override;
    base::Result<std::optional<core::Account>> findByAppleId(const QString &appleId) override;
    base::Result<std::optional<core::Principal>> findPrincipal(base::UserId user) override;

    base::Result<> setPasswordHash(base::UserId user, const QByteArray &hash,
                                   const QDateTime &at) override;
    base::Result<> setName(base::UserId user, const QString &name, const QDateTime &at) override;
    base::Result<> setRole(base::UserId user, protocol::Role role, const QDateTime &at) override;
    base::Result<> setActive(base::UserId user, bool isActive, const QDateTime &at) override;

    base::Result<> addRefreshToken(const core::RefreshToken &token) override;
    base::Result<std::optional<core::Account>>
    useRefreshToken(const QByteArray &hash, const core::RefreshToken &successor,
                    const core::RefreshJudge &judge) override;
    base::Result<> revokeFamilyOf(const QByteArray &hash, const QDateTime &at) override;
    base::Result<> revokeAllOf(base::UserId user, const QDateTime &at) override;
    base::Result<std::vector<core::SignInSession>> sessionsOf(base::UserId user,
                                                              const QDateTime &now) override;
    base::Result<bool> revokeFamily(base::UserId user, const QString &family,
                                    const QDateTime &at) override;

    base::Result<> addSocketTicket(const QByteArray &hash, base::UserId user,
                                   const QDateTime &expiresAt) override;
    base::Result<std::optional<base::UserId>> takeSocketTicket(const QByteArray &hash,
                                                               const QDateTime &now) override;

    base::Result<int> removeExpired(const QDateTime &now) override;

private:
    base::Result<std::optional<core::Account>> findBy(const Sql &statement, const QVariant &key);

    Database &m_database;
};

} // namespace server::store
