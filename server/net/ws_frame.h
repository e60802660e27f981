// WebSocket frames (RFC 6455 section 5) as pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace server::net {

enum class Opcode : std::uint8_t {
    Continuation = 0x0,
    Text = 0x1,
    Binary = 0x2,
    Close = 0x8,
    Ping = 0x9,
    Pong = 0xa
};

inline bool isControl(Opcode opcode)
{
    return (std::uint8_t(opcode) & 0x8U) != 0;
}

/// Close codes (RFC 6455 7.4.1) that we send or act on.
namespace close_code {
inline constexpr std::uint16_t kNormal = 1000;
inline constexpr std::uint16_t kGoingAway = 1001;
inline constexpr std::uint16_t kProtocolError = 1002;
inline constexpr std::uint16_t kUnsupported = 1003;
inline constexpr std::uint16_t kNone = 1005;     ///< a close frame without a code; never sent
inline constexpr std::uint16_t kAbnormal = 1006; ///< the connection broke; never sent
inline constexpr std::uint16_t kBadPayload = 1007;
inline constexpr std::uint16_t kPolicy = 1008;
inline constexpr std::uint16_t kTooBig = 1009;
inline constexpr std::uint16_t kInternal = 1011;
inline constexpr std::uint16_t kTryAgainLater = 1013;
} // namespace close_code

struct FrameHeader
{
    bool isFinal = false;
    Opcode opcode = Opcode::Continuation;
    bool isMasked = false;
    std::uint32_t mask = 0; ///< in the byte order of the wire
    std::uint64_t payloadBytes = 0;
    size_t headerBytes = 0;
};

struct HeaderVerdict
{
    enum class Kind { NeedMore, Ready, Broken } kind = Kind::NeedMore;
    FrameHeader header;
};

/// Reads a frame's header from the start of `bytes`. Broken: reserved bits, an unknown opcode, a
/// control frame that is fragmented or longer than 125 bytes, or a length not in its shortest form.
HeaderVerdict readFrameHeader(std::string_view bytes);

/// Writes a header into `out` (room for 14 bytes) and returns its length.
size_t writeFrameHeader(char *out, Opcode opcode, std::uint64_t payloadBytes,
                        std::optional<std::uint32_t> mask);

/// Masks or unmasks in place (RFC 6455 5.3).
void applyMask(char *data, size_t size, std::uint32_t mask);

/// True for well-formed UTF-8 (RFC 3629): no surrogates, no overlong forms.
bool isUtf8(std::string_view text);

/// True for a code a peer may send in a close frame (RFC 6455 7.4).
bool isSendableCloseCode(std::uint16_t code);

} // namespace server::net
