// Users who bring their own account at the phone network: calls, signatures, a change of keys.
#include "tests/journeys/account_steps.h"
#include "tests/journeys/described_api.h"
#include "tests/journeys/stage.h"

#include <QObject>
#include <QTest>

using namespace tests;

namespace {

const QByteArray kSid = "AC000000000000000000000000000000a1";
const QByteArray kToken = "0123456789abcdef0123456789abcdef";
const QByteArray kBobsSid = "AC000000000000000000000000000000b2";
const QByteArray kBobsToken = "fedcba9876543210fedcba9876543210";
const QString kNumber = u"+14155550151"_s;
const QString kKeyA = u"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="_s;
const QString kKeyB = u"ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="_s;

const Environment kEnvironment{{u"DATA_ENCRYPTION_KEY"_s, kKeyA}};

sandbox::Sandbox::Settings settings()
{
    sandbox::Sandbox::Settings settings;
    settings.phone.otherAccounts = {{kSid, kToken}, {kBobsSid, kBobsToken}};
    return settings;
}

QJsonObject credentials(const QByteArray &sid, const QByteArray &token, const QString &number = {})
{
    QJsonObject order{{u"account_sid"_s, QString::fromLatin1(sid)},
                      {u"auth_token"_s, QString::fromLatin1(token)}};
    if (!number.isEmpty())
        order.insert(u"phone_number"_s, number);
    return order;
}

Answer put(RestClient &client, const QJsonObject &order)
{
    return client.send("PUT", u"/twilio/credentials"_s, "application/json",
                       QJsonDocument(order).toJson());
}

/// As in production, where calls come from their user's number: the phone network is told an https
/// address, and gets there in plain all the same.
struct Production
{
    Production()
    {
        QTcpServer probe;
        probe.listen(QHostAddress::LocalHost);
        const QString port = QString::number(probe.serverPort());
        environment = {{u"DATA_ENCRYPTION_KEY"_s, kKeyA},
                       {u"DEVELOPMENT_MODE"_s, u"false"_s},
                       {u"PORT"_s, port},
                       {u"PUBLIC_URL"_s, u"https://api.example.com"_s}};
        network = settings();
        network.phone.reach = u"127.0.0.1:"_s + port;
    }
    Environment environment;
    sandbox::Sandbox::Settings network;
};

QString accountOf(const sandbox::PhoneCall &call)
{
    return call.resource().value(u"account_sid"_s).toString();
}

} // namespace

/// Ann has an account of her own with a number in it.
#define OWN_ACCOUNT_STAGE(environment, network)                                                    \
    if (Stage::lacksPostgres())                                                                    \
        QSKIP(                                                                                     \
            "no PostgreSQL: TEST_DATABASE_URL is not set (tests/with_postgres.sh provides one)");  \
    Stage stage(Stage::Store::PostgreSql, (environment), (network));                               \
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));                                            \
    stage.sandbox().phone().market().give(kSid, kNumber);                                          \
    RestClient ann(stage.server().url());                                                          \
    QCOMPARE(signUp(ann, u"ann@example.com"_s).status, 200)

class OwnAccountJourney : public QObject
{
    Q_OBJECT
private slots:
    void isTriedKeptAndForgotten();
    void numbersAreBoughtThere();
    void callsGoThroughIt();
    void callsToItAreItsOwners();
    void keysChange();
    void withoutAKeyNothingIsKept();
};

