#include "server/core/accounts/access_tokens.h"

#include "server/core/accounts/opaque_token.h"

#include <jwt.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <memory>

namespace server::core {

using base::Fault;
using base::Result;

namespace {

/// Far above any token of ours; a header can carry more.
constexpr qsizetype longestToken = 4096;
/// Clocks of two servers may differ by this much; nobody else's clock counts.
constexpr qint64 futureLeewaySeconds = 60;

struct JwtFree
{
    void operator()(jwt_t *token) const { jwt_free(token); }
};
using JwtPointer = std::unique_ptr<jwt_t, JwtFree>;

struct TextFree
{
    void operator()(char *text) const { std::free(text); }
};

const unsigned char *bytesOf(const base::Secret &key)
{
    return reinterpret_cast<const unsigned char *>(key.reveal().constData());
}

tl::unexpected<base::Error> refuse(const char *why)
{
    return base::fail(Fault::Unauthenticated, QStringLiteral("Could not validate credentials"),
                      QLatin1String(why));
}

/// A claim that should be a whole number.
struct NumberClaim
{
    NumberClaim(jwt_t *token, const char *name)
    {
        errno = 0;
        value = jwt_get_grant_int(token, name);
        isMissing = errno == ENOENT;
        isNumber = errno == 0;
    }

    qint64 value = 0;
    bool isMissing = false;
    bool isNumber = false;
};

/// Three parts of base64url, as RFC 7515 3.1 writes them.
bool looksLikeToken(const QByteArray &token)
{
    if (token.isEmpty() || token.size() > longestToken || token.count('.') != 2)
        return false;
    return std::all_of(token.begin(), token.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
               || c == '-' || c == '_' || c == '.';
    });
}

/// "iat" or "nbf": missing, or a time that has come.
bool hasCome(const NumberClaim &claim, qint64 now)
{
    return claim.isMissing || (claim.isNumber && claim.value <= now + futureLeewaySeconds);
}

} // namespace

AccessTokens::AccessTokens(base::Secret key, base::Clock now)
    : AccessTokens(std::move(key), std::move(now), Options())
{
}

AccessTokens::AccessTokens(base::Secret key, base::Clock now, Options options)
    : m_key(std::move(key)), m_now(std::move(now)), m_options(options)
{
    Q_ASSERT(!m_key.isEmpty());
}

Result<QString> AccessTokens::issue(base::UserId user, const QString &email, const QString &tokenId,
                                    const QString &session) const
{
    const qint64 now = m_now().toSecsSinceEpoch();
    jwt_t *raw = nullptr;
    if (jwt_new(&raw) != 0)
        return base::fail(Fault::Internal, {}, QStringLiteral("jwt_new failed"));
    const JwtPointer token(raw);
    const bool isFilled =
        jwt_add_grant(raw, "sub", email.toUtf8().constData()) == 0
        && jwt_add_grant_int(raw, "user_id", user.value) == 0
        && jwt_add_grant_int(raw, "iat", now) == 0
        && jwt_add_grant_int(raw, "exp", now + m_options.lifetime.count()) == 0
        && jwt_add_grant(raw, "jti", tokenId.toUtf8().constData()) == 0
        && (session.isEmpty() || jwt_add_grant(raw, "sid", session.toUtf8().constData()) == 0)
        && jwt_set_alg(raw, JWT_ALG_HS256, bytesOf(m_key), int(m_key.reveal().size())) == 0;
    const std::unique_ptr<char, TextFree> text(isFilled ? jwt_encode_str(raw) : nullptr);
    if (!text)
        return base::fail(Fault::Internal,
                          QStringLiteral("An unexpected error occurred. Please try again later."),
                          QStringLiteral("a token could not be made"));
    return QString::fromLatin1(text.get());
}

Result<AccessClaims> AccessTokens::verify(const QString &token) const
{
    const qint64 now = m_now().toSecsSinceEpoch();
    const QByteArray bytes = token.toUtf8();
    if (!looksLikeToken(bytes))
        return refuse("not a token");

    const QByteArray key = OpaqueToken::hashOf(token);
    {
        const std::lock_guard lock(m_mutex);
        if (const auto known = m_remembered.find(key); known != m_remembered.end()) {
            if (now < known->second.expiresAt)
                return known->second;
            m_remembered.erase(known);
            return refuse("expired");
        }
    }
    auto claims = decode(bytes, now);
    if (claims && m_options.rememberedTokens > 0) {
        const std::lock_guard lock(m_mutex);
        // Starting anew is rare and costs a signature each; a list by age would cost every request.
        if (m_remembered.size() >= m_options.rememberedTokens)
            m_remembered.clear();
        m_remembered.emplace(key, *claims);
    }
    return claims;
}

Result<AccessClaims> AccessTokens::decode(const QByteArray &token, qint64 now) const
{
    jwt_t *raw = nullptr;
    if (jwt_decode(&raw, token.constData(), bytesOf(m_key), int(m_key.reveal().size())) != 0
        || !raw)
        return refuse("unreadable or wrongly signed");
    const JwtPointer decoded(raw);
    // The library checks the signature by whatever algorithm the token names.
    if (jwt_get_alg(raw) != JWT_ALG_HS256)
        return refuse("other algorithm");
    const char *type = jwt_get_header(raw, "typ");
    if (type && qstricmp(type, "JWT") != 0)
        return refuse("other type");

    const char *subject = jwt_get_grant(raw, "sub");
    const NumberClaim expiry(raw, "exp");
    if (!subject || !*subject || !expiry.isNumber)
        return refuse("no subject or expiry");
    if (now >= expiry.value)
        return refuse("expired");
    const NumberClaim issued(raw, "iat");
    if (!hasCome(issued, now) || !hasCome({raw, "nbf"}, now))
        return refuse("from the future");

    const NumberClaim user(raw, "user_id");
    if (!user.isMissing && (!user.isNumber || user.value <= 0))
        return refuse("user_id is not an id");
    return AccessClaims{QString::fromUtf8(subject), base::UserId{user.isMissing ? 0 : user.value},
                        expiry.value,
                        issued.isMissing ? expiry.value - m_options.lifetime.count() : issued.value,
                        QString::fromUtf8(jwt_get_grant(raw, "sid"))};
}

} // namespace server::core
