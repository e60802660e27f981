#include "shared/audio/level_meter.h"

#include "shared/audio/mulaw.h"

#include <cmath>

namespace audio {

void LevelMeter::add(std::span<const std::uint8_t> mulaw)
{
    std::int64_t sum = 0;
    for (const std::uint8_t code : mulaw) {
        const std::int64_t sample = decodeMulaw(code);
        sum += sample * sample;
    }
    m_sumOfSquares += double(sum);
    m_samples += mulaw.size();
}

float LevelMeter::take()
{
    if (m_samples == 0)
        return 0;
    const double rms = std::sqrt(m_sumOfSquares / double(m_samples)) / 32768.0;
    m_sumOfSquares = 0;
    m_samples = 0;
    return float(rms);
}

} // namespace audio
