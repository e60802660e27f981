// Access tokens: JSON Web Tokens signed with HS256 and nothing else.
#pragma once

#include "shared/base/clock.h"
#include "shared/base/ids.h"
#include "shared/base/result.h"
#include "shared/base/secret.h"

#include <QByteArray>
#include <QString>

#include <chrono>
#include <mutex>
#include <unordered_map>

namespace server::core {

/// What a valid access token says.
struct AccessClaims
{
    QString email;        ///< "sub"
    base::UserId user;    ///< "user_id"; none in tokens of older makers, which only name the e-mail
    qint64 expiresAt = 0; ///< "exp", seconds
    qint64 issuedAt = 0;  ///< "iat", seconds; for tokens without it, a lifetime before "exp"
    QString session;      ///< "sid": the sign-in it came from; empty when it came from none
};

/// Makes and checks access tokens (RFC 7519). Any thread.
///
/// The algorithm is pinned: "none", RS256 and the other HMAC sizes are refused whatever the
/// signature says (RFC 8725 3.1). Verified tokens are remembered for a while, because a client
/// sends the same one many times.
class AccessTokens
{
public:
    struct Options
    {
        std::chrono::seconds lifetime = std::chrono::minutes(30);
        size_t rememberedTokens = 4096;
    };

    /// REQUIRES: the key is not empty.
    AccessTokens(base::Secret key, base::Clock now);
    AccessTokens(base::Secret key, base::Clock now, Options options);

    std::chrono::seconds lifetime() const { return m_options.lifetime; }

    /// `session` may be empty.
    base::Result<QString> issue(base::UserId user, const QString &email, const QString &tokenId,
                                const QString &session = {}) const;
    /// Fault::Unauthenticated with the reason in `cause`, for anything that is not a valid token of
    /// ours.
    base::Result<AccessClaims> verify(const QString &token) const;

private:
    base::Result<AccessClaims> decode(const QByteArray &token, qint64 now) const;

    const base::Secret m_key;
    const base::Clock m_now;
    const Options m_options;
    mutable std::mutex m_mutex;
    /// By hash, so that no usable token lies in memory longer than its request.
    mutable std::unordered_map<QByteArray, AccessClaims> m_remembered;
};

} // namespace server::core
