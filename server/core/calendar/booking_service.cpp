#include "server/core/calendar/booking_service.h"

#include "server/core/calendar/free_times.h"
#include "shared/base/log.h"

namespace server::core {

using base::Fault;
using base::Result;

namespace {

constexpr int kMostEvents = 2500;
constexpr qint64 kLongestDays = 31;
// Longer than all requests of one booking take together, so that nobody else books a time whose
// entry is still on its way.
constexpr qint64 kReservedSeconds = 300;
constexpr qint64 kEntryNeedsSeconds = 60;
constexpr int kRounds = 3;
constexpr size_t kMostNamed = 10; // what a model can use

base::Error failure(const base::Error &error)
{
    if (error.fault == Fault::NotFound)
        return {Fault::Invalid, QStringLiteral("No Google Calendar access configured"),
                error.message};
    return {error.fault, QStringLiteral("Failed to create calendar event: ") + error.message,
            error.cause};
}

template <typename T>
tl::unexpected<base::Error> notBooked(const Result<T> &result)
{
    return tl::unexpected(failure(result.error()));
}

/// The request may have come through, whatever its answer was.
bool isOpen(Fault fault)
{
    return fault == Fault::Timeout || fault == Fault::Upstream || fault == Fault::Unavailable;
}

const CalendarEvent *listedEvent(const std::vector<CalendarEvent> &listed, const QString &id)
{
    const auto found =
        std::find_if(listed.begin(), listed.end(), [&id](const CalendarEvent &event) {
            return event.id == id && !event.isCancelled;
        });
    return found == listed.end() ? nullptr : &*found;
}

QString nameOf(const QString &summary, const QString &start)
{
    return QStringLiteral("'%1' at %2").arg(summary, start);
}

void advance(Reservation &reservation)
{
    ++reservation.generation;
    reservation.eventId = eventIdOf(reservation.requestHash, reservation.generation);
    reservation.isConfirmed = false;
    reservation.confirmedAt = {};
}

} // namespace

/// A request that makes sense.
struct BookingService::Wish
{
    base::UserId owner;
    BookingRequest request;
    BookingSettings settings;
    QTimeZone zone; ///< that the caller speaks in
    TimeRange range;
    QByteArray hash;
};

Result<BookingService::Wish> BookingService::wishOf(base::UserId owner,
                                                    const BookingRequest &request)
{
    const auto settings = settingsOf(owner);
    if (!settings)
        return notBooked(settings);
    Wish wish{owner, request, *settings, timeZoneNamed(request.timeZone).value_or(settings->zone),
              {},    {}};
    const auto start = CivilTime::parse(request.start);
    const auto end = CivilTime::parse(request.end);
    if (!start || !end)
        return base::fail(Fault::Invalid, QStringLiteral("Invalid datetime format: ")
                                              + (start ? request.end : request.start).left(40));
    wish.range = rangeOf(*start, *end, wish.zone);
    if (wish.range.end <= wish.range.start)
        return base::fail(Fault::Invalid, QStringLiteral("End time must be after start time"));
    if (wish.range.end > wish.range.start.addDays(kLongestDays))
        return base::fail(
            Fault::Invalid,
            QStringLiteral("An event must not be longer than %1 days").arg(kLongestDays));
    wish.hash = hashOf(owner, request, wish.range);
    return wish;
}

Result<BookingOutcome> BookingService::book(base::UserId owner, const BookingRequest &request)
{
    const auto wish = wishOf(owner, request);
    if (!wish)
        return failed(wish);
    QString goneEventId;
    for (int round = 0; round < kRounds; ++round) {
        auto outcome = bookOnce(*wish, goneEventId);
        if (!outcome)
            return failed(outcome);
        if (*outcome)
            return std::move(**outcome);
    }
    return base::fail(
        Fault::Unavailable,
        QStringLiteral("Failed to create calendar event: the calendar keeps changing"));
}

Result<std::optional<BookingOutcome>> BookingService::bookOnce(const Wish &wish,
                                                               QString &goneEventId)
{
    const QDateTime listedAt = m_ports.now();
    const auto listed = m_ports.calendars.events(wish.owner, wish.range, kMostEvents);
    if (!listed)
        return notBooked(listed);
    if (listed->size() >= size_t(kMostEvents))
        return base::fail(Fault::Unavailable, QStringLiteral("Failed to create calendar event: the "
                                                             "calendar holds too many events"));
    std::optional<Reservation> ours; // ours alone, or joined
    std::optional<Reservation> made;
    Occupancy occupancy;
    const auto decide = [&](const std::optional<Reservation> &own,
                            const std::vector<Reservation> &others) -> std::optional<Reservation> {
        const QDateTime now = m_ports.now();
        ours.reset();
        made.reset();
        if (own && own->isConfirmed && own->eventId != goneEventId) {
            made = own;
            return std::nullopt;
        }
        if (!own || listedEvent(*listed, own->eventId) == nullptr) {
            occupancy = occupancyOf(*listed, listedAt, others, wish.range);
            if (!wish.settings.policy.permits(int(occupancy.ranges().size())))
                return std::nullopt;
        }
        Reservation wanted = own.value_or(Reservation{});
        if (!own) {
            wanted.requestHash = wish.hash;
            wanted.eventId = eventIdOf(wish.hash, wanted.generation);
            wanted.summary = wish.request.summary;
            wanted.range = wish.range;
        } else if (own->isConfirmed) {
            advance(wanted);
        }
        const bool isUnderWay = own && !own->isConfirmed && own->expiresAt > now;
        wanted.openAttempts = isUnderWay ? own->openAttempts + 1 : 1;
        wanted.expiresAt = now.addSecs(kReservedSeconds);
        ours = wanted;
        return ours;
    };
    const auto reserved =
        m_ports.bookings.reserve(wish.owner, wish.hash, wish.range, decide, m_ports.now());
    if (!reserved)
        return reserved.error().fault == Fault::NotFound ? failed(reserved) : notBooked(reserved);
    if (ours) {
        auto outcome = enter(wish, *ours);
        if (!outcome)
            return failed(outcome);
        return std::optional(std::move(*outcome));
    }
    if (!made)
        return std::optional(refused(wish, occupancy));

    // Asked for and made before. The owner may have moved it, which is their good right, or deleted
    // it: then it is made anew.
    if (const CalendarEvent *event = listedEvent(*listed, made->eventId))
        return std::optional<BookingOutcome>(BookingMade{*event, wish.zone});
    const auto found = m_ports.calendars.find(wish.owner, made->eventId);
    if (!found)
        return notBooked(found);
    if (*found && !(*found)->isCancelled)
        return std::optional<BookingOutcome>(BookingMade{**found, wish.zone});
    goneEventId = made->eventId;
    return std::nullopt;
}

Result<BookingOutcome> BookingService::enter(const Wish &wish, Reservation reservation)
{
    NewCalendarEvent event;
    event.summary = wish.request.summary;
    event.description = descriptionOf(wish.request);
    event.location = wish.request.location;
    event.attendeeEmail = wish.request.attendeeEmail;
    event.range = wish.range;
    event.timeZone = QString::fromLatin1(wish.zone.id());
    base::Error last{Fault::Unavailable, QStringLiteral("the calendar did not answer"), {}};
    for (int round = 0; round < kRounds; ++round) {
        if (m_ports.now().addSecs(kEntryNeedsSeconds) > reservation.expiresAt)
            break;
        event.id = reservation.eventId;
        const auto made = m_ports.calendars.insert(wish.owner, event);
        if (made)
            return entered(wish, reservation, *made);
        last = made.error();
        const bool isThere = last.fault == Fault::Conflict;
        if (!isThere && !isOpen(last.fault)) {
            if (const auto released = m_ports.bookings.release(wish.owner, reservation); !released)
                base::log::warning("booking.not_released",
                                   {{QStringLiteral("cause"), released.error().cause}});
            return notBooked(made);
        }
        const auto found = m_ports.calendars.find(wish.owner, reservation.eventId);
        if (!found)
            break;
        if (*found && !(*found)->isCancelled)
            return entered(wish, reservation, **found);
        if (*found) { // the owner deleted it, and an id is used once
            auto fresh = renewed(wish, reservation);
            if (!fresh)
                return notBooked(fresh);
            reservation = std::move(*fresh);
        } else if (isThere) {
            last = {Fault::Upstream, QStringLiteral("the calendar contradicts itself"), {}};
            break;
        }
    }
    // Whether it was made, nobody knows: the time stays reserved for a while, and whoever asks for
    // the same again finds out.
    return tl::unexpected(failure(last));
}

Result<Reservation> BookingService::renewed(const Wish &wish, const Reservation &reservation)
{
    Reservation fresh = reservation;
    const auto written = m_ports.bookings.reserve(
        wish.owner, wish.hash, wish.range,
        [&](const std::optional<Reservation> &own, const auto &) -> std::optional<Reservation> {
            fresh = own.value_or(reservation);
            if (fresh.generation > reservation.generation)
                return std::nullopt; // somebody who asks for the same was faster
            advance(fresh);
            return fresh;
        },
        m_ports.now());
    if (!written)
        return failed(written);
    return fresh;
}

BookingOutcome BookingService::entered(const Wish &wish, const Reservation &reservation,
                                       CalendarEvent event)
{
    // Without the confirmation the list of the calendar tells: it has the event from now on.
    if (const auto confirmed = m_ports.bookings.confirm(wish.owner, reservation, m_ports.now());
        !confirmed)
        base::log::warning("booking.not_confirmed",
                           {{QStringLiteral("cause"), confirmed.error().cause}});
    return BookingMade{std::move(event), wish.zone};
}

BookingOutcome BookingService::refused(const Wish &wish, const Occupancy &occupancy)
{
    BookingConflict conflict;
    for (const CalendarEvent &event : occupancy.events)
        conflict.events.push_back(nameOf(event.summary, event.startText));
    for (const Reservation &reservation : occupancy.reservations)
        conflict.events.push_back(
            nameOf(reservation.summary, toIsoText(reservation.range.start, wish.zone)));
    conflict.overlapping = int(conflict.events.size());
    conflict.events.resize(std::min(conflict.events.size(), kMostNamed));
    conflict.policy = wish.settings.policy;
    conflict.zone = wish.zone;
    conflict.suggestions = suggestionsFor(wish);
    return conflict;
}

/// None when the calendar cannot be asked: a conflict is a conflict without them.
std::vector<TimeRange> BookingService::suggestionsFor(const Wish &wish)
{
    const QDateTime now = m_ports.now();
    const AlternativeSearch search{wish.range, now, wish.settings.hours, wish.settings.zone,
                                   wish.settings.policy};
    const TimeRange window = alternativeWindow(search);
    const auto listed = m_ports.calendars.events(wish.owner, window, kMostEvents);
    if (!listed || listed->size() >= size_t(kMostEvents))
        return {};
    const auto reserved = m_ports.bookings.overlapping(wish.owner, window);
    if (!reserved)
        return {};
    return alternatives(search, occupancyOf(*listed, now, *reserved, window).ranges());
}

Result<BookingSettings> BookingService::settingsOf(base::UserId owner)
{
    const auto config = m_ports.configs.find(owner);
    if (!config)
        return failed(config);
    BookingSettings settings;
    std::optional<QTimeZone> zone;
    if (*config) {
        settings.policy = (*config)->policy;
        settings.hours = (*config)->hours;
        settings.isConfigured = true;
        zone = timeZoneNamed((*config)->timeZone);
    }
    if (!zone) {
        const auto name = m_ports.calendars.timeZone(owner);
        if (!name && name.error().fault != Fault::NotFound)
            return failed(name);
        if (name)
            zone = timeZoneNamed(*name);
    }
    settings.zone = zone.value_or(defaultTimeZone());
    return settings;
}

Result<> BookingService::changePolicy(base::UserId owner, const BookingPolicy &policy)
{
    if (auto checked = policy.check(); !checked)
        return checked;
    return m_ports.configs.savePolicy(owner, policy, m_ports.now());
}

} // namespace server::core
