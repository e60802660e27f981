#include "server/core/calendar/free_times.h"

#include "server/core/calendar/civil_time.h"

namespace server::core {

namespace {

constexpr qint64 kHalfHour = 1800;
constexpr qint64 kQuarter = 900;
constexpr qint64 kLead = 7200; ///< how far ahead an alternative lies, at least
constexpr int kDaysAfter = 7;

/// The first instant from `instant` on at which clocks in `zone` show a whole multiple of `step`
/// seconds since midnight. Offsets are not always whole hours.
QDateTime roundedUp(const QDateTime &instant, qint64 step, const QTimeZone &zone)
{
    const qint64 wall = instant.toMSecsSinceEpoch() + zone.offsetFromUtc(instant) * qint64(1000);
    const qint64 beyond = wall % (step * 1000);
    return beyond == 0 ? instant : instant.addMSecs(step * 1000 - beyond);
}

QDate dayOf(const QDateTime &instant, const QTimeZone &zone)
{
    return wallTimeOf(instant, zone).date();
}

/// The wanted day, or today when that is over.
QDate firstDay(const AlternativeSearch &search)
{
    return std::max(dayOf(search.wanted.start, search.zone), dayOf(search.now, search.zone));
}

bool overlapsAny(const std::vector<TimeRange> &ranges, const TimeRange &range)
{
    return std::any_of(ranges.begin(), ranges.end(),
                       [&range](const TimeRange &other) { return other.overlaps(range); });
}

/// Where the wanted length fits into an opening and the policy permits it.
std::vector<TimeRange> candidates(const AlternativeSearch &search, const TimeRange &opening,
                                  const std::vector<TimeRange> &taken)
{
    const qint64 length = search.wanted.start.msecsTo(search.wanted.end);
    const QDateTime earliest = std::max(opening.start, search.now.addSecs(kLead));
    std::vector<TimeRange> found;
    QDateTime start = roundedUp(earliest, kQuarter, search.zone);
    while (start.addMSecs(length) <= opening.end) {
        const TimeRange range{start, start.addMSecs(length)};
        if (range != search.wanted && search.policy.permits(countOverlaps(taken, range)))
            found.push_back(range);
        start = roundedUp(start.addMSecs(1), kQuarter, search.zone);
    }
    return found;
}

} // namespace

std::vector<TimeRange> merged(std::vector<TimeRange> ranges)
{
    std::sort(ranges.begin(), ranges.end(),
              [](const TimeRange &a, const TimeRange &b) { return a.start < b.start; });
    std::vector<TimeRange> joined;
    for (const TimeRange &range : ranges) {
        if (joined.empty() || joined.back().end < range.start)
            joined.push_back(range);
        else
            joined.back().end = std::max(joined.back().end, range.end);
    }
    return joined;
}

std::vector<TimeRange> busyTimes(const std::vector<CalendarEvent> &events)
{
    std::vector<TimeRange> ranges;
    for (const CalendarEvent &event : events) {
        if (event.isBusy)
            ranges.push_back(event.range);
    }
    return merged(std::move(ranges));
}

int countOverlaps(const std::vector<TimeRange> &taken, const TimeRange &range)
{
    return int(std::count_if(taken.begin(), taken.end(),
                             [&range](const TimeRange &other) { return other.overlaps(range); }));
}

std::vector<TimeRange> freeTimes(const FreeTimeSearch &search, const std::vector<TimeRange> &busy)
{
    const QDateTime earliest =
        std::max(search.window.start, roundedUp(search.now, kHalfHour, search.zone));
    const std::vector<TimeRange> blocks = merged(busy);
    const auto minimum = std::chrono::milliseconds(search.minimum).count();
    std::vector<TimeRange> found;
    // From the day before: an opening may reach over midnight.
    for (const TimeRange &opening :
         search.hours.openings(dayOf(search.window.start, search.zone).addDays(-1),
                               dayOf(search.window.end, search.zone), search.zone)) {
        const QDateTime end = std::min(opening.end, search.window.end);
        QDateTime start = std::max(opening.start, earliest);
        const auto take = [&](const QDateTime &until) {
            if (start < until && start.msecsTo(until) >= minimum)
                found.push_back({start, until});
        };
        for (const TimeRange &block : blocks) {
            if (block.end <= start || block.start >= end)
                continue;
            take(block.start);
            start = std::max(start, block.end);
        }
        take(end);
    }
    if (found.size() > size_t(std::max(0, search.limit)))
        found.resize(size_t(std::max(0, search.limit)));
    return found;
}

TimeRange alternativeWindow(const AlternativeSearch &search)
{
    const QDate first = firstDay(search);
    return {startOfDay(first, search.zone), startOfDay(first.addDays(kDaysAfter + 2), search.zone)};
}

std::vector<TimeRange> alternatives(const AlternativeSearch &search,
                                    const std::vector<TimeRange> &taken)
{
    const auto distance = [&search](const TimeRange &range) {
        return std::abs(search.wanted.start.msecsTo(range.start));
    };
    const QDate first = firstDay(search);
    std::vector<TimeRange> chosen;
    for (const TimeRange &opening :
         search.hours.openings(first, first.addDays(kDaysAfter), search.zone)) {
        std::vector<TimeRange> fitting = candidates(search, opening, taken);
        std::stable_sort(fitting.begin(), fitting.end(),
                         [&distance](const TimeRange &a, const TimeRange &b) {
                             return distance(a) < distance(b);
                         });
        for (const TimeRange &range : fitting) {
            if (chosen.size() >= size_t(search.limit))
                return chosen;
            if (!overlapsAny(chosen, range))
                chosen.push_back(range);
        }
    }
    return chosen;
}

} // namespace server::core
