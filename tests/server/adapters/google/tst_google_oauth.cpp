#include "server/adapters/google/google_calendar.h"
#include "tests/server/adapters/google/google_values.h"
#include "tests/server/adapters/local_service.h"

#include <QTest>
#include <QUrlQuery>

using base::Fault;
using base::Secret;
using namespace Qt::StringLiterals;
using sandbox::HttpAnswer;
using server::google::GoogleCalendar;
using tests::body;

namespace {

const QDateTime kNow = QDateTime::fromString(u"2026-03-02T12:00:00Z"_s, Qt::ISODate);
const QString kBack = u"https://example.com/google-calendar/callback"_s;

const QString kEventsScope = u"https://www.googleapis.com/auth/calendar.events"_s;
const QString kCalendarScope = u"https://www.googleapis.com/auth/calendar"_s;

HttpAnswer granting(const QString &scope)
{
    return HttpAnswer::json(200, {{u"access_token"_s, u"ya29.a"_s},
                                  {u"expires_in"_s, 3'599},
                                  {u"refresh_token"_s, u"r1-token"_s},
                                  {u"token_type"_s, u"Bearer"_s},
                                  {u"scope"_s, scope}});
}

server::google::RetryPolicy hasty()
{
    server::google::RetryPolicy policy;
    policy.wait = [](std::chrono::milliseconds) {};
    return policy;
}

struct ConsentWorld
{
    tests::LocalService google;
    server::web::HttpClient web;
    GoogleCalendar calendar{{u"our id"_s, Secret("se&cret"), kBack, google.url(), google.url()},
                            web,
                            hasty(),
                            [] { return kNow; }};
};

} // namespace

class TestGoogleOAuth : public QObject
{
    Q_OBJECT

private slots:
    void asksForConsent()
    {
        server::web::HttpClient web;
        const GoogleCalendar calendar({u"our id"_s, Secret("s"), kBack, {}, {}}, web);
        const QString text = calendar.consentUrl(u"st&te"_s, "chall-enge_1");
        const QUrl url(text, QUrl::StrictMode);
        QVERIFY(url.isValid());
        QVERIFY(text.startsWith(u"https://accounts.google.com/o/oauth2/auth?"));
        const QUrlQuery query(url);
        const auto value = [&query](const char *name) {
            return query.queryItemValue(QLatin1String(name), QUrl::FullyDecoded);
        };
        QCOMPARE(value("response_type"), u"code"_s);
        QCOMPARE(value("client_id"), u"our id"_s);
        QCOMPARE(value("redirect_uri"), kBack);
        QCOMPARE(value("scope"), u"https://www.googleapis.com/auth/calendar.events "
                                 "https://www.googleapis.com/auth/calendar"_s);
        QCOMPARE(value("access_type"), u"offline"_s);
        QCOMPARE(value("include_granted_scopes"), u"true"_s);
        QCOMPARE(value("prompt"), u"consent"_s);
        QCOMPARE(value("state"), u"st&te"_s);
        QCOMPARE(value("code_challenge"), u"chall-enge_1"_s);
        QCOMPARE(value("code_challenge_method"), u"S256"_s);
        QVERIFY(!text.contains(u"secret"));
    }

