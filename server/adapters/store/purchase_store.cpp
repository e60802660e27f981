#include "server/adapters/store/purchase_store.h"

namespace server::store {

using base::Result;
using core::StoreSubscription;

namespace {

const Sql kPurchaseRedeem(QStringLiteral(
    "INSERT INTO app_store_transactions (transaction_id, original_transaction_id, user_id, "
    "product_id, environment, quantity, purchased_at, redeemed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (transaction_id) DO NOTHING"));
const Sql kRedeemedBy(
    QStringLiteral("SELECT user_id FROM app_store_transactions WHERE transaction_id = ?"));
const Sql
    kPurchaseRefund(QStringLiteral("UPDATE app_store_transactions SET refunded_at = ? WHERE "
                                   "transaction_id = ? AND refunded_at IS NULL RETURNING user_id"));

const QString kSubscriptionText = QStringLiteral(
    "SELECT original_transaction_id, user_id, product_id, status, started_at, ends_at, event_at "
    "FROM app_store_subscriptions WHERE original_transaction_id = ?");
// SQLite locks the whole database when a transaction begins.
const Sql kSubscription(kSubscriptionText + QStringLiteral(" FOR UPDATE"), kSubscriptionText);
const Sql kPurchaseSave(QStringLiteral(
    "INSERT INTO app_store_subscriptions (original_transaction_id, user_id, product_id, status, "
    "started_at, ends_at, event_at) VALUES (?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (original_transaction_id) DO UPDATE SET user_id = excluded.user_id, "
    "product_id = excluded.product_id, status = excluded.status, "
    "started_at = excluded.started_at, ends_at = excluded.ends_at, event_at = excluded.event_at "
    "WHERE app_store_subscriptions.user_id IS NULL "
    "OR app_store_subscriptions.user_id = excluded.user_id"));
const Sql kPurchaseOfUser(QStringLiteral(
    "SELECT transaction_id, product_id, environment, quantity, purchased_at, refunded_at FROM "
    "app_store_transactions WHERE user_id = ? ORDER BY transaction_id LIMIT ? OFFSET ?"));

QVariant idOrNull(base::UserId user)
{
    return user.isValid() ? QVariant(user.value) : QVariant();
}

StoreSubscription toSubscription(const Row &row)
{
    StoreSubscription subscription;
    subscription.originalId = row.text(0);
    subscription.user = {row.integer(1)};
    subscription.productId = row.text(2);
    subscription.status =
        core::subscriptionStatusFromText(row.text(3)).value_or(core::SubscriptionStatus::Expired);
    subscription.startedAt = row.time(4);
    subscription.endsAt = row.time(5);
    subscription.eventAt = row.time(6);
    return subscription;
}

QJsonObject toExport(const Row &row)
{
    const auto timeOrNull = [](const QDateTime &time) {
        return time.isValid() ? QJsonValue(time.toString(Qt::ISODateWithMs)) : QJsonValue();
    };
    return {{QStringLiteral("transaction_id"), row.text(0)},
            {QStringLiteral("product_id"), row.text(1)},
            {QStringLiteral("environment"), row.text(2)},
            {QStringLiteral("quantity"), row.integer(3)},
            {QStringLiteral("purchased_at"), timeOrNull(row.time(4))},
            {QStringLiteral("refunded_at"), timeOrNull(row.time(5))}};
}

} // namespace

Result<SqlPurchaseStore::Redemption>
SqlPurchaseStore::redeem(const core::StoreTransaction &transaction, base::UserId user,
                         const QDateTime &now)
{
    Session session = m_database.session();
    const auto added = session.execute(
        kPurchaseRedeem,
        {transaction.id, transaction.originalId, user.value, transaction.productId,
         transaction.isSandbox ? QStringLiteral("Sandbox") : QStringLiteral("Production"),
         transaction.quantity, transaction.purchasedAt, now});
    if (!added)
        return base::failed(added);
    if (added->affected > 0)
        return Redemption{user, true};
    const auto rows = session.execute(kRedeemedBy, {transaction.id});
    if (!rows)
        return base::failed(rows);
    return Redemption{{rows->isEmpty() ? 0 : rows->first().integer(0)}, false};
}

Result<std::optional<base::UserId>>
SqlPurchaseStore::refund(const core::StoreTransaction &transaction, const QDateTime &now)
{
    const auto rows = m_database.session().execute(kPurchaseRefund, {now, transaction.id});
    if (!rows)
        return base::failed(rows);
    if (rows->isEmpty() || rows->first().isNull(0))
        return std::optional<base::UserId>();
    return std::optional(base::UserId{rows->first().integer(0)});
}

Result<std::optional<StoreSubscription>> SqlPurchaseStore::subscription(const QString &originalId)
{
    const auto rows = m_database.session().execute(kSubscription, {originalId});
    if (!rows)
        return base::failed(rows);
    return rows->firstAs(toSubscription);
}

Result<bool> SqlPurchaseStore::save(const StoreSubscription &subscription)
{
    const auto saved = m_database.session().execute(
        kPurchaseSave, {subscription.originalId, idOrNull(subscription.user),
                        subscription.productId, toText(subscription.status), subscription.startedAt,
                        subscription.endsAt, subscription.eventAt});
    if (!saved)
        return base::failed(saved);
    return saved->affected > 0;
}

Result<std::vector<QJsonObject>> SqlPurchaseStore::ofUser(base::UserId user, int limit, int offset)
{
    const auto rows = m_database.session().execute(kPurchaseOfUser, {user.value, limit, offset});
    if (!rows)
        return base::failed(rows);
    return rows->map(toExport);
}

} // namespace server::store
