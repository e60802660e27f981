// Free times in a calendar. Pure functions; everything is an instant in UTC.
#pragma once

#include "server/core/calendar/booking_policy.h"
#include "server/core/calendar/business_hours.h"

#include <chrono>

namespace server::core {

/// What overlaps or touches becomes one; by start.
std::vector<TimeRange> merged(std::vector<TimeRange> ranges);
/// The stretches that events take, merged: all-day ones too, none that is not busy.
std::vector<TimeRange> busyTimes(const std::vector<CalendarEvent> &events);
/// How many of `taken` overlap.
int countOverlaps(const std::vector<TimeRange> &taken, const TimeRange &range);

struct FreeTimeSearch
{
    TimeRange window; ///< some weeks: every day of it is looked at
    QDateTime now;    ///< nothing before the next full half hour, by the clock in `zone`
    BusinessHours hours;
    QTimeZone zone;
    std::chrono::minutes minimum{30};
    int limit = 5;
};

/// Gaps of at least the minimum within opening hours, whole, by start.
std::vector<TimeRange> freeTimes(const FreeTimeSearch &search, const std::vector<TimeRange> &busy);

struct AlternativeSearch
{
    TimeRange wanted;
    QDateTime now; ///< alternatives lie two hours ahead of it, at least
    BusinessHours hours;
    QTimeZone zone;
    BookingPolicy policy;
    int limit = 3;
};

/// The time in which alternatives are looked for: the wanted day and the seven after it, with
/// openings that reach into the next.
TimeRange alternativeWindow(const AlternativeSearch &search);

/// Other times of the wanted length, on quarters of an hour within one opening, that the policy
/// permits beside what is `taken`; none overlaps another. The wanted day first, then the seven
/// after it; of a day, the nearest to the wanted start first.
std::vector<TimeRange> alternatives(const AlternativeSearch &search,
                                    const std::vector<TimeRange> &taken);

} // namespace server::core