    void exchangesACode()
    {
        ConsentWorld world;
        world.google.answerWith(granting(kEventsScope + u' ' + kCalendarScope));
        const auto tokens = world.calendar.exchange(u"4/0A+x"_s, "verifier");
        QVERIFY(tokens);
        QCOMPARE(tokens->accessToken.reveal(), QByteArray("ya29.a"));
        QCOMPARE(tokens->refreshToken.reveal(), QByteArray("r1-token"));
        QCOMPARE(tokens->expiresAt, kNow.addSecs(3'599));
        const auto request = world.google.requests().front();
        QCOMPARE(request.path, QByteArray("/token"));
        const sandbox::Form form = request.form();
        QCOMPARE(form.value(u"grant_type"_s), u"authorization_code"_s);
        QCOMPARE(form.value(u"code"_s), u"4/0A+x"_s);
        QCOMPARE(form.value(u"client_id"_s), u"our id"_s);
        QCOMPARE(form.value(u"client_secret"_s), u"se&cret"_s);
        QCOMPARE(form.value(u"redirect_uri"_s), kBack);
        QCOMPARE(form.value(u"code_verifier"_s), u"verifier"_s);
    }

    void sendsACodeOnlyOnce()
    {
        ConsentWorld world;
        world.google.answerWith(body("{}", 503));
        QCOMPARE(world.calendar.exchange(u"code"_s, "v").error().fault, Fault::Upstream);
        QCOMPARE(world.google.requests().size(), size_t(1));
    }

    void wantsTheCalendarAmongWhatWasGranted()
    {
        ConsentWorld world;
        world.google.answerWith(granting(kEventsScope));
        QCOMPARE(world.calendar.exchange(u"code"_s, "v").error().fault, Fault::Forbidden);
    }

    void renews()
    {
        ConsentWorld world;
        world.google.answerInTurn({body("{}", 503), body(R"({"access_token": "ya29.b"})")});
        const auto tokens = world.calendar.refresh(Secret("r1-token"));
        QVERIFY(tokens);
        QCOMPARE(tokens->accessToken.reveal(), QByteArray("ya29.b"));
        QVERIFY(tokens->refreshToken.isEmpty());
        QCOMPARE(tokens->expiresAt, kNow.addSecs(3'600));
        const sandbox::Form form = world.google.requests().back().form();
        QCOMPARE(form.value(u"grant_type"_s), u"refresh_token"_s);
        QCOMPARE(form.value(u"refresh_token"_s), u"r1-token"_s);
    }

    void tellsFailuresApart_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<Fault>("fault");
        const auto row = [](const char *name, int status, const QByteArray &text, Fault fault) {
            QTest::newRow(name) << status << text << fault;
        };
        row("taken back", 400, R"({"error": "invalid_grant", "error_description": "Bad Request"})",
            Fault::Forbidden);
        row("our secret is wrong", 401, R"({"error": "invalid_client"})", Fault::Unavailable);
        row("too often", 429, "{}", Fault::LimitReached);
        row("out of order", 500, "", Fault::Upstream);
        row("a refusal of another kind", 400, R"({"error": "invalid_request"})", Fault::Upstream);
        row("a page", 200, "<html>", Fault::Upstream);
        row("no token", 200, R"({"expires_in": 5})", Fault::Upstream);
        row("a token that is none", 200, R"({"access_token": 5})", Fault::Upstream);
    }

    void tellsFailuresApart()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, text);
        ConsentWorld world;
        world.google.answerWith(body(text, status));
        const auto tokens = world.calendar.refresh(Secret("r1-token"));
        QVERIFY(!tokens);
        QTEST(tokens.error().fault, "fault");
        QCOMPARE(tokens.error().message.contains(u"invalid_grant"), text.contains("invalid_grant"));
        QVERIFY(!tokens.error().cause.contains(u"r1-token"));
    }

    void givesConsentBack()
    {
        ConsentWorld world;
        world.google.answerWith(body("{}"));
        QVERIFY(world.calendar.revoke(Secret("r/1+")));
        QCOMPARE(world.google.requests().front().path, QByteArray("/revoke"));
        QCOMPARE(world.google.requests().front().body, QByteArray("token=r%2F1%2B"));
        world.google.answerWith(body(R"({"error": "invalid_token"})", 400));
        QVERIFY(world.calendar.revoke(Secret("r1-token")));
        world.google.answerWith(body("{}", 503));
        QVERIFY(!world.calendar.revoke(Secret("r1-token")));
    }

    void knowsNoGoogleWithoutAClient()
    {
        server::web::HttpClient web;
        GoogleCalendar calendar({{}, {}, kBack, {}, {}}, web);
        QCOMPARE(calendar.refresh(Secret("r")).error().fault, Fault::Unavailable);
        QCOMPARE(calendar.exchange(u"c"_s, "v").error().fault, Fault::Unavailable);
    }
};

QTEST_GUILESS_MAIN(TestGoogleOAuth)
#include "tst_google_oauth.moc"
