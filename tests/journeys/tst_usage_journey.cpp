// What a plan allows, as the two apps and staff see it.
#include "tests/journeys/app_clients.h"

#include <QObject>
#include <QTest>

using namespace tests;
using App = AppUser::App;

namespace {

const QString kPhone = QStringLiteral("+14155550123");
const QString kBusyPhone = QStringLiteral("+14155550001"); // the sandbox's engaged number

QJsonObject order(const QString &phone = kPhone)
{
    return {{QStringLiteral("phone_number"), phone},
            {QStringLiteral("scenario"), QStringLiteral("fake_celebrity")}};
}

QString latin(const char *text)
{
    return QString::fromLatin1(text);
}

/// Grants a plan as staff.
Answer grant(Stage &stage, qint64 user, const QString &plan)
{
    return stage.staff().post(QStringLiteral("/admin/users/%1/subscription").arg(user),
                              {{QStringLiteral("plan"), plan}});
}

} // namespace

class UsageJourney : public QObject
{
    Q_OBJECT
private slots:
    void newcomersOfTheMobileApp();
    void newcomersOfTheWebApp();
    void mobileTrialEndsAfterThreeCalls();
    void webTrialEndsAfterFourCalls();
    void callsThatNeverConnectAreGivenBack();
    void staffGrantsWhatPaymentsWill();
    void scheduledCallsAreGatedAndPlacedOnce();
    void onesOwnScenariosNeedASubscriptionOnMobile();
    void pricesComeFromTheCatalogue();
};

/// The mobile test flow of the project's document, line by line.
void UsageJourney::newcomersOfTheMobileApp()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    const QString server = stage.server().url().toString();
    const QJsonObject registered = shellObject(QStringLiteral(R"(# Register mobile user
curl -X POST %1/auth/register \
  -H "Content-Type: application/json" \
  -H "X-App-Type: mobile" \
  -d '{"email":"mobile@test.com","password":"password123"}')")
                                                   .arg(server));
    const QString token = registered.value(QLatin1String("access_token")).toString();
    QVERIFY(!token.isEmpty());
    const QJsonObject stats = shellObject(QStringLiteral(R"(# Check usage stats
curl -X GET %1/mobile/usage-stats \
  -H "Authorization: Bearer %2" \
  -H "X-App-Type: mobile")")
                                              .arg(server, token));
    QCOMPARE(stats.value(QLatin1String("app_type")).toString(), latin("mobile_consumer"));
    QCOMPARE(stats.value(QLatin1String("trial_calls_remaining")).toInt(), 3);
    QCOMPARE(stats.value(QLatin1String("is_trial_active")).toBool(), true);
}

/// The business test flow of the project's document, line by line.
void UsageJourney::newcomersOfTheWebApp()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    const QString server = stage.server().url().toString();
    const QJsonObject registered = shellObject(QStringLiteral(R"(# Register business user (default)
curl -X POST %1/auth/register \
  -H "Content-Type: application/json" \
  -d '{"email":"business@test.com","password":"password123"}')")
                                                   .arg(server));
    const QString token = registered.value(QLatin1String("access_token")).toString();
    QVERIFY(!token.isEmpty());
    const QJsonObject status = shellObject(QStringLiteral(R"(# Check subscription status
curl -X GET %1/payments/subscription-status \
  -H "Authorization: Bearer %2")")
                                               .arg(server, token));
    QCOMPARE(status.value(QLatin1String("has_subscription")).toBool(true), false);
    QCOMPARE(status.value(QLatin1String("status")).toString(), latin("no_subscription"));
    RestClient web(stage.server().url());
    web.setToken(token);
    const QJsonObject stats = web.get(latin("/usage-stats")).object();
    QCOMPARE(stats.value(QLatin1String("app_type")).toString(), latin("web_business"));
    QCOMPARE(stats.value(QLatin1String("trial_calls_remaining")).toInt(), 4);
}

