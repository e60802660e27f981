// Signing up, in, on and out as the sources of the two apps do it: what they send, and what they
// must find in the answer.
#include "tests/journeys/app_clients.h"

#include <QObject>
#include <QTest>

using namespace tests;

namespace {

const QString kEmail = QStringLiteral("ann@example.com");
const QString kPassword = QStringLiteral("correct+horse&battery");
const RestClient::Headers kIos{{"X-App-Type", "mobile"},
                               {"User-Agent", "Speech-Assistant-Mobile-iOS/1.0"}};

QString path(const char *text)
{
    return QString::fromLatin1(text);
}

QJsonObject credentials(const QString &email = kEmail)
{
    return {{QStringLiteral("email"), email}, {QStringLiteral("password"), kPassword}};
}

/// iOS: access_token and token_type are texts that must be there, refresh_token may be missing.
struct Token
{
    QString access;
    QString refresh;
};
std::optional<Token> iosToken(const Answer &answer)
{
    const QJsonObject object = answer.object();
    const QJsonValue access = object.value(QLatin1String("access_token"));
    const QJsonValue refresh = object.value(QLatin1String("refresh_token"));
    if (!access.isString() || !object.value(QLatin1String("token_type")).isString()
        || !(refresh.isString() || refresh.isUndefined() || refresh.isNull()))
        return std::nullopt;
    return Token{access.toString(), refresh.toString()};
}

} // namespace

class SignedInJourney : public QObject
{
    Q_OBJECT
private slots:
    void ios();
    void web();
    void theAppIsKnownFromSignUpOn_data();
    void theAppIsKnownFromSignUpOn();
};

void SignedInJourney::ios()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    RestClient app(stage.server().url());
    const Answer registered = app.post(path("/auth/register"), credentials(), kIos);
    QCOMPARE(registered.status, 200); // 201 would be a failure
    QVERIFY(iosToken(registered));
    // A known address: 400, and the app quietly signs in with the same data, the form not encoded.
    QCOMPARE(app.post(path("/auth/register"), credentials(), kIos).status, 400);
    const QByteArray raw = "username=ann@example.com&password=" + kPassword.toUtf8();
    QVERIFY(!iosToken(app.send("POST", path("/auth/login"), "application/x-www-form-urlencoded",
                               raw, kIos))); // the & in the password ends it, as everywhere
    QCOMPARE(app.post(path("/auth/register"),
                      {{path("email"), path("p+lain@example.com")},
                       {path("password"), path("pass+word")}},
                      kIos)
                 .status,
             200);
    const auto token =
        iosToken(app.send("POST", path("/auth/login"), "application/x-www-form-urlencoded",
                          "username=p+lain@example.com&password=pass+word", kIos));
    QVERIFY(token && !token->refresh.isEmpty());
    // Refreshing without a bearer; the app keeps the new access token and its old refresh token.
    for (int again = 0; again < 3; ++again) {
        const Answer refreshed =
            app.post(path("/auth/refresh"), {{path("refresh_token"), token->refresh}});
        QVERIFY(refreshed.object().value(QLatin1String("access_token")).isString());
        app.setToken(refreshed.object().value(QLatin1String("access_token")).toString());
        QCOMPARE(app.send("POST", path("/mobile/check-call-permission"), {}, {}, kIos).status, 200);
    }
    // Signing out: a JSON type and no body. The refresh token is worth nothing afterwards.
    QCOMPARE(app.send("POST", path("/auth/logout"), "application/json", {}, kIos).status, 200);
    QCOMPARE(app.post(path("/auth/refresh"), {{path("refresh_token"), token->refresh}}).status,
             401);
}

void SignedInJourney::web()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    RestClient app(stage.server().url());
    const RestClient::Headers browser{{"Origin", "http://localhost:5173"},
                                      {"User-Agent", "Mozilla/5.0"}};
    QCOMPARE(app.post(path("/auth/register"), credentials(), browser).status / 100, 2);
    const Answer known = app.post(path("/auth/register"), credentials(), browser);
    QCOMPARE(known.status, 400);
    QCOMPARE(webErrorText(known), path("Email already registered"));
    const Answer wrong = app.postForm(
        path("/token"), {{path("username"), kEmail}, {path("password"), path("not this one")}},
        browser);
    QCOMPARE(wrong.status, 401);
    QVERIFY(!webErrorText(wrong).isEmpty());
    // Without these headers a browser calls every error a network error.
    QCOMPARE(wrong.header("Access-Control-Allow-Origin"), QByteArray("http://localhost:5173"));
    const Answer token = app.postForm(
        path("/token"), {{path("username"), kEmail}, {path("password"), kPassword}}, browser);
    QVERIFY(token.object().value(QLatin1String("access_token")).isString());
    app.setToken(token.object().value(QLatin1String("access_token")).toString());
    const QJsonObject me = app.get(path("/users/me"), browser).object();
    QCOMPARE(me.value(QLatin1String("email")).toString(), kEmail);
    QVERIFY(me.value(QLatin1String("id")).isDouble());
}

void SignedInJourney::theAppIsKnownFromSignUpOn_data()
{
    QTest::addColumn<QByteArray>("appType");
    QTest::addColumn<QByteArray>("userAgent");
    QTest::addColumn<QString>("expected");
    const QString mobile = QStringLiteral("mobile_consumer");
    const QString web = QStringLiteral("web_business");
    const QByteArray ios("Speech-Assistant-Mobile-iOS/1.0");
    QTest::newRow("header") << QByteArray("mobile") << QByteArray("Mozilla/5.0") << mobile;
    QTest::newRow("header in capitals") << QByteArray("MOBILE") << QByteArray("curl") << mobile;
    QTest::newRow("user agent") << QByteArray() << ios << mobile;
    QTest::newRow("the header goes before the user agent") << QByteArray("web") << ios << web;
    QTest::newRow("an unknown header says nothing") << QByteArray("tablet") << ios << mobile;
    QTest::newRow("neither") << QByteArray() << QByteArray("Mozilla/5.0") << web;
}

void SignedInJourney::theAppIsKnownFromSignUpOn()
{
    QFETCH(QByteArray, appType);
    QFETCH(QByteArray, userAgent);
    QFETCH(QString, expected);
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    RestClient app(stage.server().url());
    RestClient::Headers headers{{"User-Agent", userAgent}};
    if (!appType.isEmpty())
        headers.append({"X-App-Type", appType});
    const auto token = iosToken(app.post(path("/auth/register"), credentials(), headers));
    QVERIFY(token.has_value());
    app.setToken(token->access);
    // Afterwards the account knows, whatever a request says of itself.
    const RestClient::Headers other{{"X-App-Type", "mobile"}};
    const QJsonObject stats = app.get(path("/usage-stats"), other).object();
    QCOMPARE(stats.value(QLatin1String("app_type")).toString(), expected);
}

QTEST_GUILESS_MAIN(SignedInJourney)
#include "tst_signed_in_journey.moc"
