// Calls through a whole bridge: a phone, a model, real sockets.
#include "tests/server/bridge/rig.h"

#include "server/bridge/apology.h"
#include "server/bridge/listener_tap.h"

#include <QJsonArray>
#include <QtTest>

using namespace bridge_test;
using namespace server::bridge;

namespace {

const QString kRespond = QStringLiteral("response.create");
const QString kTruncate = QStringLiteral("conversation.item.truncate");
const QString kCreate = QStringLiteral("conversation.item.create");

QString spoken(const QJsonObject &created)
{
    return created.value(QStringLiteral("item"))
        .toObject()
        .value(QStringLiteral("content"))
        .toArray()
        .at(0)
        .toObject()
        .value(QStringLiteral("text"))
        .toString();
}

} // namespace

class TstBridge : public QObject
{
    Q_OBJECT

private slots:
    void greetingFlowsAndTheCallIsTold();
    void modelIsConnectedWhileThePhoneRings();
    void nothingSaidBeforeTheModelIsThereIsLost();
    void bargeInTruncatesAtWhatWasHeard();
    void lostModelComesBackWithTheConversation();
    void modelThatRefusesLeadsToAnApology();
    void durationLimitEndsTheCall();
    void staffHangsUp();
    void brokenStreamEndsTheCall();
    void strangersAreTurnedAway_data();
    void strangersAreTurnedAway();
    void aTokenIsGoodOnce();
    void garbageTouchesNobodyElse();
    void slowListenerLosesOnlyItsOwnFrames();
    void recordingHasBothLegs();
    void shutdownStoresOutcomes();
};

void TstBridge::greetingFlowsAndTheCallIsTold()
{
    Rig rig;
    const auto phone = rig.phone(rig.plan(1));
    QTRY_COMPARE(rig.model.count(kRespond, 0), 1);
    QCOMPARE(spoken(rig.model.first(kCreate, 0)), QStringLiteral("Say hello."));
    QCOMPARE(rig.model.first(QStringLiteral("session.update"), 0)
                 .value(QStringLiteral("session"))
                 .toObject()
                 .value(QStringLiteral("instructions"))
                 .toString(),
             QStringLiteral("Be kind."));
    rig.model.say(R"({"type":"response.created","response":{"id":"r1"}})");
    rig.model.sayAudio("r1", "i1", 100);
    rig.model.say(
        R"({"type":"response.output_audio_transcript.done","response_id":"r1","item_id":"i1","transcript":"Hello there"})");
    rig.model.say(
        R"({"type":"response.output_audio.done","response_id":"r1","item_id":"i1","content_index":0})");
    rig.model.say(R"({"type":"response.done","response":{"id":"r1","status":"completed"}})");
    QTRY_COMPARE(phone->mediaBytes(), 800);
    QTRY_VERIFY(rig.witness.with(
        [&] { return !rig.witness.lines.isEmpty() && rig.witness.lines.last().isFinal; }));
    QCOMPARE(rig.witness.with([&] { return rig.witness.rows[1].lastWords; }),
             QStringLiteral("Hello there"));
    QCOMPARE(rig.witness.with([&] { return rig.witness.rows[1].state; }),
             protocol::CallState::Talking);
    QVERIFY(rig.witness.with([&] { return rig.witness.rows[1].phoneNumber; })
            != QStringLiteral("+14155550123"));
    QTRY_VERIFY(rig.model.audioBytes(0) > 1600);
    phone->stop();
    QTRY_COMPARE(rig.witness.outcomeCount(), 1);
    const CallOutcome outcome = rig.witness.with([&] { return rig.witness.outcomes.first(); });
    QCOMPARE(outcome.reason, EndReason::CallerHungUp);
    QCOMPARE(outcome.detail.transcript.size(), 1);
    QCOMPARE(outcome.detail.turns.size(), 1);
    QTRY_COMPARE(phone->closeCode(), 1000);
    QCOMPARE(rig.witness.with([&] { return rig.witness.hungUp; }),
             QStringList{QStringLiteral("CA1")});
    QTRY_COMPARE(rig.bridge->callCount(), 0);
}

