#include "shared/audio/wav.h"

#include "shared/audio/mulaw.h"

#include <QtEndian>

namespace audio {

namespace {

void append16(QByteArray &out, std::uint16_t value)
{
    const std::uint16_t little = qToLittleEndian(value);
    out.append(reinterpret_cast<const char *>(&little), sizeof little);
}

void append32(QByteArray &out, std::uint32_t value)
{
    const std::uint32_t little = qToLittleEndian(value);
    out.append(reinterpret_cast<const char *>(&little), sizeof little);
}

} // namespace

QByteArray mulawWavHeader(int channels, std::uint32_t dataBytes)
{
    constexpr std::uint16_t kFormatMulaw = 7;
    constexpr std::uint32_t kFormatChunkBytes = 18; // non-PCM formats carry an extension size field
    constexpr std::uint32_t kFactChunkBytes = 4;
    const auto channelCount = std::uint16_t(channels);
    const std::uint32_t padding = dataBytes & 1U;

    QByteArray out;
    out.append("RIFF", 4);
    append32(out, 4 + (8 + kFormatChunkBytes) + (8 + kFactChunkBytes) + 8 + dataBytes + padding);
    out.append("WAVEfmt ", 8);
    append32(out, kFormatChunkBytes);
    append16(out, kFormatMulaw);
    append16(out, channelCount);
    append32(out, kSampleRate);
    append32(out, std::uint32_t(kSampleRate) * channelCount);
    append16(out, channelCount);
    append16(out, 8);
    append16(out, 0);
    out.append("fact", 4);
    append32(out, kFactChunkBytes);
    append32(out, dataBytes / channelCount);
    out.append("data", 4);
    append32(out, dataBytes);
    return out;
}

} // namespace audio
