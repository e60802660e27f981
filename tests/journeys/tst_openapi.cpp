// The description of the API against the route table, and real answers against the description.
#include "tests/journeys/described_api.h"
#include "tests/journeys/stage.h"

#include <QObject>
#include <QRegularExpression>
#include <QSet>
#include <QTest>

using tests::Answer;
using tests::Stage;

class OpenApi : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void describesExactlyTheRouteTable();
    void answersMatchTheirSchemas();
    void accountsMatchTheirSchemas();
    void onboardingMatchesItsSchemas();

private:
    void check(const Answer &answer, const char *method, const char *path, int status);
    QJsonObject m_api;
    QSet<QString> m_checked;
};

void OpenApi::initTestCase()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    m_api = stage.staff().get(QStringLiteral("/openapi.json")).object();
    QVERIFY(!m_api.isEmpty());
}

void OpenApi::describesExactlyTheRouteTable()
{
    const QTemporaryDir folder;
    tests::ServerProcess server;
    QCOMPARE(server.run({QStringLiteral("--print-routes")},
                        {{QStringLiteral("DEVELOPMENT_MODE"), QStringLiteral("true")},
                         {QStringLiteral("DATA_DIR"), folder.path()}}),
             0);
    QSet<QString> served;
    for (const QString &line :
         QString::fromUtf8(server.output()).split(QLatin1Char('\n'), Qt::SkipEmptyParts)) {
        const QStringList words = line.simplified().split(QLatin1Char(' '));
        // A WebSocket begins as a GET.
        const QString method =
            words.at(0) == QLatin1String("SOCKET") ? QStringLiteral("get") : words.at(0).toLower();
        served.insert(method + QLatin1Char(' ') + words.at(1));
    }
    QSet<QString> described;
    const QJsonObject paths = m_api.value(QLatin1String("paths")).toObject();
    for (auto path = paths.begin(); path != paths.end(); ++path) {
        for (const QString &method : path.value().toObject().keys())
            described.insert(method + QLatin1Char(' ') + path.key());
    }
    QVERIFY2(!served.isEmpty(), server.output());
    QCOMPARE((served - described).values(), QStringList());
    QCOMPARE((described - served).values(), QStringList());
}

void OpenApi::check(const Answer &answer, const char *method, const char *path, int status)
{
    const QString wrong = tests::objectionTo(answer, m_api, method, path, status);
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
    m_checked.insert(
        QStringLiteral("%1 %2 %3").arg(QLatin1String(method), QLatin1String(path)).arg(status));
}

