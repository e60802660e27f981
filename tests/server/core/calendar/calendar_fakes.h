// A calendar, its owner's settings and our reservations in memory, for tests of bookings.
#pragma once

#include "server/core/calendar/booking_service.h"

#include <functional>
#include <map>
#include <mutex>

namespace tests {

/// One user's calendar, as its provider keeps it. Any thread.
class FakeCalendar : public server::core::Calendars
{
public:
    enum class Mishap {
        None,
        Refused,    ///< certainly not done
        LostBefore, ///< no answer, and not done
        LostAfter   ///< no answer, but done
    };
    /// Asked before every request: "events", "insert" or "find". Any thread.
    std::function<Mishap(const char *request)> mishap = [](const char *) { return Mishap::None; };
    /// Told of every event that comes to be, and of the others then. Under the lock.
    std::function<void(const server::core::CalendarEvent &made,
                       const std::vector<server::core::CalendarEvent> &others)>
        onMade = [](const auto &, const auto &) {};
    bool connected = true;
    QString zone = QStringLiteral("America/Denver");

    /// An event that the owner made.
    void put(const server::core::CalendarEvent &event);
    void cancel(const QString &id);
    void move(const QString &id, const server::core::TimeRange &range);
    std::vector<server::core::CalendarEvent> all() const;
    /// Those that are busy and overlap, by what is really there.
    std::vector<server::core::CalendarEvent> busyIn(const server::core::TimeRange &range) const;
    int insertions() const;

    base::Result<bool> isConnected(base::UserId user) override;
    base::Result<std::vector<server::core::CalendarEvent>>
    events(base::UserId user, const server::core::TimeRange &window, int limit) override;
    base::Result<std::vector<server::core::TimeRange>>
    busy(base::UserId user, const server::core::TimeRange &window) override;
    base::Result<QString> timeZone(base::UserId user) override;
    base::Result<server::core::CalendarEvent>
    insert(base::UserId user, const server::core::NewCalendarEvent &event) override;
    base::Result<std::optional<server::core::CalendarEvent>> find(base::UserId user,
                                                                  const QString &id) override;

private:
    base::Result<> meet(Mishap met) const;

    mutable std::mutex m_mutex;
    std::map<QString, server::core::CalendarEvent> m_events;
    int m_insertions = 0; ///< requests to insert, whatever came of them
};

/// Reservations in memory, of one owner. Any thread.
class MemoryBookings : public server::core::BookingStore
{
public:
    base::Result<> reserve(base::UserId owner, const QByteArray &requestHash,
                           const server::core::TimeRange &range, const Decide &decide,
                           const QDateTime &now) override;
    base::Result<> confirm(base::UserId owner, const server::core::Reservation &reservation,
                           const QDateTime &now) override;
    base::Result<> release(base::UserId owner,
                           const server::core::Reservation &reservation) override;
    base::Result<std::vector<server::core::Reservation>>
    overlapping(base::UserId owner, const server::core::TimeRange &range) override;
    base::Result<std::vector<server::core::Reservation>> ofOwner(base::UserId owner) override;
    base::Result<int> removeEnded(const QDateTime &before) override;

    bool isBroken = false;

private:
    std::mutex m_mutex;
    std::map<QByteArray, server::core::Reservation> m_rows;
};

class MemoryConfigs : public server::core::BookingConfigStore
{
public:
    std::optional<server::core::BookingConfig> config;

    base::Result<std::optional<server::core::BookingConfig>> find(base::UserId owner) override;
    base::Result<> savePolicy(base::UserId owner, const server::core::BookingPolicy &policy,
                              const QDateTime &now) override;
};

QDateTime at(const char *isoText);
/// An event of the owner's.
server::core::CalendarEvent eventOf(const QString &id, const server::core::TimeRange &range);

} // namespace tests
