// How loud a leg is, for the meters on the console.
#pragma once

#include <cstdint>
#include <span>

namespace audio {

/// Collects µ-law audio and tells its level since the last reading. One thread at a time.
class LevelMeter
{
public:
    void add(std::span<const std::uint8_t> mulaw);

    /// Root mean square since the last call, as a fraction of full scale in 0...1; resets.
    /// Without audio since then: 0.
    float take();

private:
    double m_sumOfSquares = 0;
    std::uint64_t m_samples = 0;
};

} // namespace audio
