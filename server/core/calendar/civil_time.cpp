#include "server/core/calendar/civil_time.h"

#include <QLocale>
#include <QRegularExpression>

#include <array>

namespace server::core {

namespace {

constexpr qint64 kDaySeconds = 86'400;

/// The same digits, read as UTC.
QDateTime asUtc(QDate date, QTime time)
{
    return {date, time, Qt::UTC};
}

/// The two offsets between which a wall time can be torn. A day to either side is further than any
/// offset reaches, and no zone changes twice in that time.
struct Offsets
{
    int before = 0;
    int after = 0;
};

Offsets offsetsAround(const QDateTime &wall, const QTimeZone &zone)
{
    return {zone.offsetFromUtc(wall.addSecs(-kDaySeconds)),
            zone.offsetFromUtc(wall.addSecs(kDaySeconds))};
}

/// The instants at which clocks show that: none, one, or two, in order.
std::vector<QDateTime> instantsOf(const QDateTime &wall, const Offsets &offsets,
                                  const QTimeZone &zone)
{
    std::vector<QDateTime> found;
    for (const int offset : {offsets.before, offsets.after}) {
        const QDateTime instant = wall.addSecs(-offset);
        if (zone.offsetFromUtc(instant) == offset && (found.empty() || found.front() != instant))
            found.push_back(instant);
    }
    std::sort(found.begin(), found.end());
    return found;
}

bool isLeftOut(const CivilTime &civil, const QTimeZone &zone)
{
    const QDateTime wall = asUtc(civil.date, civil.time);
    return instantsOf(wall, offsetsAround(wall, zone), zone).empty();
}

} // namespace

std::optional<QTimeZone> timeZoneNamed(const QString &name)
{
    const QByteArray id = name.toLatin1();
    // QTimeZone alone would also take POSIX rules such as "EST5EDT4", which no calendar knows.
    if (id.isEmpty() || !QTimeZone::isTimeZoneIdAvailable(id))
        return std::nullopt;
    const QTimeZone zone(id);
    return zone.isValid() ? std::optional(zone) : std::nullopt;
}

const QTimeZone &defaultTimeZone()
{
    static const QTimeZone zone("America/Denver");
    return zone;
}

QDateTime instantOf(QDate date, QTime time, const QTimeZone &zone)
{
    const QDateTime wall = asUtc(date, time);
    const Offsets offsets = offsetsAround(wall, zone);
    const std::vector<QDateTime> instants = instantsOf(wall, offsets, zone);
    return instants.empty() ? wall.addSecs(-offsets.before) : instants.front();
}

QDateTime wallTimeOf(const QDateTime &instant, const QTimeZone &zone)
{
    return instant.toOffsetFromUtc(zone.offsetFromUtc(instant));
}

QDateTime firstInstantAt(QDate date, QTime time, const QTimeZone &zone)
{
    const QDateTime wall = asUtc(date, time);
    const Offsets offsets = offsetsAround(wall, zone);
    const std::vector<QDateTime> instants = instantsOf(wall, offsets, zone);
    if (!instants.empty())
        return instants.front();
    // The gap ends at the one instant at which both offsets meet. Halving the two days around it
    // finds it to the second.
    qint64 before = wall.toSecsSinceEpoch() - kDaySeconds;
    qint64 after = wall.toSecsSinceEpoch() + kDaySeconds;
    while (after - before > 1) {
        const qint64 middle = before + (after - before) / 2;
        const QDateTime probe = QDateTime::fromSecsSinceEpoch(middle, Qt::UTC);
        (zone.offsetFromUtc(probe) == offsets.before ? before : after) = middle;
    }
    return QDateTime::fromSecsSinceEpoch(after, Qt::UTC);
}

QDateTime startOfDay(QDate date, const QTimeZone &zone)
{
    return firstInstantAt(date, QTime(0, 0), zone);
}

std::optional<CivilTime> CivilTime::parse(const QString &text)
{
    static const QRegularExpression form(QStringLiteral(
        R"(\A(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?:([Zz])|([+-])(\d\d):?(\d\d))?\z)"));
    const auto match = form.match(text.trimmed());
    if (!match.hasMatch())
        return std::nullopt;
    const auto number = [&match](int group) { return match.captured(group).toInt(); };
    CivilTime civil;
    civil.date = QDate(number(1), number(2), number(3));
    const int millis = match.captured(7).leftJustified(3, QLatin1Char('0'), true).toInt();
    civil.time = QTime(number(4), number(5), number(6), millis);
    if (!civil.date.isValid() || !civil.time.isValid())
        return std::nullopt;
    if (!match.captured(8).isEmpty())
        civil.offset = 0;
    if (const QString sign = match.captured(9); !sign.isEmpty()) {
        if (number(10) > 23 || number(11) > 59)
            return std::nullopt;
        const int seconds = (number(10) * 60 + number(11)) * 60;
        civil.offset = sign == QLatin1String("-") ? -seconds : seconds;
    }
    return civil;
}

QDateTime CivilTime::instant(const QTimeZone &zone) const
{
    return offset ? asUtc(date, time).addSecs(-*offset) : instantOf(date, time, zone);
}

TimeRange rangeOf(const CivilTime &start, const CivilTime &end, const QTimeZone &zone)
{
    TimeRange range{start.instant(zone), end.instant(zone)};
    if (start.offset || end.offset || !isLeftOut(start, zone))
        return range;
    const qint64 length = asUtc(start.date, start.time).msecsTo(asUtc(end.date, end.time));
    return {range.start, range.start.addMSecs(length)};
}

QString toIsoText(const QDateTime &instant, const QTimeZone &zone)
{
    return wallTimeOf(instant, zone).toString(Qt::ISODate);
}

QString toSpokenText(const QDateTime &instant, const QTimeZone &zone)
{
    return QLocale::c().toString(wallTimeOf(instant, zone),
                                 QStringLiteral("dddd, MMMM dd 'at' hh:mm AP"));
}

} // namespace server::core
