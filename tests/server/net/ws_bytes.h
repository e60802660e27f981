// A WebSocket client's bytes, right or wrong, for tests that write them themselves.
#pragma once

#include <cstdint>
#include <string>

namespace test {

inline constexpr const char *kHandshake =
    "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// A masked frame; the mask is zero, so that the payload stands in the clear.
inline std::string frame(std::uint8_t first, const std::string &payload)
{
    std::string text{char(first)};
    if (payload.size() < 126) {
        text += char(0x80U | payload.size());
    } else if (payload.size() < 65536) {
        text += char(0xfe);
        text += char(payload.size() >> 8U);
        text += char(payload.size() & 0xffU);
    } else {
        text += char(0xff);
        for (int i = 7; i >= 0; --i)
            text += char(payload.size() >> (8U * unsigned(i)));
    }
    return text + std::string(4, '\0') + payload;
}

inline std::string closeFrame(std::uint16_t code, const std::string &reason = {})
{
    return frame(0x88, std::string{char(code >> 8U), char(code & 0xffU)} + reason);
}

} // namespace test
