// Users' calendars: what stands in them, when there is time, and new entries.
#pragma once

#include "server/core/accounts/opaque_token.h"
#include "server/core/calendar/booking_service.h"
#include "server/core/schedule/schedule_service.h"
#include "server/http/request.h"
#include "server/http/response.h"

namespace server::api {

/// Handlers of /google-calendar. A calendar that is not connected is a 404, never a 401, which
/// would sign the web app out. Times without an offset are those of the owner's zone. Thread-safe.
class CalendarApi
{
public:
    struct Ports
    {
        core::Calendars &calendars;
        core::BookingService &bookings;
        const core::ScheduleService &schedule;
        const core::UsageService &usage;
        base::Clock now;
        core::RandomBytes random;
    };
    explicit CalendarApi(Ports ports) : m_ports(std::move(ports)) {}

    http::Response events(const http::Request &request);
    http::Response availability(const http::Request &request);
    http::Response freeSlots(const http::Request &request);
    /// An entry to try the connection out with: no policy is asked.
    http::Response testEvent(const http::Request &request);
    /// A call for later, with an entry of half an hour in the calendar; both or neither.
    http::Response scheduleCall(const http::Request &request);

private:
    base::Result<core::CalendarEvent> enter(base::UserId owner, const QString &summary,
                                            const core::TimeRange &range, const QTimeZone &zone);

    Ports m_ports;
};

} // namespace server::api
