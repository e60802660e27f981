// The phone network's language: events in, text out.
#pragma once

#include "server/bridge/codec_verdicts.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace server::bridge {

struct PhoneMedia
{
    std::string_view payload;      ///< valid padded base64 of µ-law
    std::int64_t timestampMs = -1; ///< since the stream began; -1: not told
};
/// A mark came back. 0: not one of ours.
struct PhoneMark
{
    std::uint64_t number = 0;
};
struct PhoneConnected
{
};
struct PhoneStart
{
    std::string streamSid;
    std::string callSid;
    std::string token;   ///< our one-time token; empty when there is none
    bool isMulaw = true; ///< mono µ-law at 8 kHz
};
struct PhoneStop
{
};
struct PhoneDtmf
{
    char digit = 0;
};

using PhoneEvent = std::variant<PhoneMedia, PhoneMark, PhoneConnected, PhoneStart, PhoneStop,
                                PhoneDtmf, Unknown, Garbage>;

/// The phone network's media stream. Pure functions; any thread.
class PhoneCodec
{
public:
    virtual ~PhoneCodec() = default;

    /// Views in the event live as long as `text` and `spare`, which holds what had to be unescaped.
    /// Media messages in their usual form cost no allocation.
    virtual PhoneEvent read(std::string_view text, std::string &spare) const = 0;

    // Each appends one message to `out`.
    virtual void writeMedia(std::string &out, std::string_view streamSid,
                            std::string_view base64) const = 0;
    virtual void writeMark(std::string &out, std::string_view streamSid,
                           std::uint64_t number) const = 0;
    virtual void writeClear(std::string &out, std::string_view streamSid) const = 0;
};

} // namespace server::bridge