void OpenApi::answersMatchTheirSchemas()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    tests::RestClient &staff = stage.staff();
    tests::RestClient nobody(stage.server().url());
    const auto path = [](const char *text) { return QString::fromLatin1(text); };

    check(nobody.get(path("/healthz")), "get", "/healthz", 200);
    check(nobody.get(path("/readyz")), "get", "/readyz", 200);
    check(nobody.get(path("/openapi.json")), "get", "/openapi.json", 200);
    check(nobody.get(path("/docs/nothing.js")), "get", "/docs/{file}", 404);

    const QJsonObject account{{path("email"), path("new@example.com")},
                              {path("password"), path("password123")}};
    const Answer registered = nobody.post(path("/auth/register"), account);
    check(registered, "post", "/auth/register", 200);
    check(nobody.post(path("/auth/register"), account), "post", "/auth/register", 400);
    check(nobody.post(path("/auth/register"), {}), "post", "/auth/register", 422);
    const QList<QPair<QString, QString>> form{{path("username"), path("new@example.com")},
                                              {path("password"), path("password123")}};
    check(nobody.postForm(path("/auth/login"), form), "post", "/auth/login", 200);
    check(nobody.postForm(path("/auth/login"), {{path("username"), path("new@example.com")},
                                                {path("password"), path("wrong")}}),
          "post", "/auth/login", 401);
    check(nobody.post(path("/auth/login"), account), "post", "/auth/login", 422);
    check(nobody.postForm(path("/token"), form), "post", "/token", 200);
    check(nobody.post(path("/auth/refresh"),
                      {{path("refresh_token"), registered.object().value(path("refresh_token"))}}),
          "post", "/auth/refresh", 200);
    check(nobody.post(path("/auth/refresh"), {{path("refresh_token"), path("made-up")}}), "post",
          "/auth/refresh", 401);
    check(nobody.get(path("/users/me")), "get", "/users/me", 401);
    check(staff.get(path("/users/me")), "get", "/users/me", 200);

    const Answer placed = staff.post(path("/calls"), {{path("phone_number"), path("4155550123")}});
    check(placed, "post", "/calls", 201);
    check(staff.post(path("/calls"), {{path("phone_number"), path("12")}}), "post", "/calls", 422);
    check(staff.post(path("/calls"), {{path("phone_number"), path("4155550123")},
                                      {path("scenario"), path("nobody")}}),
          "post", "/calls", 400);
    check(staff.get(path("/make-call/4155550124/birthday_wishes")), "get",
          "/make-call/{phone_number}/{scenario}", 200);
    check(staff.get(path("/make-call/12/default")), "get", "/make-call/{phone_number}/{scenario}",
          422);
    check(staff.get(path("/calls?limit=5")), "get", "/calls", 200);
    check(staff.get(path("/calls?limit=0")), "get", "/calls", 422);
    const qint64 id = placed.object().value(path("id")).toInteger();
    check(staff.get(path("/calls/999999")), "get", "/calls/{id}", 404);
    check(staff.get(path("/admin/calls/%1").arg(id)), "get", "/admin/calls/{id}", 200);
    check(staff.post(path("/admin/live/ticket"), {}), "post", "/admin/live/ticket", 200);
    check(nobody.postForm(path("/twilio-callback"), {{path("CallSid"), path("CA1")}}), "post",
          "/twilio-callback", 401);
    check(nobody.postForm(path("/recording-callback"), {{path("CallSid"), path("CA1")}}), "post",
          "/recording-callback", 401);
    check(nobody.postForm(path("/handle-user-input"), {{path("CallSid"), path("CA1")}}), "post",
          "/handle-user-input", 401);
    check(nobody.postForm(path("/outgoing-call/default"), {{path("CallSid"), path("CA1")}}), "post",
          "/outgoing-call/{scenario}", 401);
    check(nobody.postForm(path("/incoming-call/default"), {{path("CallSid"), path("CA1")}}), "post",
          "/incoming-call/{scenario}", 401);

    const auto hasTurns = [](const QJsonObject &call) {
        return call.value(QLatin1String("status")).toString() == QLatin1String("in-progress");
    };
    QVERIFY(hasTurns(stage.waitForCall(id, hasTurns)));
    check(staff.post(path("/admin/calls/%1/hangup").arg(id), {}), "post",
          "/admin/calls/{id}/hangup", 200);
    stage.waitForEnd(id);
    check(staff.get(path("/calls/%1").arg(id)), "get", "/calls/{id}", 200);
    check(staff.post(path("/auth/logout"), {}), "post", "/auth/logout", 200);
    QCOMPARE(m_checked.size(), 33); // a check that failed halfway would be missing here
}

void OpenApi::accountsMatchTheirSchemas()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    tests::RestClient &staff = stage.staff();
    tests::RestClient nobody(stage.server().url());
    const auto before = m_checked.size();
    const auto post = [this](tests::RestClient &client, const char *path, const QJsonObject &body,
                             int status) {
        const Answer answer = client.post(QLatin1String(path), body);
        check(answer, "post", path, status);
        return answer.object();
    };
    const QJsonObject apple{{u"identity_token"_qs, u"a.b.c"_qs},
                            {u"authorization_code"_qs, u"c"_qs}};
    post(nobody, "/auth/apple-signin", apple, 503);
    post(nobody, "/auth/apple-signin", {}, 422);
    check(nobody.get(u"/auth/captcha-key"_qs), "get", "/auth/captcha-key", 404);
    check(nobody.get(u"/protected"_qs), "get", "/protected", 401);
    check(staff.get(u"/protected"_qs), "get", "/protected", 200);
    post(staff, "/update-user-name", {{u"name"_qs, u"Ann"_qs}}, 200);
    post(staff, "/update-user-name", {}, 422);
    post(nobody, "/auth/forgot-password", {{u"email"_qs, u"x@example.com"_qs}}, 200);
    post(nobody, "/auth/forgot-password", {{u"email"_qs, u"x"_qs}}, 422);
    const QJsonObject reset{{u"token"_qs, u"x"_qs}, {u"new_password"_qs, u"password123"_qs}};
    post(nobody, "/auth/reset-password", reset, 400);
    post(nobody, "/auth/reset-password", {}, 422);
    check(staff.get(u"/auth/sessions"_qs), "get", "/auth/sessions", 200);
    const auto end = [&](const char *id) {
        return staff.send("DELETE", u"/auth/sessions/"_qs + QLatin1String(id), {}, {});
    };
    check(end("x"), "delete", "/auth/sessions/{id}", 404);
    check(staff.get(u"/users/me/export"_qs), "get", "/users/me/export", 200);
    QJsonObject change{{u"current_password"_qs, u"wrong"_qs},
                       {u"new_password"_qs, u"password123"_qs}};
    post(staff, "/auth/change-password", change, 400);
    change.insert(u"current_password"_qs, u"correct horse battery"_qs);
    staff.setToken(
        post(staff, "/auth/change-password", change, 200).value(u"access_token"_qs).toString());
    const auto remove = [&](const QByteArray &body) {
        return staff.send("DELETE", u"/users/me"_qs, "application/json", body);
    };
    check(remove("{}"), "delete", "/users/me", 422);
    check(remove(R"({"password": "wrong"})"), "delete", "/users/me", 400);
    check(remove(R"({"password": "password123"})"), "delete", "/users/me", 200);
    QCOMPARE(m_checked.size() - before, 19);
}

