// Consent and tokens (Google Identity, "Using OAuth 2.0 for Web Server Applications"; RFC 6749,
// RFC 7636).
#pragma once

#include "server/adapters/google/retrying_client.h"
#include "server/core/calendar/calendar_ports.h"
#include "shared/base/clock.h"

namespace server::google {

struct GoogleSettings
{
    QString clientId; ///< empty: this server knows no Google
    base::Secret clientSecret;
    QString redirectUri;
    QString apiBaseUrl; ///< without a trailing slash
    /// Without a trailing slash; empty: accounts.google.com and oauth2.googleapis.com, where
    /// consent, and tokens and revocation, really are.
    QString oauthBaseUrl;
};

/// The token side of CalendarProvider, which says what each of these is. Thread-safe; blocks.
class GoogleOAuth
{
public:
    GoogleOAuth(GoogleSettings settings, const RetryingClient &http, base::Clock now);

    QString consentUrl(const QString &state, const QByteArray &challenge) const;
    /// Sent once: a code is good once.
    base::Result<core::CalendarTokens> exchange(const QString &code,
                                                const QByteArray &verifier) const;
    base::Result<core::CalendarTokens> refresh(const base::Secret &refreshToken) const;
    /// A token that Google does not know any more counts as given back.
    base::Result<> revoke(const base::Secret &token) const;

private:
    web::HttpRequest tokenRequest(const web::Form &form) const;
    base::Result<core::CalendarTokens> tokensFrom(const QJsonObject &answer) const;

    const GoogleSettings m_settings;
    const QString m_consentUrl;
    const QString m_tokenUrl;
    const QString m_revokeUrl;
    const RetryingClient &m_http;
    const base::Clock m_now;
};

} // namespace server::google
