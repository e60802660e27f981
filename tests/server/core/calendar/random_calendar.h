// Random owners and calendars around the days on which a zone changes.
#pragma once

#include "server/core/calendar/civil_time.h"
#include "server/core/calendar/free_times.h"
#include "tests/server/core/calendar/test_zones.h"

#include <QJsonObject>
#include <QLocale>

#include <random>

namespace tests {

/// Everything follows from the seed.
class RandomCalendar
{
public:
    explicit RandomCalendar(quint32 seed) : m_random(seed)
    {
        const QStringList names = zoneNames();
        zone = *server::core::timeZoneNamed(names.at(upTo(int(names.size()) - 1)));
        const auto instants = interestingInstants(zone);
        change = instants.at(size_t(upTo(int(instants.size()) - 1)));
        now = change.addSecs(quarters(-4 * 96, 0)).addSecs(upTo(899));
        for (const char *day :
             {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}) {
            if (upTo(4) == 0)
                continue;
            const int opens = upTo(20);
            const int length = 1 + upTo(9); // over midnight, now and then
            hours.insert(QLatin1String(day),
                         QJsonObject{{QStringLiteral("start"), clock(opens, 15 * upTo(3))},
                                     {QStringLiteral("end"), clock((opens + length) % 24, 0)}});
        }
        policy = policies().at(size_t(upTo(int(policies().size()) - 1)));
    }

    static const std::vector<server::core::BookingPolicy> &policies()
    {
        using enum server::core::BookingRule;
        static const std::vector<server::core::BookingPolicy> all{
            {1, 1, Strict, false},   {2, 2, Flexible, false},  {2, 3, Flexible, false},
            {1, 1, Flexible, false}, {1, 1, Unlimited, false}, {1, 1, Strict, true}};
        return all;
    }

    /// 0 to `most`.
    int upTo(int most) { return std::uniform_int_distribution<int>(0, most)(m_random); }
    qint64 quarters(int from, int to)
    {
        return qint64(std::uniform_int_distribution<int>(from, to)(m_random)) * 900;
    }
    /// Five minutes to a day, within eight days around the change, on five minutes.
    server::core::TimeRange range()
    {
        const QDateTime start =
            change.addSecs(quarters(-3 * 96, 5 * 96)).addSecs(qint64(300) * upTo(2));
        const int length = upTo(9) == 0 ? 1 + upTo(287) : 1 + upTo(35);
        return {start, start.addSecs(qint64(300) * length)};
    }
    server::core::BusinessHours businessHours() const
    {
        return server::core::BusinessHours::fromJson(hours);
    }

    /// The first day, from `notBefore` on, whose opening covers all of the range; invalid when none
    /// does. Openings are found by looking at the clock every quarter of an hour.
    QDate openDay(const server::core::TimeRange &range, QDate notBefore = {})
    {
        const QDate day = server::core::wallTimeOf(range.start, zone).date();
        for (const QDate candidate : {day.addDays(-1), day}) {
            if (notBefore.isValid() && candidate < notBefore)
                continue;
            if (!m_openings.contains(candidate))
                m_openings[candidate] = lookedUp(candidate);
            const auto &opening = m_openings[candidate];
            if (opening && opening->start <= range.start && range.end <= opening->end)
                return candidate;
        }
        return {};
    }

    QTimeZone zone;
    QDateTime change; ///< of the zone's offset
    QDateTime now;
    QJsonObject hours;
    server::core::BookingPolicy policy;

private:
    static QString clock(int hour, int minute)
    {
        return QStringLiteral("%1:%2")
            .arg(hour, 2, 10, QLatin1Char('0'))
            .arg(minute, 2, 10, QLatin1Char('0'));
    }
    static int minutesOf(const QJsonObject &day, const char *key)
    {
        const QStringList parts = day.value(QLatin1String(key)).toString().split(QLatin1Char(':'));
        return parts.at(0).toInt() * 60 + parts.at(1).toInt();
    }
    std::optional<server::core::TimeRange> lookedUp(QDate day) const
    {
        int opens = 9 * 60;
        int closes = 17 * 60;
        if (hours.isEmpty() && day.dayOfWeek() > 5)
            return std::nullopt;
        if (!hours.isEmpty()) {
            const QString name = QLocale::c().toString(day, QStringLiteral("dddd")).toLower();
            const QJsonObject said = hours.value(name).toObject();
            if (said.isEmpty())
                return std::nullopt;
            opens = minutesOf(said, "start");
            closes = minutesOf(said, "end");
        }
        const auto open = firstShowing(day, opens);
        const auto close = firstShowing(closes > opens ? day : day.addDays(1), closes);
        if (server::core::wallTimeOf(open, zone).date() != day || open >= close)
            return std::nullopt;
        return server::core::TimeRange{open, close};
    }
    QDateTime firstShowing(QDate day, int minutes) const
    {
        constexpr qint64 kFurthest = qint64(16) * 3600; // no clock is further from UTC
        const QDateTime wanted(day, QTime(minutes / 60, minutes % 60), Qt::UTC);
        QDateTime instant = wanted.addSecs(-kFurthest);
        while (instant.addSecs(zone.offsetFromUtc(instant)) < wanted)
            instant = instant.addSecs(900);
        return instant;
    }

    std::map<QDate, std::optional<server::core::TimeRange>> m_openings;
    std::mt19937 m_random;
};

} // namespace tests
