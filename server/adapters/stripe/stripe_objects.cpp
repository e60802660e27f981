#include "server/adapters/stripe/stripe_objects.h"

#include "shared/base/log.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace server::stripe {

using base::Fault;
using base::Result;

namespace {

QJsonValue at(const QJsonObject &object, std::initializer_list<const char *> path)
{
    QJsonValue value = object;
    for (const char *name : path)
        value = value.toObject().value(QLatin1String(name));
    return value;
}

QString textAt(const QJsonObject &object, std::initializer_list<const char *> path)
{
    return at(object, path).toString();
}

/// The id of something that may be expanded to the whole thing.
QString idAt(const QJsonObject &object, std::initializer_list<const char *> path)
{
    const QJsonValue value = at(object, path);
    return value.isObject() ? value.toObject().value(QLatin1String("id")).toString()
                            : value.toString();
}

QDateTime timeOf(const QJsonValue &value)
{
    const qint64 seconds = value.toInteger();
    return seconds > 0 ? QDateTime::fromSecsSinceEpoch(seconds, Qt::UTC) : QDateTime();
}

base::UserId userIn(const QJsonValue &metadata)
{
    return {metadata.toObject().value(kUserKey).toString().toLongLong()};
}

base::Money moneyOf(const QJsonObject &object, const char *name)
{
    return {object.value(QLatin1String(name)).toInteger(),
            object.value(QLatin1String("currency")).toString().toLower()};
}

tl::unexpected<base::Error> senseless(const char *what)
{
    return base::fail(Fault::Upstream, QStringLiteral("The payment provider gave no usable answer"),
                      QLatin1String(what));
}

QJsonObject firstItem(const QJsonObject &subscription)
{
    return at(subscription, {"items", "data"}).toArray().first().toObject();
}

/// The line of an invoice that pays for the latest stretch of a subscription.
QJsonObject lastPeriod(const QJsonObject &invoice)
{
    QJsonObject latest;
    for (const auto &value : at(invoice, {"lines", "data"}).toArray()) {
        const QJsonObject period = value.toObject().value(QLatin1String("period")).toObject();
        if (period.value(QLatin1String("end")).toInteger()
            > latest.value(QLatin1String("end")).toInteger())
            latest = period;
    }
    return latest;
}

core::BillingInvoice invoiceFrom(const QJsonObject &object, bool isPaid)
{
    core::BillingInvoice invoice;
    invoice.id = textAt(object, {"id"});
    invoice.customerId = idAt(object, {"customer"});
    invoice.subscriptionId = idAt(object, {"parent", "subscription_details", "subscription"});
    QJsonValue metadata = at(object, {"parent", "subscription_details", "metadata"});
    if (invoice.subscriptionId.isEmpty()) { // before basil
        invoice.subscriptionId = idAt(object, {"subscription"});
        metadata = at(object, {"subscription_details", "metadata"});
    }
    invoice.user = userIn(metadata);
    invoice.plan = metadata.toObject().value(kPlanKey).toString();
    invoice.intentId = idAt(object, {"payment_intent"});
    if (invoice.intentId.isEmpty()) {
        const QJsonObject payment = at(object, {"payments", "data"}).toArray().first().toObject();
        invoice.intentId = idAt(payment, {"payment", "payment_intent"});
    }
    invoice.amount = moneyOf(object, isPaid ? "amount_paid" : "amount_due");
    invoice.description = textAt(object, {"description"});
    const QJsonObject period = lastPeriod(object);
    invoice.periodStart = timeOf(period.value(QLatin1String("start")));
    invoice.periodEnd = timeOf(period.value(QLatin1String("end")));
    return invoice;
}

core::RefundTold refundFrom(const QJsonObject &charge)
{
    return {idAt(charge, {"payment_intent"}), idAt(charge, {"invoice"}),
            charge.value(QLatin1String("refunded")).toBool()};
}

void readObject(core::BillingEvent &event, const QJsonObject &object)
{
    const auto isOf = [&event](const char *type) { return event.type == QLatin1String(type); };
    if (event.type.startsWith(QLatin1String("customer.subscription."))) {
        if (auto subscription = subscriptionFrom(object))
            event.what = core::SubscriptionTold{std::move(*subscription)};
        else
            base::log::warning("stripe.odd_event", {{QStringLiteral("event"), event.id}});
        return;
    }
    const bool isInvoicePaid = isOf("invoice.payment_succeeded") || isOf("invoice.paid");
    if (isInvoicePaid || isOf("invoice.payment_failed")) {
        core::InvoiceTold told{invoiceFrom(object, isInvoicePaid), isInvoicePaid};
        if (!told.invoice.id.isEmpty())
            event.what = std::move(told);
        return;
    }
    const bool isIntentPaid = isOf("payment_intent.succeeded");
    if (isIntentPaid || isOf("payment_intent.payment_failed")) {
        if (auto intent = intentFrom(object))
            event.what = core::IntentTold{std::move(*intent), isIntentPaid};
        return;
    }
    if (isOf("charge.refunded"))
        event.what = refundFrom(object);
}

} // namespace

