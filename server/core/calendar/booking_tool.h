// Booking as a tool of the voice model, and as the body of POST /tools/createCalendarEvent: the one
// place where JSON meets the booking service.
#pragma once

#include "server/core/calendar/booking_service.h"

#include <QJsonObject>

namespace server::core {

/// "createCalendarEvent".
QString bookingToolName();
/// The tool as a session of the model declares it (OpenAI Realtime, "session.tools"): type, name,
/// description, parameters.
QJsonObject bookingTool();

struct BookingFieldError
{
    QString field;
    QString message;
};

/// The request in arguments of the model or the body of a client: summary, start_iso, end_iso,
/// timezone, customer_name, customer_phone, attendee_email, location, notes. Other members are not
/// looked at: whose calendar it is, nobody may say in them. Every wrong field has its error.
tl::expected<BookingRequest, std::vector<BookingFieldError>>
bookingRequestOf(const QJsonObject &arguments);

/// "created", or "conflict" with "suggested_times".
QJsonObject toJson(const BookingOutcome &outcome);

/// A whole run for the model: its text in, a text for it out: created, conflict, or
/// `{"status":"error","error":…}` with a reason it can voice. Blocks.
QString runBookingTool(BookingService &bookings, base::UserId owner, base::CallId call,
                       const QString &arguments);

} // namespace server::core
