// Consent, tokens and their renewal, on the real store, with a provider in memory.
#include "server/adapters/store/calendar_store.h"
#include "server/adapters/store/onboarding_store.h"
#include "server/core/calendar/calendar_connections.h"
#include "tests/server/adapters/store/store_backends.h"
#include "tests/server/adapters/store/usage_fixture.h"
#include "tests/server/core/calendar/calendar_fakes.h"
#include "tests/server/core/calendar/fake_provider.h"

#include <QCryptographicHash>
#include <QTest>

#include <atomic>
#include <latch>

using namespace server;
using base::Fault;
using tests::at;

namespace {

const core::TimeRange window{at("2026-03-02T00:00:00Z"), at("2026-03-03T00:00:00Z")};

const core::SecretBox &box()
{
    static const core::SecretBox sealed =
        core::SecretBox::derivedFrom(base::Secret("a key for tests, and long enough"));
    return sealed;
}

/// One server: its own database object and connections, the provider that all share.
struct Node
{
    Node(store::Database &database, tests::FakeProvider &provider)
        : consents(database),
          connections(
              {consents, provider, box(), [&provider] { return provider.now; }, core::systemRandom})
    {
    }

    store::SqlCalendarConsentStore consents;
    core::CalendarConnections connections;
};

struct ConnectionsRig
{
    explicit ConnectionsRig(store::Database &data) : database(data), node(data, provider)
    {
        provider.now = at("2026-03-02T15:00:00Z");
        user = tests::addUser(data, QStringLiteral("ann"), core::Platform::Web);
    }

    bool connect()
    {
        return node.connections.beginConsent(user)
               && node.connections.finishConsent(provider.state, QStringLiteral("good"));
    }
    base::Result<std::vector<core::CalendarEvent>> ask()
    {
        return node.connections.events(user, window, 10);
    }
    /// What onboarding shows: "" for no row.
    QString shown()
    {
        const auto providers = store::SqlOnboardingStore(database).providersOf(user);
        if (providers->empty())
            return {};
        return providers->front().provider
               + (providers->front().isConnected ? QLatin1String(" connected")
                                                 : QLatin1String(" disconnected"));
    }

    store::Database &database;
    tests::FakeProvider provider;
    Node node;
    base::UserId user;
};

} // namespace

class CalendarConnectionsTest : public QObject
{
    Q_OBJECT
private slots:
    void consentConnects_data() { tests::addBackendRows(); }
    void consentConnects();
    void aStateIsGoodOnceAndForTenMinutes_data() { tests::addBackendRows(); }
    void aStateIsGoodOnceAndForTenMinutes();
    void refusedConsentConnectsNobody_data() { tests::addBackendRows(); }
    void refusedConsentConnectsNobody();
    void theOldRefreshTokenStays_data() { tests::addBackendRows(); }
    void theOldRefreshTokenStays();
    void tokensLieSealed_data() { tests::addBackendRows(); }
    void tokensLieSealed();
    void renewsAheadOfTime_data() { tests::addBackendRows(); }
    void renewsAheadOfTime();
    void renewsAfterARefusal_data() { tests::addBackendRows(); }
    void renewsAfterARefusal();
    void tokensOfOldKeysAreSealedAnew_data() { tests::addBackendRows(); }
    void tokensOfOldKeysAreSealedAnew();
    void consentTakenBackDisconnects_data() { tests::addBackendRows(); }
    void consentTakenBackDisconnects();
    void disconnects_data() { tests::addBackendRows(); }
    void disconnects();
    void oneRenewalForMany_data() { tests::addBackendRows(); }
    void oneRenewalForMany();
    void twoServersDoNoHarm_data() { tests::addBackendRows(); }
    void twoServersDoNoHarm();
    void aNewConsentIsNotOverwritten_data() { tests::addBackendRows(); }
    void aNewConsentIsNotOverwritten();
};

