#include "shared/audio/mulaw.h"

#include <algorithm>
#include <array>

namespace audio {

namespace {

constexpr int kBias = 0x84;
constexpr int kClip = 32635;

constexpr std::int16_t expand(std::uint8_t code)
{
    const int inverted = ~code & 0xff;
    const int exponent = (inverted >> 4) & 0x07;
    const int mantissa = inverted & 0x0f;
    const int magnitude = (((mantissa << 3) + kBias) << exponent) - kBias;
    return static_cast<std::int16_t>((inverted & 0x80) ? -magnitude : magnitude);
}

constexpr std::array<std::int16_t, 256> makeTable()
{
    std::array<std::int16_t, 256> table{};
    for (int code = 0; code < 256; ++code)
        table[size_t(code)] = expand(static_cast<std::uint8_t>(code));
    return table;
}

constexpr auto kTable = makeTable();

} // namespace

std::int16_t decodeMulaw(std::uint8_t code)
{
    return kTable[code];
}

std::uint8_t encodeMulaw(std::int16_t sample)
{
    const int sign = sample < 0 ? 0x80 : 0;
    const int magnitude = std::min(sample < 0 ? -int(sample) : int(sample), kClip) + kBias;
    int exponent = 7;
    for (int mask = 0x4000; exponent > 0 && !(magnitude & mask); mask >>= 1)
        --exponent;
    const int mantissa = (magnitude >> (exponent + 3)) & 0x0f;
    return static_cast<std::uint8_t>(~(sign | (exponent << 4) | mantissa));
}

void decodeMulaw(std::span<const std::uint8_t> in, std::span<std::int16_t> out)
{
    std::transform(in.begin(), in.end(), out.begin(),
                   [](std::uint8_t code) { return kTable[code]; });
}

} // namespace audio
