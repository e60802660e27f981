#include "server/adapters/google/google_oauth.h"

#include "server/adapters/google/google_answer.h"

#include <QUrl>

namespace server::google {

using base::Fault;
using base::Result;
using core::CalendarTokens;

namespace {

const QString kEventsScope = QStringLiteral("https://www.googleapis.com/auth/calendar.events");
const QString kCalendarScope = QStringLiteral("https://www.googleapis.com/auth/calendar");
constexpr qint64 kUsualLifetime = 3'600;

QString placeOf(const GoogleSettings &settings, const char *host, const char *path)
{
    const QString base =
        settings.oauthBaseUrl.isEmpty() ? QString::fromLatin1(host) : settings.oauthBaseUrl;
    return base + QLatin1String(path);
}

} // namespace

GoogleOAuth::GoogleOAuth(GoogleSettings settings, const RetryingClient &http, base::Clock now)
    : m_settings(std::move(settings)),
      m_consentUrl(placeOf(m_settings, "https://accounts.google.com", "/o/oauth2/auth")),
      m_tokenUrl(placeOf(m_settings, "https://oauth2.googleapis.com", "/token")),
      m_revokeUrl(placeOf(m_settings, "https://oauth2.googleapis.com", "/revoke")),
      m_http(http),
      m_now(std::move(now))
{
}

QString GoogleOAuth::consentUrl(const QString &state, const QByteArray &challenge) const
{
    // prompt=consent: without it Google gives a refresh token only the first time.
    const web::Form query{
        {QStringLiteral("response_type"), QStringLiteral("code")},
        {QStringLiteral("client_id"), m_settings.clientId},
        {QStringLiteral("redirect_uri"), m_settings.redirectUri},
        {QStringLiteral("scope"), kEventsScope + QLatin1Char(' ') + kCalendarScope},
        {QStringLiteral("access_type"), QStringLiteral("offline")},
        {QStringLiteral("include_granted_scopes"), QStringLiteral("true")},
        {QStringLiteral("prompt"), QStringLiteral("consent")},
        {QStringLiteral("state"), state},
        {QStringLiteral("code_challenge"), QString::fromLatin1(challenge)},
        {QStringLiteral("code_challenge_method"), QStringLiteral("S256")}};
    return m_consentUrl + QLatin1Char('?') + QString::fromLatin1(web::HttpClient::encode(query));
}

web::HttpRequest GoogleOAuth::tokenRequest(const web::Form &form) const
{
    web::Form all{
        {QStringLiteral("client_id"), m_settings.clientId},
        {QStringLiteral("client_secret"), QString::fromUtf8(m_settings.clientSecret.reveal())}};
    all += form;
    return web::HttpClient::formPost(m_tokenUrl, all);
}

Result<CalendarTokens> GoogleOAuth::tokensFrom(const QJsonObject &answer) const
{
    CalendarTokens tokens;
    tokens.accessToken =
        base::Secret(answer.value(QLatin1String("access_token")).toString().toUtf8());
    tokens.refreshToken =
        base::Secret(answer.value(QLatin1String("refresh_token")).toString().toUtf8());
    if (tokens.accessToken.isEmpty())
        return base::fail(Fault::Upstream, QStringLiteral("Google gave no usable answer"),
                          QStringLiteral("an answer without a token"));
    const qint64 lifetime = answer.value(QLatin1String("expires_in")).toInteger(kUsualLifetime);
    tokens.expiresAt = m_now().addSecs(std::max<qint64>(lifetime, 0));
    return tokens;
}

Result<CalendarTokens> GoogleOAuth::exchange(const QString &code, const QByteArray &verifier) const
{
    const auto answer = oauthAnswer(m_http.sendOnce(
        tokenRequest({{QStringLiteral("grant_type"), QStringLiteral("authorization_code")},
                      {QStringLiteral("code"), code},
                      {QStringLiteral("redirect_uri"), m_settings.redirectUri},
                      {QStringLiteral("code_verifier"), QString::fromLatin1(verifier)}})));
    if (!answer)
        return failed(answer);
    // On its page people may untick what we asked for.
    const QString scope = answer->value(QLatin1String("scope")).toString();
    if (!scope.isEmpty() && !scope.split(QLatin1Char(' ')).contains(kCalendarScope))
        return base::fail(Fault::Forbidden,
                          QStringLiteral("Google was not allowed to show us the calendar"),
                          QStringLiteral("granted: ") + scope);
    return tokensFrom(*answer);
}

Result<CalendarTokens> GoogleOAuth::refresh(const base::Secret &refreshToken) const
{
    const auto answer = oauthAnswer(m_http.send(tokenRequest(
        {{QStringLiteral("grant_type"), QStringLiteral("refresh_token")},
         {QStringLiteral("refresh_token"), QString::fromUtf8(refreshToken.reveal())}})));
    if (!answer)
        return failed(answer);
    return tokensFrom(*answer);
}

Result<> GoogleOAuth::revoke(const base::Secret &token) const
{
    const auto sent = m_http.send(web::HttpClient::formPost(
        m_revokeUrl, {{QStringLiteral("token"), QString::fromUtf8(token.reveal())}}));
    // 400 invalid_token: it is not good any more, which is what we want.
    if (sent && sent->status == 400)
        return {};
    const auto answer = oauthAnswer(sent);
    return answer ? Result<>() : failed(answer);
}

} // namespace server::google