void OwnAccountJourney::isTriedKeptAndForgotten()
{
    OWN_ACCOUNT_STAGE(kEnvironment, settings());
    const QJsonObject api = ann.get(u"/openapi.json"_s).object();
    const auto check = [&](const Answer &answer, const char *method, int status) {
        const QString objection = objectionTo(answer, api, method, "/twilio/credentials", status);
        QVERIFY2(objection.isEmpty(), qPrintable(objection));
    };
    const Answer wrong = put(ann, credentials(kSid, kBobsToken));
    check(wrong, "put", 400);
    QCOMPARE(detailOf(wrong), u"Twilio does not accept these credentials"_s);
    check(put(ann, credentials(kSid, kToken, u"+14155550152"_s)), "put", 400);
    check(put(ann, credentials(kSid.toLower(), kToken)), "put", 422);
    check(put(ann, credentials(stage.sandbox().phone().settings().accountSid, kToken)), "put", 409);
    check(ann.get(u"/twilio/credentials"_s), "get", 404);

    const Answer kept = put(ann, credentials(kSid, kToken, kNumber));
    check(kept, "put", 200);
    const Answer shown = ann.get(u"/twilio/credentials"_s);
    check(shown, "get", 200);
    QCOMPARE(shown.body, kept.body);
    QCOMPARE(textOf(shown, "accountSid"), QString(30, u'*') + u"00a1"_s);
    QCOMPARE(textOf(shown, "phoneNumber"), kNumber);
    QVERIFY(!shown.body.contains(kToken) && !shown.body.contains(kSid));
    QCOMPARE(textOf(ann.get(u"/twilio/account"_s), "accountSid"), QString::fromLatin1(kSid));
    QCOMPARE(textOf(ann.get(u"/twilio/user-primary-number"_s), "phoneNumber"), kNumber);
    const Answer providers = ann.get(u"/onboarding/me/providers"_s);
    const QJsonObject twilio =
        providers.object().value(u"credentials"_s).toArray().first().toObject();
    QCOMPARE(twilio.value(u"provider"_s), QJsonValue(u"twilio"_s));
    QCOMPARE(twilio.value(u"is_connected"_s), QJsonValue(true));

    RestClient bob(stage.server().url()); // has another account and cannot have that number
    signUp(bob, u"bob@example.com"_s);
    check(bob.get(u"/twilio/credentials"_s), "get", 404);
    stage.sandbox().phone().market().give(kBobsSid, kNumber);
    check(put(bob, credentials(kBobsSid, kBobsToken, kNumber)), "put", 409);
    check(bob.get(u"/twilio/credentials"_s), "get", 404);

    check(ann.send("DELETE", u"/twilio/credentials"_s, {}, {}), "delete", 200);
    check(ann.get(u"/twilio/credentials"_s), "get", 404);
    QCOMPARE(ann.get(u"/twilio/user-primary-number"_s).status, 404);
    QCOMPARE(textOf(ann.get(u"/twilio/account"_s), "accountSid"), QString(30, u'*') + u"0001"_s);
    const QByteArray log = stage.server().errors();
    QVERIFY(!log.contains(kToken) && !log.contains(kNumber.toLatin1()));
}

void OwnAccountJourney::numbersAreBoughtThere()
{
    OWN_ACCOUNT_STAGE(kEnvironment, settings());
    QCOMPARE(put(ann, credentials(kSid, kToken)).status, 200);
    const Answer bought = ann.post(u"/twilio/provision-number"_s, {});
    QCOMPARE(bought.status, 200);
    const QString number = textOf(bought, "phoneNumber");
    sandbox::NumberMarket &market = stage.sandbox().phone().market();
    QCOMPARE(market.find(number)->account, kSid);
    QCOMPARE(market.numbersOf(stage.sandbox().phone().settings().accountSid).size(), size_t(0));
    QCOMPARE(ann.get(u"/twilio/user-numbers"_s).array().size(), 1);
    QCOMPARE(ann.send("DELETE", u"/twilio/release-number/"_s + number, {}, {}).status, 200);
    QVERIFY(!market.find(number));
    QVERIFY(market.find(kNumber)); // was never given to us
}

