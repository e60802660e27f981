// A whole call: placed over the API, bridged, interrupted, ended, and what it leaves.
#include "tests/journeys/stage.h"

#include "shared/audio/mulaw.h"
#include "shared/protocol/call.h"

#include <QFile>
#include <QObject>
#include <QTest>
#include <QtEndian>

#include <cmath>

using protocol::Speaker;
using tests::Answer;
using tests::Stage;
using tests::storeOfRow;

namespace {

/// Root mean square of one channel of a two-channel µ-law WAV, as a fraction of full scale.
double loudness(const QByteArray &wav, int channel)
{
    const qsizetype begin = wav.indexOf("data") + 8;
    double sum = 0;
    qint64 count = 0;
    for (qsizetype i = begin + channel; i < wav.size(); i += 2, ++count) {
        const double sample = audio::decodeMulaw(std::uint8_t(wav[i])) / 32768.0;
        sum += sample * sample;
    }
    return count == 0 ? 0 : std::sqrt(sum / double(count));
}

} // namespace

class CallJourney : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase_data();
    void interruptedAgentIsTruncatedAtWhatWasHeard();
    void recordingHoldsBothLegs();
    void sameIdempotencyKeyRingsOnce();
    void incomingCallIsAnswered();
};

void CallJourney::initTestCase_data()
{
    QTest::addColumn<int>("store");
    QTest::newRow("SQLite") << int(Stage::Store::Sqlite);
    if (!Stage::lacksPostgres())
        QTest::newRow("PostgreSQL") << int(Stage::Store::PostgreSql);
}

void CallJourney::interruptedAgentIsTruncatedAtWhatWasHeard()
{
    Stage stage(storeOfRow());
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    const qint64 id = stage.place(QStringLiteral("default"));
    QVERIFY(id > 0);
    const QJsonObject call = stage.waitForEnd(id, 90'000);
    QCOMPARE(call.value(QLatin1String("status")).toString(), QStringLiteral("completed"));

    // The phone network's own playback clock says what the person had heard when the agent was cut
    // off.
    int truncations = 0;
    for (const auto &session : stage.sandbox().model().sessions()) {
        for (const auto &truncation : session->truncations()) {
            const auto heard = stage.sandbox().heardMs(*session, truncation);
            QVERIFY2(heard.has_value(), "the truncated audio was never played");
            const double error = std::abs(double(truncation.audioEndMs) - *heard);
            QVERIFY2(error <= 40, qPrintable(QStringLiteral("truncated at %1 ms, heard %2 ms")
                                                 .arg(truncation.audioEndMs)
                                                 .arg(*heard)));
            ++truncations;
        }
    }
    QVERIFY2(truncations > 0, "nobody interrupted");

    const auto lines = protocol::listFromJson<protocol::TranscriptLine>(
        call.value(QLatin1String("transcript")).toArray());
    const auto cut = std::find_if(lines.begin(), lines.end(),
                                  [](const auto &line) { return line.wasInterrupted; });
    QVERIFY(cut != lines.end());
    QCOMPARE(cut->speaker, Speaker::Agent);
    QVERIFY(cut->heardChars > 0 && cut->heardChars < cut->text.size());
    QVERIFY(cut->heardMs < cut->producedMs);
    QVERIFY(std::any_of(lines.begin(), lines.end(), [](const auto &line) {
        return line.speaker == Speaker::Caller
               && line.text.contains(QLatin1String("Half is still too much"));
    }));

    const auto turns =
        protocol::listFromJson<protocol::TurnLatency>(call.value(QLatin1String("turns")).toArray());
    QVERIFY(turns.size() >= 3);
    QVERIFY(std::all_of(turns.begin(), turns.end(),
                        [](const auto &turn) { return turn.responseMs() >= 0; }));
    const QJsonArray timeline = call.value(QLatin1String("timeline")).toArray();
    QVERIFY(!timeline.isEmpty());

    QVERIFY2(stage.sandbox().journal().breaches().isEmpty(),
             qPrintable(stage.sandbox().journal().breaches().join(QLatin1Char('\n'))));
}

void CallJourney::recordingHoldsBothLegs()
{
    Stage stage(storeOfRow());
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    const QJsonObject call =
        stage.waitForEnd(stage.place(QStringLiteral("birthday_wishes")), 90'000);
    QCOMPARE(call.value(QLatin1String("status")).toString(), QStringLiteral("completed"));
    // The file is finished on a lane of its own, a moment after the row.
    QByteArray wav;
    QVERIFY(QTest::qWaitFor(
        [&] {
            QFile file(stage.recordingFile(call));
            wav = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
            return wav.size() > 58
                   && qFromLittleEndian<quint32>(wav.constData() + 4) + 8 >= quint32(wav.size());
        },
        10'000));
    QVERIFY(wav.startsWith("RIFF"));
    QVERIFY2(loudness(wav, 0) > 0.005, "the caller is not to be heard");
    QVERIFY2(loudness(wav, 1) > 0.005, "the agent is not to be heard");
    const int seconds = call.value(QLatin1String("duration_seconds")).toInt();
    const double recorded = double(wav.size()) / 2 / audio::kSampleRate;
    QVERIFY2(std::abs(recorded - seconds) < 2.5,
             qPrintable(QStringLiteral("%1 s recorded of %2").arg(recorded).arg(seconds)));
}

void CallJourney::sameIdempotencyKeyRingsOnce()
{
    Stage stage(storeOfRow());
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    const QJsonObject order{{QStringLiteral("phone_number"), QStringLiteral("+14155550124")}};
    const tests::RestClient::Headers key{{"Idempotency-Key", "order-1"}};
    const Answer first = stage.staff().post(QStringLiteral("/calls"), order, key);
    const Answer second = stage.staff().post(QStringLiteral("/calls"), order, key);
    QCOMPARE(first.status, 201);
    QCOMPARE(second.status, 201);
    QCOMPARE(second.body, first.body);
    QCOMPARE(second.header("Idempotency-Replayed"), QByteArray("true"));
    QCOMPARE(stage.sandbox().phone().calls().size(), size_t(1));

    const QJsonObject other{{QStringLiteral("phone_number"), QStringLiteral("+14155550125")}};
    QCOMPARE(stage.staff().post(QStringLiteral("/calls"), other, key).status, 422);
    QCOMPARE(stage.sandbox().phone().calls().size(), size_t(1));
}

void CallJourney::incomingCallIsAnswered()
{
    Stage stage(storeOfRow());
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    const sandbox::PhoneCall &phone = stage.sandbox().phone().callIn(
        QStringLiteral("+14155550177"), QStringLiteral("+14155550100"),
        stage.server().url().toString() + QStringLiteral("/incoming-call/customer_service"),
        QStringLiteral("billing"));
    QVERIFY(QTest::qWaitFor([&] { return phone.isOver(); }, 90'000));
    QVERIFY(phone.line() != nullptr);
    const auto heard =
        phone.line()->playOut().playedBytes(sandbox::PlayOut::at(std::chrono::steady_clock::now()));
    QVERIFY2(heard > qint64(5) * audio::kSampleRate,
             "the caller heard less than five seconds of the agent");
    QVERIFY2(stage.sandbox().journal().breaches().isEmpty(),
             qPrintable(stage.sandbox().journal().breaches().join(QLatin1Char('\n'))));
}

QTEST_GUILESS_MAIN(CallJourney)
#include "tst_call_journey.moc"
