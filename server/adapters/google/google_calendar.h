// Google Calendar (Calendar API v3).
#pragma once

#include "server/adapters/google/google_oauth.h"

namespace server::google {

/// The primary calendar of whoever gave the token. Thread-safe; blocks for up to 16 s: requests
/// that may arrive twice are repeated (RetryPolicy), and an insertion may, where the event has an
/// id. `http` must outlive it.
/// Beside the faults of the port: Forbidden where Google refuses, Invalid (with Google's words)
/// where it does not like an event, Unavailable where this server knows no Google.
class GoogleCalendar final : public core::CalendarProvider
{
public:
    GoogleCalendar(GoogleSettings settings, web::HttpClient &http, RetryPolicy policy = {},
                   base::Clock now = base::utcNow);

    QString consentUrl(const QString &state, const QByteArray &challenge) const override;
    base::Result<core::CalendarTokens> exchange(const QString &code,
                                                const QByteArray &verifier) override;
    base::Result<core::CalendarTokens> refresh(const base::Secret &refreshToken) override;
    base::Result<> revoke(const base::Secret &token) override;

    base::Result<std::vector<core::CalendarEvent>>
    events(const base::Secret &accessToken, const core::TimeRange &window, int limit) override;
    base::Result<std::vector<core::TimeRange>> busy(const base::Secret &accessToken,
                                                    const core::TimeRange &window) override;
    base::Result<QString> timeZone(const base::Secret &accessToken) override;
    base::Result<core::CalendarEvent> insert(const base::Secret &accessToken,
                                             const core::NewCalendarEvent &event) override;
    base::Result<std::optional<core::CalendarEvent>> find(const base::Secret &accessToken,
                                                          const QString &id) override;

private:
    web::HttpRequest request(const base::Secret &accessToken, const QString &path,
                             const web::Form &query = {}) const;
    web::HttpRequest post(const base::Secret &accessToken, const QString &path,
                          const QJsonObject &body, const web::Form &query = {}) const;

    const bool m_isConfigured;
    const QString m_baseUrl;
    const RetryingClient m_http;
    const GoogleOAuth m_oauth;
};

} // namespace server::google