void CalendarConnectionsTest::consentConnects()
{
    SCRATCH_DATABASE(scratch);
    ConnectionsRig rig(scratch->database());
    QCOMPARE(*rig.node.connections.isConnected(rig.user), false);
    const auto missing = rig.ask();
    QCOMPARE(missing.error().fault, Fault::NotFound);
    QCOMPARE(missing.error().message, QStringLiteral("Google Calendar not connected"));
    const auto url = rig.node.connections.beginConsent(rig.user);
    QVERIFY(url);
    QCOMPARE(*url, QStringLiteral("https://accounts.example/consent?state=") + rig.provider.state);
    QCOMPARE(rig.provider.state.size(), 43);
    QCOMPARE(rig.shown(), QString());
    const auto finished =
        rig.node.connections.finishConsent(rig.provider.state, QStringLiteral("good"));
    QVERIFY(finished);
    QCOMPARE(*finished, rig.user);
    // RFC 7636: the challenge is the hash of what was kept for the exchange.
    QCOMPARE(rig.provider.verifier.size(), 43);
    QCOMPARE(rig.provider.challenge,
             QCryptographicHash::hash(rig.provider.verifier, QCryptographicHash::Sha256)
                 .toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals));
    QCOMPARE(*rig.node.connections.isConnected(rig.user), true);
    QCOMPARE(*rig.node.connections.timeZone(rig.user), QStringLiteral("Europe/Paris"));
    QCOMPARE(rig.ask()->size(), size_t(3));
    QCOMPARE(rig.shown(), QStringLiteral("google_calendar connected"));
    QCOMPARE(rig.provider.refreshes, 0);
}

void CalendarConnectionsTest::aStateIsGoodOnceAndForTenMinutes()
{
    SCRATCH_DATABASE(scratch);
    ConnectionsRig rig(scratch->database());
    auto &connections = rig.node.connections;
    const QString good = QStringLiteral("good");
    const auto isRefused = [&](const QString &state) {
        const auto finished = connections.finishConsent(state, good);
        return !finished && finished.error().fault == Fault::Invalid
               && finished.error().message == QLatin1String("Invalid state parameter");
    };
    QVERIFY(isRefused(QString()));
    QVERIFY(isRefused(QStringLiteral("made up")));
    QVERIFY(rig.connect());
    QVERIFY(isRefused(rig.provider.state)); // used
    QVERIFY(connections.beginConsent(rig.user));
    rig.provider.now = rig.provider.now.addSecs(600);
    QVERIFY(isRefused(rig.provider.state)); // too old
    QVERIFY(connections.beginConsent(rig.user));
    QVERIFY(connections.dropConsent(rig.provider.state)); // the user said no
    QVERIFY(isRefused(rig.provider.state));

    QVERIFY(connections.beginConsent(rig.user));
    QCOMPARE(*rig.node.consents.removeExpired(rig.provider.now.addSecs(599)), 0);
    QCOMPARE(*rig.node.consents.removeExpired(rig.provider.now.addSecs(601)), 1);
    // Of many who come with one state, one is served.
    QVERIFY(connections.beginConsent(rig.user));
    std::atomic<int> served = 0;
    std::latch start(8);
    std::vector<std::thread> threads;
    threads.reserve(8);
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            start.arrive_and_wait();
            served += connections.finishConsent(rig.provider.state, good) ? 1 : 0;
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    QCOMPARE(served.load(), 1);
}

void CalendarConnectionsTest::refusedConsentConnectsNobody()
{
    SCRATCH_DATABASE(scratch);
    ConnectionsRig rig(scratch->database());
    QVERIFY(rig.node.connections.beginConsent(rig.user));
    const auto refused =
        rig.node.connections.finishConsent(rig.provider.state, QStringLiteral("bad"));
    QCOMPARE(refused.error().fault, Fault::Upstream); // never a 401
    QCOMPARE(*rig.node.connections.isConnected(rig.user), false);
    rig.provider.sendsRefreshToken = false;
    QVERIFY(!rig.connect()); // an hour's access is none
    QCOMPARE(*rig.node.connections.isConnected(rig.user), false);
    QCOMPARE(rig.shown(), QString());
}

void CalendarConnectionsTest::theOldRefreshTokenStays()
{
    SCRATCH_DATABASE(scratch);
    ConnectionsRig rig(scratch->database());
    QVERIFY(rig.connect());
    rig.provider.sendsRefreshToken = false;
    QVERIFY(rig.connect());
    rig.provider.now = rig.provider.now.addSecs(7200);
    QVERIFY(rig.ask());
    QCOMPARE(rig.provider.refreshes, 1);
}

