#include "server/adapters/store/paid_subscriptions.h"

#include "server/adapters/store/sql_audit_log.h"
#include "server/adapters/store/usage_rows.h"
#include "server/core/payments/follow_rule.h"

namespace server::store {

using base::Fault;
using base::Result;

namespace {

const Sql kPaidUpdate(QStringLiteral(
    "UPDATE subscriptions SET plan_id = ?, status = ?, started_at = ?, ends_at = ?, "
    "last_payment_at = ?, product_id = ? WHERE user_id = ? AND replaced_at IS NULL"));
const Sql kPaidReplaceSubscription(QStringLiteral(
    "UPDATE subscriptions SET replaced_at = ? WHERE user_id = ? AND replaced_at IS NULL"));
const Sql kPaidAdd(QStringLiteral(
    "INSERT INTO subscriptions (user_id, plan_id, status, source, started_at, ends_at, "
    "last_payment_at, external_id, product_id, created_at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));

core::AuditEntry entryOf(base::UserId user, const QString &action, const QJsonObject &detail,
                         const QDateTime &now)
{
    return {now, {}, action, QStringLiteral("user:%1").arg(user.value), detail, {}};
}

Result<> update(Session &session, base::UserId user, const core::Subscription &subscription)
{
    return ignoreRows(session.execute(kPaidUpdate, {subscription.plan, toText(subscription.status),
                                                    subscription.startedAt, subscription.endsAt,
                                                    subscription.lastPaymentAt,
                                                    subscription.productId, user.value}));
}

Result<> replace(Session &session, core::Standing &standing, const core::Subscription &subscription,
                 const QDateTime &now)
{
    core::subscribe(standing, subscription);
    if (const auto replaced = session.execute(kPaidReplaceSubscription, {now, standing.user.value});
        !replaced)
        return base::failed(replaced);
    const auto added = session.execute(
        kPaidAdd,
        {standing.user.value, subscription.plan, toText(subscription.status), subscription.source,
         subscription.startedAt, subscription.endsAt, subscription.lastPaymentAt,
         subscription.externalId, subscription.productId, now});
    if (!added)
        return base::failed(added);
    return writeStanding(session, standing);
}

bool isSame(const core::Subscription &a, const core::Subscription &b)
{
    return a.plan == b.plan && a.status == b.status && a.startedAt == b.startedAt
           && a.endsAt == b.endsAt && a.lastPaymentAt == b.lastPaymentAt
           && a.productId == b.productId;
}

} // namespace

Result<> SqlPaidSubscriptions::follow(base::UserId user, const core::Subscription &news,
                                      const QDateTime &now)
{
    const auto plans = m_plans.current();
    return m_database.session().transaction([&](Session &session) -> Result<> {
        auto standing = readStanding(session, user, *plans, now, RowLock::ForUpdate);
        if (!standing)
            return standing.error().fault == Fault::NotFound ? Result<>() : base::failed(standing);
        const auto current = standing->subscription;
        core::Subscription next = news;
        switch (core::followRule(current, news, plans->rules(), now)) {
        case core::Follow::Ignore:
            return {};
        case core::Follow::Update:
            if (!next.lastPaymentAt.isValid())
                next.lastPaymentAt = current->lastPaymentAt;
            if (isSame(next, *current))
                return {};
            if (auto updated = update(session, user, next); !updated)
                return updated;
            break;
        case core::Follow::Replace:
            if (auto replaced = replace(session, *standing, next, now); !replaced)
                return replaced;
            break;
        }
        SqlAuditLog audit(m_database); // on this thread's session: part of this transaction
        return audit.record(entryOf(user, QStringLiteral("subscription.paid"),
                                    {{QStringLiteral("plan"), next.plan},
                                     {QStringLiteral("status"), toText(next.status)},
                                     {QStringLiteral("source"), next.source}},
                                    now));
    });
}

Result<> SqlPaidSubscriptions::addCalls(base::UserId user, int calls, const QDateTime &expiresAt,
                                        const QDateTime &now)
{
    const auto plans = m_plans.current();
    return m_database.session().transaction([&](Session &session) -> Result<> {
        auto standing = readStanding(session, user, *plans, now, RowLock::ForUpdate);
        if (!standing)
            return standing.error().fault == Fault::NotFound ? Result<>() : base::failed(standing);
        standing->addonCalls = std::max(0, standing->addonCalls + calls);
        if (calls > 0)
            standing->addonExpiresAt = std::max(standing->addonExpiresAt, expiresAt);
        if (auto written = writeStanding(session, *standing); !written)
            return written;
        SqlAuditLog audit(m_database);
        return audit.record(
            entryOf(user, QStringLiteral("addon.paid"), {{QStringLiteral("calls"), calls}}, now));
    });
}

} // namespace server::store
