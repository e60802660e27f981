#include "server/adapters/store/booking_store.h"

#include "server/adapters/store/database.h"

#include <QJsonDocument>

namespace server::store {

using base::Fault;
using base::Result;
using base::UserId;
using core::BookingConfig;
using core::Reservation;

namespace {

// NO KEY: rows that only refer to the user need not wait.
const Sql kBookingLockUser(QStringLiteral("SELECT email FROM users WHERE id = ? FOR NO KEY UPDATE"),
                           QStringLiteral("SELECT email FROM users WHERE id = ?"));

const Sql kFindConfig(QStringLiteral(
    "SELECT employee_count, max_concurrent_bookings, booking_policy, allow_overbooking, "
    "business_hours, timezone FROM user_business_configs WHERE user_id = ?"));
const Sql kSavePolicy(QStringLiteral(R"(
    INSERT INTO user_business_configs (user_id, company_name, employee_count,
        max_concurrent_bookings, booking_policy, allow_overbooking, created_at, updated_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (user_id) DO UPDATE SET employee_count = excluded.employee_count,
        max_concurrent_bookings = excluded.max_concurrent_bookings,
        booking_policy = excluded.booking_policy,
        allow_overbooking = excluded.allow_overbooking, updated_at = excluded.updated_at)"));

const QString kBookingColumns =
    QStringLiteral("SELECT request_hash, generation, event_id, summary, starts_at, ends_at, "
                   "confirmed_at, expires_at, open_attempts FROM bookings WHERE user_id = ? ");
const Sql kBookingOwn(kBookingColumns + QStringLiteral("AND request_hash = ?"));
const Sql kOverlapping(
    kBookingColumns + QStringLiteral("AND starts_at < ? AND ends_at > ? ORDER BY starts_at, id"));
const Sql kBookingOfOwner(kBookingColumns + QStringLiteral("ORDER BY starts_at, id"));
const Sql kBookingWrite(QStringLiteral(R"(
    INSERT INTO bookings (user_id, request_hash, generation, event_id, summary, starts_at, ends_at,
        confirmed_at, expires_at, open_attempts, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (user_id, request_hash) DO UPDATE SET generation = excluded.generation,
        event_id = excluded.event_id, confirmed_at = excluded.confirmed_at,
        expires_at = excluded.expires_at, open_attempts = excluded.open_attempts)"));
const Sql kConfirm(QStringLiteral("UPDATE bookings SET confirmed_at = ? WHERE user_id = ? AND "
                                  "request_hash = ? AND event_id = ? AND confirmed_at IS NULL"));
const Sql
    kBookingEndAttempt(QStringLiteral("UPDATE bookings SET open_attempts = open_attempts - 1 WHERE "
                                      "user_id = ? AND request_hash = ?"));
const Sql kForgetRefused(QStringLiteral("DELETE FROM bookings WHERE user_id = ? AND request_hash "
                                        "= ? AND open_attempts <= 0 AND confirmed_at IS NULL"));
const Sql kRemoveEnded(QStringLiteral("DELETE FROM bookings WHERE ends_at < ? AND expires_at < ?"));

BookingConfig toConfig(const Row &row)
{
    BookingConfig config;
    config.policy.employeeCount = int(row.integer(0));
    config.policy.maxConcurrent = int(row.integer(1));
    // What nobody can read is the careful one.
    config.policy.rule = core::bookingRuleFromText(row.text(2)).value_or(core::BookingRule::Strict);
    config.policy.allowOverbooking = row.boolean(3);
    config.hours =
        core::BusinessHours::fromJson(QJsonDocument::fromJson(row.text(4).toUtf8()).object());
    config.timeZone = row.text(5);
    return config;
}

Reservation toReservation(const Row &row)
{
    Reservation reservation;
    reservation.requestHash = row.bytes(0);
    reservation.generation = int(row.integer(1));
    reservation.eventId = row.text(2);
    reservation.summary = row.text(3);
    reservation.range = {row.time(4), row.time(5)};
    reservation.isConfirmed = !row.isNull(6);
    reservation.confirmedAt = row.time(6);
    reservation.expiresAt = row.time(7);
    reservation.openAttempts = int(row.integer(8));
    return reservation;
}

/// The user's address. From here on no other step about this user runs.
Result<QString> lockAndName(Session &session, UserId user)
{
    const auto locked = session.execute(kBookingLockUser, {user.value});
    if (!locked)
        return failed(locked);
    if (locked->isEmpty())
        return base::fail(Fault::NotFound, QStringLiteral("User not found"));
    return locked->first().text(0);
}

Result<std::vector<Reservation>> overlappingIn(Session &session, UserId owner,
                                               const core::TimeRange &range)
{
    const auto rows = session.execute(kOverlapping, {owner.value, range.end, range.start});
    if (!rows)
        return failed(rows);
    return rows->map(toReservation);
}

} // namespace

Result<std::optional<BookingConfig>> SqlBookingConfigStore::find(UserId owner)
{
    const auto rows = m_database.session().execute(kFindConfig, {owner.value});
    if (!rows)
        return failed(rows);
    return rows->firstAs(toConfig);
}

Result<> SqlBookingConfigStore::savePolicy(UserId owner, const core::BookingPolicy &policy,
                                           const QDateTime &now)
{
    return m_database.session().transaction([&](Session &session) -> Result<> {
        const auto email = lockAndName(session, owner);
        if (!email)
            return failed(email);
        return ignoreRows(
            session.execute(kSavePolicy, {owner.value, core::defaultCompanyName(*email),
                                          policy.employeeCount, policy.maxConcurrent,
                                          toText(policy.rule), policy.allowOverbooking, now, now}));
    });
}

Result<> SqlBookingStore::reserve(UserId owner, const QByteArray &requestHash,
                                  const core::TimeRange &range, const Decide &decide,
                                  const QDateTime &now)
{
    return m_database.session().transaction([&](Session &session) -> Result<> {
        if (const auto locked = lockAndName(session, owner); !locked)
            return failed(locked);
        const auto rows = session.execute(kBookingOwn, {owner.value, requestHash});
        if (!rows)
            return failed(rows);
        auto others = overlappingIn(session, owner, range);
        if (!others)
            return failed(others);
        std::erase_if(*others, [&requestHash](const Reservation &other) {
            return other.requestHash == requestHash;
        });
        const auto wanted = decide(rows->firstAs(toReservation), *others);
        if (!wanted)
            return {};
        return ignoreRows(session.execute(
            kBookingWrite, {owner.value, wanted->requestHash, wanted->generation, wanted->eventId,
                            wanted->summary, wanted->range.start, wanted->range.end,
                            wanted->confirmedAt, wanted->expiresAt, wanted->openAttempts, now}));
    });
}

Result<> SqlBookingStore::confirm(UserId owner, const Reservation &reservation,
                                  const QDateTime &now)
{
    return ignoreRows(m_database.session().execute(
        kConfirm, {now, owner.value, reservation.requestHash, reservation.eventId}));
}

Result<> SqlBookingStore::release(UserId owner, const Reservation &reservation)
{
    return m_database.session().transaction([&](Session &session) -> Result<> {
        for (const Sql *statement : {&kBookingEndAttempt, &kForgetRefused}) {
            if (const auto done =
                    session.execute(*statement, {owner.value, reservation.requestHash});
                !done)
                return failed(done);
        }
        return {};
    });
}

Result<std::vector<Reservation>> SqlBookingStore::overlapping(UserId owner,
                                                              const core::TimeRange &range)
{
    Session session = m_database.session();
    return overlappingIn(session, owner, range);
}

Result<std::vector<Reservation>> SqlBookingStore::ofOwner(UserId owner)
{
    const auto rows = m_database.session().execute(kBookingOfOwner, {owner.value});
    if (!rows)
        return failed(rows);
    return rows->map(toReservation);
}

Result<int> SqlBookingStore::removeEnded(const QDateTime &before)
{
    const auto rows = m_database.session().execute(kRemoveEnded, {before, before});
    if (!rows)
        return failed(rows);
    return rows->affected;
}

} // namespace server::store
