#include "server/net/ws_frame.h"

#include <algorithm>
#include <cstring>

namespace server::net {

namespace {

std::uint64_t bigEndian(std::string_view bytes)
{
    std::uint64_t value = 0;
    for (const char byte : bytes)
        value = value << 8U | std::uint8_t(byte);
    return value;
}

bool isKnown(std::uint8_t opcode)
{
    return opcode <= 0x2 || (opcode >= 0x8 && opcode <= 0xa);
}

/// How many bytes the UTF-8 sequence at the start of `text` has; 0 when it is malformed.
size_t sequenceLength(std::string_view text)
{
    const auto byte = [&](size_t i) { return std::uint8_t(text[i]); };
    const std::uint8_t lead = byte(0);
    const size_t length = lead < 0x80   ? 1
                          : lead < 0xc2 ? 0
                          : lead < 0xe0 ? 2
                          : lead < 0xf0 ? 3
                          : lead < 0xf5 ? 4
                                        : 0;
    if (length == 0 || length > text.size())
        return 0;
    for (size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0U) != 0x80)
            return 0;
    }
    const bool isBad = (lead == 0xe0 && byte(1) < 0xa0)     // overlong
                       || (lead == 0xed && byte(1) > 0x9f)  // surrogates
                       || (lead == 0xf0 && byte(1) < 0x90)  // overlong
                       || (lead == 0xf4 && byte(1) > 0x8f); // above U+10FFFF
    return isBad ? 0 : length;
}

} // namespace

HeaderVerdict readFrameHeader(std::string_view bytes)
{
    using enum HeaderVerdict::Kind;
    if (bytes.size() < 2)
        return {};
    const auto first = std::uint8_t(bytes[0]);
    const auto second = std::uint8_t(bytes[1]);
    FrameHeader header;
    header.isFinal = (first & 0x80U) != 0;
    header.opcode = Opcode(first & 0x0fU);
    header.isMasked = (second & 0x80U) != 0;
    header.payloadBytes = second & 0x7fU;
    header.headerBytes = 2;
    if ((first & 0x70U) != 0 || !isKnown(first & 0x0fU))
        return {Broken, header};
    if (isControl(header.opcode) && (!header.isFinal || header.payloadBytes > 125))
        return {Broken, header};

    const size_t lengthBytes = header.payloadBytes == 126 ? 2 : header.payloadBytes == 127 ? 8 : 0;
    const size_t maskBytes = header.isMasked ? 4 : 0;
    if (bytes.size() < 2 + lengthBytes + maskBytes)
        return {NeedMore, header};
    if (lengthBytes > 0) {
        header.payloadBytes = bigEndian(bytes.substr(2, lengthBytes));
        const std::uint64_t smallest = lengthBytes == 2 ? 126 : 65536;
        if (header.payloadBytes < smallest || header.payloadBytes >> 63U != 0)
            return {Broken, header};
    }
    if (header.isMasked)
        std::memcpy(&header.mask, bytes.data() + 2 + lengthBytes, 4);
    header.headerBytes = 2 + lengthBytes + maskBytes;
    return {Ready, header};
}

size_t writeFrameHeader(char *out, Opcode opcode, std::uint64_t payloadBytes,
                        std::optional<std::uint32_t> mask)
{
    size_t size = 2;
    out[0] = char(0x80U | std::uint8_t(opcode));
    const std::uint8_t maskBit = mask ? 0x80 : 0;
    size_t lengthBytes = 0;
    if (payloadBytes < 126) {
        out[1] = char(maskBit | std::uint8_t(payloadBytes));
    } else {
        lengthBytes = payloadBytes < 65536 ? 2 : 8;
        out[1] = char(maskBit | (lengthBytes == 2 ? 126U : 127U));
    }
    for (size_t i = 0; i < lengthBytes; ++i)
        out[size++] = char(payloadBytes >> (8 * (lengthBytes - 1 - i)));
    if (mask) {
        std::memcpy(out + size, &*mask, 4);
        size += 4;
    }
    return size;
}

void applyMask(char *data, size_t size, std::uint32_t mask)
{
    const std::uint64_t wide = std::uint64_t(mask) << 32U | mask;
    size_t i = 0;
    for (; i + 8 <= size; i += 8) {
        std::uint64_t block = 0;
        std::memcpy(&block, data + i, 8);
        block ^= wide;
        std::memcpy(data + i, &block, 8);
    }
    const auto *bytes = reinterpret_cast<const char *>(&mask);
    for (; i < size; ++i)
        data[i] = char(data[i] ^ bytes[i % 4]);
}

bool isUtf8(std::string_view text)
{
    while (!text.empty()) {
        // Eight ASCII bytes at a time: nearly everything the audio path carries.
        std::uint64_t block = 0;
        while (text.size() >= 8
               && (std::memcpy(&block, text.data(), 8), (block & 0x8080808080808080U) == 0))
            text.remove_prefix(8);
        if (text.empty())
            break;
        const size_t length = sequenceLength(text);
        if (length == 0)
            return false;
        text.remove_prefix(length);
    }
    return true;
}

bool isSendableCloseCode(std::uint16_t code)
{
    if (code >= 3000 && code <= 4999)
        return true;
    return code >= 1000 && code <= 1014 && code != 1004 && code != close_code::kNone
           && code != close_code::kAbnormal;
}

} // namespace server::net
