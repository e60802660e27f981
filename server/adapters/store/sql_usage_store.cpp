#include "server/adapters/store/sql_usage_store.h"

#include "server/adapters/store/sql_audit_log.h"
#include "server/adapters/store/usage_rows.h"

namespace server::store {

using base::Fault;
using base::Result;

namespace {

const Sql kUsageReplaceSubscription(QStringLiteral(
    "UPDATE subscriptions SET replaced_at = ? WHERE user_id = ? AND replaced_at IS NULL"));
const Sql kAddSubscription(QStringLiteral(
    "INSERT INTO subscriptions (user_id, plan_id, status, source, started_at, ends_at, "
    "last_payment_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"));
const Sql kEndSubscription(QStringLiteral(
    "UPDATE subscriptions SET status = ?, ends_at = ? WHERE user_id = ? AND replaced_at IS NULL"));

} // namespace

Result<core::Standing> SqlUsageStore::standing(base::UserId user, const QDateTime &now)
{
    Session session = m_database.session();
    return readStanding(session, user, *m_plans.current(), now, RowLock::None);
}

Result<core::Call> SqlUsageStore::reserve(const core::Call &call, const QDateTime &now,
                                          const core::CallGate &gate)
{
    const auto plans = m_plans.current();
    return m_database.session().transaction([&](Session &session) -> Result<core::Call> {
        auto standing = readStanding(session, call.owner, *plans, now, RowLock::ForUpdate);
        if (!standing)
            return base::failed(standing);
        core::Call reserved = call;
        const auto charge = gate(*standing, reserved);
        if (!charge)
            return base::failed(charge);
        if (const auto written = writeStanding(session, *standing); !written)
            return base::failed(written);
        auto added = m_calls.add(reserved); // on this thread's session: part of this transaction
        if (!added)
            return added;
        if (const auto charged = addCharge(session, added->id, call.owner, *charge); !charged)
            return base::failed(charged);
        return added;
    });
}

Result<core::Standing> SqlUsageStore::change(base::UserId user, const core::AuditEntry &entry,
                                             const Change &work)
{
    const auto plans = m_plans.current();
    return m_database.session().transaction([&](Session &session) -> Result<core::Standing> {
        auto standing = readStanding(session, user, *plans, entry.at, RowLock::ForUpdate);
        if (!standing)
            return standing;
        if (const auto done = work(session, *standing); !done)
            return base::failed(done);
        if (const auto written = writeStanding(session, *standing); !written)
            return base::failed(written);
        SqlAuditLog audit(m_database); // on this thread's session: part of this transaction
        if (const auto recorded = audit.record(entry); !recorded)
            return base::failed(recorded);
        return standing;
    });
}

Result<core::Standing> SqlUsageStore::subscribe(base::UserId user,
                                                const core::Subscription &subscription,
                                                const core::AuditEntry &entry)
{
    return change(user, entry, [&](Session &session, core::Standing &standing) -> Result<> {
        core::subscribe(standing, subscription);
        const auto replaced = session.execute(kUsageReplaceSubscription, {entry.at, user.value});
        if (!replaced)
            return base::failed(replaced);
        return ignoreRows(session.execute(
            kAddSubscription,
            {user.value, subscription.plan, toText(subscription.status), subscription.source,
             subscription.startedAt, subscription.endsAt, subscription.lastPaymentAt, entry.at}));
    });
}

Result<core::Standing> SqlUsageStore::addAddon(base::UserId user, int calls,
                                               const QDateTime &expiresAt,
                                               const core::AuditEntry &entry)
{
    return change(user, entry, [&](Session &, core::Standing &standing) -> Result<> {
        standing.addonCalls += calls;
        standing.addonExpiresAt = expiresAt;
        return {};
    });
}

Result<core::Standing> SqlUsageStore::endSubscription(base::UserId user, bool atPeriodEnd,
                                                      const QDateTime &now,
                                                      const core::AuditEntry &entry)
{
    return change(user, entry, [&](Session &session, core::Standing &standing) -> Result<> {
        if (!standing.subscription)
            return base::fail(Fault::NotFound, QStringLiteral("No active subscription found"));
        core::Subscription &subscription = *standing.subscription;
        const bool isLater = atPeriodEnd && subscription.endsAt.isValid();
        subscription.status =
            isLater ? core::SubscriptionStatus::Cancelled : core::SubscriptionStatus::Expired;
        if (!isLater)
            subscription.endsAt = now;
        return ignoreRows(session.execute(
            kEndSubscription, {toText(subscription.status), subscription.endsAt, user.value}));
    });
}

} // namespace server::store
