#include "server/adapters/apple/apple_tokens.h"

#include "server/adapters/apple/token_parts.h"

#include <QCryptographicHash>
#include <QJsonDocument>

#include <jwt.h>

#include <cmath>
#include <memory>

namespace server::apple {

using base::Fault;
using base::Result;

namespace {

const QString kIssuer = QStringLiteral("https://appleid.apple.com");
constexpr qsizetype kLongestToken = 8192; // Apple's are below 1,000
constexpr qint64 kFutureLeewaySeconds = 300;

tl::unexpected<base::Error> badToken(const char *why)
{
    return base::fail(Fault::Invalid, QStringLiteral("Invalid Apple token"), QLatin1String(why));
}

bool isSigned(const QByteArray &token, const QByteArray &pem)
{
    struct JwtFree
    {
        void operator()(jwt_t *jwt) const { jwt_free(jwt); }
    };
    jwt_t *raw = nullptr;
    const int status =
        jwt_decode(&raw, token.constData(),
                   reinterpret_cast<const unsigned char *>(pem.constData()), int(pem.size()));
    const std::unique_ptr<jwt_t, JwtFree> jwt(raw);
    return status == 0 && raw && jwt_get_alg(raw) == JWT_ALG_RS256;
}

QString textOf(const QJsonObject &object, const char *name)
{
    return object.value(QLatin1String(name)).toString();
}

bool isTrue(const QJsonValue &value)
{
    return value.isBool() ? value.toBool() : value.toString() == QLatin1String("true");
}

/// Apps give Apple the nonce itself or its SHA-256 in hex, as Apple's own sample does.
bool matches(const QString &claim, const QString &nonce)
{
    const QByteArray hash = QCryptographicHash::hash(nonce.toUtf8(), QCryptographicHash::Sha256);
    return claim == nonce || claim == QLatin1String(hash.toHex());
}

} // namespace

AppleTokens::AppleTokens(AppleSettings settings, web::HttpClient &http, base::Clock now,
                         AppleKeys::SteadyClock steady)
    : m_clientIds(std::move(settings.clientIds)),
      m_now(std::move(now)),
      m_keys(std::move(settings.baseUrl), http, std::move(steady))
{
}

Result<core::AppleIdentity> AppleTokens::verify(const QString &identityToken, const QString &nonce)
{
    if (m_clientIds.isEmpty())
        return base::fail(Fault::Unavailable,
                          QStringLiteral("Sign in with Apple is not set up on this server"));
    const QByteArray token = identityToken.toUtf8();
    const QList<QByteArray> parts = token.split('.');
    if (token.size() > kLongestToken || parts.size() != 3)
        return badToken("not a token");
    // Read before the signature is checked, and worth nothing but to choose the key. The algorithm
    // is ours to choose: with any other the library would take the public key for a shared one.
    const QJsonObject header = objectIn(parts.at(0));
    if (textOf(header, "alg") != QLatin1String("RS256"))
        return badToken("other algorithm");
    const QString keyId = textOf(header, "kid");
    if (keyId.isEmpty() || keyId.size() > 200)
        return badToken("no key id");

    const auto key = m_keys.find(keyId);
    if (!key)
        return failed(key);
    if (key->isEmpty())
        return badToken("unknown key");
    if (!isSigned(token, *key))
        return badToken("wrongly signed");
    return read(objectIn(parts.at(1)), nonce);
}

Result<core::AppleIdentity> AppleTokens::read(const QJsonObject &claims, const QString &nonce) const
{
    const qint64 now = m_now().toSecsSinceEpoch();
    if (textOf(claims, "iss") != kIssuer)
        return badToken("other issuer");
    if (!m_clientIds.contains(textOf(claims, "aud")))
        return badToken("other audience");
    const double expiry = claims.value(QLatin1String("exp")).toDouble(std::nan(""));
    if (!(double(now) < expiry)) // also when there is none
        return badToken("expired");
    if (claims.value(QLatin1String("iat")).toDouble(0) > double(now + kFutureLeewaySeconds))
        return badToken("from the future");
    if (!nonce.isEmpty() && !matches(textOf(claims, "nonce"), nonce))
        return badToken("other nonce");
    core::AppleIdentity identity;
    identity.id = textOf(claims, "sub");
    if (identity.id.isEmpty() || identity.id.size() > 200 || identity.id.contains(QChar(u'\0')))
        return badToken("no subject");
    identity.email = textOf(claims, "email");
    identity.isEmailVerified = isTrue(claims.value(QLatin1String("email_verified")));
    return identity;
}

} // namespace server::apple
