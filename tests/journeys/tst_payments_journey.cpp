// Paying through Stripe, from the order to the last event.
#include "tests/journeys/payment_steps.h"

#include <QObject>
#include <QTest>

using namespace tests;
using namespace Qt::StringLiterals;
using App = AppUser::App;
using sandbox::StripeFault;

class PaymentsJourney : public QObject
{
    Q_OBJECT
private slots:
    void theSeedsRoutes();
    void theSeedsCommands();
    void aSubscriptionFromEndToEnd();
    void cardsThatFail();
    void theFirstPaymentIsConfirmedLater();
    void renewalsComeByEvents();
    void eventsAreBelievedBySignature();
    void aLostAnswerChargesNobodyTwice();
    void ordersAtOnceAreOne();
};

/// What the project's document lists under payments and purchases.
void PaymentsJourney::theSeedsRoutes()
{
    const QTemporaryDir folder;
    ServerProcess server;
    QCOMPARE(server.run({u"--print-routes"_s},
                        {{u"DEVELOPMENT_MODE"_s, u"true"_s}, {u"DATA_DIR"_s, folder.path()}}),
             0);
    const QString routes = QString::fromUtf8(server.output()).simplified();
    for (const char *route :
         {"GET /payments/subscription-plans", "POST /payments/create-subscription",
          "POST /payments/cancel-subscription", "GET /payments/subscription-status",
          "POST /payments/create-payment-intent", "POST /payments/record-usage",
          "GET /payments/usage-summary", "GET /payments/billing-history",
          "POST /payments/admin/subscription-plans",
          "PUT /payments/admin/subscription-plans/{plan_id}",
          "DELETE /payments/admin/subscription-plans/{plan_id}", "POST /payments/stripe-webhook",
          "POST /mobile/upgrade-subscription"})
        QVERIFY2(routes.contains(QLatin1String(route) + u' '), route);
}

/// The Stripe part of the project's document, line by line.
void PaymentsJourney::theSeedsCommands()
{
    Stage stage(Stage::Store::Sqlite, {{u"STRIPE_WEBHOOK_SECRET"_s, QString()}});
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    const QString server = stage.server().url().toString();
    const QJsonObject plans = shellObject(u"curl -s %1/payments/subscription-plans"_s.arg(server))
                                  .value(u"plans"_s)
                                  .toObject();
    QCOMPARE(plans[u"pro_monthly"_s][u"price"_s].toString(), u"$99.99/month"_s);
    QCOMPARE(plans[u"pro_monthly"_s][u"features"_s][u"voice_minutes"_s].toInt(), 500);
    QCOMPARE(plans[u"usage_based"_s][u"pricing"_s][u"voice_per_minute"_s].toDouble(), 0.05);
    const QJsonObject heard = shellObject(
        uR"(curl -s -X POST %1/payments/stripe-webhook -H "Content-Type: application/json" \)"
        uR"(  -d '{"id": "evt_test_123", "type": "test.event", "data": {"object": "test"}}')"_s.arg(
            server));
    QCOMPARE(heard, QJsonObject({{u"success"_s, true}, {u"processed"_s, true}}));
    const QString token =
        shellObject(
            uR"(curl -s -X POST %1/auth/register \)"
            uR"(  -H "Content-Type: application/json" \)"
            uR"(  -d '{"email":"business@test.com","password":"password123"}')"_s.arg(server))
            .value(u"access_token"_s)
            .toString();
    const QJsonObject intent =
        shellObject(uR"(curl -s -X POST %1/payments/create-payment-intent \)"
                    uR"(  -H "Content-Type: application/json" \)"
                    uR"(  -H "Authorization: Bearer %2" \)"
                    uR"(  -d '{"amount": 1000, "currency": "usd"}')"_s.arg(server, token));
    QVERIFY(intent.value(u"success"_s).toBool());
    QVERIFY(intent.value(u"client_secret"_s).toString().contains(u"_secret_"));
    const QJsonObject status = shellObject(u"curl -s -X GET %1/payments/subscription-status "
                                           "-H \"Authorization: Bearer %2\""_s.arg(server, token));
    QCOMPARE(status.value(u"status"_s).toString(), u"no_subscription"_s);
    QCOMPARE(stage.sandbox().journal().breaches(), QStringList());
}

