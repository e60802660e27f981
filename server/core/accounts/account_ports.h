// What accounts need from the world outside the core.
#pragma once

#include "shared/base/ids.h"
#include "shared/base/result.h"
#include "shared/protocol/account.h"

#include <QByteArray>
#include <QDateTime>
#include <QJsonObject>
#include <QString>

#include <functional>
#include <optional>

namespace server::core {

/// Who is asking, once we know.
struct Principal
{
    base::UserId id;
    QString email;
    QString name;
    protocol::Role role = protocol::Role::None;
    bool isActive = false;
};

/// A stored account.
struct Account
{
    base::UserId id;
    QString email;
    QByteArray passwordHash; ///< empty: cannot sign in by password
    QString name;
    protocol::Role role = protocol::Role::None;
    bool isActive = true;
    QString authProvider;
    QDateTime createdAt;

    Principal toPrincipal() const { return {id, email, name, role, isActive}; }
};

struct NewAccount
{
    QString email;
    QString emailKey;
    QByteArray passwordHash;
    QString name;
    protocol::Role role = protocol::Role::None;
    QString authProvider;
    QDateTime createdAt;
};

/// A refresh token as stored: its hash, never itself.
struct RefreshToken
{
    base::UserId user;
    QString family; ///< shared by all tokens that descend from one sign-in
    QByteArray hash;
    QDateTime issuedAt;
    QDateTime expiresAt;
    QDateTime usedAt;    ///< first use; invalid: never
    QDateTime revokedAt; ///< invalid: not revoked
    QString userAgent;
};

/// What to do with a presented refresh token.
enum class RefreshVerdict { Accept, Refuse, EndFamily };
using RefreshJudge = std::function<RefreshVerdict(const RefreshToken &, const Account &)>;

/// Accounts, refresh tokens and socket tickets. Any thread; every call blocks.
class AccountStore
{
public:
    virtual ~AccountStore() = default;

    /// Fault::Conflict when the e-mail key is taken.
    virtual base::Result<Account> create(const NewAccount &account) = 0;
    virtual base::Result<std::optional<Account>> findByEmailKey(const QString &emailKey) = 0;
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
