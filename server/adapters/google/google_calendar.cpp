#include "server/adapters/google/google_calendar.h"

#include "server/adapters/google/event_json.h"
#include "server/adapters/google/google_answer.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QUrl>

namespace server::google {

using base::Fault;
using base::Result;
using base::Secret;
using core::CalendarEvent;
using core::TimeRange;

namespace {

const QString kEvents = QStringLiteral("/calendars/primary/events");
constexpr int kPageSize = 500; // Google's own limit is 2,500
/// Google may give fewer events on a page than we ask for, but not without end.
constexpr int kMostPages = 50;

tl::unexpected<base::Error> notConfigured()
{
    return base::fail(Fault::Unavailable,
                      QStringLiteral("Google Calendar is not set up on this server"));
}

} // namespace

GoogleCalendar::GoogleCalendar(GoogleSettings settings, web::HttpClient &http, RetryPolicy policy,
                               base::Clock now)
    : m_isConfigured(!settings.clientId.isEmpty()),
      m_baseUrl(settings.apiBaseUrl + QStringLiteral("/calendar/v3")),
      m_http(http, std::move(policy)),
      m_oauth(std::move(settings), m_http, std::move(now))
{
}

QString GoogleCalendar::consentUrl(const QString &state, const QByteArray &challenge) const
{
    return m_oauth.consentUrl(state, challenge);
}

Result<core::CalendarTokens> GoogleCalendar::exchange(const QString &code,
                                                      const QByteArray &verifier)
{
    if (!m_isConfigured)
        return notConfigured();
    return m_oauth.exchange(code, verifier);
}

Result<core::CalendarTokens> GoogleCalendar::refresh(const Secret &refreshToken)
{
    if (!m_isConfigured)
        return notConfigured();
    return m_oauth.refresh(refreshToken);
}

Result<> GoogleCalendar::revoke(const Secret &token)
{
    return m_oauth.revoke(token);
}

web::HttpRequest GoogleCalendar::request(const Secret &accessToken, const QString &path,
                                         const web::Form &query) const
{
    web::HttpRequest request;
    request.url = m_baseUrl + path;
    if (!query.isEmpty())
        request.url += QLatin1Char('?') + QString::fromLatin1(web::HttpClient::encode(query));
    request.headers = {{"Authorization", "Bearer " + accessToken.reveal()},
                       {"Accept", "application/json"}};
    return request;
}

web::HttpRequest GoogleCalendar::post(const Secret &accessToken, const QString &path,
                                      const QJsonObject &body, const web::Form &query) const
{
    web::HttpRequest posted = request(accessToken, path, query);
    posted.method = "POST";
    posted.contentType = "application/json; charset=utf-8";
    posted.body = QJsonDocument(body).toJson(QJsonDocument::Compact);
    return posted;
}

Result<std::vector<CalendarEvent>> GoogleCalendar::events(const Secret &accessToken,
                                                          const TimeRange &window, int limit)
{
    std::vector<CalendarEvent> found;
    QString pageToken;
    for (int page = 0; page < kMostPages; ++page) {
        const int wanted = limit - int(found.size());
        // One attendee is enough: it is the owner, whose answer is all that matters here.
        web::Form query{
            {QStringLiteral("singleEvents"), QStringLiteral("true")},
            {QStringLiteral("orderBy"), QStringLiteral("startTime")},
            {QStringLiteral("timeMin"), toRfc3339(window.start)},
            {QStringLiteral("timeMax"), toRfc3339(window.end)},
            {QStringLiteral("maxAttendees"), QStringLiteral("1")},
            {QStringLiteral("maxResults"), QString::number(std::min(wanted, kPageSize))}};
        if (!pageToken.isEmpty())
            query.append({QStringLiteral("pageToken"), pageToken});
        const auto answer = calendarAnswer(m_http.send(request(accessToken, kEvents, query)));
        if (!answer)
            return failed(answer);
        const QJsonValue items = answer->value(QLatin1String("items"));
        if (!items.isArray())
            return senseless(QStringLiteral("events without a list"));
        const QTimeZone zone = zoneNamed(answer->value(QLatin1String("timeZone")).toString());
        for (const auto &item : items.toArray()) {
            auto event = eventFrom(item.toObject(), zone);
            if (!event)
                return failed(event);
            if (event->range.start.isValid())
                found.push_back(std::move(*event));
            if (int(found.size()) >= limit)
                return found;
        }
        pageToken = answer->value(QLatin1String("nextPageToken")).toString();
        if (pageToken.isEmpty())
            return found;
    }
    return senseless(QStringLiteral("pages of events without end"));
}

Result<std::vector<TimeRange>> GoogleCalendar::busy(const Secret &accessToken,
                                                    const TimeRange &window)
{
    const QString primary = QStringLiteral("primary");
    const QJsonObject question{
        {QStringLiteral("timeMin"), toRfc3339(window.start)},
        {QStringLiteral("timeMax"), toRfc3339(window.end)},
        {QStringLiteral("items"), QJsonArray{QJsonObject{{QStringLiteral("id"), primary}}}}};
    const auto answer =
        calendarAnswer(m_http.send(post(accessToken, QStringLiteral("/freeBusy"), question)));
    if (!answer)
        return failed(answer);
    const QJsonObject calendar =
        answer->value(QLatin1String("calendars")).toObject().value(primary).toObject();
    const QJsonArray errors = calendar.value(QLatin1String("errors")).toArray();
    if (!errors.isEmpty())
        return senseless(errors.first().toObject().value(QLatin1String("reason")).toString());
    const QJsonValue list = calendar.value(QLatin1String("busy"));
    if (!list.isArray())
        return senseless(QStringLiteral("free/busy without a list"));
    std::vector<TimeRange> ranges;
    for (const auto &item : list.toArray()) {
        auto range = busyRangeFrom(item.toObject());
        if (!range)
            return failed(range);
        ranges.push_back(std::move(*range));
    }
    return ranges;
}

Result<QString> GoogleCalendar::timeZone(const Secret &accessToken)
{
    const auto answer =
        calendarAnswer(m_http.send(request(accessToken, QStringLiteral("/calendars/primary"))));
    if (!answer)
        return failed(answer);
    const QString name = answer->value(QLatin1String("timeZone")).toString();
    return QString::fromLatin1(zoneNamed(name).id());
}

Result<CalendarEvent> GoogleCalendar::insert(const Secret &accessToken,
                                             const core::NewCalendarEvent &event)
{
    const QString updates =
        event.attendeeEmail.isEmpty() ? QStringLiteral("none") : QStringLiteral("all");
    const web::HttpRequest order =
        post(accessToken, kEvents, toJson(event), {{QStringLiteral("sendUpdates"), updates}});
    const auto answer =
        calendarAnswer(event.id.isEmpty() ? m_http.sendOnce(order) : m_http.send(order));
    if (!answer)
        return failed(answer);
    return eventFrom(*answer, QTimeZone::utc());
}

Result<std::optional<CalendarEvent>> GoogleCalendar::find(const Secret &accessToken,
                                                          const QString &id)
{
    const QString path =
        kEvents + QLatin1Char('/') + QString::fromLatin1(QUrl::toPercentEncoding(id));
    const auto answer = calendarAnswer(m_http.send(request(accessToken, path)));
    if (!answer) {
        if (answer.error().fault == Fault::NotFound)
            return std::nullopt;
        return failed(answer);
    }
    QTimeZone zone = QTimeZone::utc();
    if (isAllDay(*answer)) {
        const auto name = timeZone(accessToken);
        if (!name)
            return failed(name);
        zone = zoneNamed(*name);
    }
    auto event = eventFrom(*answer, zone);
    if (!event)
        return failed(event);
    return std::optional(std::move(*event));
}

} // namespace server::google