void TstBridge::modelIsConnectedWhileThePhoneRings()
{
    Rig rig;
    const CallPlan plan = rig.plan(7);
    rig.bridge->prepare(plan);
    QTRY_COMPARE(rig.model.count(QStringLiteral("session.update"), 0), 1);
    QCOMPARE(rig.model.count(kRespond, 0), 0); // not into a ringing phone
    const auto phone = rig.phone(plan);
    QTRY_COMPARE(rig.model.count(kRespond, 0), 1);
    QCOMPARE(rig.model.connections(), 1);
    rig.bridge->prepare(rig.plan(8));
    QTRY_COMPARE(rig.model.connections(), 2);
    rig.bridge->forget({8});
    QCOMPARE(rig.bridge->callCount(), 1);
}

void TstBridge::nothingSaidBeforeTheModelIsThereIsLost()
{
    Rig rig;
    const auto phone = rig.phone(rig.plan(1));
    QTRY_VERIFY(rig.model.audioBytes(0) >= 16'000);
    phone->stop();
    QTRY_COMPARE(rig.witness.outcomeCount(), 1);
    const qint64 frames =
        rig.witness.with([&] { return rig.witness.outcomes.first().framesReceived; });
    QTRY_COMPARE(rig.model.audioBytes(0), frames * 160);
}

void TstBridge::bargeInTruncatesAtWhatWasHeard()
{
    Rig rig;
    const auto phone = rig.phone(rig.plan(1));
    QTRY_COMPARE(rig.model.count(kRespond, 0), 1);
    rig.model.say(R"({"type":"response.created","response":{"id":"r1"}})");
    for (int i = 0; i < 10; ++i)
        rig.model.sayAudio("r1", "i1", 400);
    QTRY_COMPARE(phone->mediaBytes(), 32'000);
    QTRY_VERIFY(phone->heardMs() >= 700);
    rig.model.say(
        R"({"type":"input_audio_buffer.speech_started","audio_start_ms":900,"item_id":"c1"})");
    QTRY_COMPARE(rig.model.count(kTruncate, 0), 1);
    QTRY_COMPARE(phone->clears(), 1);
    const QJsonObject truncate = rig.model.first(kTruncate, 0);
    const double end = truncate.value(QStringLiteral("audio_end_ms")).toDouble();
    QCOMPARE(truncate.value(QStringLiteral("item_id")).toString(), QStringLiteral("i1"));
    QVERIFY2(std::abs(end - phone->playedAtClear()) <= 40,
             qPrintable(QStringLiteral("%1 told, %2 heard").arg(end).arg(phone->playedAtClear())));
    QVERIFY(end > 500);
    rig.model.sayAudio("r1", "i1", 400); // too late
    rig.model.say(R"({"type":"response.created","response":{"id":"r2"}})");
    rig.model.sayAudio("r2", "i2", 20);
    QTRY_COMPARE(phone->mediaBytes(), 32'160);
    QTRY_COMPARE(rig.witness.with([&] { return rig.witness.rows[1].interruptions; }), 1);
}

void TstBridge::lostModelComesBackWithTheConversation()
{
    Rig rig;
    const auto phone = rig.phone(rig.plan(1));
    QTRY_COMPARE(rig.model.count(kRespond, 0), 1);
    rig.model.say(R"({"type":"response.created","response":{"id":"r1"}})");
    rig.model.sayAudio("r1", "i1", 200);
    rig.model.say(
        R"({"type":"response.output_audio_transcript.done","response_id":"r1","item_id":"i1","transcript":"Good day"})");
    rig.model.say(
        R"({"type":"response.output_audio.done","response_id":"r1","item_id":"i1","content_index":0})");
    rig.model.say(R"({"type":"response.done","response":{"id":"r1","status":"completed"}})");
    rig.model.say(
        R"({"type":"conversation.item.input_audio_transcription.completed","item_id":"c1","transcript":"One cake"})");
    rig.model.say(R"({"type":"input_audio_buffer.speech_stopped","item_id":"c1"})");
    QTRY_COMPARE(rig.witness.with([&] {
        return rig.witness.lines.isEmpty() ? QString() : rig.witness.rows[1].lastWords;
    }),
                 QStringLiteral("One cake"));
    rig.model.drop(0);
    QTRY_COMPARE(rig.model.connections(), 2);
    QTRY_COMPARE(rig.model.count(kCreate, 1), 2);
    QCOMPARE(rig.model.first(QStringLiteral("session.update"), 1),
             rig.model.first(QStringLiteral("session.update"), 0));
    QTRY_COMPARE(rig.model.count(kRespond, 1), 1); // the caller still waits for an answer
    rig.model.sayAudio("r9", "i9", 100);
    QTRY_COMPARE(phone->mediaBytes(), 2'400);
    QTRY_VERIFY(rig.witness.saw(QStringLiteral("model lost")));
    QTRY_VERIFY(rig.witness.saw(QStringLiteral("model reconnected")));
}

void TstBridge::modelThatRefusesLeadsToAnApology()
{
    Rig rig;
    rig.model.refuse();
    const auto phone = rig.phone(rig.plan(1));
    const qint64 clip = apology().size();
    QVERIFY(clip > 8'000);
    QTRY_VERIFY(phone->mediaBytes() >= clip);
    QCOMPARE(rig.witness.outcomeCount(), 0); // it is still being listened to
    QTRY_COMPARE_WITH_TIMEOUT(rig.witness.outcomeCount(), 1, int(clip / 8) + 5'000);
    QCOMPARE(rig.witness.with([&] { return rig.witness.outcomes.first().reason; }),
             EndReason::ModelLost);
    QCOMPARE(rig.witness.with([&] { return rig.witness.hungUp; }),
             QStringList{QStringLiteral("CA1")});
}

void TstBridge::durationLimitEndsTheCall()
{
    Rig rig;
    CallPlan plan = rig.plan(1);
    plan.durationLimit = std::chrono::seconds(1);
    const auto phone = rig.phone(plan);
    QTRY_COMPARE(rig.witness.outcomeCount(), 1);
    QCOMPARE(rig.witness.with([&] { return rig.witness.outcomes.first().reason; }),
             EndReason::DurationLimit);
    QTRY_COMPARE(phone->closeCode(), 1000);
    QCOMPARE(rig.witness.with([&] { return rig.witness.hungUp.size(); }), 1);
}

void TstBridge::staffHangsUp()
{
    Rig rig;
    const auto phone = rig.phone(rig.plan(1));
    QTRY_COMPARE(rig.bridge->callCount(), 1);
    QVERIFY(!rig.bridge->hangUp({2}, EndReason::StaffHungUp));
    QVERIFY(rig.bridge->hangUp({1}, EndReason::StaffHungUp));
    QTRY_COMPARE(rig.witness.outcomeCount(), 1);
    QCOMPARE(rig.witness.with([&] { return rig.witness.rows[1].endReason; }),
             QStringLiteral("staff_hung_up"));
    QTRY_VERIFY(!rig.bridge->hangUp({1}, EndReason::StaffHungUp));
}

void TstBridge::brokenStreamEndsTheCall()
{
    Rig rig;
    const auto phone = rig.phone(rig.plan(1));
    QTRY_COMPARE(rig.bridge->callCount(), 1);
    phone->breakOff();
    QTRY_COMPARE(rig.witness.outcomeCount(), 1);
    QCOMPARE(rig.witness.with([&] { return rig.witness.outcomes.first().reason; }),
             EndReason::StreamLost);
    QCOMPARE(rig.witness.with([&] { return rig.witness.hungUp.size(); }), 1);
}

void TstBridge::strangersAreTurnedAway_data()
{
    QTest::addColumn<QByteArray>("token");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("code");
    QTest::newRow("wrong token") << QByteArray("guess") << QByteArray() << 1008;
    QTest::newRow("no start in time") << FakePhone::kNoStart << QByteArray() << 1008;
    QTest::newRow("binary") << FakePhone::kNoStart << QByteArray("binary") << 1003;
    QTest::newRow("media before start is no way in")
        << FakePhone::kNoStart << QByteArray(R"({"event":"media","media":{"payload":"AAAA"}})")
        << 1008;
    QTest::newRow("oversized") << FakePhone::kNoStart << QByteArray(307'200, 'x') << 1009;
    QTest::newRow("another format")
        << FakePhone::kNoStart
        << QByteArray(
               R"({"event":"start","start":{"streamSid":"M","mediaFormat":{"encoding":"audio/l16","sampleRate":8000,"channels":1}}})")
        << 1003;
}

void TstBridge::strangersAreTurnedAway()
{
    QFETCH(QByteArray, token);
    QFETCH(QByteArray, text);
    QFETCH(int, code);
    Rig rig;
    const auto phone = rig.stranger(token);
    if (!text.isEmpty()) {
        QTRY_VERIFY(phone->isOpen());
        if (text == "binary")
            phone->sendBinary(text);
        else
            phone->sendText(text);
    }
    QTRY_COMPARE(phone->closeCode(), code);
    QCOMPARE(rig.model.connections(), 0);
    QCOMPARE(rig.bridge->callCount(), 0);
}

void TstBridge::aTokenIsGoodOnce()
{
    Rig rig;
    const auto phone = rig.phone(rig.plan(1));
    QTRY_COMPARE(rig.bridge->callCount(), 1);
    const auto second = rig.stranger("1");
    QTRY_COMPARE(second->closeCode(), 1008);
    // A second token for the same call opens no second stream either.
    rig.witness.with([&] { rig.witness.plans["again"] = rig.plan(1); });
    const auto third = rig.stranger("again");
    QTRY_COMPARE(third->closeCode(), 1008);
    QVERIFY(phone->isOpen());
    QCOMPARE(rig.bridge->callCount(), 1);
}

void TstBridge::garbageTouchesNobodyElse()
{
    Rig rig;
    const auto good = rig.phone(rig.plan(1));
    QTRY_COMPARE(rig.model.count(kRespond, 0), 1);
    const auto bad = rig.phone(rig.plan(2));
    QTRY_COMPARE(rig.model.count(kRespond, 1), 1);
    good->resetGap();
    const QList<QByteArray> nonsense{
        "",
        "{",
        "[]",
        "null",
        R"({"type":7})",
        R"({"type":"response.output_audio.delta","delta":"!"})",
        R"({"type":"response.output_audio.delta","item_id":"x","content_index":-4,"delta":"AAAA"})",
        R"({"type":"response.done","response":{"id":[]}})",
        R"({"event":"media","media":{"payload":"%%%%"}})",
        R"({"event":"start","start":{"streamSid":"MZ2"}})",
        QByteArray(100'000, '[')};
    for (int i = 0; i < 60; ++i) {
        rig.model.sayAudio("r1", "i1", 20, 0); // the good call's answer goes on
        rig.model.say(nonsense[i % nonsense.size()], 1);
        if (bad->isOpen())
            bad->sendText(nonsense[i % nonsense.size()]);
        if (i == 30 && bad->isOpen())
            bad->sendBinary("\x01\x02");
    }
    QTRY_COMPARE(good->mediaBytes(), qint64(60) * 160);
    QVERIFY2(good->longestGapMs() <= 60, qPrintable(QString::number(good->longestGapMs())));
    QCOMPARE(rig.bridge->callCount(), 2); // some nonsense is borne with
    for (int i = 0; i < 300 && bad->isOpen(); ++i)
        bad->sendText("nonsense");
    QTRY_COMPARE(rig.bridge->callCount(), 1); // much of it is not
    QVERIFY(good->isOpen());
    // Text that is not UTF-8 ends the connection to the model, and a new one is made.
    rig.model.say("\xff\xfe", 0);
    QTRY_COMPARE(rig.model.connections(), 3);
    QVERIFY(good->isOpen());
    good->sendText(QByteArray(307'200, 'x'));
    QTRY_COMPARE(good->closeCode(), 1009);
    QTRY_COMPARE(rig.bridge->callCount(), 0);
}

void TstBridge::slowListenerLosesOnlyItsOwnFrames()
{
    Rig rig;
    const auto phone = rig.phone(rig.plan(5));
    QTRY_COMPARE(rig.bridge->callCount(), 1);
    QVERIFY(!rig.bridge->listen({6}, [](const auto &) {}));
    const auto slow = std::make_shared<ListenBuffer>([] {}, 10);
    const auto quick = std::make_shared<ListenBuffer>([] {}, 1'000);
    auto one =
        rig.bridge->listen({5}, [slow](const protocol::ListenFrame &frame) { slow->put(frame); });
    const auto two =
        rig.bridge->listen({5}, [quick](const protocol::ListenFrame &frame) { quick->put(frame); });
    QTRY_COMPARE(rig.witness.with([&] { return rig.witness.rows[5].listeners; }), 2);
    std::vector<std::uint32_t> heard;
    protocol::ListenFrame frame;
    QTRY_VERIFY([&] {
        while (quick->take(frame))
            heard.push_back(frame.sequence);
        return heard.size() >= 40;
    }());
    for (size_t i = 1; i < heard.size(); ++i)
        QCOMPARE(heard[i], heard[i - 1] + 1);
    int kept = 0;
    while (slow->take(frame))
        ++kept;
    QCOMPARE(kept, 10);
    QVERIFY(frame.sequence + 2 >= heard.back()); // the newest ones
    one.reset();
    QTRY_COMPARE(rig.witness.with([&] { return rig.witness.rows[5].listeners; }), 1);
}

void TstBridge::recordingHasBothLegs()
{
    Rig rig;
    const auto phone = rig.phone(rig.plan(1));
    QTRY_COMPARE(rig.model.count(kRespond, 0), 1);
    rig.model.sayAudio("r1", "i1", 1'000);
    QTRY_VERIFY(rig.model.audioBytes(0) > qint64(1'200) * 8);
    phone->stop();
    QTRY_COMPARE(rig.witness.outcomeCount(), 1);
    const CallOutcome outcome = rig.witness.with([&] { return rig.witness.outcomes.first(); });
    QVERIFY(outcome.recordingFile.contains(QStringLiteral("call-1-")));
    QFile file(rig.folder.filePath(outcome.recordingFile));
    QTRY_COMPARE(file.size(), 58 + outcome.framesReceived * 320);
}

void TstBridge::shutdownStoresOutcomes()
{
    Rig rig;
    const auto one = rig.phone(rig.plan(1));
    const auto two = rig.phone(rig.plan(2));
    rig.bridge->prepare(rig.plan(3));
    QTRY_COMPARE(rig.bridge->callCount(), 2);
    QTRY_COMPARE(rig.model.connections(), 3);
    rig.bridge->shutdown(base::Millis(5'000));
    QCOMPARE(rig.witness.outcomeCount(), 2);
    for (const CallOutcome &outcome : rig.witness.with([&] { return rig.witness.outcomes; }))
        QCOMPARE(outcome.reason, EndReason::Shutdown);
    QTRY_COMPARE(one->closeCode(), 1001);
    QTRY_COMPARE(two->closeCode(), 1001);
    const auto late = rig.phone(rig.plan(4));
    QTRY_VERIFY(late->closeCode() != 0);
    QCOMPARE(rig.bridge->callCount(), 0);
}

QTEST_GUILESS_MAIN(TstBridge)
#include "tst_bridge.moc"