Result<core::BillingPrice> priceFrom(const QJsonObject &object)
{
    core::BillingPrice price;
    price.id = textAt(object, {"id"});
    if (price.id.isEmpty())
        return senseless("a price without an id");
    price.amount = moneyOf(object, "unit_amount");
    price.isActive = object.value(QLatin1String("active")).toBool();
    // What is metered costs another amount each time.
    if (textAt(object, {"recurring", "usage_type"}) != QLatin1String("metered"))
        price.interval = textAt(object, {"recurring", "interval"});
    price.intervals = at(object, {"recurring", "interval_count"}).toInt(1);
    return price;
}

Result<core::BillingSubscription> subscriptionFrom(const QJsonObject &object)
{
    core::BillingSubscription subscription;
    subscription.id = textAt(object, {"id"});
    const auto status = core::billingStatusFromText(textAt(object, {"status"}));
    if (subscription.id.isEmpty() || !status)
        return senseless("a subscription without id or status");
    subscription.status = *status;
    subscription.customerId = idAt(object, {"customer"});
    const QJsonValue metadata = object.value(QLatin1String("metadata"));
    subscription.user = userIn(metadata);
    subscription.plan = metadata.toObject().value(kPlanKey).toString();
    const QJsonObject item = firstItem(object);
    if (auto price = priceFrom(item.value(QLatin1String("price")).toObject()))
        subscription.price = std::move(*price);
    subscription.createdAt = timeOf(object.value(QLatin1String("created")));
    const bool isOnItem = item.contains(QLatin1String("current_period_end")); // since basil
    const QJsonObject &holder = isOnItem ? item : object;
    subscription.periodStart = timeOf(holder.value(QLatin1String("current_period_start")));
    subscription.periodEnd = timeOf(holder.value(QLatin1String("current_period_end")));
    subscription.endedAt = timeOf(object.value(QLatin1String("ended_at")));
    subscription.cancelsAtPeriodEnd = object.value(QLatin1String("cancel_at_period_end")).toBool();
    subscription.clientSecret =
        textAt(object, {"latest_invoice", "confirmation_secret", "client_secret"});
    if (subscription.clientSecret.isEmpty()) // before basil
        subscription.clientSecret =
            textAt(object, {"latest_invoice", "payment_intent", "client_secret"});
    return subscription;
}

Result<core::BillingIntent> intentFrom(const QJsonObject &object)
{
    core::BillingIntent intent;
    intent.id = textAt(object, {"id"});
    if (intent.id.isEmpty())
        return senseless("a payment intent without an id");
    intent.clientSecret = textAt(object, {"client_secret"});
    const QJsonValue metadata = object.value(QLatin1String("metadata"));
    intent.user = userIn(metadata);
    intent.isOneTime =
        metadata.toObject().value(kTypeKey).toString() == core::toText(core::PaymentType::OneTime);
    intent.amount = moneyOf(object, "amount");
    intent.description = textAt(object, {"description"});
    return intent;
}

Result<core::BillingEvent> eventFrom(const QByteArray &body, const QDateTime &now)
{
    constexpr qsizetype kLongestWord = 255;
    const QJsonObject object = QJsonDocument::fromJson(body).object();
    core::BillingEvent event;
    event.id = textAt(object, {"id"});
    event.type = textAt(object, {"type"});
    const auto isWord = [](const QString &text) {
        return !text.isEmpty() && text.size() <= kLongestWord && !text.contains(QChar(u'\0'));
    };
    if (!isWord(event.id) || !isWord(event.type))
        return base::fail(Fault::Invalid, QStringLiteral("Invalid payload"));
    event.createdAt = timeOf(object.value(QLatin1String("created")));
    if (!event.createdAt.isValid())
        event.createdAt = now;
    readObject(event, at(object, {"data", "object"}).toObject());
    return event;
}

} // namespace server::stripe
