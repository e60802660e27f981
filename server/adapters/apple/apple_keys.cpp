#include "server/adapters/apple/apple_keys.h"

#include "server/adapters/apple/rsa_public_key.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace server::apple {

using base::Fault;
using base::Result;

namespace {

constexpr std::chrono::seconds kPatience{5};
constexpr std::chrono::minutes kBetweenTries{1};
constexpr std::chrono::hours kKeysStayGood{24};

tl::unexpected<base::Error> unreachable(Fault fault, const QString &cause)
{
    return base::fail(fault, QStringLiteral("Apple could not be reached. Please try again."),
                      cause);
}

} // namespace

AppleKeys::AppleKeys(QString baseUrl, web::HttpClient &http, SteadyClock now)
    : m_baseUrl(std::move(baseUrl)), m_http(http), m_now(std::move(now))
{
}

Result<AppleKeys::Keys> AppleKeys::fetch() const
{
    web::HttpRequest request;
    request.url = m_baseUrl + QStringLiteral("/auth/keys");
    request.timeout = kPatience;
    const auto answer = m_http.send(request);
    if (!answer)
        return unreachable(answer.error().fault, answer.error().cause);
    if (answer->status != 200)
        return unreachable(Fault::Upstream, QStringLiteral("status %1").arg(answer->status));
    Keys keys;
    const QJsonArray list =
        QJsonDocument::fromJson(answer->body).object().value(QLatin1String("keys")).toArray();
    for (const auto &item : list) {
        const QJsonObject jwk = item.toObject();
        const QString id = jwk.value(QLatin1String("kid")).toString();
        if (const auto pem = rsaPublicKeyPem(jwk); pem && !id.isEmpty())
            keys.insert_or_assign(id, *pem);
    }
    if (keys.empty())
        return unreachable(Fault::Upstream, QStringLiteral("an answer without keys"));
    return keys;
}

Result<QByteArray> AppleKeys::find(const QString &keyId)
{
    // What is known: the key, that there is none, or nothing.
    const auto known = [&]() -> std::optional<Result<QByteArray>> {
        const std::lock_guard lock(m_mutex);
        const base::SteadyTime now = m_now();
        const bool isFresh = m_fetchedAt && now - *m_fetchedAt < kKeysStayGood;
        const auto key = m_keys.find(keyId);
        if (isFresh && key != m_keys.end())
            return key->second;
        if (!m_triedAt || now - *m_triedAt >= kBetweenTries)
            return std::nullopt;
        if (!m_lastTry)
            return failed(m_lastTry);
        return QByteArray();
    };
    if (auto found = known())
        return std::move(*found);
    const std::lock_guard fetching(m_fetching);
    if (auto found = known()) // somebody has just asked
        return std::move(*found);

    auto keys = fetch();
    const std::lock_guard lock(m_mutex);
    m_triedAt = m_now();
    m_lastTry = keys ? Result<>() : failed(keys);
    if (!keys)
        return failed(keys);
    m_fetchedAt = m_triedAt;
    m_keys = std::move(*keys);
    const auto key = m_keys.find(keyId);
    return key == m_keys.end() ? QByteArray() : key->second;
}

} // namespace server::apple
