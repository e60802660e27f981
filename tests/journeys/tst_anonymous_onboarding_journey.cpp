// Setting up before there is an account, and the account that is made of it.
#include "tests/journeys/onboarding_answers.h"
#include "tests/journeys/stage.h"

#include <QObject>
#include <QTest>

using namespace tests;

namespace {

/// An anonymous session that is done with its three mobile steps; its id.
QString finishedSession(RestClient &client, const QString &name)
{
    QString id = at(client.post(u"/onboarding/start"_qs, {}), "session_id").toString();
    for (const char *step : {"welcome", "profile", "tutorial"})
        client.post(u"/onboarding/mobile/complete-step"_qs,
                    {{u"session_id"_qs, id},
                     {u"step"_qs, QLatin1String(step)},
                     {u"data"_qs, QJsonObject{{u"name"_qs, name},
                                              {u"phone_number"_qs, u"+14155550123"_qs},
                                              {u"preferred_voice"_qs, u"coral"_qs},
                                              {u"notifications_enabled"_qs, false}}}});
    return id;
}

} // namespace

class AnonymousOnboardingJourney : public QObject
{
    Q_OBJECT
private slots:
    void namesAScenarioAndRegisters();
    void mobileStepsInEveryForm();
    void sessionsBecomeOneAccount();
};

void AnonymousOnboardingJourney::namesAScenarioAndRegisters()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    RestClient app(stage.server().url());
    const Answer started = app.send("POST", u"/onboarding/start"_qs, {}, {});
    QCOMPARE(started.status, 200);
    QCOMPARE(at(started, "current_step"), QJsonValue(u"welcome"_qs));
    QCOMPARE(at(started, "total_steps"), QJsonValue(4));
    QVERIFY(at(started, "expires_at").isString());
    const QString id = at(started, "session_id").toString();
    const QString query = u"?session_id="_qs + id;

    const Answer early = app.post(u"/onboarding/complete"_qs + query, {});
    QCOMPARE(early.status, 400);
    QCOMPARE(detailOf(early), u"Onboarding incomplete - missing name or scenario"_qs);
    const Answer named =
        app.post(u"/onboarding/set-name"_qs + query, {{u"user_name"_qs, u"Cat"_qs}});
    QCOMPARE(named.object(), (QJsonObject{{u"status"_qs, u"success"_qs},
                                          {u"user_name"_qs, u"Cat"_qs},
                                          {u"next_step"_qs, u"select_scenario"_qs},
                                          {u"current_step"_qs, 1},
                                          {u"total_steps"_qs, 3}}));
    // Everything in the body serves as well.
    const Answer chosen =
        app.post(u"/onboarding/select-scenario"_qs,
                 {{u"session_id"_qs, id}, {u"scenario_id"_qs, u"fake_doctor"_qs}});
    QCOMPARE(at(chosen, "next_step"), QJsonValue(u"ready_for_registration"_qs));
    QJsonObject order = credentials(u"cat@example.com"_qs);
    order.insert(u"session_id"_qs, id);
    const Answer open = app.post(u"/auth/register-with-onboarding"_qs, order);
    QCOMPARE(open.status, 400);
    QCOMPARE(detailOf(open), u"Onboarding not completed"_qs);
    const Answer done = app.send("POST", u"/onboarding/complete"_qs + query, {}, {});
    QCOMPARE(at(done, "status"), QJsonValue(u"ready_for_registration"_qs));
    QCOMPARE(at(done, "scenario_id"), QJsonValue(u"fake_doctor"_qs));
    const Answer session = app.get(u"/onboarding/session/"_qs + id);
    QCOMPARE(at(session, "user_name"), QJsonValue(u"Cat"_qs));
    QCOMPARE(at(session, "selected_scenario_id"), QJsonValue(u"fake_doctor"_qs));
    QCOMPARE(at(session, "is_completed"), QJsonValue(true));

    const QString token = tokenOf(app.post(u"/auth/register-with-onboarding"_qs, order));
    QVERIFY(!token.isEmpty());
    app.setToken(token);
    QCOMPARE(at(app.get(u"/users/me"_qs), "name"), QJsonValue(u"Cat"_qs));

    const auto missing = [](const Answer &answer) {
        return answer.status == 422
                   ? at(answer, "errors").toArray().first().toObject().value(u"field"_qs).toString()
                   : QString::number(answer.status);
    };
    QCOMPARE(missing(app.post(u"/onboarding/set-name"_qs, {{u"user_name"_qs, u"x"_qs}})),
             u"query -> session_id"_qs);
    QCOMPARE(missing(app.post(u"/onboarding/set-name"_qs + query, {})), u"user_name"_qs);
    QCOMPARE(missing(app.post(u"/onboarding/set-name"_qs + query, {{u"user_name"_qs, u" "_qs}})),
             u"user_name"_qs);
    QCOMPARE(
        missing(app.post(u"/auth/register-with-onboarding"_qs, credentials(u"dan@example.com"_qs))),
        u"session_id"_qs);
}

