// Accounts and what they sign in with, as the rules and the store know them.
#pragma once

#include "server/core/accounts/platform.h"
#include "shared/base/ids.h"
#include "shared/protocol/account.h"

#include <QByteArray>
#include <QDateTime>
#include <QString>

namespace server::core {

/// Who is asking, once we know.
struct Principal
{
    base::UserId id;
    QString email;
    QString name;
    protocol::Role role = protocol::Role::None;
    bool isActive = false;
    Platform platform = Platform::Web;
    /// Access tokens issued before this count for nothing; invalid: all count. Moves when the
    /// password does.
    QDateTime tokensValidFrom = {};
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
    Platform platform = Platform::Web;
    QDateTime tokensValidFrom = {}; ///< as in Principal
    bool isEmailVerified = false;   ///< somebody vouched for it, or its owner read a mail of ours

    Principal toPrincipal() const
    {
        return {id, email, name, role, isActive, platform, tokensValidFrom};
    }
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
    Platform platform = Platform::Web;
    QString appleId = {}; ///< Apple's name for the person; empty: none
    bool isEmailVerified = false;
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
    QDateTime startedAt = {}; ///< when the family began
};

/// A sign-in that still lasts, as its owner is shown it.
struct SignInSession
{
    QString id; ///< the family of its refresh tokens
    QDateTime createdAt;
    QDateTime lastUsedAt; ///< the newest token's issue
    QDateTime expiresAt;  ///< unless it is used again
    QString userAgent;    ///< of the newest token; may be empty
};

} // namespace server::core
