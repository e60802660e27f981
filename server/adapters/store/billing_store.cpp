#include "server/adapters/store/billing_store.h"

namespace server::store {

using base::Fault;
using base::Result;
using core::BillingRecord;
using core::Payment;

namespace {

/// Stripe remembers a key for 24 hours at least (Stripe API, "Idempotent requests").
constexpr qint64 kKeySeconds = qint64(23) * 60 * 60;
/// An order that nobody saw answered for so long makes way for another.
constexpr qint64 kUnderWaySeconds = 120;

const Sql kCustomer(QStringLiteral("SELECT customer_id FROM stripe_customers WHERE user_id = ?"));
const Sql kSetCustomer(QStringLiteral(
    "INSERT INTO stripe_customers (user_id, customer_id, created_at) VALUES (?, ?, ?) "
    "ON CONFLICT (user_id) DO UPDATE SET customer_id = excluded.customer_id, "
    "created_at = excluded.created_at"));
const Sql kOwner(QStringLiteral("SELECT user_id FROM stripe_customers WHERE customer_id = ?"));
const Sql kBillingUser(QStringLiteral("SELECT id FROM users WHERE id = ?"));

const Sql kAddAttempt(QStringLiteral(
    "INSERT INTO stripe_attempts (user_id, purpose, request_hash, begun_at) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (user_id, purpose) DO NOTHING"));
const QString kAttemptText = QStringLiteral(
    "SELECT request_hash, begun_at FROM stripe_attempts WHERE user_id = ? AND purpose = ?");
// SQLite locks the whole database when a transaction begins.
const Sql kAttempt(kAttemptText + QStringLiteral(" FOR UPDATE"), kAttemptText);
const Sql kSetAttempt(QStringLiteral(
    "UPDATE stripe_attempts SET request_hash = ?, begun_at = ? WHERE user_id = ? AND purpose = ?"));
const Sql kBillingEndAttempt(
    QStringLiteral("DELETE FROM stripe_attempts WHERE user_id = ? AND purpose = ?"));

const QString kRecordColumns = QStringLiteral(
    "SELECT subscription_id, user_id, customer_id, plan_id, price_id, status, period_start, "
    "period_end, cancel_at_period_end, ended_at, event_at FROM stripe_subscriptions ");
const QString kRecordById = kRecordColumns + QStringLiteral("WHERE subscription_id = ?");
const Sql kBillingRecord(kRecordById + QStringLiteral(" FOR UPDATE"), kRecordById);
const Sql kLive(kRecordColumns
                + QStringLiteral("WHERE user_id = ? AND status NOT IN ('canceled', "
                                 "'incomplete_expired') ORDER BY event_at DESC, subscription_id "
                                 "LIMIT 1"));
const Sql kBillingSave(QStringLiteral(
    "INSERT INTO stripe_subscriptions (subscription_id, user_id, customer_id, plan_id, price_id, "
    "status, period_start, period_end, cancel_at_period_end, ended_at, event_at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (subscription_id) DO UPDATE SET "
    "plan_id = excluded.plan_id, price_id = excluded.price_id, status = excluded.status, "
    "period_start = excluded.period_start, period_end = excluded.period_end, "
    "cancel_at_period_end = excluded.cancel_at_period_end, ended_at = excluded.ended_at, "
    "event_at = excluded.event_at"));

const QString kPaymentByText =
    QStringLiteral("SELECT id, status FROM payment_records WHERE invoice_id = ? OR intent_id = ? "
                   "ORDER BY id LIMIT 1");
const Sql kPaymentBy(kPaymentByText + QStringLiteral(" FOR UPDATE"), kPaymentByText);
const Sql kAddPayment(QStringLiteral(
    "INSERT INTO payment_records (user_id, invoice_id, intent_id, subscription_id, amount, "
    "currency, status, payment_type, description, created_at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
const Sql kUpdatePayment(
    QStringLiteral("UPDATE payment_records SET status = ?, amount = ?, currency = ?, "
                   "intent_id = coalesce(intent_id, ?) WHERE id = ?"));
const Sql kBillingRefund(QStringLiteral(
    "UPDATE payment_records SET status = 'refunded' WHERE invoice_id = ? OR intent_id = ?"));
const Sql kPayments(QStringLiteral(
    "SELECT id, user_id, coalesce(invoice_id, ''), coalesce(intent_id, ''), subscription_id, "
    "amount, currency, status, payment_type, description, created_at FROM payment_records "
    "WHERE user_id = ? ORDER BY id DESC LIMIT ? OFFSET ?"));

BillingRecord toBillingRecord(const Row &row)
{
    BillingRecord record;
    core::BillingSubscription &subscription = record.subscription;
    subscription.id = row.text(0);
    subscription.user = {row.integer(1)};
    subscription.customerId = row.text(2);
    subscription.plan = row.text(3);
    subscription.price.id = row.text(4);
    subscription.status =
        core::billingStatusFromText(row.text(5)).value_or(core::BillingStatus::Canceled);
    subscription.periodStart = row.time(6);
    subscription.periodEnd = row.time(7);
    subscription.cancelsAtPeriodEnd = row.boolean(8);
    subscription.endedAt = row.time(9);
    record.eventAt = row.time(10);
    return record;
}

Payment toPayment(const Row &row)
{
    Payment payment;
    payment.id = row.integer(0);
    payment.user = {row.integer(1)};
    payment.invoiceId = row.text(2);
    payment.intentId = row.text(3);
    payment.subscriptionId = row.text(4);
    payment.amount = {row.integer(5), row.text(6)};
    payment.status =
        core::paymentStatusFromText(row.text(7)).value_or(core::PaymentStatus::Pending);
    payment.type = core::paymentTypeFromText(row.text(8)).value_or(core::PaymentType::OneTime);
    payment.description = row.text(9);
    payment.createdAt = row.time(10);
    return payment;
}

} // namespace

Result<> SqlBillingStore::inOneStep(const Work &work)
{
    return m_database.session().transaction([&](Session &) { return work(); });
}

Result<QString> SqlBillingStore::customerOf(base::UserId user)
{
    const auto rows = m_database.session().execute(kCustomer, {user.value});
    if (!rows)
        return base::failed(rows);
    return rows->isEmpty() ? QString() : rows->first().text(0);
}

Result<> SqlBillingStore::setCustomer(base::UserId user, const QString &customerId,
                                      const QDateTime &now)
{
    return ignoreRows(m_database.session().execute(kSetCustomer, {user.value, customerId, now}));
}

Result<base::UserId> SqlBillingStore::ownerOf(const QString &customerId, base::UserId claimed)
{
    const auto known = m_database.session().execute(kOwner, {customerId});
    if (!known)
        return base::failed(known);
    if (!known->isEmpty())
        return base::UserId{known->first().integer(0)};
    const auto user = m_database.session().execute(kBillingUser, {claimed.value});
    if (!user)
        return base::failed(user);
    return user->isEmpty() ? base::UserId{} : claimed;
}

Result<QDateTime> SqlBillingStore::beginAttempt(base::UserId user, const QString &purpose,
                                                const QByteArray &requestHash, const QDateTime &now)
{
    return m_database.session().transaction([&](Session &session) -> Result<QDateTime> {
        const auto added = session.execute(kAddAttempt, {user.value, purpose, requestHash, now});
        if (!added)
            return base::failed(added);
        if (added->affected > 0)
            return now;
        const auto rows = session.execute(kAttempt, {user.value, purpose});
        if (!rows)
            return base::failed(rows);
        if (!rows->isEmpty()) {
            QDateTime begunAt = rows->first().time(1);
            const bool isSame = rows->first().bytes(0) == requestHash;
            if (isSame && begunAt > now.addSecs(-kKeySeconds))
                return begunAt;
            if (!isSame && begunAt > now.addSecs(-kUnderWaySeconds))
                return base::fail(Fault::Conflict,
                                  QStringLiteral("Another order of yours is under way. Please try "
                                                 "again in two minutes."));
        }
        const auto set = session.execute(kSetAttempt, {requestHash, now, user.value, purpose});
        if (!set)
            return base::failed(set);
        return now;
    });
}

Result<> SqlBillingStore::endAttempt(base::UserId user, const QString &purpose)
{
    return ignoreRows(m_database.session().execute(kBillingEndAttempt, {user.value, purpose}));
}

Result<std::optional<BillingRecord>> SqlBillingStore::record(const QString &subscriptionId)
{
    const auto rows = m_database.session().execute(kBillingRecord, {subscriptionId});
    if (!rows)
        return base::failed(rows);
    return rows->firstAs(toBillingRecord);
}

Result<> SqlBillingStore::save(const BillingRecord &record)
{
    const core::BillingSubscription &subscription = record.subscription;
    return ignoreRows(m_database.session().execute(
        kBillingSave, {subscription.id, subscription.user.value, subscription.customerId,
                       subscription.plan, subscription.price.id, toText(subscription.status),
                       subscription.periodStart, subscription.periodEnd,
                       subscription.cancelsAtPeriodEnd, subscription.endedAt, record.eventAt}));
}

Result<std::optional<BillingRecord>> SqlBillingStore::liveOf(base::UserId user)
{
    const auto rows = m_database.session().execute(kLive, {user.value});
    if (!rows)
        return base::failed(rows);
    return rows->firstAs(toBillingRecord);
}

Result<> SqlBillingStore::savePayment(const Payment &payment)
{
    const QVariant invoice = textOrNull(payment.invoiceId);
    const QVariant intent = textOrNull(payment.intentId);
    return m_database.session().transaction([&](Session &session) -> Result<> {
        const auto rows = session.execute(kPaymentBy, {invoice, intent});
        if (!rows)
            return base::failed(rows);
        if (rows->isEmpty())
            return ignoreRows(session.execute(
                kAddPayment, {payment.user.value, invoice, intent, payment.subscriptionId,
                              payment.amount.minor, payment.amount.currency, toText(payment.status),
                              toText(payment.type), payment.description, payment.createdAt}));
        const auto known = core::paymentStatusFromText(rows->first().text(1));
        if (known && !core::mayFollow(*known, payment.status))
            return {};
        return ignoreRows(session.execute(
            kUpdatePayment, {toText(payment.status), payment.amount.minor, payment.amount.currency,
                             intent, rows->first().integer(0)}));
    });
}

Result<> SqlBillingStore::refund(const QString &invoiceId, const QString &intentId)
{
    return ignoreRows(m_database.session().execute(kBillingRefund,
                                                   {textOrNull(invoiceId), textOrNull(intentId)}));
}

Result<std::vector<Payment>> SqlBillingStore::paymentsOf(base::UserId user, int limit, int offset)
{
    const auto rows = m_database.session().execute(kPayments, {user.value, limit, offset});
    if (!rows)
        return base::failed(rows);
    return rows->map(toPayment);
}

} // namespace server::store
