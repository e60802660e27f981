// Between instants and what clocks on the wall show, daylight saving included.
#pragma once

#include "server/core/calendar/calendar_event.h"

#include <QTimeZone>

#include <optional>

namespace server::core {

/// The zone of that IANA name; none when there is no such zone.
std::optional<QTimeZone> timeZoneNamed(const QString &name);
/// For owners of whom no zone is known: America/Denver.
const QTimeZone &defaultTimeZone();

/// The instant, in UTC, at which clocks in `zone` show that. A time that comes twice is the first
/// of the two; one that is left out is as long after the gap's begin as it reads: read with the
/// offset before the gap (both: RFC 5545 3.3.5).
QDateTime instantOf(QDate date, QTime time, const QTimeZone &zone);
/// What clocks in `zone` show then, with its offset.
QDateTime wallTimeOf(const QDateTime &instant, const QTimeZone &zone);
/// The first instant at which clocks show that or later: for a time that is left out, the gap's
/// end.
QDateTime firstInstantAt(QDate date, QTime time, const QTimeZone &zone);
/// A day's length is what lies between its start and the next day's.
QDateTime startOfDay(QDate date, const QTimeZone &zone);

/// A time as RFC 3339 writes it, or the same without an offset; seconds may be missing.
struct CivilTime
{
    QDate date;
    QTime time;
    std::optional<int> offset; ///< seconds east of UTC

    static std::optional<CivilTime> parse(const QString &text);
    /// `zone` counts when there is no offset.
    QDateTime instant(const QTimeZone &zone) const;
};

/// The stretch from one to the other, not checked for its order. Where `start` is a wall time that
/// the day leaves out, an `end` without an offset keeps its distance.
TimeRange rangeOf(const CivilTime &start, const CivilTime &end, const QTimeZone &zone);

/// "2026-03-02T14:00:00+01:00".
QString toIsoText(const QDateTime &instant, const QTimeZone &zone);
/// "Tuesday, September 02 at 02:00 PM".
QString toSpokenText(const QDateTime &instant, const QTimeZone &zone);

} // namespace server::core
