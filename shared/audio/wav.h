// The head of a µ-law WAV file (RIFF, WAVE_FORMAT_MULAW), so that recordings need no transcoding.
#pragma once

#include <cstdint>

#include <QByteArray>

namespace audio {

/// The header of a WAV file with `channels` interleaved µ-law channels at 8 kHz and `dataBytes` of
/// audio. Readable by sox, ffmpeg and every desktop player.
QByteArray mulawWavHeader(int channels, std::uint32_t dataBytes);

} // namespace audio
