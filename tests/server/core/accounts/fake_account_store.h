// An account store in memory, and an audit log that can be made to fail.
#pragma once

#include "server/core/accounts/account_ports.h"

#include <map>
#include <vector>

namespace tests {

/// Not thread-safe. With `isDown` every call fails with Fault::Unavailable.
class FakeAccountStore final : public server::core::AccountStore
{
public:
    using Account = server::core::Account;
    using Principal = server::core::Principal;
    using RefreshToken = server::core::RefreshToken;
    template <typename T = void>
    using Result = base::Result<T>;

    bool isDown = false;
    /// create() finds the key taken, as when another registration was faster.
    bool isKeyTakenMeanwhile = false;
    std::map<QString, Account> accounts; // by key
    std::map<QString, base::UserId> appleIds;
    std::vector<RefreshToken> tokens;

    Account &account(base::UserId user);

    Result<Account> create(const server::core::NewAccount &account) override;
    Result<std::optional<Account>> findByEmailKey(const QString &emailKey) override;
    Result<std::optional<Account>> findById(base::UserId user) override;
    Result<std::optional<Account>> findByAppleId(const QString &appleId) override;
    Result<std::optional<Principal>> findPrincipal(base::UserId user) override;
    Result<> setPasswordHash(base::UserId user, const QByteArray &hash,
                             const QDateTime &at) override;
    Result<> setName(base::UserId user, const QString &name, const QDateTime &at) override;
    Result<> setRole(base::UserId user, protocol::Role role, const QDateTime &at) override;
    Result<> setActive(base::UserId user, bool isActive, const QDateTime &at) override;
    Result<> addRefreshToken(const RefreshToken &token) override;
    Result<std::optional<Account>>
    useRefreshToken(const QByteArray &hash, const RefreshToken &successor,
                    const server::core::RefreshJudge &judge) override;
    Result<> revokeFamilyOf(const QByteArray &hash, const QDateTime &at) override;
    Result<> revokeAllOf(base::UserId user, const QDateTime &at) override;
    Result<std::vector<server::core::SignInSession>> sessionsOf(base::UserId user,
                                                                const QDateTime &now) override;
    Result<bool> revokeFamily(base::UserId user, const QString &family,
                              const QDateTime &at) override;
    Result<> addSocketTicket(const QByteArray &hash, base::UserId user,
                             const QDateTime &expiresAt) override;
    Result<std::optional<base::UserId>> takeSocketTicket(const QByteArray &hash,
                                                         const QDateTime &now) override;
    Result<int> removeExpired(const QDateTime &now) override;

private:
    struct Ticket
    {
        base::UserId user;
        QDateTime expiresAt;
    };

    template <typename Change>
    Result<> changeAccount(base::UserId user, Change change);
    void endFamily(const QString &family, const QDateTime &at);

    std::map<QByteArray, Ticket> m_tickets;
    qint64 m_lastId = 0;
};

class FakeAuditLog final : public server::core::AuditLog
{
public:
    bool isDown = false;
    std::vector<server::core::AuditEntry> entries;

    base::Result<> record(const server::core::AuditEntry &entry) override;
};

} // namespace tests
