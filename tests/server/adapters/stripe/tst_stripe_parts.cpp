// Stripe's objects and signatures.
#include "server/adapters/stripe/stripe_objects.h"
#include "server/adapters/stripe/stripe_signature.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace server;
using namespace Qt::StringLiterals;

namespace {

const QDateTime kNow = QDateTime::fromSecsSinceEpoch(1'700'000'000, Qt::UTC);

QJsonObject json(const char *text)
{
    return QJsonDocument::fromJson(text).object();
}

QByteArray eventOf(const char *type, const QJsonObject &object)
{
    return QJsonDocument(QJsonObject{{u"id"_s, u"evt_1"_s},
                                     {u"type"_s, QLatin1String(type)},
                                     {u"created"_s, 1'700'000'000},
                                     {u"data"_s, QJsonObject{{u"object"_s, object}}}})
        .toJson();
}

/// Since version 2025-03-31.basil.
const char *const kNewSubscription = R"({
    "id": "sub_1", "customer": "cus_1", "status": "active", "created": 1700000000,
    "cancel_at_period_end": true, "ended_at": null,
    "metadata": {"user_id": "7", "plan_name": "pro_monthly"},
    "items": {"data": [{"current_period_start": 1700000000, "current_period_end": 1702592000,
        "price": {"id": "price_1", "active": true, "currency": "USD", "unit_amount": 9999,
                  "recurring": {"interval": "month", "interval_count": 1,
                                "usage_type": "licensed"}}}]},
    "latest_invoice": {"id": "in_1", "confirmation_secret": {"client_secret": "secret_new"}}})";
const char *const kOldSubscription = R"({
    "id": "sub_1", "customer": {"id": "cus_1"}, "status": "active", "created": 1700000000,
    "cancel_at_period_end": true, "current_period_start": 1700000000,
    "current_period_end": 1702592000, "metadata": {"user_id": "7", "plan_name": "pro_monthly"},
    "items": {"data": [{"price": {"id": "price_1", "active": true, "currency": "usd",
        "unit_amount": 9999, "recurring": {"interval": "month"}}}]},
    "latest_invoice": {"id": "in_1", "payment_intent": {"client_secret": "secret_old"}}})";
const char *const kNewInvoice = R"({
    "id": "in_1", "customer": "cus_1", "currency": "usd", "amount_paid": 9999, "amount_due": 9999,
    "parent": {"subscription_details": {"subscription": "sub_1",
        "metadata": {"user_id": "7", "plan_name": "pro_monthly"}}},
    "payments": {"data": [{"payment": {"payment_intent": "pi_1"}}]},
    "lines": {"data": [{"period": {"start": 1, "end": 2}},
                       {"period": {"start": 1700000000, "end": 1702592000}}]}})";
const char *const kOldInvoice = R"({
    "id": "in_1", "customer": "cus_1", "currency": "usd", "amount_paid": 9999, "amount_due": 9999,
    "subscription": "sub_1", "payment_intent": "pi_1",
    "subscription_details": {"metadata": {"user_id": "7", "plan_name": "pro_monthly"}},
    "lines": {"data": [{"period": {"start": 1700000000, "end": 1702592000}}]}})";

} // namespace

class StripeParts : public QObject
{
    Q_OBJECT
private slots:
    void subscriptionsOfBothForms();
    void invoicesOfBothForms();
    void eventsThatConcernUs();
    void whatIsNoEvent();
    void meteredPricesHaveNoInterval();
    void signatures();
};