void OpenApi::onboardingMatchesItsSchemas()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    tests::RestClient &staff = stage.staff();
    tests::RestClient nobody(stage.server().url());
    const auto before = m_checked.size();
    const auto post = [this](tests::RestClient &client, const char *path, const QString &query,
                             const QJsonObject &body, int status) {
        const Answer answer = client.post(QLatin1String(path) + query, body);
        check(answer, "post", path, status);
        return answer.object();
    };
    const QString id =
        post(nobody, "/onboarding/start", {}, {}, 200).value(u"session_id"_qs).toString();
    const QString query = u"?session_id="_qs + id;
    check(nobody.get(u"/onboarding/mobile/status/"_qs + id), "get",
          "/onboarding/mobile/status/{session_id}", 200);
    check(nobody.get(u"/onboarding/session/"_qs + id), "get", "/onboarding/session/{session_id}",
          200);
    post(nobody, "/onboarding/complete", query, {}, 400);
    post(nobody, "/onboarding/set-name", {}, {{u"user_name"_qs, u"Ann"_qs}}, 422);
    post(nobody, "/onboarding/set-name", query, {{u"user_name"_qs, u"Ann"_qs}}, 200);
    post(nobody, "/onboarding/select-scenario", query, {{u"scenario_id"_qs, u"x"_qs}}, 200);
    post(nobody, "/onboarding/mobile/complete-step", query + u"&step=nap"_qs, {}, 400);
    post(nobody, "/onboarding/mobile/complete-step", query + u"&step=profile"_qs,
         {{u"name"_qs, u"Ann"_qs}}, 200);
    check(nobody.get(u"/onboarding/mobile/status/"_qs + id), "get",
          "/onboarding/mobile/status/{session_id}", 200);
    QJsonObject order{{u"email"_qs, u"ann@example.com"_qs},
                      {u"password"_qs, u"password123"_qs},
                      {u"session_id"_qs, id}};
    post(nobody, "/auth/register-with-onboarding", {}, order, 400);
    post(nobody, "/onboarding/complete", query, {}, 200);
    post(nobody, "/auth/register-with-onboarding", {}, {}, 422);
    post(nobody, "/auth/register-with-onboarding", {}, order, 200);
    check(nobody.get(u"/onboarding/session/"_qs + id), "get", "/onboarding/session/{session_id}",
          404);

    check(nobody.get(u"/onboarding/status"_qs), "get", "/onboarding/status", 401);
    check(staff.get(u"/onboarding/status"_qs), "get", "/onboarding/status", 200);
    check(staff.get(u"/onboarding/next-action"_qs), "get", "/onboarding/next-action", 200);
    check(staff.get(u"/onboarding/check-step/calendar"_qs), "get", "/onboarding/check-step/{step}",
          200);
    check(staff.get(u"/onboarding/check-step/lunch"_qs), "get", "/onboarding/check-step/{step}",
          400);
    check(staff.get(u"/onboarding/me/providers"_qs), "get", "/onboarding/me/providers", 200);
    for (const char *step : {"welcome", "calendar", "first_scenario_created"})
        post(staff, "/onboarding/complete-step", {}, {{u"step"_qs, QLatin1String(step)}}, 200);
    post(staff, "/onboarding/complete-step", {}, {{u"step"_qs, u"nap"_qs}}, 400);
    post(staff, "/onboarding/complete-step", {}, {}, 422);
    post(staff, "/onboarding/complete-first-call", {}, {}, 200);
    check(staff.get(u"/onboarding/status"_qs), "get", "/onboarding/status", 200);
    post(staff, "/onboarding/initialize", {}, {}, 200);
    QCOMPARE(m_checked.size() - before, 25);
}

QTEST_GUILESS_MAIN(OpenApi)
#include "tst_openapi.moc"
