// What stands beside subscriptions: prices, payments, use, plans, accounts.
#include "tests/journeys/payment_steps.h"

#include <QObject>
#include <QTest>

using namespace tests;
using App = AppUser::App;

class PaymentRecordsJourney : public QObject
{
    Q_OBJECT
private slots:
    void oneCannotBuyDearForCheap();
    void paymentsOfTheirOwn();
    void useIsMeteredAndReported();
    void staffKeepThePlans();
    void accountsThatStillPayStay();
    void withoutStripe();
};

void PaymentRecordsJourney::oneCannotBuyDearForCheap()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    auto &stripe = stage.sandbox().stripe();
    stripe.ledger().addPrice(u"price_cent"_s, 1, u"month"_s);
    stripe.ledger().addPrice(u"price_pro_yearly"_s, 9'999, u"year"_s);
    AppUser bob(stage, App::Web, u"bob"_s);
    for (const char *price : {"price_basic_monthly", "price_cent", "price_pro_yearly", "nowhere"}) {
        QJsonObject body = order(u"pm_card_visa"_s);
        body.insert(u"price_id"_s, QLatin1String(price));
        const Answer refused = subscribe(bob, body);
        QVERIFY2(refused.status == 400, price);
        QVERIFY(webErrorText(refused).startsWith(u"Failed to create subscription: "));
    }
    for (const char *plan : {"nowhere", "mobile_weekly", "business_trial", "usage_based", "staff"})
        QCOMPARE(subscribe(bob, order(u"pm_card_visa"_s, QLatin1String(plan))).status, 400);
    AppUser ann(stage, App::Ios, u"ann"_s);
    QCOMPARE(subscribe(ann, order(u"pm_card_visa"_s)).status, 400);
    QCOMPARE(stripe.ledger().subscriptionIds().size(), 0);
    // Somebody else's card.
    QCOMPARE(subscribe(bob, order(u"pm_card_visa"_s)).status, 200);
    AppUser eve(stage, App::Web, u"eve"_s);
    QCOMPARE(subscribe(eve, order(u"pm_sandbox00000002"_s)).status, 400);
}