void PaymentsJourney::aSubscriptionFromEndToEnd()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    auto &stripe = stage.sandbox().stripe();
    stripe.setWebhook(stage.server().url().toString() + kStripeWebhook);
    AppUser bob(stage, App::Web, u"bob"_s);
    const Answer created = subscribe(bob, order(u"pm_card_visa"_s));
    QVERIFY2(created.status == 200, created.body);
    QVERIFY(created.object().value(u"subscription_id"_s).toString().startsWith(u"sub_"));
    QVERIFY(!created.object().value(u"requires_action"_s).toBool());
    QVERIFY(created.object().value(u"client_secret"_s).isNull());
    // The rights are there with the answer, whenever the events come.
    const QJsonObject status = bob.get(u"/payments/subscription-status"_s).object();
    QCOMPARE(status.value(u"status"_s).toString(), u"active"_s);
    QCOMPARE(status.value(u"plan_name"_s).toString(), u"pro_monthly"_s);
    QCOMPARE(status.value(u"features"_s).toObject().value(u"voice_minutes"_s).toInt(), 500);
    QCOMPARE(bob.get(u"/usage-stats"_s).object().value(u"weekly_call_limit"_s).toInt(), 50);
    QVERIFY(
        QTest::qWaitFor([&] { return history(bob) == QStringList{u"succeeded 9999"_s}; }, 20'000));
    // Not a second one beside it.
    const Answer second = subscribe(bob, order(u"pm_card_visa"_s, u"enterprise_monthly"_s));
    QCOMPARE(second.status, 409);
    QVERIFY(!webErrorText(second).isEmpty());
    const Answer later = bob.postNothing(u"/payments/cancel-subscription?at_period_end=true"_s);
    QCOMPARE(later.status, 200);
    QVERIFY(later.object().value(u"at_period_end"_s).toBool());
    QCOMPARE(statusOf(bob), u"cancelled"_s);
    QVERIFY(bob.get(u"/payments/subscription-status"_s)
                .object()
                .value(u"cancel_at_period_end"_s)
                .toBool());
    QCOMPARE(bob.postNothing(u"/payments/cancel-subscription?at_period_end=false"_s).status, 200);
    QCOMPARE(statusOf(bob), u"expired"_s);
    QCOMPARE(bob.postNothing(u"/payments/cancel-subscription"_s).status, 404);
    QCOMPARE(subscribe(bob, order(u"pm_card_visa"_s, u"basic_monthly"_s)).status, 200);
    QCOMPARE(bob.get(u"/usage-stats"_s).object().value(u"weekly_call_limit"_s).toInt(), 20);
    QVERIFY(QTest::qWaitFor([&] { return history(bob).size() == 2; }, 20'000));
    QCOMPARE(stage.sandbox().journal().breaches(), QStringList());
}

void PaymentsJourney::cardsThatFail()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    AppUser bob(stage, App::Web, u"bob"_s);
    const Answer declined = subscribe(bob, order(u"pm_card_chargeDeclined"_s));
    QCOMPARE(declined.status, 402);
    QCOMPARE(webErrorText(declined), u"Your card was declined."_s);
    QCOMPARE(subscribe(bob, order(u"pm_nowhere"_s)).status, 400);
    stage.sandbox().stripe().addFault({StripeFault::Kind::Failing, 1, "GET /v1/prices"});
    QCOMPARE(subscribe(bob, order(u"pm_card_visa"_s)).status, 502);
    // A decline takes nothing away, and the next card works at once.
    QCOMPARE(statusOf(bob), u"no_subscription"_s);
    QCOMPARE(subscribe(bob, order(u"pm_card_visa"_s)).status, 200);
    QCOMPARE(statusOf(bob), u"active"_s);
}

void PaymentsJourney::theFirstPaymentIsConfirmedLater()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    auto &stripe = stage.sandbox().stripe();
    AppUser bob(stage, App::Web, u"bob"_s);
    const Answer open = subscribe(bob, order(u"pm_card_authenticationRequired"_s));
    QCOMPARE(open.status, 200);
    QVERIFY(open.object().value(u"requires_action"_s).toBool());
    QVERIFY(!open.object().value(u"client_secret"_s).toString().isEmpty());
    QCOMPARE(statusOf(bob), u"no_subscription"_s); // the trial is not lost
    // Without a card at all; the open one makes way.
    const Answer other = subscribe(bob, order({}));
    QVERIFY(other.object().value(u"requires_action"_s).toBool());
    const QString first = open.object().value(u"subscription_id"_s).toString();
    const QString second = other.object().value(u"subscription_id"_s).toString();
    QCOMPARE(stripe.ledger().subscription(first)[u"status"_s].toString(), u"canceled"_s);
    const QJsonObject confirmed = stripe.ledger().confirm(second);
    // The invoice's event comes first.
    QCOMPARE(
        post(stage, stripe.event(u"invoice.payment_succeeded"_s, stripe.ledger().invoiceOf(second)))
            .status,
        200);
    QCOMPARE(statusOf(bob), u"active"_s);
    QCOMPARE(post(stage, stripe.event(u"customer.subscription.updated"_s, confirmed)).status, 200);
    QCOMPARE(statusOf(bob), u"active"_s);
    QCOMPARE(history(bob), QStringList{u"succeeded 9999"_s});
}

void PaymentsJourney::renewalsComeByEvents()
{
    Stage stage(Stage::lacksPostgres() ? Stage::Store::Sqlite : Stage::Store::PostgreSql);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    auto &stripe = stage.sandbox().stripe();
    AppUser bob(stage, App::Web, u"bob"_s);
    const QString id =
        subscribe(bob, order(u"pm_card_visa"_s)).object().value(u"subscription_id"_s).toString();
    const qint64 now = QDateTime::currentSecsSinceEpoch();
    const auto hear = [&](const char *type, const QJsonObject &object, qint64 at) {
        const Answer answer = post(stage, stripe.event(QLatin1String(type), object, at));
        return answer.object() == QJsonObject({{u"success"_s, true}, {u"processed"_s, true}});
    };
    // The sandbox's next period begins in a month, which here is as good as today.
    const QJsonObject unpaid = stripe.ledger().renew(id, false);
    QVERIFY(hear("invoice.payment_failed", stripe.ledger().invoiceOf(id), now + 60));
    QVERIFY(hear("customer.subscription.updated", unpaid, now + 60));
    QCOMPARE(statusOf(bob), u"billing_retry"_s);
    QCOMPARE(history(bob).first(), u"failed 9999"_s);
    const QJsonObject paid = stripe.ledger().confirm(id);
    QVERIFY(hear("invoice.payment_succeeded", stripe.ledger().invoiceOf(id), now + 120));
    QCOMPARE(statusOf(bob), u"active"_s);
    QCOMPARE(history(bob).first(), u"succeeded 9999"_s);
    // An event of before, that was on its way for long, changes nothing any more.
    QVERIFY(hear("customer.subscription.updated", unpaid, now + 61));
    QCOMPARE(statusOf(bob), u"active"_s);
    QVERIFY(hear("customer.subscription.updated", paid, now + 120));
    QVERIFY(std::holds_alternative<QJsonObject>(stripe.ledger().cancel(id)));
    const QJsonObject ended = stripe.ledger().subscription(id);
    QVERIFY(hear("customer.subscription.deleted", ended, now + 180));
    QCOMPARE(statusOf(bob), u"expired"_s);
    QVERIFY(hear("customer.subscription.updated", paid, now + 240));
    QCOMPARE(statusOf(bob), u"expired"_s);
    QVERIFY(hear("invoice.upcoming", {}, now));
}

void PaymentsJourney::eventsAreBelievedBySignature()
{
    Stage stage(Stage::Store::Sqlite,
                {{u"STRIPE_WEBHOOK_SECRET"_s, u"whsec_of_tomorrow, whsec_sandbox"_s}});
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    auto &stripe = stage.sandbox().stripe();
    AppUser bob(stage, App::Web, u"bob"_s);
    const QString id =
        subscribe(bob, order(u"pm_card_visa"_s)).object().value(u"subscription_id"_s).toString();
    QJsonObject forged = stripe.ledger().subscription(id);
    forged.insert(u"status"_s, u"canceled"_s);
    const QJsonObject event = stripe.event(u"customer.subscription.deleted"_s, forged);
    const QByteArray body = QJsonDocument(event).toJson(QJsonDocument::Compact);
    const qint64 now = QDateTime::currentSecsSinceEpoch();
    for (const QByteArray &signature :
         {QByteArray("nonsense"), QByteArray("t=1,v1=00"), stripe.signature(body + ' '),
          stripe.signature(body, now - 400), stripe.signature(body, now + 400)}) {
        const Answer refused = post(stage, event, signature);
        QCOMPARE(refused.status, 400);
        QCOMPARE(webErrorText(refused), u"Invalid signature"_s);
    }
    RestClient nobody(stage.server().url());
    QCOMPARE(nobody.send("POST", kStripeWebhook, "application/json", body).status, 400);
    QCOMPARE(statusOf(bob), u"active"_s);
    const Answer odd = nobody.send("POST", kStripeWebhook, "application/json", "{",
                                   {{"Stripe-Signature", stripe.signature("{")}});
    QCOMPARE(webErrorText(odd), u"Invalid payload"_s);
    QCOMPARE(post(stage, event).status, 200);
    QCOMPARE(statusOf(bob), u"expired"_s);
}

void PaymentsJourney::aLostAnswerChargesNobodyTwice()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    auto &stripe = stage.sandbox().stripe();
    AppUser bob(stage, App::Web, u"bob"_s);
    stripe.addFault({StripeFault::Kind::Lost, -1, "POST /v1/subscriptions"});
    QCOMPARE(subscribe(bob, order(u"pm_card_visa"_s)).status, 504);
    stripe.clearFaults();
    QCOMPARE(stripe.ledger().subscriptionIds().size(), 1);
    // Another order has to wait until it is known what became of this one.
    QCOMPARE(subscribe(bob, order(u"pm_card_visa"_s, u"basic_monthly"_s)).status, 409);
    const Answer again = subscribe(bob, order(u"pm_card_visa"_s));
    QVERIFY2(again.status == 200, again.body);
    QCOMPARE(stripe.ledger().subscriptionIds().size(), 1);
    QCOMPARE(again.object().value(u"subscription_id"_s).toString(),
             stripe.ledger().subscriptionIds().first());
    QCOMPARE(statusOf(bob), u"active"_s);
    stripe.addFault({StripeFault::Kind::Lost, -1, "POST /v1/payment_intents"});
    const QJsonObject payment{{u"amount"_s, 500}};
    QCOMPARE(bob.post(u"/payments/create-payment-intent"_s, payment).status, 504);
    stripe.clearFaults();
    const Answer paid = bob.post(u"/payments/create-payment-intent"_s, payment);
    QCOMPARE(paid.object().value(u"payment_intent_id"_s).toString(),
             stripe.ledger().intentIds().first());
    // Having been answered, the same again is another payment.
    QCOMPARE(bob.post(u"/payments/create-payment-intent"_s, payment).status, 200);
    QCOMPARE(stripe.ledger().intentIds().size(), 2);
    // One customer, however much they buy; if they vanish, another.
    const auto customers = [&] { return stripe.ledger().customerIds().size(); };
    QCOMPARE(customers(), 1);
    stripe.ledger().removeCustomer(
        stripe.ledger()
            .subscription(stripe.ledger().subscriptionIds().first())[u"customer"_s]
            .toString());
    QCOMPARE(bob.post(u"/payments/create-payment-intent"_s, {{u"amount"_s, 600}}).status, 200);
    QCOMPARE(customers(), 2);
    QCOMPARE(stage.sandbox().journal().breaches(), QStringList());
}

