#include "server/adapters/store/call_store.h"
#include "server/adapters/store/idempotency_store.h"
#include "server/adapters/store/sql_account_store.h"
#include "server/adapters/store/vad_preference_store.h"
#include "tests/server/adapters/store/store_backends.h"

#include <QObject>
#include <QTest>

#include <atomic>
#include <thread>

using namespace server;
using core::Call;
using core::CallStatus;

namespace {

const QDateTime kNow =
    QDateTime::fromString(QStringLiteral("2026-03-01T12:00:00.250Z"), Qt::ISODateWithMs);

Call newCall()
{
    Call call;
    call.scenario = QStringLiteral("default");
    call.scenarioTitle = QStringLiteral("Title — with a dash");
    call.phoneNumber = QStringLiteral("+14155550123");
    call.ownNumber = QStringLiteral("+14155550100");
    call.brief.instructions = QStringLiteral("Be kind. \"Quoted\" ünï ✓");
    call.brief.turnDetection = {{QStringLiteral("type"), QStringLiteral("semantic_vad")}};
    call.durationLimit = std::chrono::seconds(60);
    call.createdAt = kNow;
    return call;
}

base::UserId addOwner(store::Database &database)
{
    store::SqlAccountStore accounts(database);
    core::NewAccount account;
    account.email = account.emailKey = QStringLiteral("ann@example.com");
    account.authProvider = QStringLiteral("password");
    account.createdAt = kNow;
    return accounts.create(account)->id;
}

core::CallEnding endingOf(base::CallId id)
{
    core::CallEnding ending;
    ending.id = id;
    ending.reason = QStringLiteral("caller_hung_up");
    ending.answeredAt = kNow;
    ending.endedAt = kNow.addMSecs(4'200);
    ending.detail.callId = id.value;
    protocol::TranscriptLine line;
    line.itemId = QStringLiteral("item_1");
    line.text = QStringLiteral("Hello");
    ending.detail.transcript = {line};
    ending.recordingFile = QStringLiteral("call-1.wav");
    return ending;
}

} // namespace

class CallStoreTest : public QObject
{
    Q_OBJECT
private slots:
    void addedCallComesBackWhole_data() { tests::addBackendRows(); }
    void addedCallComesBackWhole();
    void oneSidIsOneCall_data() { tests::addBackendRows(); }
    void oneSidIsOneCall();
    void statusMovesForwardOnly_data() { tests::addBackendRows(); }
    void statusMovesForwardOnly();
    void endingIsStoredWithItsDetails_data() { tests::addBackendRows(); }
    void endingIsStoredWithItsDetails();
    void theFirstReasonStands_data() { tests::addBackendRows(); }
    void theFirstReasonStands();
    void oneOfManyRedeemsAToken_data() { tests::addBackendRows(); }
    void oneOfManyRedeemsAToken();
    void abandonedCallsAreClosed_data() { tests::addBackendRows(); }
    void abandonedCallsAreClosed();
    void callsUnderWayAreFound_data() { tests::addBackendRows(); }
    void callsUnderWayAreFound();
    void turnTakingIsKeptPerUser_data() { tests::addBackendRows(); }
    void turnTakingIsKeptPerUser();
    void oneOfManyClaimsAnIdempotencyKey_data() { tests::addBackendRows(); }
    void oneOfManyClaimsAnIdempotencyKey();
};

void CallStoreTest::addedCallComesBackWhole()
{
    SCRATCH_DATABASE(scratch);
    const core::PlanBook plans(*core::PlanCatalogue::fromJson(core::PlanCatalogue::builtin()));
    store::SqlCallStore calls(scratch->database(), plans);
    Call call = newCall();
    call.owner = addOwner(scratch->database());
    const auto added = calls.add(call);
    QVERIFY(added.has_value());
    const auto found = calls.byId(added->id);
    QVERIFY(found && *found);
    QCOMPARE((*found)->account, QStringLiteral("ann@example.com"));
    QCOMPARE((*found)->scenarioTitle, call.scenarioTitle);
    QCOMPARE((*found)->brief.toJson(), call.brief.toJson());
    QCOMPARE((*found)->createdAt, kNow);
    QCOMPARE((*found)->durationLimit, std::chrono::seconds(60));
    QVERIFY((*found)->callSid.isEmpty() && !(*found)->endedAt.isValid());
    QCOMPARE(calls.ofOwner(call.owner, 10, 0)->size(), size_t(1));
    QVERIFY(calls.ofOwner({call.owner.value + 1}, 10, 0)->empty());
    QVERIFY(!*calls.byId({added->id.value + 1}));
}

void CallStoreTest::oneSidIsOneCall()
{
    SCRATCH_DATABASE(scratch);
    const core::PlanBook plans(*core::PlanCatalogue::fromJson(core::PlanCatalogue::builtin()));
    store::SqlCallStore calls(scratch->database(), plans);
    Call call = newCall();
    call.callSid = QStringLiteral("CA1");
    QVERIFY(calls.add(call).has_value());
    const auto second = calls.add(call);
    QVERIFY(!second);
    QCOMPARE(second.error().fault, base::Fault::Conflict);
    QVERIFY(calls.add(newCall()).has_value()); // any number of calls may have none yet
    QVERIFY(calls.add(newCall()).has_value());
}

void CallStoreTest::statusMovesForwardOnly()
{
    SCRATCH_DATABASE(scratch);
    const core::PlanBook plans(*core::PlanCatalogue::fromJson(core::PlanCatalogue::builtin()));
    store::SqlCallStore calls(scratch->database(), plans);
    const base::CallId id = calls.add(newCall())->id;
    QVERIFY(calls.setSid(id, QStringLiteral("CA1"), CallStatus::Queued).has_value());
    QCOMPARE(*calls.setStatus(id, CallStatus::InProgress, kNow, {}, {}), true);
    QCOMPARE(*calls.setStatus(id, CallStatus::Ringing, kNow, {}, {}), false);
    QCOMPARE(*calls.setStatus(id, CallStatus::InProgress, kNow, {}, {}), false);
    QCOMPARE(*calls.setStatus(id, CallStatus::Completed, kNow, 7, {}), true);
    QCOMPARE(*calls.setStatus(id, CallStatus::Busy, kNow, {}, QStringLiteral("busy")), false);
    const auto call = calls.bySid(QStringLiteral("CA1"));
    QCOMPARE((*call)->status, CallStatus::Completed);
    QCOMPARE((*call)->durationSeconds, 7);
    QCOMPARE((*call)->endedAt, kNow);
}

void CallStoreTest::endingIsStoredWithItsDetails()
{
    SCRATCH_DATABASE(scratch);
    const core::PlanBook plans(*core::PlanCatalogue::fromJson(core::PlanCatalogue::builtin()));
    store::SqlCallStore calls(scratch->database(), plans);
    const base::CallId id = calls.add(newCall())->id;
    QVERIFY(!*calls.detail(id));
    // The phone network's word may come first; the bridge knows better why and how long.
    QCOMPARE(*calls.setStatus(id, CallStatus::Completed, kNow, 3, {}), true);
    QVERIFY(calls.storeEnding(endingOf(id)).has_value());
    QVERIFY(calls.storeEnding(endingOf(id)).has_value()); // told twice, stored once
    const auto call = calls.byId(id);
    QCOMPARE((*call)->endReason, QStringLiteral("caller_hung_up"));
    QCOMPARE((*call)->durationSeconds, 5);
    QCOMPARE((*call)->recordingFile, QStringLiteral("call-1.wav"));
    QCOMPARE((**calls.detail(id)).transcript.at(0).text, QStringLiteral("Hello"));
}

void CallStoreTest::theFirstReasonStands()
{
    SCRATCH_DATABASE(scratch);
    const core::PlanBook plans(*core::PlanCatalogue::fromJson(core::PlanCatalogue::builtin()));
    store::SqlCallStore calls(scratch->database(), plans);
    const QString staff = QStringLiteral("staff_hung_up");
    // Hung up while it rang: it never comes up, and the network's word does not change why.
    const base::CallId ringing = calls.add(newCall())->id;
    const QByteArray hash(32, 'h');
    QVERIFY(calls.setMediaToken(ringing, hash, kNow.addSecs(60)).has_value());
    QVERIFY(calls.setEndReason(ringing, staff).has_value());
    QVERIFY(!*calls.redeemMediaToken(hash, kNow));
    QCOMPARE(*calls.setStatus(ringing, CallStatus::Canceled, kNow, {}, QStringLiteral("canceled")),
             true);
    QCOMPARE((*calls.byId(ringing))->endReason, staff);
    // Hung up just as the conversation began, which then saw only the line go.
    const base::CallId answered = calls.add(newCall())->id;
    QVERIFY(calls.setEndReason(answered, staff).has_value());
    QVERIFY(calls.storeEnding(endingOf(answered)).has_value());
    QCOMPARE((*calls.byId(answered))->endReason, staff);
    // Too late: it has ended.
    const base::CallId ended = calls.add(newCall())->id;
    QVERIFY(calls.storeEnding(endingOf(ended)).has_value());
    QVERIFY(calls.setEndReason(ended, staff).has_value());
    QCOMPARE((*calls.byId(ended))->endReason, QStringLiteral("caller_hung_up"));
}

void CallStoreTest::oneOfManyRedeemsAToken()
{
    SCRATCH_DATABASE(scratch);
    const core::PlanBook plans(*core::PlanCatalogue::fromJson(core::PlanCatalogue::builtin()));
    store::SqlCallStore calls(scratch->database(), plans);
    const base::CallId id = calls.add(newCall())->id;
    const QByteArray hash(32, 'h');
    QVERIFY(calls.setMediaToken(id, hash, kNow.addSecs(60)).has_value());
    QVERIFY(!*calls.redeemMediaToken(hash, kNow.addSecs(61)));
    std::atomic<int> won = 0;
    std::vector<std::thread> threads;
    threads.reserve(8);
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            const auto call = calls.redeemMediaToken(hash, kNow);
            if (call && *call)
                ++won;
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    QCOMPARE(won.load(), 1);
    const auto call = calls.byId(id);
    QCOMPARE((*call)->status, CallStatus::InProgress);
    QCOMPARE((*call)->answeredAt, kNow);
}

void CallStoreTest::abandonedCallsAreClosed()
{
    SCRATCH_DATABASE(scratch);
    const core::PlanBook plans(*core::PlanCatalogue::fromJson(core::PlanCatalogue::builtin()));
    store::SqlCallStore calls(scratch->database(), plans);
    const base::CallId old = calls.add(newCall())->id;
    Call young = newCall();
    young.createdAt = kNow.addSecs(100);
    const base::CallId fresh = calls.add(young)->id;
    const base::CallId done = calls.add(newCall())->id;
    QVERIFY(calls.storeEnding(endingOf(done)).has_value());
    QCOMPARE(*calls.closeAbandoned(kNow.addSecs(50), kNow.addSecs(200)), 1);
    QCOMPARE((*calls.byId(old))->endReason, QStringLiteral("server_lost"));
    QVERIFY(!(*calls.byId(fresh))->endedAt.isValid());
    QCOMPARE((*calls.byId(done))->endReason, QStringLiteral("caller_hung_up"));
}

void CallStoreTest::callsUnderWayAreFound()
{
    SCRATCH_DATABASE(scratch);
    const core::PlanBook plans(*core::PlanCatalogue::fromJson(core::PlanCatalogue::builtin()));
    store::SqlCallStore calls(scratch->database(), plans);
    Call call = newCall();
    call.owner = addOwner(scratch->database());
    const auto first = calls.add(call);
    const auto second = calls.add(call);
    QVERIFY(first && second);
    const auto found = [&](const QString &number, const QString &scenario,
                           const QDateTime &since) -> qint64 {
        const auto one = calls.underWay(call.owner, number, scenario, since);
        return one && *one ? (*one)->id.value : 0;
    };
    QCOMPARE(found(call.phoneNumber, call.scenario, kNow), second->id.value);
    QCOMPARE(found(call.phoneNumber, call.scenario, kNow.addMSecs(1)), 0);
    QCOMPARE(found(QStringLiteral("+14155550124"), call.scenario, kNow), 0);
    QCOMPARE(found(call.phoneNumber, QStringLiteral("yacht_party"), kNow), 0);
    QVERIFY(calls.setStatus(second->id, CallStatus::Busy, kNow, {}, {}).has_value());
    QCOMPARE(found(call.phoneNumber, call.scenario, kNow), first->id.value);
    QVERIFY(calls.setAnsweredBy(first->id, QStringLiteral("machine_start")).has_value());
    QCOMPARE((*calls.byId(first->id))->answeredBy, QStringLiteral("machine_start"));
    call.owner = {};
    QVERIFY(!*calls.underWay({call.owner.value}, call.phoneNumber, call.scenario, kNow));
}

void CallStoreTest::turnTakingIsKeptPerUser()
{
    SCRATCH_DATABASE(scratch);
    store::SqlVadPreferences preferences(scratch->database());
    const base::UserId user = addOwner(scratch->database());
    QVERIFY(!*preferences.find(user));
    core::TurnDetection detection;
    detection.type = core::TurnDetection::Type::Server;
    detection.threshold = 0.3;
    detection.silenceDuration = std::chrono::milliseconds(900);
    QVERIFY(preferences.set(user, {}, kNow).has_value());
    QVERIFY(preferences.set(user, detection, kNow).has_value());
    const auto kept = preferences.find(user);
    QVERIFY(kept && *kept);
    QCOMPARE(**kept, detection);
    QVERIFY(!preferences.set({user.value + 1}, detection, kNow)); // nobody
}

void CallStoreTest::oneOfManyClaimsAnIdempotencyKey()
{
    SCRATCH_DATABASE(scratch);
    store::SqlIdempotencyStore keys(scratch->database());
    const base::UserId user = addOwner(scratch->database());
    const auto claim = [&] {
        return keys.claim(user, QStringLiteral("POST /calls"), QStringLiteral("k"), "hash", kNow);
    };
    std::atomic<int> won = 0;
    std::vector<std::thread> threads;
    threads.reserve(8);
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            const auto earlier = claim();
            if (earlier && !*earlier)
                ++won;
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    QCOMPARE(won.load(), 1);
    QVERIFY(keys.settle(user, QStringLiteral("POST /calls"), QStringLiteral("k"), 201, "{\"a\":1}")
                .has_value());
    const auto settled = claim();
    QCOMPARE((*settled)->status, 201);
    QCOMPARE((*settled)->body, QByteArray("{\"a\":1}"));
    QCOMPARE((*settled)->requestHash, QByteArray("hash"));
    QVERIFY(keys.abandon(user, QStringLiteral("POST /calls"), QStringLiteral("k")).has_value());
    QVERIFY(!*claim());
}

QTEST_GUILESS_MAIN(CallStoreTest)
#include "tst_call_store.moc"
