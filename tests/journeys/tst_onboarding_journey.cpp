// Setting up with an account, as the iOS app and the web guide do it.
#include "tests/journeys/onboarding_answers.h"
#include "tests/journeys/stage.h"

#include <QObject>
#include <QRegularExpression>
#include <QTest>

#include <array>

using namespace tests;

namespace {

/// I9 and I10 as iOS decodes them: phoneSetup, scenarios, welcomeCall. Nothing when a member of
/// `steps` is no object or `completed` no truth value.
std::optional<std::array<bool, 3>> iosSteps(const Answer &answer)
{
    const QJsonValue steps = answer.object().value(u"steps"_qs);
    if (answer.status != 200 || !steps.isObject())
        return std::nullopt;
    const QJsonObject all = steps.toObject();
    for (const auto &step : all) {
        if (!step.isObject() || !step.toObject().value(u"completed"_qs).isBool())
            return std::nullopt;
    }
    if (!all.contains(u"phoneSetup"_qs) || !all.contains(u"scenarios"_qs)
        || !all.contains(u"welcomeCall"_qs))
        return std::nullopt;
    const auto isDone = [&all](const QString &key) {
        return all.value(key).toObject().value(u"completed"_qs).toBool();
    };
    return std::array{isDone(u"phoneSetup"_qs), isDone(u"scenarios"_qs), isDone(u"welcomeCall"_qs)};
}

constexpr std::array<bool, 3> done(bool phone, bool scenarios, bool call)
{
    return {phone, scenarios, call};
}

} // namespace

class OnboardingJourney : public QObject
{
    Q_OBJECT
private slots:
    void iosRegistersAndSetsUp();
    void webWalksTheWizard_data();
    void webWalksTheWizard();
    void anAnsweredCallIsAFact();
};

void OnboardingJourney::iosRegistersAndSetsUp()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    RestClient app(stage.server().url());
    QJsonObject order = credentials(u"ann@example.com"_qs);
    order.insert(
        u"onboarding_data"_qs,
        QJsonObject{{u"name"_qs, u"Ann"_qs},
                    {u"phone_number"_qs, u""_qs},
                    {u"preferences"_qs, QJsonObject{{u"voice_preference"_qs, u"alloy"_qs},
                                                    {u"notifications_enabled"_qs, true}}}});
    const QString token = tokenOf(app.post(u"/auth/register-with-onboarding"_qs, order, mobile));
    QVERIFY(!token.isEmpty()); // I3
    app.setToken(token);
    QCOMPARE(at(app.get(u"/users/me"_qs), "name").toString(), u"Ann"_qs);
    const Answer again = app.post(u"/auth/register-with-onboarding"_qs, order, mobile);
    QCOMPARE(again.status, 400);
    QCOMPARE(detailOf(again), u"Email already registered"_qs);

    // I9: the system's number is theirs too.
    const Answer fresh = app.get(u"/onboarding/status"_qs, mobile);
    QCOMPARE(iosSteps(fresh), std::optional(done(true, false, false)));
    QCOMPARE(at(fresh, "currentStep").toString(), u"profile"_qs);
    QCOMPARE(
        iosSteps(app.send("POST", u"/onboarding/initialize"_qs, "application/json", {}, mobile)),
        std::optional(done(true, false, false))); // I10

    const QStringList words{u"welcome"_qs, u"profile"_qs, u"tutorial"_qs, u"firstCall"_qs};
    for (qsizetype index = 0; index < words.size(); ++index) { // I11
        const Answer answer =
            app.post(u"/onboarding/complete-step"_qs, {{u"step"_qs, words.at(index)}}, mobile);
        QCOMPARE(answer.status, 200);
        QCOMPARE(at(answer, "step"), QJsonValue(words.at(index)));
        QCOMPARE(at(answer, "isCompleted"), QJsonValue(true));
        QVERIFY(at(answer, "completedAt").isString());
        QCOMPARE(at(answer, "nextStep"),
                 index < 3 ? QJsonValue(words.at(index + 1)) : QJsonValue(QJsonValue::Null));
        if (index != 2)
            continue;
        const Answer almost = app.get(u"/onboarding/status"_qs, mobile);
        QCOMPARE(at(almost, "needsOnboarding"), QJsonValue(true));
        QCOMPARE(at(almost, "currentStep"), QJsonValue(u"firstCall"_qs));
        QCOMPARE(at(almost, "completedSteps"), QJsonValue(list("welcome profile tutorial")));
        QCOMPARE(at(almost, "progress"), QJsonValue(0.75));
        QVERIFY(at(almost, "nextStep").isNull());
        QCOMPARE(at(almost, "readyForFirstCall"), QJsonValue(true));
        QCOMPARE(at(almost, "isComplete"), QJsonValue(false));
    }
    const Answer over = app.get(u"/onboarding/status"_qs, mobile);
    QCOMPARE(iosSteps(over), std::optional(done(true, true, true)));
    QCOMPARE(at(over, "needsOnboarding"), QJsonValue(false));
    QCOMPARE(at(over, "currentStep"), QJsonValue(u"complete"_qs));
    QCOMPARE(at(over, "isComplete"), QJsonValue(true));

    // Whoever skips everything for a first call is not asked again.
    QVERIFY(iosSteps(app.post(u"/onboarding/initialize"_qs, {}, mobile)));
    const Answer call = app.post(u"/onboarding/complete-first-call"_qs, {}, mobile);
    QCOMPARE(at(call, "step"), QJsonValue(u"firstCall"_qs));
    QCOMPARE(at(call, "onboardingComplete"), QJsonValue(true));
    QVERIFY(at(call, "completedAt").isString() && at(call, "nextStep").isNull());
    const Answer skipped = app.get(u"/onboarding/status"_qs, mobile);
    QCOMPARE(iosSteps(skipped), std::optional(done(true, false, true)));
    QCOMPARE(at(skipped, "needsOnboarding"), QJsonValue(false));
    QCOMPARE(at(skipped, "isComplete"), QJsonValue(false));
    QCOMPARE(at(skipped, "progress"), QJsonValue(1.0));
}