void CalendarConnectionsTest::tokensLieSealed()
{
    SCRATCH_DATABASE(scratch);
    ConnectionsRig rig(scratch->database());
    QVERIFY(rig.node.connections.beginConsent(rig.user));
    const auto states = scratch->database().session().execute(
        QStringLiteral("SELECT state_hash, sealed_verifier FROM oauth_states"));
    QVERIFY(!states->first().bytes(0).contains(rig.provider.state.toLatin1()));
    QVERIFY(
        rig.node.connections.finishConsent(rig.provider.state, QStringLiteral("good")).has_value());
    QVERIFY(!states->first().text(1).contains(QString::fromLatin1(rig.provider.verifier)));
    const auto rows = scratch->database().session().execute(
        QStringLiteral("SELECT token, refresh_token FROM google_calendar_credentials"));
    QCOMPARE(rows->rows.size(), size_t(1));
    QVERIFY(!rows->first().text(0).contains(rig.provider.current));
    QVERIFY(!rows->first().text(1).contains(QLatin1String("refresh")));
    QCOMPARE(box().open(rows->first().text(1))->reveal(), QByteArray("refresh"));
}

void CalendarConnectionsTest::renewsAheadOfTime()
{
    SCRATCH_DATABASE(scratch);
    ConnectionsRig rig(scratch->database());
    QVERIFY(rig.connect());
    const QDateTime connected = rig.provider.now;
    rig.provider.now = connected.addSecs(3539);
    QVERIFY(rig.ask());
    QCOMPARE(rig.provider.refreshes, 0);
    rig.provider.now = connected.addSecs(3540);
    rig.provider.isDown = true; // ahead of time, so the old one still serves
    QVERIFY(rig.ask());
    rig.provider.now = connected.addSecs(3601);
    QCOMPARE(rig.ask().error().fault, Fault::Unavailable);
    rig.provider.isDown = false;
    rig.provider.refreshes = 0;
    for (int i = 0; i < 3; ++i)
        QVERIFY(rig.ask());
    QCOMPARE(rig.provider.refreshes, 1); // and it was written back
    Node other(scratch->database(), rig.provider);
    QVERIFY(other.connections.events(rig.user, window, 10));
    QCOMPARE(rig.provider.refreshes, 1);
}

void CalendarConnectionsTest::renewsAfterARefusal()
{
    SCRATCH_DATABASE(scratch);
    ConnectionsRig rig(scratch->database());
    QVERIFY(rig.connect());
    rig.provider.forgetTokens();
    QVERIFY(rig.ask());
    QCOMPARE(rig.provider.refreshes, 1);
    rig.provider.refusesTokens = true;
    QCOMPARE(rig.ask().error().fault, Fault::Upstream); // never a 401
    QCOMPARE(rig.provider.refreshes, 2);                // once for one question
    rig.provider.refusesTokens = false;
    QVERIFY(rig.node.connections.busy(rig.user, window));
    QVERIFY(rig.node.connections.insert(rig.user, {}));
    QVERIFY(rig.node.connections.find(rig.user, QStringLiteral("x")));
    QCOMPARE(rig.provider.refreshes, 2);
}

void CalendarConnectionsTest::tokensOfOldKeysAreSealedAnew()
{
    SCRATCH_DATABASE(scratch);
    ConnectionsRig rig(scratch->database());
    const QByteArray oldKey = QByteArray(32, 'o').toBase64(QByteArray::Base64UrlEncoding);
    const QByteArray newKey = QByteArray(32, 'n').toBase64(QByteArray::Base64UrlEncoding);
    const auto oldBox = core::SecretBox::fromKeys(base::Secret(oldKey));
    const auto bothBox = core::SecretBox::fromKeys(base::Secret(newKey + ',' + oldKey));
    QVERIFY(oldBox && bothBox);
    core::StoredConsent consent;
    consent.sealedAccessToken = oldBox->seal(base::Secret("old access"));
    consent.sealedRefreshToken = oldBox->seal(base::Secret("refresh"));
    consent.revision = QStringLiteral("r"); // no expiry, as old rows may have
    QVERIFY(*rig.node.consents.connect(rig.user, consent, rig.provider.now));
    core::CalendarConnections connections({rig.node.consents, rig.provider, *bothBox,
                                           [&rig] { return rig.provider.now; },
                                           core::systemRandom});
    QVERIFY(connections.events(rig.user, window, 10));
    const auto kept = rig.node.consents.find(rig.user);
    QVERIFY(!bothBox->isStale((*kept)->sealedAccessToken));
    QVERIFY(!bothBox->isStale((*kept)->sealedRefreshToken));
    QCOMPARE(bothBox->open((*kept)->sealedRefreshToken)->reveal(), QByteArray("refresh"));
}