void StripeParts::subscriptionsOfBothForms()
{
    for (const char *text : {kNewSubscription, kOldSubscription}) {
        const auto subscription = stripe::subscriptionFrom(json(text));
        QVERIFY(subscription.has_value());
        QCOMPARE(subscription->id, u"sub_1"_s);
        QCOMPARE(subscription->customerId, u"cus_1"_s);
        QCOMPARE(subscription->user.value, 7);
        QCOMPARE(subscription->plan, u"pro_monthly"_s);
        QCOMPARE(subscription->status, core::BillingStatus::Active);
        QCOMPARE(subscription->periodStart, kNow);
        QCOMPARE(subscription->periodEnd, kNow.addDays(30));
        QVERIFY(subscription->cancelsAtPeriodEnd && !subscription->endedAt.isValid());
        QCOMPARE(subscription->price.amount, (base::Money{9'999, u"usd"_s}));
        QCOMPARE(subscription->price.interval, u"month"_s);
        QCOMPARE(subscription->clientSecret,
                 text == kNewSubscription ? u"secret_new"_s : u"secret_old"_s);
    }
    QVERIFY(!stripe::subscriptionFrom(json(R"({"id": "sub_1", "status": "dancing"})")));
    QVERIFY(!stripe::subscriptionFrom({}));
}

void StripeParts::invoicesOfBothForms()
{
    for (const char *text : {kNewInvoice, kOldInvoice}) {
        const auto read = stripe::eventFrom(eventOf("invoice.payment_succeeded", json(text)), {});
        QVERIFY(read.has_value());
        const auto *told = std::get_if<core::InvoiceTold>(&read->what);
        QVERIFY(told && told->isPaid);
        QCOMPARE(told->invoice.subscriptionId, u"sub_1"_s);
        QCOMPARE(told->invoice.intentId, u"pi_1"_s);
        QCOMPARE(told->invoice.user.value, 7);
        QCOMPARE(told->invoice.amount.minor, 9'999);
        QCOMPARE(told->invoice.periodStart, kNow);
        QCOMPARE(told->invoice.periodEnd, kNow.addDays(30));
    }
}

void StripeParts::eventsThatConcernUs()
{
    const auto read = [](const char *type, const char *object) {
        return stripe::eventFrom(eventOf(type, json(object)), {}).value();
    };
    for (const char *type : {"customer.subscription.created", "customer.subscription.updated",
                             "customer.subscription.deleted"})
        QVERIFY(std::holds_alternative<core::SubscriptionTold>(read(type, kNewSubscription).what));
    QVERIFY(std::get<core::InvoiceTold>(read("invoice.paid", kNewInvoice).what).isPaid);
    QVERIFY(!std::get<core::InvoiceTold>(read("invoice.payment_failed", kNewInvoice).what).isPaid);
    const auto intent = read("payment_intent.succeeded",
                             R"({"id": "pi_1", "amount": 1000, "currency": "usd",
                                 "metadata": {"user_id": "7", "payment_type": "one_time"}})");
    QVERIFY(std::get<core::IntentTold>(intent.what).intent.isOneTime);
    const auto ofInvoice = read("payment_intent.succeeded", R"({"id": "pi_2", "metadata": {}})");
    QVERIFY(!std::get<core::IntentTold>(ofInvoice.what).intent.isOneTime);
    const auto refund = read("charge.refunded", R"({"payment_intent": "pi_1", "refunded": true})");
    QVERIFY(std::get<core::RefundTold>(refund.what).isWhole);
    QVERIFY(std::holds_alternative<std::monostate>(read("price.created", "{}").what));
    QVERIFY(
        std::holds_alternative<std::monostate>(read("customer.subscription.updated", "{}").what));
    QCOMPARE(read("price.created", "{}").createdAt, kNow);
}

void StripeParts::whatIsNoEvent()
{
    for (const char *body : {"", "{", "[]", "null", R"({"id": "evt_1"})", R"({"type": "x"})",
                             R"({"id": 7, "type": "x"})", R"({"id": "a\u0000b", "type": "x"})"})
        QVERIFY2(!stripe::eventFrom(body, kNow), body);
    const QByteArray seeds =
        R"({"id": "evt_test_123", "type": "test.event", "data": {"object": "test"}})";
    const auto read = stripe::eventFrom(seeds, kNow);
    QVERIFY(read && std::holds_alternative<std::monostate>(read->what));
    QCOMPARE(read->createdAt, kNow);
}

void StripeParts::meteredPricesHaveNoInterval()
{
    const auto price = stripe::priceFrom(
        json(R"({"id": "price_1", "active": true, "currency": "usd", "unit_amount": 0,
                 "recurring": {"interval": "month", "usage_type": "metered"}})"));
    QVERIFY(price && price->interval.isEmpty());
}

void StripeParts::signatures()
{
    // printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac whsec_new
    const QByteArray body = R"({"a":1})";
    const stripe::StripeSignature signature({base::Secret("whsec_new"), base::Secret("whsec_old")});
    const QByteArray byNew = "e8dddd2062d71761004bf7a203f96314721871cce1a41057a9e2fdf6d91a3735";
    const QByteArray byOld = "b9d801502bb535e960ee9aeee7a294b082bda5089d79c7db610b85116ce6faa6";
    const QByteArray good = "t=1700000000,v1=" + byNew;
    const auto isValid = [&](const QByteArray &header, int secondsLater = 0) {
        return signature.isValid(header, body, kNow.addSecs(secondsLater));
    };
    QVERIFY(isValid(good) && isValid("t=1700000000,v1=" + byOld));
    QVERIFY(isValid("t=1700000000,v0=00,v1=00,v1=" + byNew));
    QVERIFY(isValid("t=1700000000, v1=" + byNew));
    QVERIFY(isValid(good, 300) && !isValid(good, 301));
    QVERIFY(isValid(good, -300) && !isValid(good, -301));
    for (const QByteArray &bad : QList<QByteArray>{
             "", "t=1700000000", "v1=" + byNew, "t=1700000001,v1=" + byNew, "t=x,v1=" + byNew,
             "t=1700000000,v0=" + byNew, "t=1700000000,v1=", "t=1700000000,v1=" + byNew.toUpper()})
        QVERIFY2(!isValid(bad), bad);
    QVERIFY(!signature.isValid(good, body + ' ', kNow));
    QVERIFY(!stripe::StripeSignature({}).isValid(good, body, kNow));
    QVERIFY(!stripe::StripeSignature({base::Secret("whsec_third")}).isValid(good, body, kNow));
}

QTEST_GUILESS_MAIN(StripeParts)
#include "tst_stripe_parts.moc"
