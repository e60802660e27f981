// What is done with the sound beside passing it on: pairing, recording, listening.
#include "server/bridge/apology.h"
#include "server/bridge/caller_audio.h"
#include "server/bridge/listener_tap.h"
#include "server/bridge/recorder.h"
#include "server/bridge/sound_track.h"
#include "server/net/base64.h"

#include <QDir>
#include <QTemporaryDir>
#include <QtEndian>
#include <QtTest>

using namespace server::bridge;

namespace {

std::string base64(int bytes, std::uint8_t value)
{
    std::string text;
    server::net::appendBase64(text, std::vector<std::uint8_t>(size_t(bytes), value));
    return text;
}

/// Notes the first byte of each leg of each frame.
struct Ear final : SoundTrack::Sink
{
    void onSound(SoundTrack::Leg caller, SoundTrack::Leg agent) override
    {
        heard << QStringLiteral("%1/%2").arg(caller.front()).arg(agent.front());
    }
    QStringList heard;
};

} // namespace

class TstSound : public QObject
{
    Q_OBJECT

private slots:
    void legsArePaired();
    void recordingIsWholeAfterEachSecond();
    void recordingThatCannotBeWrittenHurtsNobody();
    void emptyRecordingLeavesNoFile();
    void bufferLosesTheOldest();
    void tapCountsWhatNobodyHears();
    void apologyIsThere();
};

void TstSound::legsArePaired()
{
    Ear ear;
    SoundTrack track(ear);
    track.addCaller(base64(160, 1));
    track.addAgent(base64(480, 9));
    track.addCaller(base64(160, 2));
    track.addCaller(base64(80, 3)); // half a frame waits
    QCOMPARE(ear.heard.size(), 2);
    track.addCaller(base64(80, 3));
    track.clearAgent();
    track.addCallerSilence(160);
    track.addAgent(base64(160, 8));
    track.addCaller(base64(320, 4));
    track.addCaller("not base64");
    QCOMPARE(ear.heard.join(QLatin1Char(' ')), QStringLiteral("1/255 2/9 3/9 255/255 4/8 4/255"));
}

void TstSound::recordingIsWholeAfterEachSecond()
{
    QTemporaryDir folder;
    base::WorkerPool files("files", 3, 100);
    Recorder recorder(folder.filePath(QStringLiteral("deep/er")), QStringLiteral("a.wav"), files);
    std::array<std::uint8_t, 160> caller{};
    std::array<std::uint8_t, 160> agent{};
    caller.fill(1);
    agent.fill(2);
    QFile file(folder.filePath(QStringLiteral("deep/er/a.wav")));
    for (int i = 0; i < 50; ++i)
        recorder.add(caller, agent);
    QTRY_COMPARE(file.size(), 58 + 16'000);
    for (int i = 0; i < 125; ++i)
        recorder.add(caller, agent);
    recorder.finish();
    files.stop();
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray all = file.readAll();
    QCOMPARE(all.size(), 58 + 175 * 320);
    const auto little = [&](int at) { return qFromLittleEndian<quint32>(all.constData() + at); };
    QCOMPARE(little(4), quint32(all.size() - 8));
    QCOMPARE(little(54), quint32(175 * 320));
    for (int i = 58; i < all.size(); i += 2)
        QVERIFY(all[i] == 1 && all[i + 1] == 2);
}

void TstSound::recordingThatCannotBeWrittenHurtsNobody()
{
    QTemporaryDir folder;
    QFile blocker(folder.filePath(QStringLiteral("x")));
    QVERIFY(blocker.open(QIODevice::WriteOnly)); // a file where the folder should be
    base::WorkerPool files("files", 1, 1);
    Recorder recorder(folder.filePath(QStringLiteral("x")), QStringLiteral("a.wav"), files);
    std::array<std::uint8_t, 160> leg{};
    for (int i = 0; i < 500; ++i)
        recorder.add(leg, leg);
    recorder.finish();
    files.stop();
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files), QStringList{QStringLiteral("x")});
}

void TstSound::emptyRecordingLeavesNoFile()
{
    QTemporaryDir folder;
    base::WorkerPool files("files", 1, 1);
    Recorder recorder(folder.path(), QStringLiteral("a.wav"), files);
    recorder.finish();
    files.stop();
    QVERIFY(!recorder.hasAudio());
    QVERIFY(QDir(folder.path()).entryList(QDir::Files).isEmpty());
}

void TstSound::bufferLosesTheOldest()
{
    int wakes = 0;
    ListenBuffer buffer([&] { ++wakes; }, 3);
    protocol::ListenFrame frame;
    for (std::uint32_t i = 0; i < 5; ++i) {
        frame.sequence = i;
        buffer.put(frame);
    }
    QCOMPARE(wakes, 1);
    for (std::uint32_t expected : {2U, 3U, 4U}) {
        QVERIFY(buffer.take(frame));
        QCOMPARE(frame.sequence, expected);
    }
    QVERIFY(!buffer.take(frame));
    buffer.put(frame);
    QCOMPARE(wakes, 2);
}

void TstSound::tapCountsWhatNobodyHears()
{
    ListenerTap tap(42);
    std::array<std::uint8_t, 160> caller{};
    std::array<std::uint8_t, 160> agent{};
    caller.fill(1);
    agent.fill(2);
    tap.push(caller, agent);
    QList<protocol::ListenFrame> heard;
    const auto listener =
        std::make_shared<Listener>([&](const protocol::ListenFrame &frame) { heard << frame; });
    tap.add(listener);
    tap.push(caller, agent);
    QCOMPARE(heard.size(), 1);
    QCOMPARE(heard[0].sequence, 1U);
    QCOMPARE(heard[0].callId, 42);
    QCOMPARE(heard[0].caller[0], 1);
    QCOMPARE(heard[0].agent[159], 2);
    listener->isOpen = false;
    tap.push(caller, agent);
    QCOMPARE(heard.size(), 1);
    QCOMPARE(tap.count(), 0);
}

void TstSound::apologyIsThere()
{
    QVERIFY(apology().size() > qsizetype(3) * 8'000);
    QVERIFY(apology().size() < qsizetype(20) * 8'000);
}

QTEST_APPLESS_MAIN(TstSound)
#include "tst_sound.moc"