void CalendarConnectionsTest::consentTakenBackDisconnects()
{
    SCRATCH_DATABASE(scratch);
    ConnectionsRig rig(scratch->database());
    QVERIFY(rig.connect());
    rig.provider.isTakenBack = true;
    rig.provider.forgetTokens();
    const auto refused = rig.ask();
    QCOMPARE(refused.error().fault, Fault::Internal);
    QVERIFY(refused.error().message.contains(QLatin1String("invalid_grant")));
    QCOMPARE(*rig.node.connections.isConnected(rig.user), false);
    QCOMPARE(rig.shown(), QStringLiteral("google_calendar disconnected"));
    QCOMPARE(rig.ask().error().fault, Fault::NotFound);
    rig.provider.isTakenBack = false;
    QVERIFY(rig.connect());
    QVERIFY(rig.ask());
    QCOMPARE(rig.shown(), QStringLiteral("google_calendar connected"));
}

void CalendarConnectionsTest::disconnects()
{
    SCRATCH_DATABASE(scratch);
    ConnectionsRig rig(scratch->database());
    QCOMPARE(rig.node.connections.disconnect(rig.user).error().fault, Fault::NotFound);
    for (const bool isDown : {false, true}) { // whether the provider listens or not
        QVERIFY(rig.connect());
        rig.provider.isDown = isDown;
        QVERIFY(rig.node.connections.disconnect(rig.user));
        QCOMPARE(rig.provider.revoked.takeFirst(), QStringLiteral("refresh"));
        QCOMPARE(*rig.node.connections.isConnected(rig.user), false);
        QCOMPARE(rig.shown(), QStringLiteral("google_calendar disconnected"));
        rig.provider.isDown = false;
    }
}

void CalendarConnectionsTest::oneRenewalForMany()
{
    SCRATCH_DATABASE(scratch);
    ConnectionsRig rig(scratch->database());
    QVERIFY(rig.connect());
    rig.provider.now = rig.provider.now.addSecs(7200);
    std::atomic<int> answered = 0;
    std::latch start(16);
    std::vector<std::thread> threads;
    threads.reserve(16);
    for (int i = 0; i < 16; ++i) {
        threads.emplace_back([&] {
            start.arrive_and_wait();
            answered += rig.ask() ? 1 : 0;
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    QCOMPARE(answered.load(), 16);
    QCOMPARE(rig.provider.refreshes, 1);
}

void CalendarConnectionsTest::twoServersDoNoHarm()
{
    SCRATCH_DATABASE(scratch);
    ConnectionsRig rig(scratch->database());
    QVERIFY(rig.connect());
    rig.provider.now = rig.provider.now.addSecs(7200);
    const auto otherDatabase = scratch->another();
    Node other(*otherDatabase, rig.provider);
    // Both servers have found the token too old before either has a new one.
    std::latch both(2);
    std::atomic<int> arrived = 0;
    rig.provider.onRefresh = [&] {
        if (arrived++ < 2)
            both.arrive_and_wait();
    };
    std::atomic<int> answered = 0;
    std::vector<std::thread> threads;
    for (Node *node : {&rig.node, &other, &rig.node, &other}) {
        threads.emplace_back([&answered, node, user = rig.user] {
            answered += node->connections.events(user, window, 10) ? 1 : 0;
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    QCOMPARE(answered.load(), 4);
    QCOMPARE(rig.provider.refreshes, 2);
    QVERIFY(rig.ask() && other.connections.events(rig.user, window, 10));
    QCOMPARE(rig.provider.refreshes, 2); // one of the two was kept, and serves both
}

void CalendarConnectionsTest::aNewConsentIsNotOverwritten()
{
    SCRATCH_DATABASE(scratch);
    ConnectionsRig rig(scratch->database());
    QVERIFY(rig.connect());
    rig.provider.now = rig.provider.now.addSecs(7200);
    // While the old consent is refused, the user connects again.
    rig.provider.onRefresh = [&rig] {
        rig.provider.isTakenBack = true;
        rig.connect();
    };
    QVERIFY(rig.ask());
    QCOMPARE(*rig.node.connections.isConnected(rig.user), true);
    QCOMPARE(rig.provider.refreshes, 1);
}

QTEST_GUILESS_MAIN(CalendarConnectionsTest)
#include "tst_calendar_connections.moc"
