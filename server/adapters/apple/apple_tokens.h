// Apple's identity tokens ("Verifying a user", Sign in with Apple REST API).
#pragma once

#include "server/adapters/apple/apple_keys.h"
#include "server/core/accounts/apple_ports.h"

#include <QJsonObject>
#include <QStringList>

namespace server::apple {

struct AppleSettings
{
    QString baseUrl;       ///< where the keys are, without a trailing slash
    QStringList clientIds; ///< bundle and service ids that tokens may be meant for
};

/// Checks identity tokens: RS256 and nothing else, one of Apple's keys, issuer, audience, expiry,
/// subject, and the nonce where one is given. Thread-safe; blocks while keys are fetched.
class AppleTokens final : public core::AppleVerifier
{
public:
    AppleTokens(AppleSettings settings, web::HttpClient &http, base::Clock now = base::utcNow,
                AppleKeys::SteadyClock steady = std::chrono::steady_clock::now);

    base::Result<core::AppleIdentity> verify(const QString &identityToken,
                                             const QString &nonce) override;

private:
    base::Result<core::AppleIdentity> read(const QJsonObject &claims, const QString &nonce) const;

    const QStringList m_clientIds;
    const base::Clock m_now;
    AppleKeys m_keys;
};

} // namespace server::apple
