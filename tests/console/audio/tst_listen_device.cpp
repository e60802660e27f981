#include "console/audio/listen_device.h"
#include "console/audio/listen_player.h"

#include <QSignalSpy>
#include <QTest>

#include <cmath>
#include <cstring>
#include <vector>

using namespace console::audio;

namespace {

QAudioFormat makeFormat(int rate, QAudioFormat::SampleFormat sample)
{
    QAudioFormat format;
    format.setSampleRate(rate);
    format.setChannelCount(2);
    format.setSampleFormat(sample);
    return format;
}

/// Caller 500 Hz, agent 1000 Hz.
void pushTones(ListenQueue &queue, std::uint32_t frames)
{
    int sample = 0;
    for (std::uint32_t i = 0; i < frames; ++i) {
        protocol::ListenFrame frame;
        frame.callId = 1;
        frame.sequence = i;
        for (size_t k = 0; k < frame.caller.size(); ++k, ++sample) {
            const double t = 2 * M_PI * sample / 8000.0;
            frame.caller[k] = audio::encodeMulaw(std::int16_t(8000 * std::sin(500 * t)));
            frame.agent[k] = audio::encodeMulaw(std::int16_t(8000 * std::sin(1000 * t)));
        }
        queue.push(frame);
    }
}

/// Periods per second of one channel, by its zero crossings.
double pitch(const std::vector<float> &samples, size_t channel, int rate)
{
    int crossings = 0;
    for (size_t i = 2 + channel; i < samples.size(); i += 2)
        crossings += (samples[i - 2] < 0) != (samples[i] < 0);
    return crossings / 2.0 * rate / (double(samples.size()) / 2);
}

} // namespace

class TstListenDevice final : public QObject
{
    Q_OBJECT

private slots:
    void givesBothLegs_data()
    {
        QTest::addColumn<int>("rate");
        QTest::addColumn<bool>("isFloat");
        QTest::newRow("8 kHz Int16") << 8000 << false;
        QTest::newRow("8 kHz Float") << 8000 << true;
        QTest::newRow("44.1 kHz Int16") << 44100 << false;
        QTest::newRow("48 kHz Float") << 48000 << true;
    }

    void givesBothLegs()
    {
        QFETCH(int, rate);
        QFETCH(bool, isFloat);
        ListenQueue queue;
        pushTones(queue, 12);
        const QAudioFormat format =
            makeFormat(rate, isFloat ? QAudioFormat::Float : QAudioFormat::Int16);
        ListenDevice device(queue, format);
        const QByteArray bytes = device.read(format.bytesForDuration(100000))
                                 + device.read(format.bytesForDuration(100000));
        QCOMPARE(bytes.size(), format.bytesForDuration(200000));

        std::vector<float> samples;
        for (qsizetype at = 0; at < bytes.size(); at += format.bytesPerSample())
            samples.push_back(format.normalizedSampleValue(bytes.constData() + at));
        QVERIFY(std::abs(pitch(samples, 0, rate) - 500) < 20);
        QVERIFY(std::abs(pitch(samples, 1, rate) - 1000) < 30);
    }

    void neverEndsAndNeverGivesHalfAFrame()
    {
        ListenQueue queue;
        ListenDevice device(queue, makeFormat(8000, QAudioFormat::Int16));
        QCOMPARE(device.read(1003).size(), 1000);
        QVERIFY(device.bytesAvailable() > 0);
        QVERIFY(!device.atEnd());
        QCOMPARE(device.read(8), QByteArray(8, '\0'));
    }

    void withoutAnOutputThePlayerSaysSo()
    {
        // The test's machine may have one; then it plays silence and that is fine too.
        ListenPlayer player;
        QSignalSpy failed(&player, &ListenPlayer::failed);
        player.push({});
        player.start();
        QVERIFY(player.isPlaying() == failed.isEmpty());
        player.stop();
        QVERIFY(!player.isPlaying());
    }
};

QTEST_GUILESS_MAIN(TstListenDevice)
#include "tst_listen_device.moc"
