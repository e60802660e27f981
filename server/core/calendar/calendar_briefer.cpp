#include "server/core/calendar/calendar_briefer.h"

#include "server/core/calendar/free_times.h"

#include <QLocale>

namespace server::core {

using base::Result;

namespace {

constexpr int kDaysAhead = 7;
constexpr int kMostBriefed = 250;
constexpr size_t kShownEvents = 5;
constexpr int kShownTimes = 3;

QString clockText(const QDateTime &instant, const QTimeZone &zone)
{
    return QLocale::c().toString(wallTimeOf(instant, zone), QStringLiteral("hh:mm AP"));
}

QString dayText(QDate day)
{
    return QLocale::c().toString(day, QStringLiteral("dddd, MMMM dd"));
}

QString whenText(const CalendarEvent &event, const QTimeZone &zone)
{
    return event.isAllDay ? dayText(event.firstDay) + QStringLiteral(", all day")
                          : toSpokenText(event.range.start, zone);
}

QString spanText(const TimeRange &range, const QTimeZone &zone)
{
    return toSpokenText(range.start, zone) + QStringLiteral(" to ") + clockText(range.end, zone);
}

/// What comes from a calendar stands in a prompt: one line, not too long.
QString oneLine(const QString &text)
{
    constexpr int longest = 100;
    return text.simplified().left(longest);
}

QString textOf(const std::vector<CalendarEvent> &events, const std::vector<TimeRange> &times,
               const QDateTime &now, const QTimeZone &zone)
{
    QStringList lines{QStringLiteral("It is %1 now (%2).")
                          .arg(toSpokenText(now, zone), QString::fromLatin1(zone.id()))};
    lines.append(
        events.empty()
            ? QStringLiteral("The calendar has no events in the next %1 days.").arg(kDaysAhead)
            : QStringLiteral("Next events in the calendar:"));
    for (size_t i = 0; i < events.size() && i < kShownEvents; ++i)
        lines.append(QStringLiteral("- %1: %2")
                         .arg(whenText(events.at(i), zone), oneLine(events.at(i).summary)));
    lines.append(times.empty()
                     ? QStringLiteral("There is no free time in the next %1 days.").arg(kDaysAhead)
                     : QStringLiteral("Next free times:"));
    for (const TimeRange &range : times)
        lines.append(QStringLiteral("- ") + spanText(range, zone));
    return lines.join(QLatin1Char('\n'));
}

} // namespace

Result<std::optional<CalendarBriefing>> CalendarBriefer::briefingFor(base::UserId owner,
                                                                     bool withTimes)
{
    const auto isConnected = m_ports.calendars.isConnected(owner);
    if (!isConnected)
        return failed(isConnected);
    if (!*isConnected)
        return std::nullopt;
    const auto settings = m_ports.bookings.settingsOf(owner);
    if (!settings)
        return failed(settings);
    CalendarBriefing briefing{QString::fromLatin1(settings->zone.id()), {}};
    if (!withTimes)
        return briefing;
    const QDateTime now = m_ports.now();
    const TimeRange window{now, now.addDays(kDaysAhead)};
    const auto events = m_ports.calendars.events(owner, window, kMostBriefed);
    if (!events)
        return failed(events);
    FreeTimeSearch search{window, now, settings->hours, settings->zone};
    search.limit = kShownTimes;
    briefing.text = textOf(*events, freeTimes(search, busyTimes(*events)), now, settings->zone);
    return briefing;
}

} // namespace server::core
