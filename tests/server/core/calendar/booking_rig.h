// A booking service with everything around it in memory, and haircuts to book.
#pragma once

#include "tests/server/core/calendar/calendar_fakes.h"

#include <QTest>

namespace tests {

const base::UserId owner{7};

inline server::core::TimeRange hourFrom(const char *start)
{
    return {at(start), at(start).addSecs(3600)};
}

inline server::core::BookingRequest haircut()
{
    server::core::BookingRequest request;
    request.summary = QStringLiteral("Haircut");
    request.start = QStringLiteral("2026-03-02T14:00:00-07:00");
    request.end = QStringLiteral("2026-03-02T15:00:00-07:00");
    request.customerName = QStringLiteral("Zoë");
    return request;
}

inline server::core::BookingRequest haircutOf(const QString &customer)
{
    server::core::BookingRequest request = haircut();
    request.customerName = customer;
    return request;
}

struct Rig
{
    FakeCalendar calendar;
    MemoryBookings bookings;
    MemoryConfigs configs;
    QDateTime now = at("2026-03-02T15:00:00Z"); // Monday, 08:00 in Denver
    server::core::BookingService service{{calendar, bookings, configs, [this] { return now; }}};

    /// Lets requests of that kind meet these mishaps, one after the other, then none.
    void script(const char *request, const std::vector<FakeCalendar::Mishap> &mishaps)
    {
        auto next = std::make_shared<size_t>(0);
        calendar.mishap = [request, mishaps, next](const char *asked) {
            if (qstrcmp(asked, request) != 0 || *next >= mishaps.size())
                return FakeCalendar::Mishap::None;
            return mishaps.at((*next)++);
        };
    }
    void setPolicy(const server::core::BookingPolicy &policy)
    {
        QVERIFY(service.changePolicy(owner, policy).has_value());
    }
    qsizetype reserved() { return qsizetype(bookings.ofOwner(owner)->size()); }
};

inline const server::core::BookingMade *
madeOf(const base::Result<server::core::BookingOutcome> &outcome)
{
    return outcome ? std::get_if<server::core::BookingMade>(&*outcome) : nullptr;
}

inline const server::core::BookingConflict *
conflictOf(const base::Result<server::core::BookingOutcome> &outcome)
{
    return outcome ? std::get_if<server::core::BookingConflict>(&*outcome) : nullptr;
}

} // namespace tests
