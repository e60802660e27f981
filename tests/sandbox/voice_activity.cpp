#include "tests/sandbox/voice_activity.h"

#include "shared/audio/mulaw.h"

#include <algorithm>
#include <cmath>

namespace sandbox {

namespace {

constexpr double kFullThreshold = 0.03; // a threshold of 1 asks for this fraction of full scale
constexpr qint64 kOnsetMs = 60;         // shorter noises are clicks

double power(char code)
{
    const double sample = audio::decodeMulaw(static_cast<std::uint8_t>(code)) / 32768.0;
    return sample * sample;
}

} // namespace

double loudness(QByteArrayView mulaw)
{
    if (mulaw.isEmpty())
        return 0;
    double sum = 0;
    for (const char code : mulaw)
        sum += power(code);
    return std::sqrt(sum / double(mulaw.size()));
}

qsizetype loudestAt(QByteArrayView mulaw, qsizetype window)
{
    if (mulaw.size() <= window)
        return 0;
    double sum = 0;
    for (qsizetype i = 0; i < window; ++i)
        sum += power(mulaw[i]);
    double best = sum;
    qsizetype at = 0;
    for (qsizetype i = window; i < mulaw.size(); ++i) {
        sum += power(mulaw[i]) - power(mulaw[i - window]);
        if (sum > best) {
            best = sum;
            at = i - window + 1;
        }
    }
    return at;
}

std::optional<VoiceActivity::Change> VoiceActivity::feed(QByteArrayView frame)
{
    m_bytes += frame.size();
    const qint64 length = frame.size() / audio::kBytesPerMs;
    if (loudness(frame) > m_detection.threshold * kFullThreshold) {
        m_loudMs += length;
        m_quietMs = 0;
    } else {
        m_quietMs += length;
        // Inside a word, single quiet frames are normal; a longer gap was a click.
        if (!m_speaking && m_quietMs > 30)
            m_loudMs = 0;
    }
    if (!m_speaking && m_loudMs >= kOnsetMs) {
        m_speaking = true;
        return Change{true,
                      std::max<qint64>(0, positionMs() - m_loudMs - m_detection.prefixPaddingMs)};
    }
    if (m_speaking && m_quietMs >= m_detection.silenceMs) {
        m_speaking = false;
        m_loudMs = 0;
        return Change{false, positionMs()};
    }
    return std::nullopt;
}

void VoiceActivity::reset()
{
    m_speaking = false;
    m_loudMs = 0;
    m_quietMs = 0;
}

} // namespace sandbox
