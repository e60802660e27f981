#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace bench {

/// 20 ms of audio at 8000 bytes a second, as Twilio sends them.
constexpr std::size_t kFrameBytes = 160;

enum class Way : std::uint8_t { Up = 'U', Down = 'D' };

/// What a frame of stamped audio says of itself. The bytes after the stamp are a pattern made from
/// it, so a frame that arrives can be checked to the last byte. Values are whatever comes: a bridge
/// must not transcode.
struct Stamp
{
    Way way = Way::Up;
    std::uint32_t call = 0;
    std::uint32_t sequence = 0;
};

using Frame = std::array<std::uint8_t, kFrameBytes>;

Frame stampedFrame(const Stamp &stamp);

/// Bytes in base64, ready for a JSON string.
void appendBase64(std::string &out, std::span<const std::uint8_t> bytes);

/// Finds stamped frames in audio that a bridge may have cut, joined or padded. One for each call
/// and way.
class FrameFinder final
{
public:
    /// Decodes base64 and calls `found(Stamp, isWhole)` for each frame that is complete now; false:
    /// not base64.
    template <typename Found>
    bool feed(std::string_view base64, Found &&found)
    {
        if (!decode(base64))
            return false;
        Stamp stamp;
        bool isWhole = false;
        while (next(stamp, isWhole))
            found(stamp, isWhole);
        return true;
    }

    /// Bytes that belonged to no frame: silence put in, or audio cut out.
    std::uint64_t strayBytes() const { return m_strayBytes; }

private:
    bool decode(std::string_view base64);
    bool next(Stamp &stamp, bool &isWhole);

    std::string m_audio;
    std::uint64_t m_strayBytes = 0;
};

} // namespace bench
