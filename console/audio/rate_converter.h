// Meets the device's sample rate where it does not take the telephone's 8 kHz.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>

struct SRC_STATE_tag;

namespace console::audio {

/// Converts interleaved stereo from 8 kHz to another rate with libsamplerate, on demand: it pulls
/// its input from `source` in pieces of 20 ms. One thread at a time.
class RateConverter
{
public:
    using Source = std::function<void(std::span<std::int16_t>)>;

    RateConverter(int outputRate, Source source);
    ~RateConverter();
    RateConverter(const RateConverter &) = delete;
    RateConverter &operator=(const RateConverter &) = delete;

    /// Fills `out` (interleaved stereo, -1...1) to its end.
    void pull(std::span<float> out);

private:
    static long feed(void *self, float **data);

    Source m_source;
    double m_ratio;
    std::array<std::int16_t, 320> m_samples{}; ///< 20 ms of stereo at 8 kHz
    std::array<float, 320> m_floats{};
    SRC_STATE_tag *m_state = nullptr;
};

} // namespace console::audio
