// What stands in somebody's calendar.
#pragma once

#include <QDate>
#include <QDateTime>
#include <QString>

namespace server::core {

/// A stretch of time, [start, end), as instants.
struct TimeRange
{
    QDateTime start; ///< UTC
    QDateTime end;   ///< UTC, after `start`

    bool overlaps(const TimeRange &other) const { return start < other.end && other.start < end; }
    bool operator==(const TimeRange &) const = default;
};

struct CalendarEvent
{
    QString id;
    QString summary;
    QString description;
    QString location;
    QString htmlLink;
    TimeRange range; ///< of an all-day event: whole days in the calendar's own zone
    bool isAllDay = false;
    QDate firstDay;    ///< of an all-day event
    QDate dayAfter;    ///< of an all-day event: the first day it does not cover
    QString startText; ///< as the calendar wrote it: a date, or a time with its offset
    QString endText;
    /// False for what takes nobody's time: cancelled, shown as free, or declined by the owner.
    bool isBusy = true;
    bool isCancelled = false; ///< deleted: its id cannot be used again
};

/// An event to be made. Its id is ours, so that asking twice makes it once (Google Calendar API,
/// "Events: insert": base32hex letters, 5 to 1024).
struct NewCalendarEvent
{
    QString id;
    QString summary;
    QString description;
    QString location;
    QString attendeeEmail; ///< invited by mail; empty: nobody is
    TimeRange range;
    QString timeZone; ///< IANA
};

} // namespace server::core