void AnonymousOnboardingJourney::mobileStepsInEveryForm()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    RestClient app(stage.server().url());
    const QString path = u"/onboarding/mobile/complete-step"_qs;
    const QString id = at(app.post(u"/onboarding/start"_qs, {}), "session_id").toString();
    const QString status = u"/onboarding/mobile/status/"_qs + id;
    QVERIFY(at(app.get(status), "profileData").isNull());

    // In the query, without a body; in the query, with the data as body; all in the body.
    const Answer first =
        app.send("POST", path + u"?session_id="_qs + id + u"&step=welcome"_qs, {}, {});
    QCOMPARE(at(first, "nextStep"), QJsonValue(u"profile"_qs));
    QCOMPARE(at(first, "progress"), QJsonValue(1.0 / 3.0));
    QVERIFY(at(first, "completedAt").isString());
    QJsonObject profile{{u"name"_qs, u"Eve"_qs}, {u"phone_number"_qs, u"555 0123"_qs}};
    const Answer second = app.post(path + u"?session_id="_qs + id + u"&step=profile"_qs, profile);
    QCOMPARE(at(second, "currentStep"), QJsonValue(u"tutorial"_qs));
    QCOMPARE(at(second, "readyForRegistration"), QJsonValue(false));
    const Answer third = app.post(path, {{u"session_id"_qs, id}, {u"step"_qs, u"tutorial"_qs}});
    QVERIFY(at(third, "nextStep").isNull());
    QCOMPARE(at(third, "readyForRegistration"), QJsonValue(true));
    const Answer shown = app.get(status);
    QCOMPARE(at(shown, "completedSteps"), QJsonValue(list("welcome profile tutorial")));
    profile.insert(u"preferred_voice"_qs, QString());
    profile.insert(u"notifications_enabled"_qs, true);
    QCOMPARE(at(shown, "profileData"), QJsonValue(profile));

    const Answer wrong = app.post(path, {{u"session_id"_qs, id}, {u"step"_qs, u"firstCall"_qs}});
    QCOMPARE(wrong.status, 400);
    QCOMPARE(detailOf(wrong), u"Invalid step: firstCall"_qs);
    const Answer phone =
        app.post(path, {{u"session_id"_qs, id},
                        {u"step"_qs, u"profile"_qs},
                        {u"data"_qs, QJsonObject{{u"phone_number"_qs, u"call me"_qs}}}});
    QCOMPARE(phone.status, 422);
    QCOMPARE(at(phone, "errors").toArray().first().toObject().value(u"field"_qs),
             QJsonValue(u"data -> phone_number"_qs));
    const QString nobody = u"00000000-0000-4000-8000-000000000000"_qs;
    QCOMPARE(detailOf(app.get(u"/onboarding/mobile/status/"_qs + nobody)),
             u"Invalid or expired session"_qs);
    QCOMPARE(app.get(u"/onboarding/session/"_qs + nobody).status, 404);
}

void AnonymousOnboardingJourney::sessionsBecomeOneAccount()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    RestClient app(stage.server().url());
    const QString id = finishedSession(app, u"Fay"_qs);
    const auto registers = [&](const QString &email, const QString &session) {
        QJsonObject order = credentials(email);
        order.insert(u"session_id"_qs, session);
        return app.post(u"/auth/register-with-onboarding"_qs, order, mobile);
    };
    // A session that is no good makes no account.
    const Answer unknown = registers(u"fay@example.com"_qs, u"made-up"_qs);
    QCOMPARE(unknown.status, 400);
    QCOMPARE(detailOf(unknown), u"Invalid or expired onboarding session"_qs);
    const QString token = tokenOf(registers(u"fay@example.com"_qs, id));
    QVERIFY(!token.isEmpty());
    QCOMPARE(detailOf(registers(u"gus@example.com"_qs, id)), u"Invalid onboarding session"_qs);
    QCOMPARE(app.post(u"/auth/register"_qs, credentials(u"gus@example.com"_qs)).status, 200);
    QCOMPARE(app.get(u"/onboarding/session/"_qs + id).status, 404); // it is Fay's now

    app.setToken(token);
    QCOMPARE(at(app.get(u"/users/me"_qs), "name"), QJsonValue(u"Fay"_qs));
    const Answer status = app.get(u"/onboarding/status"_qs);
    QCOMPARE(at(status, "completedSteps"), QJsonValue(list("welcome profile tutorial")));
    QCOMPARE(at(status, "currentStep"), QJsonValue(u"firstCall"_qs));
    const QJsonObject exported =
        app.get(u"/users/me/export"_qs).object().value(u"onboarding"_qs).toObject();
    QCOMPARE(exported.value(u"preferred_voice"_qs), QJsonValue(u"coral"_qs));
    QCOMPARE(exported.value(u"notifications_enabled"_qs), QJsonValue(false));
}

QTEST_GUILESS_MAIN(AnonymousOnboardingJourney)
#include "tst_anonymous_onboarding_journey.moc"