void OwnAccountJourney::callsGoThroughIt()
{
    const Production production;
    OWN_ACCOUNT_STAGE(production.environment, production.network);
    QCOMPARE(put(ann, credentials(kSid, kToken, kNumber)).status, 200);
    const Answer placed = ann.post(u"/calls"_s, {{u"phone_number"_s, u"+14155550123"_s}});
    QCOMPARE(placed.status, 201);
    const QString id = QString::number(placed.object().value(u"id"_s).toInteger());
    const auto call = [&] { return ann.get(u"/calls/"_s + id).object(); };
    // Every word of the phone network on the way there was signed with Ann's token.
    QTRY_COMPARE_WITH_TIMEOUT(call().value(u"status"_s).toString(), u"in-progress"_s, 20'000);
    const auto &calls = stage.sandbox().phone().calls();
    QCOMPARE(calls.size(), size_t(1));
    QCOMPARE(accountOf(*calls.front()), QString::fromLatin1(kSid));
    QTRY_VERIFY_WITH_TIMEOUT(calls.front()->line() != nullptr, 20'000);
    QCOMPARE(stage.sandbox().journal().breaches(), QStringList());

    // Staff end it: the account that placed it is asked to.
    const auto hangUp = [&] {
        return stage.staff().post(u"/admin/calls/%1/hangup"_s.arg(id), {}).status == 200;
    };
    QVERIFY(QTest::qWaitFor(hangUp, 20'000)); // asked again once it is over, the answer is no
    QTRY_VERIFY_WITH_TIMEOUT(calls.front()->isOver(), 20'000);
    QTRY_COMPARE_WITH_TIMEOUT(call().value(u"status"_s).toString(), u"completed"_s, 20'000);
    // The service's calls are not hers.
    QVERIFY(stage.place(u"default"_s) > 0);
    QCOMPARE(accountOf(*calls.back()),
             QString::fromLatin1(stage.sandbox().phone().settings().accountSid));
}

void OwnAccountJourney::callsToItAreItsOwners()
{
    OWN_ACCOUNT_STAGE(kEnvironment, settings());
    QCOMPARE(put(ann, credentials(kSid, kToken, kNumber)).status, 200);
    const QString url = stage.server().url().toString() + u"/incoming-call/default"_s;
    sandbox::PhoneCall &call = stage.sandbox().phone().callIn(u"+14155550199"_s, kNumber, url, {});
    QCOMPARE(accountOf(call), QString::fromLatin1(kSid));
    QTRY_VERIFY_WITH_TIMEOUT(call.line() != nullptr, 20'000);
    QTRY_COMPARE_WITH_TIMEOUT(ann.get(u"/calls"_s).array().size(), 1, 20'000);
    QCOMPARE(stage.sandbox().journal().breaches(), QStringList());
    call.complete(u"completed"_s);

    // Bob's account speaks for his own numbers only: one that says it had Ann's is not believed.
    RestClient bob(stage.server().url());
    signUp(bob, u"bob@example.com"_s);
    QCOMPARE(put(bob, credentials(kBobsSid, kBobsToken)).status, 200);
    stage.sandbox().phone().market().take(kNumber);
    stage.sandbox().phone().market().give(kBobsSid, kNumber);
    sandbox::PhoneCall &forged =
        stage.sandbox().phone().callIn(u"+14155550198"_s, kNumber, url, {});
    QTRY_VERIFY_WITH_TIMEOUT(forged.isOver(), 20'000);
    QVERIFY(stage.sandbox().journal().breaches().join(u' ').contains(u"answered 401"_s));
    QCOMPARE(ann.get(u"/calls"_s).array().size(), 1);
}

void OwnAccountJourney::keysChange()
{
    OWN_ACCOUNT_STAGE(kEnvironment, settings());
    QCOMPARE(put(ann, credentials(kSid, kToken)).status, 200);
    const auto with = [&](const QString &keys) {
        Environment environment = stage.environment();
        environment.insert(u"DATA_ENCRYPTION_KEY"_s, keys);
        return environment;
    };
    const QString both = kKeyB + u',' + kKeyA;
    ServerProcess rotator;
    QCOMPARE(rotator.run({u"--rotate-keys"_s}, with(kKeyB)), 1); // the key of what is there is gone
    QVERIFY2(rotator.errors().contains("1 that no key opens"), rotator.errors());
    QCOMPARE(rotator.run({u"--rotate-keys"_s}, with(both)), 0); // beside a running server
    QVERIFY2(rotator.output().contains(
                 "provider_credentials: 1 secrets, 1 sealed anew, 0 that no key opens"),
             rotator.output());
    QCOMPARE(rotator.run({u"--rotate-keys"_s}, with(both)), 0);
    QVERIFY2(rotator.output().contains("provider_credentials: 1 secrets, 0 sealed anew"),
             rotator.output());
    QVERIFY(!rotator.output().contains(kToken));
    // A server that does not know the new key says so, and keeps out of the service's account.
    QCOMPARE(ann.get(u"/twilio/account"_s).status, 503);
    QCOMPARE(stage.server().terminate(), 0);
    ServerProcess server;
    QVERIFY2(server.start(with(kKeyB)), server.errors());
    QCOMPARE(textOf(ann.get(u"/twilio/account"_s), "accountSid"), QString::fromLatin1(kSid));
}

void OwnAccountJourney::withoutAKeyNothingIsKept()
{
    OWN_ACCOUNT_STAGE(kEnvironment, settings());
    QCOMPARE(stage.server().terminate(), 0);
    Environment production = stage.environment();
    production.remove(u"DATA_ENCRYPTION_KEY"_s);
    production.insert(u"DEVELOPMENT_MODE"_s, u"false"_s);
    production.insert(u"PUBLIC_URL"_s, u"https://api.example.com"_s);
    ServerProcess server;
    QCOMPARE(server.run({u"--check-config"_s}, production), 2); // calendars are set up there
    QVERIFY2(server.errors().contains("DATA_ENCRYPTION_KEY is missing"), server.errors());
    QCOMPARE(server.run({u"--rotate-keys"_s}, stage.environment()), 0);
    production.insert(u"GOOGLE_CLIENT_ID"_s, {});
    production.insert(u"GOOGLE_CLIENT_SECRET"_s, {});
    QCOMPARE(server.run({u"--rotate-keys"_s}, production), 2);
    QVERIFY2(server.start(production), server.errors());
    const Answer refused = put(ann, credentials(kSid, kToken));
    QCOMPARE(refused.status, 503);
    QVERIFY(detailOf(refused).contains(u"DATA_ENCRYPTION_KEY is not set"_s));
    QCOMPARE(ann.post(u"/twilio/provision-number"_s, {}).status, 200); // the rest works
}

QTEST_GUILESS_MAIN(OwnAccountJourney)
#include "tst_own_account_journey.moc"