void UsageJourney::mobileTrialEndsAfterThreeCalls()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    AppUser ann(stage, App::Ios, latin("ann"));
    QVERIFY(ann.isIn());
    for (int made = 0; made < 3; ++made) {
        QCOMPARE(iosTrialCalls(ann.get(latin("/mobile/usage-stats"))), 3 - made);
        const auto permission =
            iosPermission(ann.postNothing(latin("/mobile/check-call-permission")));
        QVERIFY(permission && permission->canMakeCall);
        QCOMPARE(permission->status, latin("trial_call_available"));
        QCOMPARE(permission->durationLimit, 60);
        // Different numbers: the app's repeated order would be the same call.
        const auto call = iosCall(
            ann.post(latin("/mobile/make-call"), order(QStringLiteral("+1415555013%1").arg(made))));
        QVERIFY(call && !call->callSid.isEmpty());
        QCOMPARE(call->durationLimit, 60);
        QCOMPARE(call->isUpgradeRecommended, made >= 1);
    }
    const auto permission = iosPermission(ann.postNothing(latin("/mobile/check-call-permission")));
    QVERIFY(permission && !permission->canMakeCall && !permission->message.isEmpty());
    QCOMPARE(permission->status, latin("trial_exhausted"));
    const auto refusal = iosRefusal(ann.post(latin("/mobile/make-call"), order()));
    QVERIFY(refusal.has_value());
    QCOMPARE(refusal->error, latin("trial_exhausted"));
    QCOMPARE(refusal->options, 2);
    QCOMPARE(stage.sandbox().phone().calls().size(), size_t(3));
    const QJsonObject history = ann.get(latin("/mobile/call-history?limit=2")).object();
    const QJsonArray calls = history.value(QLatin1String("call_history")).toArray();
    QCOMPARE(calls.size(), 2);
    QVERIFY(std::all_of(calls.begin(), calls.end(), [](const QJsonValue &call) {
        return call.toObject().value(QLatin1String("call_sid")).isString();
    }));
}

void UsageJourney::webTrialEndsAfterFourCalls()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    AppUser bob(stage, App::Web, latin("bob"));
    for (int made = 0; made < 4; ++made) {
        const Answer answer = bob.get(latin("/make-call/4155550123/default"));
        QCOMPARE(answer.status, 200);
        QCOMPARE(answer.header("Cache-Control"), QByteArray("no-store"));
    }
    const Answer refused = bob.get(latin("/make-call/4155550123/default"));
    QCOMPARE(refused.status, 402);
    QVERIFY(!webErrorText(refused).isEmpty());
    const QJsonObject body = refused.object();
    QCOMPARE(body.value(QLatin1String("error")).toString(), latin("trial_exhausted"));
    QCOMPARE(body.value(QLatin1String("pricing"))
                 .toObject()
                 .value(QLatin1String("basic_plan"))
                 .toObject()
                 .value(QLatin1String("price"))
                 .toString(),
             latin("$49.99"));
    // No other door leads to the phone.
    QCOMPARE(bob.post(latin("/calls"), order()).status, 402);
    QCOMPARE(bob.post(latin("/mobile/make-call"), order()).status, 402);
    QCOMPARE(bob.post(latin("/schedule-call"),
                      {{latin("phone_number"), kPhone},
                       {latin("scheduled_time"),
                        QDateTime::currentDateTimeUtc().addSecs(60).toString(Qt::ISODate)}})
                 .status,
             402);
    QCOMPARE(stage.sandbox().phone().calls().size(), size_t(4));
}

