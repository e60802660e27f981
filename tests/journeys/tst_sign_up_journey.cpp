// Signing up and in with the help of others: Apple, a captcha.
#include "tests/journeys/account_steps.h"
#include "tests/journeys/stage.h"
#include "tests/server/adapters/apple/apple_signer.h"

#include <QTest>

using namespace tests;
using sandbox::HttpAnswer;
using sandbox::HttpListener;
using sandbox::HttpRequest;

class SignUpJourney : public QObject
{
    Q_OBJECT
private slots:
    void signsInWithApple();
    void asksForACaptcha();
    void saysWhatIsNotSetUp();
    void refusesHostileFields();
};

void SignUpJourney::signsInWithApple()
{
    const AppleSigner signer(u"k1"_s);
    HttpListener apple([&](const HttpRequest &) {
        HttpAnswer answer;
        answer.body = signer.jwks();
        return answer;
    });
    QVERIFY(apple.listen(QHostAddress::LocalHost, 0));
    Stage stage(Stage::Store::Sqlite,
                {{u"APPLE_ID_BASE_URL"_s, u"http://127.0.0.1:%1"_s.arg(apple.port())},
                 {u"APPLE_CLIENT_IDS"_s, u"com.example.app, com.example.beta"_s},
                 {u"APPLE_SERVICE_ID"_s, u"com.example.web"_s}});
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    RestClient app(stage.server().url());
    const qint64 now = QDateTime::currentSecsSinceEpoch();
    const auto token = [&](const QString &subject, const QString &email,
                           const QString &audience = u"com.example.beta"_s) {
        QJsonObject claims{{u"iss"_s, u"https://appleid.apple.com"_s},
                           {u"aud"_s, audience},
                           {u"sub"_s, subject},
                           {u"iat"_s, now},
                           {u"exp"_s, now + 600}};
        if (!email.isEmpty())
            claims.insert(u"email"_s, email);
        return signer.sign(claims);
    };
    const auto signIn = [&](const QString &identity, const QJsonObject &more = {}) {
        QJsonObject body{{u"identity_token"_s, identity}, {u"authorization_code"_s, u"c"_s}};
        for (auto it = more.begin(); it != more.end(); ++it)
            body.insert(it.key(), it.value());
        return app.post(u"/auth/apple-signin"_s, body, mobile);
    };
    const Answer first =
        signIn(token(u"001"_s, u"ann@example.com"_s), {{u"user_full_name"_s, u"Ann Lee"_s}});
    QCOMPARE(first.status, 200);
    QCOMPARE(textOf(first, "token_type"), u"bearer"_s);
    QCOMPARE(textOf(first, "email"), u"ann@example.com"_s);
    QCOMPARE(textOf(first, "auth_provider"), u"apple"_s);
    QVERIFY(first.object().value(u"is_new_user"_s).toBool());
    app.setToken(textOf(first, "access_token"));
    const QJsonObject me = app.get(u"/users/me"_s).object();
    QCOMPARE(me.value(u"id"_s), first.object().value(u"user_id"_s));
    QCOMPARE(me.value(u"name"_s).toString(), u"Ann Lee"_s);
    const Answer again = signIn(token(u"001"_s, {}, u"com.example.web"_s));
    QCOMPARE(again.object().value(u"is_new_user"_s).toBool(true), false);

    QCOMPARE(detailOf(signIn(token(u"001"_s, {}, u"com.evil"_s))), u"Invalid Apple token"_s);
    const Answer nameless = signIn(token(u"002"_s, {}), {{u"user_email"_s, u"x@example.com"_s}});
    QCOMPARE(nameless.status, 400);
    QCOMPARE(detailOf(nameless), u"Email is required"_s);
    RestClient web(stage.server().url());
    signUp(web, u"bob@example.com"_s);
    const Answer taken = signIn(token(u"003"_s, u"bob@example.com"_s));
    QCOMPARE(taken.status, 400);
    QCOMPARE(detailOf(taken), u"Email already registered with different authentication method"_s);
    QCOMPARE(signIn(token(u"001"_s, {}), {{u"nonce"_s, u"n"_s}}).status, 400);
    QCOMPARE(app.post(u"/auth/apple-signin"_s, {{u"identity_token"_s, u"x"_s}}).status, 422);
    QCOMPARE(signIn(u"a"_s + QChar(u'\0')).status, 422);
    // Without a password there is none to confirm with.
    QCOMPARE(app.send("DELETE", u"/users/me"_s, {}, {}).status, 200);
    QCOMPARE(app.get(u"/users/me"_s).status, 401);
}