void PaymentRecordsJourney::paymentsOfTheirOwn()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    auto &stripe = stage.sandbox().stripe();
    AppUser bob(stage, App::Web, u"bob"_s);
    AppUser eve(stage, App::Web, u"eve"_s);
    const QString route = u"/payments/create-payment-intent"_s;
    const QJsonObject metadata{{u"user_id"_s, QString::number(eve.id())}, {u"order"_s, u"7"_s}};
    const Answer made = bob.post(route, {{u"amount"_s, 1'000},
                                         {u"currency"_s, u"USD"_s},
                                         {u"description"_s, u"Custom scenario setup"_s},
                                         {u"metadata"_s, metadata}});
    QVERIFY2(made.status == 200, made.body);
    const QString id = made.object().value(u"payment_intent_id"_s).toString();
    QCOMPARE(history(bob), QStringList{u"pending 1000"_s});
    const QJsonObject settled = stripe.ledger().settleIntent(id, true);
    QCOMPARE(settled[u"metadata"_s][u"user_id"_s].toString(), QString::number(bob.id()));
    QCOMPARE(post(stage, stripe.event(u"payment_intent.succeeded"_s, settled)).status, 200);
    QCOMPARE(history(bob), QStringList{u"succeeded 1000"_s});
    QCOMPARE(history(eve), QStringList());
    const QJsonObject charge{{u"payment_intent"_s, id}, {u"refunded"_s, true}};
    QCOMPARE(post(stage, stripe.event(u"charge.refunded"_s, charge)).status, 200);
    QCOMPARE(history(bob), QStringList{u"refunded 1000"_s});
    for (const QJsonObject &bad :
         {QJsonObject{{u"amount"_s, 49}}, QJsonObject{{u"amount"_s, 1'000'001}},
          QJsonObject{{u"amount"_s, 10.5}},
          QJsonObject{{u"amount"_s, 1'000}, {u"currency"_s, u"dollars"_s}},
          QJsonObject{{u"amount"_s, 1'000}, {u"metadata"_s, QJsonObject{{u"a[b]"_s, u"c"_s}}}},
          QJsonObject{{u"amount"_s, 1'000}, {u"metadata"_s, QJsonObject{{u"a"_s, 1}}}}})
        QCOMPARE(bob.post(route, bad).status, 422);
    QCOMPARE(bob.post(route, {{u"amount"_s, 1'000}, {u"currency"_s, u"eur"_s}}).status, 400);
    QCOMPARE(stage.sandbox().journal().breaches(), QStringList());
    // What is kept of payments is theirs to take along.
    const QJsonObject data = bob.get(u"/users/me/export"_s).object();
    QCOMPARE(data[u"payments"_s].toArray().size(), 1);
    QCOMPARE(data[u"payments"_s][0][u"amount"_s].toInt(), 1'000);
}

void PaymentRecordsJourney::useIsMeteredAndReported()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    AppUser bob(stage, App::Web, u"bob"_s);
    const qint64 call = bob.post(u"/calls"_s, {{u"phone_number"_s, u"+14155550123"_s}})
                            .object()
                            .value(u"id"_s)
                            .toInteger();
    QVERIFY(call > 0);
    const auto isTalking = [](const QJsonObject &shown) {
        return shown.value(u"status"_s).toString() == u"in-progress";
    };
    const auto shown = [&] { return bob.get(u"/calls/%1"_s.arg(call)).object(); };
    QVERIFY(QTest::qWaitFor([&] { return isTalking(shown()); }, 30'000));
    stage.staff().post(u"/admin/calls/%1/hangup"_s.arg(call), {});
    const auto summary = [&] {
        return bob.get(u"/payments/usage-summary"_s).object().value(u"usage_summary"_s).toObject();
    };
    QVERIFY(QTest::qWaitFor([&] { return summary().contains(u"voice_call"_s); }, 30'000));
    QCOMPARE(summary()[u"voice_call"_s][u"total_amount"_s].toInt(), 1);
    const QString route = u"/payments/record-usage"_s;
    const QJsonObject report{{u"service_type"_s, u"voice_call"_s},
                             {u"usage_amount"_s, 5},
                             {u"usage_unit"_s, u"minutes"_s},
                             {u"resource_id"_s, call},
                             {u"cost_per_unit"_s, -1'000.0}};
    const Answer reported = bob.post(route, report);
    QVERIFY2(reported.status == 200, reported.body);
    QCOMPARE(reported.object().value(u"total_cost"_s).toInt(), 25);
    QCOMPARE(reported.object().value(u"message"_s).toString(),
             u"Recorded 5 minutes of voice_call"_s);
    const QJsonObject all = bob.get(u"/payments/usage-summary"_s).object();
    QCOMPARE(all[u"usage_summary"_s][u"voice_call"_s][u"total_amount"_s].toInt(), 6);
    QCOMPARE(all[u"usage_summary"_s][u"voice_call"_s][u"reported_amount"_s].toInt(), 5);
    QCOMPARE(all[u"total_cost"_s].toInt(), 25);
    QCOMPARE(all[u"billable_cost"_s].toInt(), 0);
    const QJsonObject long_ago =
        bob.get(u"/payments/usage-summary?billing_period=2025-09"_s).object();
    QCOMPARE(long_ago[u"billing_period"_s].toString(), u"2025-09"_s);
    QCOMPARE(long_ago[u"usage_summary"_s].toObject(), QJsonObject());
    QCOMPARE(bob.get(u"/payments/usage-summary?billing_period=2025-13"_s).status, 422);
    AppUser eve(stage, App::Web, u"eve"_s);
    QCOMPARE(eve.post(route, report).status, 404); // another's call
    for (const char *field : {"service_type", "usage_unit"}) {
        QJsonObject bad = report;
        bad.insert(QLatin1String(field), u"kisses"_s);
        QCOMPARE(bob.post(route, bad).status, 422);
    }
    QJsonObject negative = report;
    negative.insert(u"usage_amount"_s, -5);
    QCOMPARE(bob.post(route, negative).status, 422);
}

void PaymentRecordsJourney::staffKeepThePlans()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    const QString plans = u"/payments/admin/subscription-plans"_s;
    const QJsonObject starter{{u"plan_id"_s, u"starter_monthly"_s},
                              {u"name"_s, u"Starter Monthly"_s},
                              {u"plan_type"_s, u"monthly"_s},
                              {u"features"_s, QJsonObject{{u"voice_minutes"_s, 50},
                                                          {u"sms_messages"_s, 200},
                                                          {u"custom_scenarios"_s, 1}}}};
    AppUser bob(stage, App::Web, u"bob"_s);
    QCOMPARE(bob.post(plans, starter).status, 403);
    const Answer made = stage.staff().post(plans, starter);
    QVERIFY2(made.status == 200, made.body);
    QCOMPARE(made.object()[u"plan"_s][u"type"_s].toString(), u"monthly"_s);
    QCOMPARE(stage.staff().post(plans, starter).status, 409);
    const auto put = [&](const QJsonObject &change) {
        return stage.staff().send("PUT", plans + u"/starter_monthly"_s, "application/json",
                                  QJsonDocument(change).toJson());
    };
    QCOMPARE(put({{u"price"_s, u"19.99"_s}}).status, 200);
    QCOMPARE(put({{u"price"_s, u"19.999"_s}}).status, 422);
    const auto offered = [&] {
        return bob.get(u"/payments/subscription-plans"_s).object()[u"plans"_s].toObject();
    };
    QCOMPARE(offered()[u"starter_monthly"_s][u"price"_s].toString(), u"$19.99/month"_s);
    // Sold at once.
    stage.sandbox().stripe().ledger().addPrice(u"price_starter_monthly"_s, 1'999, u"month"_s);
    QCOMPARE(subscribe(bob, order(u"pm_card_visa"_s, u"starter_monthly"_s)).status, 200);
    const Answer removed = stage.staff().send("DELETE", plans + u"/starter_monthly"_s, {}, {});
    QCOMPARE(removed.status, 200);
    QCOMPARE(removed.object()[u"deleted_plan"_s][u"name"_s].toString(), u"Starter Monthly"_s);
    QVERIFY(!offered().contains(u"starter_monthly"_s));
    QCOMPARE(statusOf(bob), u"active"_s); // it goes on for those who have it
    AppUser eve(stage, App::Web, u"eve"_s);
    QCOMPARE(subscribe(eve, order(u"pm_card_visa"_s, u"starter_monthly"_s)).status, 400);
    QCOMPARE(stage.staff().send("DELETE", plans + u"/nowhere"_s, {}, {}).status, 404);
    QVERIFY(stage.restart());
    QVERIFY(!RestClient(stage.server().url())
                 .get(u"/payments/subscription-plans"_s)
                 .object()[u"plans"_s]
                 .toObject()
                 .contains(u"starter_monthly"_s));
}

void PaymentRecordsJourney::accountsThatStillPayStay()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    AppUser bob(stage, App::Web, u"bob"_s);
    QCOMPARE(subscribe(bob, order(u"pm_card_visa"_s)).status, 200);
    const QJsonObject goodbye{{u"password"_s, u"password123"_s}};
    const Answer refused = bob.send("DELETE", u"/users/me"_s, goodbye);
    QCOMPARE(refused.status, 409);
    QVERIFY(webErrorText(refused).contains(u"cancel"));
    QCOMPARE(bob.postNothing(u"/payments/cancel-subscription"_s).status, 200);
    QCOMPARE(bob.send("DELETE", u"/users/me"_s, goodbye).status, 200);
    // Stripe's word about somebody who is gone is heard.
    auto &stripe = stage.sandbox().stripe();
    const QJsonObject ended =
        stripe.ledger().subscription(stripe.ledger().subscriptionIds().first());
    QCOMPARE(post(stage, stripe.event(u"customer.subscription.deleted"_s, ended)).status, 200);
}

void PaymentRecordsJourney::withoutStripe()
{
    Stage stage(Stage::Store::Sqlite, {{u"STRIPE_SECRET_KEY"_s, QString()}});
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    AppUser bob(stage, App::Web, u"bob"_s);
    QCOMPARE(subscribe(bob, {}).status, 422);
    QCOMPARE(subscribe(bob, order({}, u"nowhere"_s)).status, 400);
    const Answer unset = subscribe(bob, order(u"pm_card_visa"_s));
    QCOMPARE(unset.status, 503);
    QVERIFY(!webErrorText(unset).isEmpty());
    QCOMPARE(bob.post(u"/payments/create-payment-intent"_s, {{u"amount"_s, 1'000}}).status, 503);
    QCOMPARE(bob.postNothing(u"/payments/cancel-subscription"_s).status, 404);
    QCOMPARE(history(bob), QStringList());
    ServerProcess production;
    QVERIFY(production.run({u"--check-config"_s}, {{u"STRIPE_SECRET_KEY"_s, u"sk_live_1"_s},
                                                   {u"APP_STORE_SHARED_SECRET"_s, u"x"_s}})
            != 0);
    QVERIFY2(production.errors().contains("STRIPE_WEBHOOK_SECRET is missing"), production.errors());
    QVERIFY2(production.errors().contains("APP_STORE_SHARED_SECRET needs"), production.errors());
}

QTEST_GUILESS_MAIN(PaymentRecordsJourney)
#include "tst_payment_records_journey.moc"
