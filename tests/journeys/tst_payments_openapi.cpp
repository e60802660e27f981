// Answers about money against their description.
#include "tests/journeys/described_api.h"
#include "tests/journeys/payment_steps.h"

#include <QObject>
#include <QTest>

using namespace tests;

class PaymentsOpenApi : public QObject
{
    Q_OBJECT
private slots:
    void answersMatchTheirSchemas();
};

void PaymentsOpenApi::answersMatchTheirSchemas()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    RestClient nobody(stage.server().url());
    RestClient &staff = stage.staff();
    const QJsonObject api = nobody.get(u"/openapi.json"_s).object();
    AppUser bob(stage, AppUser::App::Web, u"bob"_s);
    AppUser ann(stage, AppUser::App::Ios, u"ann"_s);
    DescribedAnswers check(api);
    const auto get = [&](const char *path, const char *query, int status) {
        check(bob.get(QLatin1String(path) + QLatin1String(query)), "get", path, status);
    };
    const auto bobs = [&](const char *path, const QJsonObject &body, int status) {
        check(bob.post(QLatin1String(path), body), "post", path, status);
    };

    check(nobody.get(u"/payments/subscription-plans"_s), "get", "/payments/subscription-plans",
          200);
    get("/payments/subscription-status", "", 200);
    check(nobody.get(u"/payments/subscription-status"_s), "get", "/payments/subscription-status",
          401);
    const char *const create = "/payments/create-subscription";
    bobs(create, {}, 422);
    bobs(create, order({}, u"nowhere"_s), 400);
    bobs(create, order(u"pm_card_chargeDeclined"_s), 402);
    bobs(create, order(u"pm_card_authenticationRequired"_s), 200);
    bobs(create, order(u"pm_card_visa"_s), 200);
    bobs(create, order(u"pm_card_visa"_s), 409);
    get("/payments/subscription-status", "", 200);
    const char *const cancel = "/payments/cancel-subscription";
    check(bob.postNothing(u"/payments/cancel-subscription?at_period_end=maybe"_s), "post", cancel,
          422);
    check(bob.postNothing(QLatin1String(cancel)), "post", cancel, 200);
    check(ann.postNothing(QLatin1String(cancel)), "post", cancel, 404);
    const char *const intent = "/payments/create-payment-intent";
    bobs(intent, {{u"amount"_s, 1'000}}, 200);
    bobs(intent, {{u"amount"_s, 1}}, 422);
    bobs(intent, {{u"amount"_s, 1'000}, {u"currency"_s, u"eur"_s}}, 400);
    get("/payments/billing-history", "", 200);
    get("/payments/billing-history", "?limit=0", 422);
    const char *const record = "/payments/record-usage";
    const QJsonObject use{
        {u"service_type"_s, u"sms"_s}, {u"usage_amount"_s, 3}, {u"usage_unit"_s, u"messages"_s}};
    bobs(record, use, 200);
    bobs(record, {}, 422);
    QJsonObject others = use;
    others.insert(u"resource_id"_s, 7);
    bobs(record, others, 404);
    get("/payments/usage-summary", "", 200);
    get("/payments/usage-summary", "?billing_period=soon", 422);
    const char *const webhook = "/payments/stripe-webhook";
    auto &stripe = stage.sandbox().stripe();
    check(post(stage, stripe.event(u"x"_s, {})), "post", webhook, 200);
    check(post(stage, stripe.event(u"x"_s, {}), "nonsense"), "post", webhook, 400);

    const char *const plans = "/payments/admin/subscription-plans";
    const char *const plan = "/payments/admin/subscription-plans/{plan_id}";
    const QJsonObject starter{{u"plan_id"_s, u"starter"_s},
                              {u"name"_s, u"Starter"_s},
                              {u"plan_type"_s, u"yearly"_s},
                              {u"features"_s, QJsonObject{{u"voice_minutes"_s, 50}}}};
    check(staff.post(QLatin1String(plans), starter), "post", plans, 200);
    check(staff.post(QLatin1String(plans), starter), "post", plans, 409);
    check(staff.post(QLatin1String(plans), {}), "post", plans, 422);
    QJsonObject bad = starter;
    bad.insert(u"plan_id"_s, u"a-b"_s);
    check(staff.post(QLatin1String(plans), bad), "post", plans, 400);
    bobs(plans, starter, 403);
    const auto on = [&](const QByteArray &method, const char *id, const QByteArray &body,
                        int status) {
        check(staff.send(method, QLatin1String(plans) + u'/' + QLatin1String(id),
                         body.isEmpty() ? "" : "application/json", body),
              method.toLower(), plan, status);
    };
    on("PUT", "starter", R"({"pricing": {"voice_per_minute": 0.07}})", 200);
    on("PUT", "starter", R"({"features": {"voice_minutes": "many"}})", 400);
    on("PUT", "starter", R"({"name": ""})", 422);
    on("PUT", "nowhere", R"({"name": "X"})", 404);
    on("DELETE", "starter", {}, 200);
    on("DELETE", "starter", {}, 404);

    const char *const upgrade = "/mobile/upgrade-subscription";
    check(ann.post(QLatin1String(upgrade), {}), "post", upgrade, 422);
    check(ann.post(QLatin1String(upgrade), {{u"receipt_data"_s, u"x"_s}}), "post", upgrade, 400);
    const char *const purchase = "/mobile/purchase-subscription";
    check(ann.post(QLatin1String(purchase), {}), "post", purchase, 422);
    check(ann.post(QLatin1String(purchase),
                   {{u"receipt_data"_s, u"a.b.c"_s}, {u"product_id"_s, u"x"_s}}),
          "post", purchase, 400);
    const char *const apple = "/mobile/app-store/webhook";
    check(nobody.post(QLatin1String(apple), {}), "post", apple, 422);
    check(nobody.post(QLatin1String(apple), {{u"signedPayload"_s, u"a.b.c"_s}}), "post", apple,
          401);
    QVERIFY2(check.wrong().isEmpty(), qPrintable(check.wrong().join(u'\n')));
    QCOMPARE(check.count(), 42);
}

QTEST_GUILESS_MAIN(PaymentsOpenApi)
#include "tst_payments_openapi.moc"
