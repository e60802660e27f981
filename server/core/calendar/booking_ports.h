// What bookings need from the database. Implemented by the store, connected by wiring.
#pragma once

#include "server/core/calendar/booking_policy.h"
#include "server/core/calendar/business_hours.h"
#include "shared/base/ids.h"

#include <functional>

namespace server::core {

/// How somebody takes bookings.
struct BookingConfig
{
    BookingPolicy policy;
    BusinessHours hours;
    QString timeZone; ///< IANA; empty: never said
};

/// Thread-safe; every call blocks.
class BookingConfigStore
{
public:
    virtual ~BookingConfigStore() = default;
    /// None for somebody who never made one.
    virtual base::Result<std::optional<BookingConfig>> find(base::UserId owner) = 0;
    /// Writes the policy; a row that is missing is made, with a company name out of the owner's
    /// address. Fault::NotFound when there is no such user.
    virtual base::Result<> savePolicy(base::UserId owner, const BookingPolicy &policy,
                                      const QDateTime &now) = 0;
};

/// One of our appointments, from before the calendar is asked until some time after it is over.
struct Reservation
{
    QByteArray requestHash; ///< who asked for what: its identity among the owner's
    int generation = 0;     ///< how often its event was deleted and made again
    QString eventId;        ///< at the provider
    QString summary;
    TimeRange range;
    bool isConfirmed = false; ///< the provider has it
    QDateTime confirmedAt;    ///< invalid: not yet
    QDateTime expiresAt;      ///< while not confirmed: when it stops counting
    int openAttempts = 0;     ///< who may still be asking the provider for it
};

/// Reservations. Thread-safe; every call blocks. Any number of servers may share them.
class BookingStore
{
public:
    virtual ~BookingStore() = default;

    /// Sees the reservation of that request, if there is one, and the others that overlap; returns
    /// the one to write, or none. May be run more than once.
    using Decide = std::function<std::optional<Reservation>(
        const std::optional<Reservation> &own, const std::vector<Reservation> &others)>;
    /// Looks, decides and writes in one short step; those of one owner wait for each other.
    /// Fault::NotFound when there is no such user.
    virtual base::Result<> reserve(base::UserId owner, const QByteArray &requestHash,
                                   const TimeRange &range, const Decide &decide,
                                   const QDateTime &now) = 0;
    /// The provider has it.
    virtual base::Result<> confirm(base::UserId owner, const Reservation &reservation,
                                   const QDateTime &now) = 0;
    /// One attempt failed for certain: with the last one the reservation goes, unless it is
    /// confirmed.
    virtual base::Result<> release(base::UserId owner, const Reservation &reservation) = 0;
    /// Those that overlap, by start.
    virtual base::Result<std::vector<Reservation>> overlapping(base::UserId owner,
                                                               const TimeRange &range) = 0;
    /// All, by start: for the owner's export.
    virtual base::Result<std::vector<Reservation>> ofOwner(base::UserId owner) = 0;
    /// Deletes what ended before `before`: the calendar remembers, we need not. Returns how many.
    virtual base::Result<int> removeEnded(const QDateTime &before) = 0;
};

} // namespace server::core