void SignUpJourney::asksForACaptcha()
{
    HttpListener google([](const HttpRequest &request) {
        const bool isGood = request.body.contains("response=right");
        return HttpAnswer::json(200, {{u"success"_s, isGood}});
    });
    QVERIFY(google.listen(QHostAddress::LocalHost, 0));
    Stage stage(Stage::Store::Sqlite,
                {{u"RECAPTCHA_BASE_URL"_s, u"http://127.0.0.1:%1"_s.arg(google.port())},
                 {u"RECAPTCHA_SITE_KEY"_s, u"the-site-key"_s},
                 {u"RECAPTCHA_SECRET_KEY"_s, u"the-secret"_s},
                 {u"CAPTCHA_ENABLED"_s, u"false"_s}});
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    RestClient off(stage.server().url());
    QCOMPARE(off.get(u"/auth/captcha-key"_s).status, 404);
    Environment on = stage.environment();
    on.insert(u"CAPTCHA_ENABLED"_s, u"true"_s);
    on.insert(u"PORT"_s, u"0"_s);
    ServerProcess server;
    QVERIFY(server.start(on));

    RestClient web(server.url());
    QCOMPARE(textOf(web.get(u"/auth/captcha-key"_s), "site_key"), u"the-site-key"_s);
    const Answer missing = signUp(web, u"ann@example.com"_s);
    QCOMPARE(missing.status, 400);
    QCOMPARE(detailOf(missing), u"CAPTCHA verification required"_s);
    const Answer wrong = signUp(web, u"ann@example.com"_s, {{"X-Captcha", "wrong"}});
    QCOMPARE(wrong.status, 400);
    QCOMPARE(detailOf(wrong), u"CAPTCHA verification failed"_s);
    QCOMPARE(signUp(web, u"ann@example.com"_s, {{"X-Captcha", "right"}}).status, 200);
    QCOMPARE(login(web, u"ann@example.com"_s, kUserPassword).status, 400);
    QCOMPARE(web.postForm(u"/auth/login"_s, {{u"username"_s, u"ann@example.com"_s},
                                             {u"password"_s, kUserPassword},
                                             {u"captcha_response"_s, u"right"_s}})
                 .status,
             200);
    QCOMPARE(web.postForm(u"/token"_s,
                          {{u"username"_s, u"ann@example.com"_s}, {u"password"_s, kUserPassword}})
                 .status,
             200);
    QCOMPARE(signUp(web, u"app@example.com"_s, mobile).status, 200);
    QVERIFY(!server.errors().contains("the-secret"));
}

void SignUpJourney::saysWhatIsNotSetUp()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    RestClient nobody(stage.server().url());
    QCOMPARE(nobody.get(u"/auth/captcha-key"_s).status, 404);
    QCOMPARE(nobody
                 .post(u"/auth/apple-signin"_s,
                       {{u"identity_token"_s, u"a.b.c"_s}, {u"authorization_code"_s, u"c"_s}})
                 .status,
             503);

    Environment real = stage.environment();
    real.insert(u"DEVELOPMENT_MODE"_s, u"false"_s);
    real.insert(u"PUBLIC_URL"_s, u"https://api.example.com"_s);
    real.insert(u"PORT"_s, u"0"_s);
    for (const QString &name : {u"GOOGLE_CLIENT_ID"_s, u"GOOGLE_CLIENT_SECRET"_s})
        real.remove(name); // calendars need a key of their own there
    ServerProcess server;
    QVERIFY2(server.start(real), server.errors());
    RestClient outside(server.url());
    const Answer mute =
        outside.post(u"/auth/forgot-password"_s, {{u"email"_s, u"staff@example.com"_s}});
    QCOMPARE(mute.status, 503);
    QCOMPARE(detailOf(mute), u"This server is not set up to send e-mail"_s);

    real.insert(u"CAPTCHA_ENABLED"_s, u"true"_s);
    ServerProcess refusing;
    QVERIFY(refusing.run({}, real) != 0);
    QVERIFY2(refusing.errors().contains(
                 "CAPTCHA_ENABLED needs both RECAPTCHA_SITE_KEY and RECAPTCHA_SECRET_KEY"),
             refusing.errors());
}

void SignUpJourney::refusesHostileFields()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    RestClient ann(stage.server().url());
    signUp(ann, u"ann@example.com"_s);
    const QString nul = QChar(u'\0');
    const QList<QPair<QString, QJsonObject>> bodies{
        {u"/auth/register"_s,
         {{u"email"_s, u"a"_s + nul + u"@b.com"_s}, {u"password"_s, kUserPassword}}},
        {u"/auth/register"_s, {{u"email"_s, u"no address"_s}, {u"password"_s, kUserPassword}}},
        {u"/auth/register"_s, {{u"email"_s, u"b@b.com"_s}, {u"password"_s, kUserPassword + nul}}},
        {u"/auth/register"_s, {{u"email"_s, QString(300, u'a')}, {u"password"_s, kUserPassword}}},
        {u"/auth/forgot-password"_s, {{u"email"_s, nul}}},
        {u"/auth/forgot-password"_s, {{u"email"_s, QString(300, u'a')}}},
        {u"/auth/forgot-password"_s, {{u"email"_s, QJsonArray()}}},
        {u"/auth/reset-password"_s, {{u"token"_s, nul}, {u"new_password"_s, kUserPassword}}},
        {u"/auth/reset-password"_s,
         {{u"token"_s, QString(201, u'a')}, {u"new_password"_s, kUserPassword}}},
        {u"/auth/change-password"_s,
         {{u"current_password"_s, 7}, {u"new_password"_s, kUserPassword}}},
        {u"/auth/change-password"_s,
         {{u"current_password"_s, kUserPassword}, {u"new_password"_s, kUserPassword + nul}}}};
    for (const auto &[path, body] : bodies)
        QCOMPARE(ann.post(path, body).status, 422);
    QCOMPARE(ann.send("DELETE", u"/auth/sessions/%00"_s, {}, {}).status / 100, 4);
    QCOMPARE(ann.send("DELETE", u"/auth/sessions/"_s + QString(2000, u'a'), {}, {}).status, 404);
}

QTEST_GUILESS_MAIN(SignUpJourney)
#include "tst_sign_up_journey.moc"
