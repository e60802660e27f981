#include "server/api/calendar_api.h"

#include "server/api/calendar_json.h"
#include "server/api/schedule_api.h"
#include "server/api/usage_json.h"
#include "server/core/calendar/free_times.h"
#include "shared/base/log.h"

namespace server::api {

using base::Fault;
using base::UserId;
using core::TimeRange;
using http::Request;
using http::Response;

namespace {

constexpr qint64 kUsualEvents = 10;
constexpr qint64 kMostEvents = 1'000; // what the web app asks for at most
constexpr qint64 kDaysAhead = 365;    // without a word about the end
constexpr qint64 kMostDaysAhead = 3'660;
constexpr qint64 kHalfHour = 1'800; // seconds
/// What a free/busy question may span: Google refuses more than about three months.
constexpr qint64 kLongestDays = 62;
constexpr qint64 kUsualDays = 7;
constexpr qint64 kLongestSummary = 1'000;

Response notConnected()
{
    return Response::problem(404, QStringLiteral("Google Calendar not connected"));
}

} // namespace

Response CalendarApi::events(const Request &request)
{
    const UserId owner{request.caller.id};
    http::QueryReader query(request);
    const qint64 limit =
        query.optionalInteger("max_results", {.min = 1, .max = 1'000'000}).value_or(kUsualEvents);
    const auto days = query.optionalInteger("days_ahead", {.min = 1, .max = kMostDaysAhead});
    const auto from = optionalTime(query, "time_min");
    const auto to = optionalTime(query, "time_max");
    if (!query.ok())
        return query.problem();
    const auto settings = m_ports.bookings.settingsOf(owner);
    if (!settings)
        return Response::problem(settings.error());
    TimeRange window;
    window.start = from ? from->instant(settings->zone) : m_ports.now();
    window.end = to ? to->instant(settings->zone) : window.start.addDays(days.value_or(kDaysAhead));
    if (window.start >= window.end) {
        query.addError("time_max", QStringLiteral("Must be after time_min"));
        return query.problem();
    }
    const auto found = m_ports.calendars.events(owner, window, int(std::min(limit, kMostEvents)));
    if (!found)
        return calendarProblem(found.error(), QStringLiteral("Failed to retrieve calendar events"));
    QJsonArray array;
    for (const core::CalendarEvent &event : *found)
        array.append(eventJson(event));
    return Response::json(array);
}

Response CalendarApi::availability(const Request &request)
{
    const UserId owner{request.caller.id};
    http::QueryReader query(request);
    const auto start = requiredTime(query, "start_time");
    const auto end = optionalTime(query, "end_time");
    if (!query.ok())
        return query.problem();
    const auto settings = m_ports.bookings.settingsOf(owner);
    if (!settings)
        return Response::problem(settings.error());
    TimeRange range;
    range.start = start->instant(settings->zone);
    range.end = range.start.addSecs(kHalfHour);
    if (end)
        range = core::rangeOf(*start, *end, settings->zone);
    if (range.start >= range.end || range.start.addDays(kLongestDays) < range.end) {
        query.addError(
            "end_time",
            QStringLiteral("Must be after start_time, by %1 days at most").arg(kLongestDays));
        return query.problem();
    }
    const auto busy = m_ports.calendars.busy(owner, range);
    if (!busy)
        return calendarProblem(busy.error(), QStringLiteral("Failed to check availability"));
    return Response::json(QJsonObject{{QStringLiteral("is_available"), busy->empty()}});
}

Response CalendarApi::freeSlots(const Request &request)
{
    const UserId owner{request.caller.id};
    const auto settings = m_ports.bookings.settingsOf(owner);
    if (!settings)
        return Response::problem(settings.error());
    const QTimeZone &zone = settings->zone;
    http::QueryReader query(request);
    const auto first = requiredDay(query, "start_date", zone);
    const auto given = optionalDay(query, "end_date", zone);
    const qint64 minimum =
        query.optionalInteger("min_duration", {.min = 5, .max = 1'440}).value_or(30);
    const qint64 limit = query.optionalInteger("max_results", {.min = 1, .max = 100}).value_or(5);
    const qint64 opens = query.optionalInteger("start_hour", {.min = 0, .max = 23}).value_or(9);
    const qint64 closes = query.optionalInteger("end_hour", {.min = 1, .max = 24}).value_or(17);
    if (query.ok() && opens >= closes)
        query.addError("end_hour", QStringLiteral("Must be after start_hour"));
    const QDate last = given.value_or(first.value_or(QDate()).addDays(kUsualDays));
    if (query.ok() && (last < *first || first->daysTo(last) >= kLongestDays))
        query.addError("end_date",
                       QStringLiteral("Must not be before start_date, nor %1 days after it")
                           .arg(kLongestDays));
    if (!query.ok())
        return query.problem();
    const TimeRange window{core::startOfDay(*first, zone), core::startOfDay(last.addDays(1), zone)};
    const auto busy = m_ports.calendars.busy(owner, window);
    if (!busy)
        return calendarProblem(busy.error(), QStringLiteral("Failed to find free slots"));
    const core::FreeTimeSearch search{.window = window,
                                      .now = m_ports.now(),
                                      .hours =
                                          core::BusinessHours::everyDay(int(opens), int(closes)),
                                      .zone = zone,
                                      .minimum = std::chrono::minutes(minimum),
                                      .limit = int(limit)};
    QJsonArray slots_;
    for (const TimeRange &slot : core::freeTimes(search, *busy))
        slots_.append(QJsonObject{{QStringLiteral("start"), core::toIsoText(slot.start, zone)},
                                  {QStringLiteral("end"), core::toIsoText(slot.end, zone)}});
    return Response::json(QJsonObject{{QStringLiteral("free_slots"), slots_}});
}

base::Result<core::CalendarEvent> CalendarApi::enter(UserId owner, const QString &summary,
                                                     const TimeRange &range, const QTimeZone &zone)
{
    core::NewCalendarEvent event;
    event.id = QString::fromLatin1(m_ports.random(16).toHex()); // hex digits are base32hex ones
    event.summary = summary;
    event.range = range;
    event.timeZone = QString::fromLatin1(zone.id());
    return m_ports.calendars.insert(owner, event);
}

Response CalendarApi::testEvent(const Request &request)
{
    const UserId owner{request.caller.id};
    http::BodyReader body(request);
    const QString summary = body.requiredString("summary", {.min = 1, .max = kLongestSummary});
    const auto start = requiredTime(body, "start");
    const auto end = requiredTime(body, "end");
    if (!body.ok())
        return body.problem();
    const auto settings = m_ports.bookings.settingsOf(owner);
    if (!settings)
        return Response::problem(settings.error());
    const TimeRange range = core::rangeOf(*start, *end, settings->zone);
    if (range.start >= range.end) {
        body.addError("end", QStringLiteral("Must be after start"));
        return body.problem();
    }
    const auto made = enter(owner, summary, range, settings->zone);
    if (!made) {
        Response response = Response::json(QJsonObject{
            {QStringLiteral("success"), false}, {QStringLiteral("error"), wordsFor(made.error())}});
        response.cause = made.error().message + QStringLiteral(": ") + made.error().cause;
        return response;
    }
    return Response::json(QJsonObject{{QStringLiteral("success"), true},
                                      {QStringLiteral("event_id"), made->id},
                                      {QStringLiteral("html_link"), made->htmlLink}});
}

Response CalendarApi::scheduleCall(const Request &request)
{
    const UserId owner{request.caller.id};
    http::BodyReader body(request);
    const QString number = body.requiredString("phone_number", {.max = 40});
    const QString scenario = body.requiredString("scenario", {.min = 1, .max = 100});
    const auto time = requiredTime(body, "scheduled_time");
    if (!body.ok())
        return body.problem();
    const auto settings = m_ports.bookings.settingsOf(owner);
    if (!settings)
        return Response::problem(settings.error());
    const auto isConnected = m_ports.calendars.isConnected(owner);
    if (!isConnected)
        return Response::problem(isConnected.error());
    if (!*isConnected)
        return notConnected();

    const QDateTime start = time->instant(settings->zone);
    const auto call = m_ports.schedule.schedule(owner, number, scenario, start);
    if (!call && call.error().fault == Fault::PaymentRequired) {
        const auto view = m_ports.usage.look(owner);
        return view ? webRefusal(*view) : Response::problem(view.error());
    }
    if (!call)
        return Response::problem(call.error());
    const auto made = enter(owner, scenario, {start, start.addSecs(kHalfHour)}, settings->zone);
    if (!made) {
        // Whoever is told that it failed must not be called.
        if (const auto cancelled = m_ports.schedule.cancel(owner, call->id); !cancelled)
            base::log::warning("calendar.call_not_cancelled",
                               {{QStringLiteral("schedule"), call->id},
                                {QStringLiteral("cause"), cancelled.error().message}});
        return calendarProblem(made.error(), QStringLiteral("Failed to schedule calendar event"));
    }
    return Response::json(QJsonObject{
        {QStringLiteral("message"), QStringLiteral("Call scheduled with calendar event")},
        {QStringLiteral("event_id"), made->id},
        {QStringLiteral("schedule_id"), call->id},
        {QStringLiteral("scheduled_time"), zonedTime(call->dueAt)}});
}

} // namespace server::api
