// Twilio Media Streams, bidirectional ("Media Streams - WebSocket Messages" in Twilio's
// documentation).
#pragma once

#include "server/bridge/codec_ports.h"

namespace server::twilio {

/// Reads what Twilio sends over a media socket and writes the three messages it takes: media, mark,
/// clear.
class MediaCodec final : public bridge::PhoneCodec
{
public:
    bridge::PhoneEvent read(std::string_view text, std::string &spare) const override;

    void writeMedia(std::string &out, std::string_view streamSid,
                    std::string_view base64) const override;
    void writeMark(std::string &out, std::string_view streamSid,
                   std::uint64_t number) const override;
    void writeClear(std::string &out, std::string_view streamSid) const override;
};

} // namespace server::twilio
