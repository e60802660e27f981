#include "server/adapters/store/schedule_store.h"

namespace server::store {

using base::Result;

namespace {

const QString kScheduleColumns = QStringLiteral(
    "SELECT s.id, s.user_id, s.phone_number, s.scenario, s.due_at, s.status, s.note, "
    "coalesce(s.call_id, c.id), s.created_at, u.email, u.full_name, s.attempts "
    "FROM call_schedules s JOIN users u ON u.id = s.user_id "
    "LEFT JOIN calls c ON c.schedule_id = s.id ");

const Sql kScheduleAdd(QStringLiteral(
    "INSERT INTO call_schedules (user_id, phone_number, scenario, due_at, next_try_at, status, "
    "created_at) VALUES (?, ?, ?, ?, ?, 'scheduled', ?) RETURNING id"));
const Sql
    kScheduleOfOwner(kScheduleColumns
                     + QStringLiteral("WHERE s.user_id = ? ORDER BY s.due_at, s.id LIMIT ? OFFSET "
                                      "?"));
const Sql kCancel(QStringLiteral("UPDATE call_schedules SET status = 'cancelled' WHERE user_id = ? "
                                 "AND id = ? AND status = 'scheduled'"));
const QString kScheduleClaimHead = QStringLiteral(
    "UPDATE call_schedules SET status = 'placing', claimed_at = ?, attempts = attempts + 1 "
    "WHERE id IN ("
    "SELECT id FROM call_schedules WHERE next_try_at <= ? AND (status = 'scheduled' OR "
    "(status = 'placing' AND claimed_at < ?)) ORDER BY next_try_at, id LIMIT ?");
// Servers that claim at the same time pass by each other's rows.
const Sql kScheduleClaim(kScheduleClaimHead
                             + QStringLiteral(" FOR UPDATE SKIP LOCKED) RETURNING id"),
                         kScheduleClaimHead + QStringLiteral(") RETURNING id"));
const Sql kScheduleById(kScheduleColumns + QStringLiteral("WHERE s.id = ?"));
const Sql kScheduleSettle(QStringLiteral(
    "UPDATE call_schedules SET status = ?, call_id = ?, note = ?, claimed_at = NULL WHERE id = ?"));
const Sql kSchedulePostpone(
    QStringLiteral("UPDATE call_schedules SET status = 'scheduled', next_try_at = "
                   "?, note = ?, claimed_at = NULL, attempts = ? WHERE id = ?"));
const Sql kReleaseCall(QStringLiteral("UPDATE calls SET schedule_id = NULL WHERE schedule_id = ?"));

core::ScheduledCall toScheduledCall(const Row &row)
{
    core::ScheduledCall call;
    call.id = row.integer(0);
    call.owner = {row.integer(1)};
    call.phoneNumber = row.text(2);
    call.scenario = row.text(3);
    call.dueAt = row.time(4);
    call.status = core::scheduleStatusFromText(row.text(5)).value_or(core::ScheduleStatus::Failed);
    call.note = row.text(6);
    call.call = {row.integer(7)};
    call.createdAt = row.time(8);
    call.account = row.text(9);
    call.accountName = row.text(10);
    call.attempts = int(row.integer(11));
    return call;
}

} // namespace

Result<core::ScheduledCall> SqlScheduleStore::add(const core::ScheduledCall &call)
{
    const auto rows = m_database.session().execute(
        kScheduleAdd, {call.owner.value, call.phoneNumber, call.scenario, call.dueAt, call.dueAt,
                       call.createdAt});
    if (!rows)
        return base::failed(rows);
    core::ScheduledCall added = call;
    added.id = rows->first().integer(0);
    return added;
}

Result<std::vector<core::ScheduledCall>> SqlScheduleStore::ofOwner(base::UserId owner, int limit,
                                                                   int offset)
{
    const auto rows = m_database.session().execute(kScheduleOfOwner, {owner.value, limit, offset});
    if (!rows)
        return base::failed(rows);
    return rows->map(toScheduledCall);
}

Result<bool> SqlScheduleStore::cancel(base::UserId owner, qint64 id)
{
    const auto rows = m_database.session().execute(kCancel, {owner.value, id});
    if (!rows)
        return base::failed(rows);
    return rows->affected > 0;
}

Result<std::vector<core::ScheduledCall>>
SqlScheduleStore::claimDue(const QDateTime &now, const QDateTime &staleBefore, int limit)
{
    return m_database.session().transaction(
        [&](Session &session) -> Result<std::vector<core::ScheduledCall>> {
            const auto claimed = session.execute(kScheduleClaim, {now, now, staleBefore, limit});
            if (!claimed)
                return base::failed(claimed);
            std::vector<core::ScheduledCall> calls;
            for (const Row &row : *claimed) {
                const auto found = session.execute(kScheduleById, {row.integer(0)});
                if (!found)
                    return base::failed(found);
                if (!found->isEmpty())
                    calls.push_back(toScheduledCall(found->first()));
            }
            return calls;
        });
}

Result<> SqlScheduleStore::settle(qint64 id, core::ScheduleStatus status, base::CallId call,
                                  const QString &note)
{
    const QVariant callId = call.isValid() ? QVariant(call.value) : QVariant();
    const auto rows =
        m_database.session().execute(kScheduleSettle, {toText(status), callId, note, id});
    if (!rows)
        return base::failed(rows);
    return {};
}

Result<> SqlScheduleStore::postpone(const core::ScheduledCall &call, const QDateTime &until,
                                    const QString &note)
{
    return m_database.session().transaction([&](Session &session) -> Result<> {
        if (const auto released = session.execute(kReleaseCall, {call.id}); !released)
            return base::failed(released);
        const auto rows = session.execute(kSchedulePostpone, {until, note, call.attempts, call.id});
        if (!rows)
            return base::failed(rows);
        return {};
    });
}

} // namespace server::store