void UsageJourney::callsThatNeverConnectAreGivenBack()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    AppUser ann(stage, App::Ios, latin("ann"));
    const auto left = [&] { return iosTrialCalls(ann.get(latin("/mobile/usage-stats"))); };
    QVERIFY(iosCall(ann.post(latin("/mobile/make-call"), order(kBusyPhone))));
    QVERIFY(QTest::qWaitFor([&] { return left() == 3; }, 10'000));
    // The phone network does not take the order at all.
    stage.sandbox().phone().faults().add({sandbox::FaultKind::TooMany, {}, 1});
    QCOMPARE(ann.post(latin("/mobile/make-call"), order()).status, 502);
    QCOMPARE(left(), 3);
}

void UsageJourney::staffGrantsWhatPaymentsWill()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    AppUser bob(stage, App::Web, latin("bob"));
    const QJsonArray found = stage.staff().get(latin("/admin/users?email=BOB@example.com")).array();
    QCOMPARE(found.size(), 1);
    const qint64 id = found.first().toObject().value(QLatin1String("id")).toInteger();
    QCOMPARE(id, bob.id());
    QCOMPARE(grant(stage, id, latin("basic_monthly")).status, 200);
    const QJsonObject stats = bob.get(latin("/usage-stats")).object();
    QCOMPARE(stats.value(QLatin1String("subscription_tier")).toString(), latin("business_basic"));
    QCOMPARE(stats.value(QLatin1String("weekly_call_limit")).toInt(), 20);
    QCOMPARE(stats.value(QLatin1String("calls_remaining_this_week")).toInt(), 20);
    QCOMPARE(bob.post(latin("/calls"), order()).status, 201);
    QCOMPARE(bob.get(latin("/usage-stats"))
                 .object()
                 .value(QLatin1String("calls_remaining_this_week"))
                 .toInt(),
             19);
    const QJsonObject status = bob.get(latin("/payments/subscription-status")).object();
    QCOMPARE(status.value(QLatin1String("plan_name")).toString(), latin("basic_monthly"));
    QCOMPARE(status.value(QLatin1String("has_subscription")).toBool(), true);
    // Wrong plans, wrong people.
    QCOMPARE(grant(stage, id, latin("mobile_weekly")).status, 422);
    QCOMPARE(grant(stage, id, latin("nowhere")).status, 404);
    QCOMPARE(grant(stage, 999'999, latin("basic_monthly")).status, 404);
    QCOMPARE(bob.post(QStringLiteral("/admin/users/%1/subscription").arg(id),
                      {{latin("plan"), latin("enterprise_monthly")}})
                 .status,
             403);
    // Ended at once: what is left of the trial does not come back.
    const QString subscription =
        QStringLiteral("/admin/users/%1/subscription?at_period_end=false").arg(id);
    QCOMPARE(stage.staff().send("DELETE", subscription, {}, {}).status, 200);
    const Answer refused = bob.post(latin("/calls"), order());
    QCOMPARE(refused.object().value(QLatin1String("error")).toString(), latin("upgrade_required"));
}

void UsageJourney::scheduledCallsAreGatedAndPlacedOnce()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    AppUser ann(stage, App::Ios, latin("ann"));
    const auto at = [](int seconds) {
        return QDateTime::currentDateTimeUtc().addSecs(seconds).toString(Qt::ISODate);
    };
    QJsonObject soon = order();
    soon.insert(latin("scheduled_time"), at(1));
    const auto scheduled = iosScheduled(ann.post(latin("/schedule-call"), soon));
    QVERIFY(scheduled.has_value());
    soon.insert(latin("scheduled_time"), at(3'600));
    const Answer later = ann.post(latin("/mobile/schedule-call"), soon);
    QCOMPARE(later.object().value(QLatin1String("status")).toString(), latin("scheduled"));
    QCOMPARE(iosTrialCalls(ann.get(latin("/mobile/usage-stats"))), 3); // nothing counted yet
    const auto statusOf = [&](qint64 id) {
        const QJsonArray all = ann.get(latin("/scheduled-calls")).array();
        for (const auto &call : all) {
            if (call.toObject().value(QLatin1String("id")).toInteger() == id)
                return call.toObject().value(QLatin1String("status")).toString();
        }
        return QString();
    };
    QVERIFY(QTest::qWaitFor([&] { return statusOf(scheduled->id) == latin("placed"); }, 15'000));
    QCOMPARE(iosTrialCalls(ann.get(latin("/mobile/usage-stats"))), 2);
    QCOMPARE(stage.sandbox().phone().calls().size(), size_t(1));
    const qint64 waiting = later.object().value(QLatin1String("schedule_id")).toInteger();
    QCOMPARE(ann.send("DELETE", QStringLiteral("/scheduled-calls/%1").arg(waiting)).status, 200);
    QCOMPARE(ann.send("DELETE", QStringLiteral("/scheduled-calls/%1").arg(waiting)).status, 404);
    // The older form: everything in the query. And times that cannot be.
    QCOMPARE(ann.postNothing(latin("/mobile/schedule-call?phone_number=4155550124")).status, 200);
    soon.insert(latin("scheduled_time"), latin("tomorrow"));
    QCOMPARE(ann.post(latin("/schedule-call"), soon).status, 422);
    soon.insert(latin("scheduled_time"), latin("2020-01-01T00:00:00Z"));
    QCOMPARE(ann.post(latin("/schedule-call"), soon).status, 422);
}

void UsageJourney::onesOwnScenariosNeedASubscriptionOnMobile()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    AppUser ann(stage, App::Ios, latin("ann"));
    const QJsonObject words{{latin("name"), latin("Keeper")},
                            {latin("persona"), latin("You are a lighthouse keeper.")},
                            {latin("prompt"), latin("Tell of last night's storm.")},
                            {latin("voice_type"), latin("verse")},
                            {latin("temperature"), 0.5}};
    const QJsonObject created = ann.post(latin("/realtime/custom-scenario"), words).object();
    const QString id = created.value(QLatin1String("scenario_id")).toString();
    QVERIFY(!id.isEmpty() && created.value(QLatin1String("message")).isString());
    const QJsonObject custom{{latin("phone_number"), kPhone}, {latin("scenario_id"), id}};
    const Answer refused = ann.post(latin("/mobile/make-custom-call"), custom);
    QCOMPARE(refused.status, 402);
    QVERIFY(refused.object().value(QLatin1String("detail")).isString());
    QCOMPARE(grant(stage, ann.id(), latin("mobile_weekly")).status, 200);
    const Answer called = ann.post(latin("/mobile/make-custom-call"), custom);
    const auto call = iosCall(called);
    QVERIFY(call.has_value());
    QCOMPARE(call->durationLimit, 120);
    QVERIFY(!call->leftThisWeek); // unlimited
    QCOMPARE(called.object().value(QLatin1String("scenario_name")).toString(),
             latin("You are a lighthouse keeper."));
    // iOS sends its own ids here too; nobody else may.
    QJsonObject byId = order();
    byId.insert(latin("scenario"), id);
    QVERIFY(iosCall(ann.post(latin("/mobile/make-call"), byId)));
    AppUser eve(stage, App::Ios, latin("eve"));
    QCOMPARE(eve.post(latin("/mobile/make-call"), byId).status, 400);
    QCOMPARE(eve.get(QStringLiteral("/custom-scenarios/") + id).status, 404);
    // The web app's list, and its plural spelling.
    AppUser bob(stage, App::Web, latin("bob"));
    for (int i = 0; i < 3; ++i)
        QCOMPARE(bob.post(latin("/realtime/custom-scenarios"), words).status, 200);
    const Answer fourth = bob.post(latin("/realtime/custom-scenarios"), words);
    QCOMPARE(fourth.status, 400);
    QVERIFY(webErrorText(fourth).contains(QLatin1Char('3')));
    const QJsonObject first = bob.get(latin("/custom-scenarios")).array().first().toObject();
    QVERIFY(first.value(QLatin1String("id")).isString());
    QVERIFY(first.value(QLatin1String("voice_type")).isString());
    // It dials ten digits, without a country.
    const QString dial = QStringLiteral("/make-custom-call/4155550124/");
    QCOMPARE(bob.get(dial + first.value(QLatin1String("id")).toString()).status, 200);
    QCOMPARE(
        stage.sandbox().phone().calls().back()->resource().value(QLatin1String("to")).toString(),
        latin("+14155550124"));
    const Answer others = bob.get(dial + id);
    QCOMPARE(others.status, 404);
    QVERIFY(!webErrorText(others).isEmpty());
    QCOMPARE(bob.send("DELETE", QStringLiteral("/custom-scenarios/")
                                    + first.value(QLatin1String("id")).toString())
                 .status,
             200);
}

void UsageJourney::pricesComeFromTheCatalogue()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    RestClient nobody(stage.server().url());
    const QJsonObject pricing = nobody.get(latin("/mobile/pricing")).object();
    const QJsonArray plans = pricing.value(QLatin1String("plans")).toArray();
    QCOMPARE(plans.size(), 2);
    for (const auto &plan : plans) {
        for (const char *name : {"id", "name", "price", "billing", "calls", "duration_limit"})
            QVERIFY2(plan.toObject().value(QLatin1String(name)).isString(), name);
        QVERIFY(plan.toObject().value(QLatin1String("features")).isArray());
    }
    QCOMPARE(plans.first().toObject().value(QLatin1String("price")).toString(), latin("$4.99"));
    QVERIFY(plans.first()
                .toObject()
                .value(QLatin1String("calls"))
                .toString()
                .contains(QLatin1String("Unlimited")));
    const QJsonObject addon = pricing.value(QLatin1String("addon")).toObject();
    for (const char *name : {"id", "name", "price", "calls", "expires", "description"})
        QVERIFY2(addon.value(QLatin1String(name)).isString(), name);
    const QJsonObject scenarios = nobody.get(latin("/mobile/scenarios")).object();
    QCOMPARE(scenarios.value(QLatin1String("scenarios")).toArray().size(), 5);
    const QJsonObject business = nobody.get(latin("/payments/subscription-plans"))
                                     .object()
                                     .value(QLatin1String("plans"))
                                     .toObject();
    QCOMPARE(business.keys(), QStringList({latin("basic_monthly"), latin("enterprise_monthly"),
                                           latin("pro_monthly"), latin("usage_based")}));
    QCOMPARE(business.value(QLatin1String("pro_monthly"))
                 .toObject()
                 .value(QLatin1String("price"))
                 .toString(),
             latin("$99.99/month"));
}

QTEST_GUILESS_MAIN(UsageJourney)
#include "tst_usage_journey.moc"
