#include "server/bridge/audio_framer.h"

#include "server/net/base64.h"
#include "shared/audio/mulaw.h"

#include <algorithm>

namespace server::bridge {

namespace {

constexpr size_t kLargestPiece = 100UL * audio::kBytesPerMs;
/// 60 ms: the longest piece up to 100 ms that is whole frames and whole base64 groups (of 3 bytes)
/// at once.
constexpr size_t kSliceBytes = 480;
constexpr size_t kSliceChars = kSliceBytes / 3 * 4;

} // namespace

std::span<const AudioFramer::Piece> AudioFramer::push(std::string_view base64, size_t bytes)
{
    m_pieces.clear();
    if (m_rest.empty() && bytes % audio::kFrameBytes == 0) {
        passThrough(base64, bytes);
        return m_pieces;
    }
    std::vector<std::uint8_t> fresh;
    if (!net::decodeBase64(base64, fresh))
        return m_pieces;
    m_decoded.swap(m_rest);
    m_decoded.insert(m_decoded.end(), fresh.begin(), fresh.end());
    const size_t whole = m_decoded.size() - m_decoded.size() % audio::kFrameBytes;
    m_rest.assign(m_decoded.begin() + std::ptrdiff_t(whole), m_decoded.end());
    m_decoded.resize(whole);
    encode(m_decoded, whole);
    m_decoded.clear();
    return m_pieces;
}

std::span<const AudioFramer::Piece> AudioFramer::flush()
{
    m_pieces.clear();
    const size_t speech = m_rest.size();
    if (speech > 0) {
        m_rest.resize(audio::kFrameBytes, audio::kSilence);
        encode(m_rest, speech);
        m_rest.clear();
    }
    return m_pieces;
}

std::span<const AudioFramer::Piece> AudioFramer::frame(std::span<const std::uint8_t> mulaw)
{
    m_pieces.clear();
    m_decoded.assign(mulaw.begin(), mulaw.end());
    const size_t frames = (mulaw.size() + audio::kFrameBytes - 1) / audio::kFrameBytes;
    m_decoded.resize(frames * audio::kFrameBytes, audio::kSilence);
    encode(m_decoded, mulaw.size());
    m_decoded.clear();
    return m_pieces;
}

void AudioFramer::passThrough(std::string_view base64, size_t bytes)
{
    if (bytes == 0)
        return;
    if (bytes <= kLargestPiece) {
        m_pieces.push_back({base64, int(bytes), 0});
        return;
    }
    for (size_t at = 0; at < bytes; at += kSliceBytes) {
        const size_t size = std::min(kSliceBytes, bytes - at);
        m_pieces.push_back({base64.substr(at / 3 * 4, kSliceChars), int(size), 0});
    }
}

void AudioFramer::encode(std::span<const std::uint8_t> bytes, size_t speechBytes)
{
    m_text.clear();
    m_text.reserve(bytes.size() / kLargestPiece * ((kLargestPiece + 2) / 3 * 4)
                   + kLargestPiece * 2);
    for (size_t at = 0; at < bytes.size(); at += kLargestPiece) {
        const size_t size = std::min(kLargestPiece, bytes.size() - at);
        const size_t textAt = m_text.size();
        net::appendBase64(m_text, bytes.subspan(at, size));
        const size_t speech = std::min(size, speechBytes - std::min(speechBytes, at));
        m_pieces.push_back(
            {{m_text.data() + textAt, m_text.size() - textAt}, int(speech), int(size - speech)});
    }
}

} // namespace server::bridge
