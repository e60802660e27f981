// Appointments in users' calendars, and how users take them.
#pragma once

#include "server/core/calendar/booking_service.h"
#include "server/http/request.h"
#include "server/http/response.h"

namespace server::api {

/// Handlers of /tools and /booking. Thread-safe.
class BookingApi
{
public:
    explicit BookingApi(core::BookingService &bookings) : m_bookings(bookings) {}

    /// What the model's tool does during a call, over HTTP: for the caller's own calendar only.
    http::Response createCalendarEvent(const http::Request &request);
    http::Response toolsHealth(const http::Request &request) const;

    http::Response config(const http::Request &request);
    http::Response changeConfig(const http::Request &request);
    http::Response help(const http::Request &request) const;

private:
    core::BookingService &m_bookings;
};

} // namespace server::api