void OnboardingJourney::webWalksTheWizard_data()
{
    QTest::addColumn<Stage::Store>("store");
    QTest::newRow("SQLite") << Stage::Store::Sqlite;
    QTest::newRow("PostgreSQL") << Stage::Store::PostgreSql;
}

void OnboardingJourney::webWalksTheWizard()
{
    QFETCH(Stage::Store, store);
    if (store == Stage::Store::PostgreSql && Stage::lacksPostgres())
        QSKIP("no PostgreSQL: TEST_DATABASE_URL is not set");
    Stage stage(store);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    auto web = std::make_unique<RestClient>(stage.server().url());
    const QString token =
        tokenOf(web->post(u"/auth/register"_qs, credentials(u"bob@example.com"_qs)));
    web->setToken(token);

    const auto expect = [&](const char *current, const char *finished, double percentage,
                            const char *action) {
        const Answer status = web->get(u"/onboarding/status"_qs);
        QVERIFY(iosSteps(status)); // the same answer serves both
        QCOMPARE(at(status, "current_step"), QJsonValue(QLatin1String(current)));
        QCOMPARE(at(status, "steps_completed"), QJsonValue(list(finished)));
        QCOMPARE(at(status, "progress_percentage"), QJsonValue(percentage));
        QCOMPARE(at(status, "progress"), QJsonValue(percentage / 100));
        QCOMPARE(at(status, "next_action"), QJsonValue(QLatin1String(action)));
        QVERIFY(at(status, "started_at").isString());
        QCOMPARE(at(status, "completed_at").isNull(), percentage < 100);
        QCOMPARE(at(status, "needsOnboarding"), QJsonValue(percentage < 100));
        QCOMPARE(at(web->get(u"/onboarding/next-action"_qs), "action"), at(status, "next_action"));
    };
    expect("phone_setup", "", 0, "setup_phone");
    const QRegularExpression naive(u"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d$"_qs);
    QVERIFY(naive.match(at(web->get(u"/onboarding/status"_qs), "startedAt").toString()).hasMatch());

    // The web guide's names, with its extra fields.
    const Answer phone = web->post(u"/onboarding/complete-step"_qs,
                                   {{u"step"_qs, u"phone_number_setup"_qs},
                                    {u"phone_number"_qs, u"+14155550123"_qs},
                                    {u"metadata"_qs, QJsonObject{{u"source"_qs, u"wizard"_qs}}}});
    QCOMPARE(at(phone, "step"), QJsonValue(u"phone_number_setup"_qs));
    QVERIFY(at(phone, "nextStep").isNull());
    QCOMPARE(at(phone, "status").toObject().value(u"currentStep"_qs), QJsonValue(u"calendar"_qs));
    QVERIFY(at(phone, "status").toObject().value(u"timestamp"_qs).isString());
    expect("calendar", "phone_setup", 25, "connect_calendar");

    // A fact: nobody said so.
    const auto check = [&](const QString &step) {
        return at(web->get(u"/onboarding/check-step/"_qs + step), "completed").toBool();
    };
    QVERIFY(!check(u"scenarios"_qs));
    QCOMPARE(web->post(u"/realtime/custom-scenario"_qs,
                       {{u"persona"_qs, u"A friendly florist"_qs},
                        {u"prompt"_qs, u"You take orders for flowers."_qs},
                        {u"voice_type"_qs, u"coral"_qs},
                        {u"temperature"_qs, 0.8}})
                 .status,
             200);
    for (const char *name : {"scenarios", "tutorial", "first_scenario_created"})
        QVERIFY(check(QString::fromLatin1(name)));
    expect("calendar", "phone_setup scenarios", 50, "connect_calendar");

    // Resume after the server has gone and come back.
    stage.server().terminate();
    QVERIFY2(stage.restart(), qPrintable(stage.why()));
    web = std::make_unique<RestClient>(stage.server().url());
    web->setToken(token);
    expect("calendar", "phone_setup scenarios", 50, "connect_calendar");
    QCOMPARE(web->post(u"/onboarding/complete-step"_qs, {{u"step"_qs, u"calendar"_qs}}).status,
             200);
    expect("welcome_call", "phone_setup calendar scenarios", 75, "make_call");
    QCOMPARE(web->post(u"/onboarding/complete-first-call"_qs, {}).status, 200);
    expect("complete", "phone_setup calendar scenarios welcome_call", 100, "explore");

    // What was said is forgotten, the scenario is not.
    const Answer reset = web->post(u"/onboarding/initialize"_qs, {});
    QCOMPARE(at(reset, "currentStep"), QJsonValue(u"phone_setup"_qs));
    QCOMPARE(at(reset, "completionPercentage"), QJsonValue(25));
    QVERIFY(at(reset, "completedAt").isNull());
    QVERIFY(check(u"scenarios"_qs) && !check(u"welcome_call"_qs) && !check(u"phone_setup"_qs));
    expect("phone_setup", "scenarios", 25, "setup_phone");

    QCOMPARE(at(web->get(u"/onboarding/me/providers"_qs), "credentials"), QJsonValue(QJsonArray()));
    const QString unknown =
        u"Invalid step. Must be one of: ['welcome', 'profile', 'tutorial', 'firstCall', "
        "'phone_setup', 'calendar', 'scenarios', 'welcome_call']"_qs;
    for (const Answer &answer :
         {web->get(u"/onboarding/check-step/lunch"_qs),
          web->post(u"/onboarding/complete-step"_qs, {{u"step"_qs, u"Welcome"_qs}})}) {
        QCOMPARE(answer.status, 400);
        QCOMPARE(detailOf(answer), unknown);
    }
    for (const QJsonObject &bad :
         {QJsonObject(), QJsonObject{{u"step"_qs, 4}},
          QJsonObject{{u"step"_qs, QString(101, u'x')}},
          QJsonObject{{u"step"_qs, u"profile"_qs}, {u"data"_qs, u"Ann"_qs}},
          QJsonObject{{u"step"_qs, u"profile"_qs},
                      {u"data"_qs, QJsonObject{{u"name"_qs, QString(201, u'x')}}}},
          QJsonObject{{u"step"_qs, u"profile"_qs},
                      {u"data"_qs, QJsonObject{{u"notifications_enabled"_qs, u"yes"_qs}}}}})
        QCOMPARE(web->post(u"/onboarding/complete-step"_qs, bad).status, 422);
    QCOMPARE(RestClient(stage.server().url()).get(u"/onboarding/status"_qs).status, 401);
}

void OnboardingJourney::anAnsweredCallIsAFact()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    const QString check = u"/onboarding/check-step/firstCall"_qs;
    QCOMPARE(at(stage.staff().get(check), "completed"), QJsonValue(false));
    const qint64 call = stage.place(u"default"_qs);
    // The phone network may say "in-progress" before the stream is here.
    const auto isAnswered = [](const QJsonObject &shown) {
        return shown.value(u"answered_at"_qs).isString();
    };
    QVERIFY(isAnswered(stage.waitForCall(call, isAnswered)));
    QCOMPARE(at(stage.staff().get(check), "completed"), QJsonValue(true));
}

QTEST_GUILESS_MAIN(OnboardingJourney)
#include "tst_onboarding_journey.moc"
