// Cuts the model's audio into what the phone network plays without a click: whole 20 ms frames.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace server::bridge {

/// Takes base64 of any length, gives base64 of multiples of 160 bytes, at most 100 ms each. What is
/// left over waits for the next piece of the same item. Audio that fits already passes through
/// untouched.
class AudioFramer
{
public:
    struct Piece
    {
        std::string_view base64;
        int speechBytes = 0;
        int paddingBytes = 0; ///< silence that fills the last frame
    };

    /// `base64` stands for `bytes` bytes. The pieces live until the next call, and as long as
    /// `base64`.
    std::span<const Piece> push(std::string_view base64, size_t bytes);
    /// The item ends: what is left over, filled up with silence.
    std::span<const Piece> flush();
    /// Frames audio of our own; does not mix with what is left over.
    std::span<const Piece> frame(std::span<const std::uint8_t> mulaw);

    bool hasRest() const { return !m_rest.empty(); }
    void forget() { m_rest.clear(); }

private:
    void passThrough(std::string_view base64, size_t bytes);
    void encode(std::span<const std::uint8_t> bytes, size_t speechBytes);

    std::vector<std::uint8_t> m_rest; ///< less than a frame
    std::vector<std::uint8_t> m_decoded;
    std::string m_text; ///< backs the pieces that had to be encoded anew
    std::vector<Piece> m_pieces;
};

} // namespace server::bridge
