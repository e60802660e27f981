#include "server/adapters/google/event_json.h"

#include "server/core/calendar/civil_time.h"

#include <QJsonArray>

namespace server::google {

using base::Fault;
using base::Result;

namespace {

tl::unexpected<base::Error> noEvent(const char *cause)
{
    return base::fail(Fault::Upstream, QStringLiteral("Google gave no usable answer"),
                      QLatin1String(cause));
}

QString textOf(const QJsonObject &json, const char *name)
{
    return json.value(QLatin1String(name)).toString();
}

/// `{"dateTime", "timeZone"}`. The zone counts where the time has no offset.
QDateTime instantFrom(const QJsonObject &json)
{
    const QDateTime time = QDateTime::fromString(textOf(json, "dateTime"), Qt::ISODateWithMs);
    if (time.isValid() && time.timeSpec() == Qt::LocalTime)
        return core::instantOf(time.date(), time.time(), zoneNamed(textOf(json, "timeZone")));
    return time.toUTC();
}

bool isDeclinedByOwner(const QJsonObject &json)
{
    const QJsonArray attendees = json.value(QLatin1String("attendees")).toArray();
    return std::any_of(attendees.begin(), attendees.end(), [](const QJsonValue &value) {
        const QJsonObject attendee = value.toObject();
        return attendee.value(QLatin1String("self")).toBool()
               && textOf(attendee, "responseStatus") == QLatin1String("declined");
    });
}

} // namespace

QString toRfc3339(const QDateTime &time)
{
    return time.toUTC().toString(Qt::ISODate);
}

QTimeZone zoneNamed(const QString &name)
{
    return core::timeZoneNamed(name).value_or(QTimeZone::utc());
}

bool isAllDay(const QJsonObject &json)
{
    return json.value(QLatin1String("start")).toObject().contains(QLatin1String("date"));
}

Result<core::CalendarEvent> eventFrom(const QJsonObject &json, const QTimeZone &zone)
{
    core::CalendarEvent event;
    event.id = textOf(json, "id");
    if (event.id.isEmpty())
        return noEvent("an event without an id");
    event.summary = textOf(json, "summary");
    event.description = textOf(json, "description");
    event.location = textOf(json, "location");
    event.htmlLink = textOf(json, "htmlLink");
    event.isCancelled = textOf(json, "status") == QLatin1String("cancelled");
    event.isBusy = !event.isCancelled
                   && textOf(json, "transparency") != QLatin1String("transparent")
                   && !isDeclinedByOwner(json);

    const QJsonObject start = json.value(QLatin1String("start")).toObject();
    const QJsonObject end = json.value(QLatin1String("end")).toObject();
    event.isAllDay = isAllDay(json);
    event.startText = textOf(start, event.isAllDay ? "date" : "dateTime");
    event.endText = textOf(end, event.isAllDay ? "date" : "dateTime");
    if (event.isAllDay) {
        event.firstDay = QDate::fromString(event.startText, Qt::ISODate);
        event.dayAfter = QDate::fromString(event.endText, Qt::ISODate);
        event.range = {core::startOfDay(event.firstDay, zone),
                       core::startOfDay(event.dayAfter, zone)};
    } else {
        event.range = {instantFrom(start), instantFrom(end)};
    }
    const bool hasTimes = event.range.start.isValid() && event.range.end.isValid()
                          && event.range.start <= event.range.end;
    if (!hasTimes && !event.isCancelled)
        return noEvent("an event without a start and an end");
    return event;
}

QJsonObject toJson(const core::NewCalendarEvent &event)
{
    const QTimeZone zone = zoneNamed(event.timeZone);
    const auto timeOf = [&zone](const QDateTime &time) {
        return QJsonObject{{QStringLiteral("dateTime"), core::toIsoText(time, zone)},
                           {QStringLiteral("timeZone"), QString::fromLatin1(zone.id())}};
    };
    QJsonObject json{
        {QStringLiteral("summary"), event.summary},
        {QStringLiteral("description"), event.description},
        {QStringLiteral("location"), event.location},
        {QStringLiteral("start"), timeOf(event.range.start)},
        {QStringLiteral("end"), timeOf(event.range.end)},
        {QStringLiteral("reminders"), QJsonObject{{QStringLiteral("useDefault"), true}}}};
    if (!event.id.isEmpty())
        json.insert(QStringLiteral("id"), event.id);
    if (!event.attendeeEmail.isEmpty())
        json.insert(QStringLiteral("attendees"),
                    QJsonArray{QJsonObject{{QStringLiteral("email"), event.attendeeEmail}}});
    return json;
}

Result<core::TimeRange> busyRangeFrom(const QJsonObject &json)
{
    const auto timeOf = [&json](const char *name) {
        return QDateTime::fromString(textOf(json, name), Qt::ISODateWithMs).toUTC();
    };
    core::TimeRange range{timeOf("start"), timeOf("end")};
    if (!range.start.isValid() || !range.end.isValid() || range.end < range.start)
        return noEvent("a busy time without a start and an end");
    return range;
}

} // namespace server::google
