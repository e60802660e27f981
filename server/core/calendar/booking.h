// An appointment that somebody asks for, and what came of it.
#pragma once

#include "server/core/calendar/booking_ports.h"
#include "server/core/calendar/civil_time.h"

#include <variant>

namespace server::core {

/// As a caller, through the model, or a client puts it. Texts are checked for their length, not yet
/// for their sense.
struct BookingRequest
{
    QString summary;
    QString start;    ///< RFC 3339; without an offset: in `timeZone`
    QString end;      ///< likewise
    QString timeZone; ///< IANA; empty or unknown: the owner's
    QString customerName;
    QString customerPhone;
    QString attendeeEmail; ///< is invited by mail
    QString location;
    QString notes;
    base::CallId call; ///< during which it is asked for; none: over HTTP
};

struct BookingMade
{
    CalendarEvent event;
    QTimeZone zone; ///< to speak of it in
};

struct BookingConflict
{
    std::vector<QString> events; ///< "'Haircut' at 2026-03-02T14:00:00-07:00"; up to ten
    int overlapping = 0;
    BookingPolicy policy;
    std::vector<TimeRange> suggestions; ///< up to three, nearest first
    QTimeZone zone;                     ///< to speak of them in
};

using BookingOutcome = std::variant<BookingMade, BookingConflict>;

/// What the owner of a calendar decided, or the defaults.
struct BookingSettings
{
    BookingPolicy policy;
    BusinessHours hours;
    QTimeZone zone;            ///< of the configuration, else of the calendar, else America/Denver
    bool isConfigured = false; ///< there is a configuration
};

/// The same for the same request at any time, on any server.
QByteArray hashOf(base::UserId owner, const BookingRequest &request, const TimeRange &range);
/// An id for the calendar (base32hex, Google Calendar API "Events: insert").
QString eventIdOf(const QByteArray &requestHash, int generation);
/// The text of the event: who set it, for whom.
QString descriptionOf(const BookingRequest &request);

/// What lies in a calendar, as far as anybody can know: what the provider listed, and those of our
/// reservations that the list cannot show yet.
struct Occupancy
{
    std::vector<CalendarEvent> events;
    std::vector<Reservation> reservations; ///< none of them among `events`

    std::vector<TimeRange> ranges() const;
};

/// `listed` was asked for at `listedAt` and holds all of `range`; only what overlaps `range` comes
/// back. A reservation that is confirmed, not listed and older than the list by more than a minute
/// was deleted or moved by the owner: it does not count, nor does one that nobody confirmed before
/// it expired, when the list is younger: then its event was never made, or the list has it.
Occupancy occupancyOf(const std::vector<CalendarEvent> &listed, const QDateTime &listedAt,
                      const std::vector<Reservation> &reservations, const TimeRange &range);

} // namespace server::core
