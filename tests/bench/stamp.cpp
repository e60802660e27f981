#include "tests/bench/stamp.h"

#include <algorithm>
#include <cstring>

namespace bench {

namespace {

constexpr std::array<std::uint8_t, 3> kMagic{0x5A, 0x17, 0xC3};
constexpr std::size_t kStampBytes = 12;
constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> makeReverseAlphabet()
{
    std::array<std::int8_t, 256> table{};
    table.fill(-1);
    for (std::size_t i = 0; i < kAlphabet.size(); ++i)
        table[std::uint8_t(kAlphabet[i])] = std::int8_t(i);
    return table;
}

constexpr std::array<std::int8_t, 256> kReverseAlphabet = makeReverseAlphabet();

} // namespace

Frame stampedFrame(const Stamp &stamp)
{
    Frame frame{};
    std::copy(kMagic.begin(), kMagic.end(), frame.begin());
    frame[3] = std::uint8_t(stamp.way);
    std::memcpy(frame.data() + 4, &stamp.call, 4);
    std::memcpy(frame.data() + 8, &stamp.sequence, 4);
    // A multiplicative generator, seeded by the stamp, is quick and never repeats within a frame.
    std::uint64_t state = (std::uint64_t(stamp.call) << 33 | stamp.sequence) * 2 + 1 + frame[3];
    for (std::size_t i = kStampBytes; i < kFrameBytes; i += 4) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        const auto word = std::uint32_t(state >> 32);
        std::memcpy(frame.data() + i, &word, 4);
    }
    return frame;
}

void appendBase64(std::string &out, std::span<const std::uint8_t> bytes)
{
    std::size_t i = 0;
    for (; i + 2 < bytes.size(); i += 3) {
        const auto bits = std::uint32_t(bytes[i] << 16 | bytes[i + 1] << 8 | bytes[i + 2]);
        out += kAlphabet[bits >> 18];
        out += kAlphabet[bits >> 12 & 63];
        out += kAlphabet[bits >> 6 & 63];
        out += kAlphabet[bits & 63];
    }
    if (i == bytes.size())
        return;
    const bool twoLeft = i + 1 < bytes.size();
    const auto bits = std::uint32_t(bytes[i] << 16 | (twoLeft ? bytes[i + 1] << 8 : 0));
    out += kAlphabet[bits >> 18];
    out += kAlphabet[bits >> 12 & 63];
    out += twoLeft ? kAlphabet[bits >> 6 & 63] : '=';
    out += '=';
}

bool FrameFinder::decode(std::string_view base64)
{
    while (!base64.empty() && base64.back() == '=')
        base64.remove_suffix(1);
    if (base64.size() % 4 == 1)
        return false;
    const std::size_t before = m_audio.size();
    std::uint32_t bits = 0;
    int have = 0;
    for (const char c : base64) {
        const std::int8_t value = kReverseAlphabet[std::uint8_t(c)];
        if (value < 0) {
            m_audio.resize(before);
            return false;
        }
        bits = bits << 6 | std::uint32_t(value);
        have += 6;
        if (have >= 8) {
            have -= 8;
            m_audio += char(bits >> have & 0xFF);
        }
    }
    return true;
}

bool FrameFinder::next(Stamp &stamp, bool &isWhole)
{
    std::size_t at = 0;
    while (m_audio.size() - at >= kFrameBytes
           && std::memcmp(m_audio.data() + at, kMagic.data(), kMagic.size()) != 0)
        ++at;
    m_strayBytes += at;
    m_audio.erase(0, at);
    if (m_audio.size() < kFrameBytes)
        return false;

    stamp.way = Way(m_audio[3]);
    std::memcpy(&stamp.call, m_audio.data() + 4, 4);
    std::memcpy(&stamp.sequence, m_audio.data() + 8, 4);
    isWhole = std::memcmp(m_audio.data(), stampedFrame(stamp).data(), kFrameBytes) == 0;
    // A damaged frame is given up byte by byte: the next one may begin inside it.
    m_audio.erase(0, isWhole ? kFrameBytes : 1);
    return true;
}

} // namespace bench
