#include "server/core/calendar/business_hours.h"

#include "server/core/calendar/civil_time.h"

#include <QRegularExpression>

namespace server::core {

namespace {

constexpr int kHour = 60;
constexpr int kDay = 24 * kHour;

constexpr std::array<const char *, 7> kWeekdays{"monday", "tuesday",  "wednesday", "thursday",
                                                "friday", "saturday", "sunday"};

/// Minutes since midnight of "09:00"; "24:00" is the end of the day.
std::optional<int> minutesOf(const QJsonValue &value)
{
    static const QRegularExpression form(QStringLiteral(R"(\A(\d{1,2}):(\d\d)\z)"));
    const auto match = form.match(value.toString());
    const int minutes = match.captured(1).toInt() * kHour + match.captured(2).toInt();
    if (!match.hasMatch() || match.captured(2).toInt() >= kHour || minutes > kDay)
        return std::nullopt;
    return minutes;
}

/// When clocks of that day, or the next, have reached `minutes`.
QDateTime instantAt(QDate date, int minutes, const QTimeZone &zone)
{
    return firstInstantAt(date.addDays(minutes / kDay),
                          QTime((minutes % kDay) / kHour, minutes % kHour), zone);
}

} // namespace

BusinessHours::BusinessHours()
{
    for (size_t day = 0; day < 5; ++day)
        m_days.at(day) = Day{9 * kHour, 17 * kHour};
}

BusinessHours BusinessHours::everyDay(int fromHour, int toHour)
{
    BusinessHours hours;
    hours.m_days.fill(Day{fromHour * kHour, toHour * kHour});
    return hours;
}

BusinessHours BusinessHours::fromJson(const QJsonObject &json)
{
    BusinessHours hours;
    if (json.isEmpty())
        return hours;
    for (size_t i = 0; i < kWeekdays.size(); ++i) {
        auto &day = hours.m_days.at(i);
        day.reset();
        const QJsonObject said = json.value(QLatin1String(kWeekdays.at(i))).toObject();
        const auto opens = minutesOf(said.value(QLatin1String("start")));
        const auto closes = minutesOf(said.value(QLatin1String("end")));
        if (opens && closes && *opens < kDay)
            day = Day{*opens, *closes > *opens ? *closes : *closes + kDay};
    }
    return hours;
}

std::vector<TimeRange> BusinessHours::openings(QDate first, QDate last, const QTimeZone &zone) const
{
    std::vector<TimeRange> found;
    for (QDate date = first; date <= last; date = date.addDays(1)) {
        const auto &day = m_days.at(size_t(date.dayOfWeek() - 1));
        if (!day)
            continue;
        const TimeRange range{instantAt(date, day->opens, zone),
                              instantAt(date, day->closes, zone)};
        // Hours that lie in a gap are none, and a day that the zone leaves out has none.
        if (range.start < range.end && wallTimeOf(range.start, zone).date() == date)
            found.push_back(range);
    }
    return found;
}

} // namespace server::core