/// Somebody clicks four times, and another tab wants another plan.
void PaymentsJourney::ordersAtOnceAreOne()
{
    Stage stage(Stage::lacksPostgres() ? Stage::Store::Sqlite : Stage::Store::PostgreSql);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    RestClient client(stage.server().url());
    const QString token = client
                              .post(u"/auth/register"_s, {{u"email"_s, u"bob@example.com"_s},
                                                          {u"password"_s, u"password123"_s}})
                              .object()
                              .value(u"access_token"_s)
                              .toString();
    const auto curl = [&](const QJsonObject &body) {
        return uR"(curl -s -o /dev/null -w '%{http_code}\n' -H "Authorization: Bearer )"_s + token
               + uR"(" -H "Content-Type: application/json" -d ')"_s
               + QString::fromUtf8(QJsonDocument(body).toJson(QJsonDocument::Compact)) + u"' "_s
               + stage.server().url().toString() + u"/payments/create-subscription & "_s;
    };
    const QString pro = curl(order(u"pm_card_visa"_s));
    const QString basic = curl(order(u"pm_card_visa"_s, u"basic_monthly"_s));
    const QByteArray statuses = shellOutput(pro + pro + basic + pro + pro + u"wait"_s);
    QVERIFY2(statuses.contains("200"), statuses);
    for (const QByteArray &status : statuses.trimmed().split('\n'))
        QVERIFY2(status == "200" || status == "409", statuses);
    QCOMPARE(stage.sandbox().stripe().ledger().subscriptionIds().size(), 1);
    QCOMPARE(stage.sandbox().stripe().ledger().customerIds().size(), 1);
    QCOMPARE(stage.sandbox().journal().breaches(), QStringList());
}

QTEST_GUILESS_MAIN(PaymentsJourney)
#include "tst_payments_journey.moc"
