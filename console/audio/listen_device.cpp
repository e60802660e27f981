#include "console/audio/listen_device.h"

#include <algorithm>
#include <cstring>

namespace console::audio {

namespace {

/// No single read takes more than this much time out of the queue.
constexpr qint64 kMostMsPerRead = 100;

} // namespace

ListenDevice::ListenDevice(ListenQueue &queue, const QAudioFormat &format, QObject *parent)
    : QIODevice(parent), m_queue(queue), m_format(format)
{
    if (format.sampleRate() != ::audio::kSampleRate)
        m_converter = std::make_unique<RateConverter>(
            format.sampleRate(), [this](std::span<std::int16_t> out) { m_queue.pull(out); });
    open(QIODevice::ReadOnly | QIODevice::Unbuffered);
}

qint64 ListenDevice::bytesAvailable() const
{
    return m_format.bytesForDuration(kMostMsPerRead * 1000) + QIODevice::bytesAvailable();
}

qint64 ListenDevice::readData(char *data, qint64 maxSize)
{
    const qint64 most = std::min(maxSize, qint64(m_format.bytesForDuration(kMostMsPerRead * 1000)));
    const qint64 frames = most / m_format.bytesPerFrame();
    if (frames <= 0)
        return 0;
    const auto count = std::size_t(frames) * ListenQueue::kChannels;
    pullSamples(count);
    if (m_format.sampleFormat() == QAudioFormat::Float)
        std::memcpy(data, m_floats.data(), count * sizeof(float));
    else
        std::memcpy(data, m_samples.data(), count * sizeof(std::int16_t));
    return frames * m_format.bytesPerFrame();
}

void ListenDevice::pullSamples(std::size_t count)
{
    m_samples.resize(count);
    m_floats.resize(count);
    if (!m_converter) {
        m_queue.pull(m_samples);
        std::transform(m_samples.begin(), m_samples.end(), m_floats.begin(),
                       [](std::int16_t sample) { return float(sample) / 32768.0F; });
        return;
    }
    m_converter->pull(m_floats);
    std::transform(m_floats.begin(), m_floats.end(), m_samples.begin(), [](float sample) {
        return std::int16_t(std::clamp(sample * 32767.0F, -32768.0F, 32767.0F));
    });
}

} // namespace console::audio
