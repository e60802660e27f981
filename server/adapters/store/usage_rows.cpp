#include "server/adapters/store/usage_rows.h"

#include "server/adapters/store/usage_record_store.h"

namespace server::store {

using base::Fault;
using base::Result;

namespace {

const QString kStandingColumns = QStringLiteral(
    "SELECT u.id, u.platform, u.role, c.trial_started_at, c.trial_ends_at, c.trial_used, c.day, "
    "c.week_start, c.month_start, c.calls_today, c.calls_week, c.calls_month, c.calls_total, "
    "c.quota_week, c.quota_month, c.seconds_week, c.seconds_month, c.addon_calls, "
    "c.addon_expires_at, s.plan_id, s.status, s.source, s.started_at, s.ends_at, "
    "s.last_payment_at, s.external_id, s.product_id FROM users u JOIN usage_counters c ON "
    "c.user_id = u.id "
    "LEFT JOIN subscriptions s ON s.user_id = u.id AND s.replaced_at IS NULL WHERE u.id = ?");
const Sql kStanding(kStandingColumns);
// SQLite locks the whole database when a transaction begins.
const Sql kStandingForUpdate(kStandingColumns + QStringLiteral(" FOR UPDATE OF c"),
                             kStandingColumns + QStringLiteral(" "));
const Sql kStandingUser(QStringLiteral("SELECT platform, role FROM users WHERE id = ?"));
const Sql kAddStanding(QStringLiteral(
    "INSERT INTO usage_counters (user_id, trial_started_at, trial_ends_at, day, week_start, "
    "month_start) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (user_id) DO NOTHING"));
const Sql kWriteStanding(QStringLiteral(
    "UPDATE usage_counters SET trial_ends_at = ?, trial_used = ?, day = ?, week_start = ?, "
    "month_start = ?, calls_today = ?, calls_week = ?, calls_month = ?, calls_total = ?, "
    "quota_week = ?, quota_month = ?, seconds_week = ?, seconds_month = ?, addon_calls = ?, "
    "addon_expires_at = ? WHERE user_id = ?"));
const Sql kAddCharge(QStringLiteral(
    "INSERT INTO call_charges (call_id, user_id, source, day, week_start, month_start) "
    "VALUES (?, ?, ?, ?, ?, ?)"));
const Sql kGiveBack(QStringLiteral(
    "UPDATE call_charges SET given_back_at = ? WHERE call_id = ? AND given_back_at IS NULL "
    "RETURNING user_id, source, day, week_start, month_start, seconds"));
const Sql kCharge(QStringLiteral(
    "SELECT user_id, source, day, week_start, month_start, seconds FROM call_charges "
    "WHERE call_id = ? AND given_back_at IS NULL"));
const Sql kSetSeconds(QStringLiteral("UPDATE call_charges SET seconds = ? WHERE call_id = ?"));

std::optional<core::Subscription> toSubscription(const Row &row, int first)
{
    if (row.isNull(first))
        return std::nullopt;
    core::Subscription subscription;
    subscription.plan = row.text(first);
    subscription.status = core::subscriptionStatusFromText(row.text(first + 1))
                              .value_or(core::SubscriptionStatus::Expired);
    subscription.source = row.text(first + 2);
    subscription.startedAt = row.time(first + 3);
    subscription.endsAt = row.time(first + 4);
    subscription.lastPaymentAt = row.time(first + 5);
    subscription.externalId = row.text(first + 6);
    subscription.productId = row.text(first + 7);
    return subscription;
}

core::Standing toStanding(const Row &row)
{
    core::Standing standing;
    standing.user = {row.integer(0)};
    standing.platform = core::platformFromText(row.text(1)).value_or(core::Platform::Web);
    standing.isStaff = row.text(2) != QLatin1String("none");
    standing.trialStartedAt = row.time(3);
    standing.trialEndsAt = row.time(4);
    standing.trialUsed = int(row.integer(5));
    core::Counters &counters = standing.counters;
    counters.day = row.text(6);
    counters.weekStart = row.time(7);
    counters.monthStart = row.time(8);
    int column = 9;
    for (int *count : {&counters.callsToday, &counters.callsWeek, &counters.callsMonth,
                       &counters.callsTotal, &counters.quotaWeek, &counters.quotaMonth,
                       &counters.secondsWeek, &counters.secondsMonth, &standing.addonCalls})
        *count = int(row.integer(column++));
    standing.addonExpiresAt = row.time(column);
    standing.subscription = toSubscription(row, column + 1);
    return standing;
}

core::Charge toCharge(const Row &row)
{
    return {core::chargeSourceFromText(row.text(1)).value_or(core::ChargeSource::Staff),
            row.text(2), row.time(3), row.time(4)};
}

Result<> addStanding(Session &session, base::UserId user, const core::PlanCatalogue &plans,
                     const QDateTime &now)
{
    const auto found = session.execute(kStandingUser, {user.value});
    if (!found)
        return base::failed(found);
    if (found->isEmpty())
        return base::fail(Fault::NotFound, QStringLiteral("User not found"));
    const auto fresh = core::freshStanding(
        user, core::platformFromText(found->first().text(0)).value_or(core::Platform::Web), false,
        plans, now);
    return ignoreRows(session.execute(
        kAddStanding, {user.value, fresh.trialStartedAt, fresh.trialEndsAt, fresh.counters.day,
                       fresh.counters.weekStart, fresh.counters.monthStart}));
}

} // namespace

Result<core::Standing> readStanding(Session &session, base::UserId user,
                                    const core::PlanCatalogue &plans, const QDateTime &now,
                                    RowLock lock)
{
    const Sql &read = lock == RowLock::ForUpdate ? kStandingForUpdate : kStanding;
    auto rows = session.execute(read, {user.value});
    if (rows && rows->isEmpty()) {
        if (const auto added = addStanding(session, user, plans, now); !added)
            return base::failed(added);
        rows = session.execute(read, {user.value});
    }
    if (!rows)
        return base::failed(rows);
    if (rows->isEmpty())
        return base::fail(Fault::NotFound, QStringLiteral("User not found"));
    core::Standing standing = toStanding(rows->first());
    core::settle(standing, now);
    return standing;
}

Result<> writeStanding(Session &session, const core::Standing &standing)
{
    const core::Counters &counters = standing.counters;
    return ignoreRows(session.execute(
        kWriteStanding, {standing.trialEndsAt, standing.trialUsed, counters.day, counters.weekStart,
                         counters.monthStart, counters.callsToday, counters.callsWeek,
                         counters.callsMonth, counters.callsTotal, counters.quotaWeek,
                         counters.quotaMonth, counters.secondsWeek, counters.secondsMonth,
                         standing.addonCalls, standing.addonExpiresAt, standing.user.value}));
}

Result<> addCharge(Session &session, base::CallId call, base::UserId user,
                   const core::Charge &charge)
{
    return ignoreRows(
        session.execute(kAddCharge, {call.value, user.value, toText(charge.source), charge.day,
                                     charge.weekStart, charge.monthStart}));
}

Result<> giveBackCall(Session &session, base::CallId call, const core::PlanCatalogue &plans,
                      const QDateTime &now)
{
    const auto rows = session.execute(kGiveBack, {now, call.value});
    if (!rows)
        return base::failed(rows);
    if (rows->isEmpty())
        return {};
    const Row &row = rows->first();
    auto standing = readStanding(session, {row.integer(0)}, plans, now, RowLock::ForUpdate);
    if (!standing)
        return base::failed(standing);
    core::giveBack(*standing, toCharge(row), now);
    return writeStanding(session, *standing);
}

Result<> noteCallSeconds(Session &session, base::CallId call, int seconds,
                         const core::PlanCatalogue &plans, const QDateTime &now)
{
    auto rows = session.execute(kCharge, {call.value});
    if (!rows)
        return base::failed(rows);
    if (rows->isEmpty())
        return {};
    auto standing =
        readStanding(session, {rows->first().integer(0)}, plans, now, RowLock::ForUpdate);
    if (!standing)
        return base::failed(standing);
    rows = session.execute(kCharge, {call.value}); // again, now that nobody else may change it
    if (!rows || rows->isEmpty())
        return ignoreRows(rows);
    const Row &row = rows->first();
    const int more = seconds - int(row.integer(5));
    if (more == 0)
        return {};
    core::addSeconds(*standing, toCharge(row), more);
    if (auto noted = ignoreRows(session.execute(kSetSeconds, {seconds, call.value})); !noted)
        return noted;
    if (auto metered = meterCall(session, call, seconds, *standing, plans, now); !metered)
        return metered;
    return writeStanding(session, *standing);
}

} // namespace server::store
