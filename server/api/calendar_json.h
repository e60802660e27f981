// What the handlers of calendars and bookings share.
#pragma once

#include "server/core/calendar/calendar_event.h"
#include "server/core/calendar/civil_time.h"
#include "server/http/body_reader.h"

namespace server::api {

/// A time in a request, RFC 3339 or the same without an offset; what is wrong with it is noted.
std::optional<core::CivilTime> requiredTime(http::FieldReader &fields, const char *name);
std::optional<core::CivilTime> optionalTime(http::FieldReader &fields, const char *name);

/// A day in a request: "2026-03-02", or a time, whose day in `zone` counts.
std::optional<QDate> requiredDay(http::FieldReader &fields, const char *name,
                                 const QTimeZone &zone);
std::optional<QDate> optionalDay(http::FieldReader &fields, const char *name,
                                 const QTimeZone &zone);

/// `{"id", "summary", "start", "end", "location", "description"}`: what the web app shows. Times as
/// the calendar wrote them; those of all-day events are dates.
QJsonObject eventJson(const core::CalendarEvent &event);

/// The words for whoever asked. Of our own mistakes nobody is told more than that there was one,
/// except that a consent was taken back.
QString wordsFor(const base::Error &error);
/// As http::Response::problem(), but a consent that was taken back is a 500 that says so: the web
/// app looks for "invalid_grant" there. `doing` stands before the words, such as "Failed to
/// retrieve calendar events"; not before those of a calendar that is not connected.
http::Response calendarProblem(const base::Error &error, const QString &doing);

} // namespace server::api
