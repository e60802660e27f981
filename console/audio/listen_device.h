// The endless stream that the audio sink reads from.
#pragma once

#include "console/audio/listen_queue.h"
#include "console/audio/rate_converter.h"

#include <QAudioFormat>
#include <QIODevice>

#include <memory>
#include <vector>

namespace console::audio {

/// Turns a ListenQueue into bytes of the device's format: stereo, Int16 or Float, any rate.
/// Never ends and never stalls: where there is nothing to play it gives silence. GUI thread;
/// the queue must outlive it.
class ListenDevice final : public QIODevice
{
    Q_OBJECT

public:
    ListenDevice(ListenQueue &queue, const QAudioFormat &format, QObject *parent = nullptr);

    bool isSequential() const override { return true; }
    qint64 bytesAvailable() const override;

protected:
    qint64 readData(char *data, qint64 maxSize) override;
    qint64 writeData(const char *, qint64) override { return -1; }

private:
    void pullSamples(std::size_t count);

    ListenQueue &m_queue;
    QAudioFormat m_format;
    std::unique_ptr<RateConverter> m_converter; ///< none at 8 kHz
    std::vector<std::int16_t> m_samples;
    std::vector<float> m_floats;
};

} // namespace console::audio
