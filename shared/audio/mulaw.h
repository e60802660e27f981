// µ-law (ITU-T G.711) at 8 kHz mono: what the phone network speaks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace audio {

inline constexpr int kSampleRate = 8000; ///< samples, and µ-law bytes, per second
inline constexpr int kBytesPerMs = 8;    ///< µ-law bytes in one millisecond
inline constexpr int kFrameMs = 20;      ///< what one media frame of the phone network holds
inline constexpr int kFrameBytes = kFrameMs * kBytesPerMs;
inline constexpr std::uint8_t kSilence = 0xff; ///< µ-law for zero

std::int16_t decodeMulaw(std::uint8_t code);
std::uint8_t encodeMulaw(std::int16_t sample);

/// Decodes `in` into `out`; REQUIRES: out.size() >= in.size().
void decodeMulaw(std::span<const std::uint8_t> in, std::span<std::int16_t> out);

} // namespace audio
