// How users take bookings, and what is reserved in their calendars, in SQL.
#pragma once

#include "server/core/calendar/booking_ports.h"

namespace server::store {

class Database;

/// Any thread; every call blocks. The database must outlive it.
class SqlBookingConfigStore final : public core::BookingConfigStore
{
public:
    explicit SqlBookingConfigStore(Database &database) : m_database(database) {}

    base::Result<std::optional<core::BookingConfig>> find(base::UserId owner) override;
    base::Result<> savePolicy(base::UserId owner, const core::BookingPolicy &policy,
                              const QDateTime &now) override;

private:
    Database &m_database;
};

/// Any thread; every call blocks. The database must outlive it. Steps of one owner wait for each
/// other on the owner's row.
class SqlBookingStore final : public core::BookingStore
{
public:
    explicit SqlBookingStore(Database &database) : m_database(database) {}

    base::Result<> reserve(base::UserId owner, const QByteArray &requestHash,
                           const core::TimeRange &range, const Decide &decide,
                           const QDateTime &now) override;
    base::Result<> confirm(base::UserId owner, const core::Reservation &reservation,
                           const QDateTime &now) override;
    base::Result<> release(base::UserId owner, const core::Reservation &reservation) override;
    base::Result<std::vector<core::Reservation>> overlapping(base::UserId owner,
                                                             const core::TimeRange &range) override;
    base::Result<std::vector<core::Reservation>> ofOwner(base::UserId owner) override;
    base::Result<int> removeEnded(const QDateTime &before) override;

private:
    Database &m_database;
};

} // namespace server::store
