// What accounts need from the world outside the core.
#pragma once

#include "server/core/accounts/account.h"
#include "shared/base/result.h"

#include <QJsonObject>

#include <functional>
#include <optional>
#include <vector>

namespace server::core {

/// What to do with a presented refresh token.
enum class RefreshVerdict { Accept, Refuse, EndFamily };
using RefreshJudge = std::function<RefreshVerdict(const RefreshToken &, const Account &)>;

/// Accounts, refresh tokens and socket tickets. Any thread; every call blocks.
class AccountStore
{
public:
    virtual ~AccountStore() = default;

    /// Fault::Conflict when the e-mail key or the Apple id is taken.
    virtual base::Result<Account> create(const NewAccount &account) = 0;
    virtual base::Result<std::optional<Account>> findByEmailKey(const QString &emailKey) = 0;
    virtual base::Result<std::optional<Account>> findById(base::UserId user) = 0;
    virtual base::Result<std::optional<Account>> findByAppleId(const QString &appleId) = 0;
    /// The hot path: one statement, nothing but what a request needs.
    virtual base::Result<std::optional<Principal>> findPrincipal(base::UserId user) = 0;

    // Fault::NotFound when there is no such user.
    virtual base::Result<> setPasswordHash(base::UserId user, const QByteArray &hash,
                                           const QDateTime &at) = 0;
    virtual base::Result<> setName(base::UserId user, const QString &name, const QDateTime &at) = 0;
    virtual base::Result<> setRole(base::UserId user, protocol::Role role, const QDateTime &at) = 0;
    virtual base::Result<> setActive(base::UserId user, bool isActive, const QDateTime &at) = 0;

    virtual base::Result<> addRefreshToken(const RefreshToken &token) = 0;
    /// Asks `judge` about the stored token and acts on the verdict, all in one step that no
    /// revocation can slip into: Accept notes the use and adds `successor` (its user and family are
    /// taken from the presented token), EndFamily revokes the family. Returns the account when
    /// accepted, nothing otherwise or for an unknown hash.
    virtual base::Result<std::optional<Account>> useRefreshToken(const QByteArray &hash,
                                                                 const RefreshToken &successor,
                                                                 const RefreshJudge &judge) = 0;
    /// Revokes the family that the token belongs to; an unknown hash is no error.
    virtual base::Result<> revokeFamilyOf(const QByteArray &hash, const QDateTime &at) = 0;
    virtual base::Result<> revokeAllOf(base::UserId user, const QDateTime &at) = 0;
    /// The families of a user that can still be refreshed, the most recently used first.
    virtual base::Result<std::vector<SignInSession>> sessionsOf(base::UserId user,
                                                                const QDateTime &now) = 0;
    /// False when the user has no such family, or it has ended already.
    virtual base::Result<bool> revokeFamily(base::UserId user, const QString &family,
                                            const QDateTime &at) = 0;

    virtual base::Result<> addSocketTicket(const QByteArray &hash, base::UserId user,
                                           const QDateTime &expiresAt) = 0;
    /// Uses the ticket up. Of any number of callers at most one gets the user; nothing for unknown,
    /// used or expired.
    virtual base::Result<std::optional<base::UserId>> takeSocketTicket(const QByteArray &hash,
                                                                       const QDateTime &now) = 0;

    /// Deletes refresh tokens and tickets that expired before `now`. Returns how many rows went.
    virtual base::Result<int> removeExpired(const QDateTime &now) = 0;
};

/// One line of the record of what members of staff, and the service for them, did.
struct AuditEntry
{
    QDateTime at;
    base::UserId actor; ///< none: the operator at the command line
    QString action;     ///< dotted, such as "account.role_changed"
    QString subject;    ///< what it was done to, such as "user:7" or "call:12"
    QJsonObject detail; ///< no secrets, no phone numbers
    QString requestId;
};

/// Where audit entries go. Any thread; blocks. An action that must be audited happens only after
/// record() succeeded.
class AuditLog
{
public:
    virtual ~AuditLog() = default;
    virtual base::Result<> record(const AuditEntry &entry) = 0;
};

} // namespace server::core
