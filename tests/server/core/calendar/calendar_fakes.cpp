#include "tests/server/core/calendar/calendar_fakes.h"

namespace tests {

using namespace server::core;
using base::Fault;
using base::Result;
using base::UserId;

void FakeCalendar::put(const CalendarEvent &event)
{
    const std::lock_guard lock(m_mutex);
    m_events[event.id] = event;
}

void FakeCalendar::cancel(const QString &id)
{
    const std::lock_guard lock(m_mutex);
    m_events[id].isCancelled = true;
    m_events[id].isBusy = false;
}

void FakeCalendar::move(const QString &id, const TimeRange &range)
{
    const std::lock_guard lock(m_mutex);
    m_events[id].range = range;
}

std::vector<CalendarEvent> FakeCalendar::all() const
{
    const std::lock_guard lock(m_mutex);
    std::vector<CalendarEvent> events;
    for (const auto &[id, event] : m_events) {
        if (!event.isCancelled)
            events.push_back(event);
    }
    return events;
}

std::vector<CalendarEvent> FakeCalendar::busyIn(const TimeRange &range) const
{
    std::vector<CalendarEvent> found = all();
    std::erase_if(found, [&range](const CalendarEvent &event) {
        return !event.isBusy || !event.range.overlaps(range);
    });
    return found;
}

int FakeCalendar::insertions() const
{
    const std::lock_guard lock(m_mutex);
    return m_insertions;
}

Result<> FakeCalendar::meet(Mishap met) const
{
    if (!connected)
        return base::fail(Fault::NotFound, QStringLiteral("Google Calendar not connected"));
    if (met == Mishap::Refused)
        return base::fail(Fault::LimitReached, QStringLiteral("quota"));
    if (met == Mishap::LostBefore)
        return base::fail(Fault::Timeout, QStringLiteral("no answer"));
    return {};
}

Result<bool> FakeCalendar::isConnected(UserId)
{
    return connected;
}

Result<std::vector<CalendarEvent>> FakeCalendar::events(UserId, const TimeRange &window, int limit)
{
    if (const auto met = meet(mishap("events")); !met)
        return failed(met);
    std::vector<CalendarEvent> found = all();
    std::erase_if(found,
                  [&window](const CalendarEvent &event) { return !event.range.overlaps(window); });
    std::sort(found.begin(), found.end(), [](const CalendarEvent &a, const CalendarEvent &b) {
        return a.range.start < b.range.start;
    });
    if (found.size() > size_t(limit))
        found.resize(size_t(limit));
    return found;
}

Result<std::vector<TimeRange>> FakeCalendar::busy(UserId, const TimeRange &window)
{
    std::vector<TimeRange> ranges;
    for (const CalendarEvent &event : busyIn(window))
        ranges.push_back(event.range);
    return ranges;
}

Result<QString> FakeCalendar::timeZone(UserId)
{
    if (const auto met = meet(Mishap::None); !met)
        return failed(met);
    return zone;
}

Result<CalendarEvent> FakeCalendar::insert(UserId, const NewCalendarEvent &event)
{
    const Mishap mishapNow = mishap("insert");
    const std::lock_guard lock(m_mutex);
    ++m_insertions;
    if (const auto met = meet(mishapNow); !met)
        return failed(met);
    if (m_events.contains(event.id))
        return base::fail(Fault::Conflict, QStringLiteral("The requested identifier exists."));
    CalendarEvent made = eventOf(event.id, event.range);
    made.summary = event.summary;
    made.description = event.description;
    made.location = event.location;
    made.htmlLink = QStringLiteral("https://calendar.example/") + event.id;
    std::vector<CalendarEvent> others;
    for (const auto &[id, other] : m_events) {
        if (!other.isCancelled)
            others.push_back(other);
    }
    m_events[event.id] = made;
    onMade(made, others);
    if (mishapNow == Mishap::LostAfter)
        return base::fail(Fault::Timeout, QStringLiteral("no answer"));
    return made;
}

Result<std::optional<CalendarEvent>> FakeCalendar::find(UserId, const QString &id)
{
    if (const auto met = meet(mishap("find")); !met)
        return failed(met);
    const std::lock_guard lock(m_mutex);
    const auto found = m_events.find(id);
    return found == m_events.end() ? std::nullopt : std::optional(found->second);
}

Result<> MemoryBookings::reserve(UserId, const QByteArray &requestHash, const TimeRange &range,
                                 const Decide &decide, const QDateTime &)
{
    if (isBroken)
        return base::fail(Fault::Unavailable, QStringLiteral("no database"));
    const std::lock_guard lock(m_mutex);
    std::optional<Reservation> own;
    std::vector<Reservation> others;
    for (const auto &[hash, row] : m_rows) {
        if (hash == requestHash)
            own = row;
        else if (row.range.overlaps(range))
            others.push_back(row);
    }
    if (const auto wanted = decide(own, others))
        m_rows[requestHash] = *wanted;
    return {};
}

Result<> MemoryBookings::confirm(UserId, const Reservation &reservation, const QDateTime &now)
{
    const std::lock_guard lock(m_mutex);
    const auto row = m_rows.find(reservation.requestHash);
    if (row != m_rows.end() && row->second.eventId == reservation.eventId
        && !row->second.isConfirmed) {
        row->second.isConfirmed = true;
        row->second.confirmedAt = now;
    }
    return {};
}

Result<> MemoryBookings::release(UserId, const Reservation &reservation)
{
    const std::lock_guard lock(m_mutex);
    const auto row = m_rows.find(reservation.requestHash);
    if (row != m_rows.end() && --row->second.openAttempts <= 0 && !row->second.isConfirmed)
        m_rows.erase(row);
    return {};
}

Result<std::vector<Reservation>> MemoryBookings::overlapping(UserId owner, const TimeRange &range)
{
    auto rows = ofOwner(owner);
    std::erase_if(*rows, [&range](const Reservation &row) { return !row.range.overlaps(range); });
    return rows;
}

Result<std::vector<Reservation>> MemoryBookings::ofOwner(UserId)
{
    const std::lock_guard lock(m_mutex);
    std::vector<Reservation> rows;
    for (const auto &[hash, row] : m_rows)
        rows.push_back(row);
    return rows;
}

Result<int> MemoryBookings::removeEnded(const QDateTime &before)
{
    const std::lock_guard lock(m_mutex);
    return int(std::erase_if(
        m_rows, [&before](const auto &entry) { return entry.second.range.end < before; }));
}

Result<std::optional<BookingConfig>> MemoryConfigs::find(UserId)
{
    return config;
}

Result<> MemoryConfigs::savePolicy(UserId, const BookingPolicy &policy, const QDateTime &)
{
    BookingConfig changed = config.value_or(BookingConfig{});
    changed.policy = policy;
    config = changed;
    return {};
}

QDateTime at(const char *isoText)
{
    QDateTime time = QDateTime::fromString(QString::fromLatin1(isoText), Qt::ISODateWithMs).toUTC();
    Q_ASSERT(time.isValid());
    return time;
}

CalendarEvent eventOf(const QString &id, const TimeRange &range)
{
    CalendarEvent event;
    event.id = id;
    event.summary = QStringLiteral("Event ") + id.left(8);
    event.range = range;
    event.startText = range.start.toString(Qt::ISODate);
    event.endText = range.end.toString(Qt::ISODate);
    return event;
}

} // namespace tests
