// What changing a password needs from the store.
#pragma once

#include "server/core/accounts/account.h"
#include "shared/base/result.h"

#include <optional>

namespace server::core {

/// A one-time token with which a password can be set, as stored: its hash, never itself.
struct PasswordReset
{
    base::UserId user;
    QByteArray hash;
    QDateTime createdAt;
    QDateTime expiresAt;
};

/// Passwords and the tokens that replace them. Any thread; every call blocks.
class PasswordStore
{
public:
    virtual ~PasswordStore() = default;

    /// Sets the hash, ends every session but `keptFamily` (empty: all of them) and makes earlier
    /// access tokens worthless, in one step, and only while the hash is still `oldHash`: false when
    /// it has changed meanwhile. Unused reset tokens of the user go.
    virtual base::Result<bool> changePassword(base::UserId user, const QByteArray &oldHash,
                                              const QByteArray &newHash, const QString &keptFamily,
                                              const QDateTime &at) = 0;

    /// Keeps the token, unless the user was given one after `notSince`: false then.
    virtual base::Result<bool> addReset(const PasswordReset &reset, const QDateTime &notSince) = 0;
    /// Whether a token is good: unused, not expired, and its user is active. Changes nothing.
    virtual base::Result<bool> hasReset(const QByteArray &hash, const QDateTime &now) = 0;
    /// Uses the token up and sets the password of its user, ends all their sessions and access
    /// tokens and takes their e-mail address for verified, in one step. False for a token that is
    /// not good: of any number of callers with the same token one succeeds.
    virtual base::Result<bool> useReset(const QByteArray &hash, const QByteArray &newHash,
                                        const QDateTime &now) = 0;
};

} // namespace server::core
