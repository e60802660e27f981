// What the agent of a call is told of its owner's calendar, made from the calendar itself.
#pragma once

#include "server/core/calendar/booking_service.h"
#include "server/core/calendar/calendar_briefing.h"

namespace server::core {

/// Thread-safe; blocks. Ports must outlive it.
class CalendarBriefer final : public CalendarBriefings
{
public:
    struct Ports
    {
        Calendars &calendars;
        BookingService &bookings;
        base::Clock now;
    };

    explicit CalendarBriefer(Ports ports) : m_ports(std::move(ports)) {}

    base::Result<std::optional<CalendarBriefing>> briefingFor(base::UserId owner,
                                                              bool withTimes) override;

private:
    Ports m_ports;
};

} // namespace server::core
