// Rate limits of the whole service: sign-in, sign-up, dialling; and what the API says of them.
#include "tests/journeys/stage.h"

#include <QObject>
#include <QTest>

using tests::Answer;
using tests::RestClient;
using tests::Stage;

namespace {

const tests::Environment kLimited{{QStringLiteral("ENABLE_RATE_LIMITING"), QStringLiteral("true")}};
const QString kLimitedPassword = QStringLiteral("password123");

Answer signIn(RestClient &client, const QString &password, const RestClient::Headers &headers = {})
{
    return client.postForm(QStringLiteral("/auth/login"),
                           {{QStringLiteral("username"), QStringLiteral("staff@example.com")},
                            {QStringLiteral("password"), password}},
                           headers);
}

Answer signUp(RestClient &client, const QString &email, const QString &password = kLimitedPassword)
{
    return client.post(QStringLiteral("/auth/register"),
                       {{QStringLiteral("email"), email}, {QStringLiteral("password"), password}});
}

/// What RateLimit says is left; -1 when it says nothing.
int leftOf(const Answer &answer)
{
    const QByteArray state = answer.header("RateLimit");
    const qsizetype begin = state.indexOf(";r=");
    return begin < 0 ? -1 : state.mid(begin + 3, state.indexOf(';', begin + 3) - begin - 3).toInt();
}

} // namespace

class RateLimitJourney : public QObject
{
    Q_OBJECT

private slots:
    void guessingPasswordsEnds();
    void signingUpEnds();
    void diallingIsCountedByUser();
    void everyLimitedRouteSaysSoInTheDescription();
    void switchedOff();

private:
    static void compareRefusal(const Answer &answer, const char *limit);
};

void RateLimitJourney::compareRefusal(const Answer &answer, const char *limit)
{
    QCOMPARE(answer.status, 429);
    QCOMPARE(leftOf(answer), 0);
    QCOMPARE(answer.object().value(QLatin1String("error")).toString(),
             QStringLiteral("Rate limit exceeded: ") + QLatin1String(limit));
    QVERIFY(answer.object().value(QLatin1String("detail")).isString());
    const int wait = answer.header("Retry-After").toInt();
    QVERIFY(wait >= 1 && wait <= 60);
}

void RateLimitJourney::guessingPasswordsEnds()
{
    Stage stage(Stage::Store::Sqlite, kLimited);
    QVERIFY2(stage.isReady(), qPrintable(stage.why())); // the member of staff has signed in once
    RestClient guesser(stage.server().url());
    for (int left = 3; left >= 0; --left) {
        const Answer wrong = signIn(guesser, QStringLiteral("guess %1").arg(left));
        QCOMPARE(wrong.status, 401);
        QCOMPARE(leftOf(wrong), left);
        QCOMPARE(wrong.header("RateLimit-Policy"), QByteArray("\"default\";q=5;w=60"));
        // A request that is no sign-in at all costs nothing.
        QCOMPARE(guesser.postForm(QStringLiteral("/auth/login"), {}).status, left > 0 ? 422 : 429);
    }
    compareRefusal(signIn(guesser, QStringLiteral("correct horse battery")), "5 per 1 minute");
    compareRefusal(signIn(guesser, QStringLiteral("correct horse battery"),
                          {{"X-Forwarded-For", "198.51.100.7"}}),
                   "5 per 1 minute");
    // Another door has its own count, and who is in stays in.
    QCOMPARE(leftOf(guesser.postForm(QStringLiteral("/token"),
                                     {{QStringLiteral("username"), QStringLiteral("a@example.com")},
                                      {QStringLiteral("password"), QStringLiteral("guess")}})),
             4);
    QCOMPARE(stage.staff().get(QStringLiteral("/users/me")).status, 200);
}

void RateLimitJourney::signingUpEnds()
{
    Stage stage(Stage::Store::Sqlite, kLimited);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    RestClient nobody(stage.server().url());
    QCOMPARE(signUp(nobody, QStringLiteral("a@example.com"), QStringLiteral("short")).status, 422);
    for (int i = 0; i < 5; ++i) {
        const Answer answer = signUp(nobody, QStringLiteral("user%1@example.com").arg(i));
        QCOMPARE(answer.status, 200);
        QCOMPARE(leftOf(answer), 4 - i);
    }
    compareRefusal(signUp(nobody, QStringLiteral("user5@example.com")), "5 per 1 minute");
}

void RateLimitJourney::diallingIsCountedByUser()
{
    Stage stage(Stage::Store::Sqlite, kLimited);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    RestClient nobody(stage.server().url());
    const auto dial = [](RestClient &client, int number) {
        return client.get(QStringLiteral("/make-call/+1415555012%1/default").arg(number));
    };
    QList<QString> tokens;
    for (const char *email : {"one@example.com", "two@example.com"}) {
        const Answer answer = signUp(nobody, QString::fromLatin1(email));
        tokens.append(answer.object().value(QLatin1String("access_token")).toString());
        QVERIFY(!tokens.last().isEmpty());
    }
    RestClient one(stage.server().url());
    RestClient two(stage.server().url());
    one.setToken(tokens.at(0));
    two.setToken(tokens.at(1));
    QCOMPARE(dial(nobody, 0).status, 401);
    QCOMPARE(leftOf(dial(one, 1)), 1);
    QCOMPARE(leftOf(dial(one, 2)), 0);
    compareRefusal(dial(one, 3), "2 per 1 minute"); // another number, the same count
    QCOMPARE(leftOf(dial(two, 4)), 1);              // another user at the same address
    QCOMPARE(leftOf(two.get(QStringLiteral("/calls"))), -1);
}

void RateLimitJourney::everyLimitedRouteSaysSoInTheDescription()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    const QJsonObject paths = stage.staff()
                                  .get(QStringLiteral("/openapi.json"))
                                  .object()
                                  .value(QLatin1String("paths"))
                                  .toObject();
    tests::ServerProcess server;
    QCOMPARE(server.run({QStringLiteral("--print-routes")}, stage.environment()), 0);
    int limited = 0;
    for (const QByteArray &line : server.output().split('\n')) {
        const QList<QByteArray> words = line.simplified().split(' ');
        if (words.size() < 3)
            continue;
        const bool isLimited = words.size() > 3;
        limited += isLimited ? 1 : 0;
        const QJsonObject responses = paths.value(QString::fromLatin1(words.at(1)))
                                          .toObject()
                                          .value(QString::fromLatin1(words.at(0).toLower()))
                                          .toObject()
                                          .value(QLatin1String("responses"))
                                          .toObject();
        QVERIFY2(!isLimited || responses.contains(QLatin1String("429")), line.constData());
        // The phone network calls as often as it must.
        QVERIFY2(!isLimited || words.at(2) != "signed", line.constData());
    }
    QVERIFY(limited >= 5);
}

void RateLimitJourney::switchedOff()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    RestClient client(stage.server().url());
    for (int i = 0; i < 7; ++i) {
        const Answer wrong = signIn(client, QStringLiteral("guess"));
        QCOMPARE(wrong.status, 401);
        QCOMPARE(leftOf(wrong), -1);
    }
}

QTEST_GUILESS_MAIN(RateLimitJourney)
#include "tst_rate_limit_journey.moc"
