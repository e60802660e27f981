// Books appointments in users' calendars, never more at a time than the owner allows.
#pragma once

#include "server/core/calendar/booking.h"
#include "server/core/calendar/calendar_ports.h"
#include "shared/base/clock.h"

namespace server::core {

/// Between a look into the calendar and the entry others may book the same time, on this server or
/// another. So each booking first reserves its time in the database, in one short step that counts
/// what the calendar listed and what others have reserved since; only then is the calendar written
/// to. Nothing is locked while the provider is asked. Event ids follow from the request: the same
/// request, made again after a lost answer or by two at once, is one event.
/// Thread-safe; blocks, for as long as the provider takes. Ports must outlive it.
class BookingService final
{
public:
    struct Ports
    {
        Calendars &calendars;
        BookingStore &bookings;
        BookingConfigStore &configs;
        base::Clock now;
    };

    explicit BookingService(Ports ports) : m_ports(std::move(ports)) {}

    /// Books, or says what is in the way. Whatever cannot be checked is not booked.
    /// Fault::Invalid "No Google Calendar access configured", "Invalid datetime format: …", "End
    /// time must be after start time"; Fault::NotFound "User not found". Whatever the provider or
    /// the store did wrong keeps its fault and reads "Failed to create calendar event: …".
    base::Result<BookingOutcome> book(base::UserId owner, const BookingRequest &request);

    /// Fault::NotFound never: who has no configuration, or no calendar, has the defaults.
    base::Result<BookingSettings> settingsOf(base::UserId owner);
    /// Fault::Invalid when the numbers contradict the rule; Fault::NotFound "User not found".
    base::Result<> changePolicy(base::UserId owner, const BookingPolicy &policy);

private:
    struct Wish;

    base::Result<Wish> wishOf(base::UserId owner, const BookingRequest &request);
    /// None when our event of that request turns out to be gone: it is told, look again.
    base::Result<std::optional<BookingOutcome>> bookOnce(const Wish &wish, QString &goneEventId);
    base::Result<BookingOutcome> enter(const Wish &wish, Reservation reservation);
    /// The same reservation under an id that was never used.
    base::Result<Reservation> renewed(const Wish &wish, const Reservation &reservation);
    BookingOutcome entered(const Wish &wish, const Reservation &reservation, CalendarEvent event);
    BookingOutcome refused(const Wish &wish, const Occupancy &occupancy);
    std::vector<TimeRange> suggestionsFor(const Wish &wish);

    Ports m_ports;
};

} // namespace server::core
