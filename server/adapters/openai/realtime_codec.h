// OpenAI Realtime, the generally available interface ("Realtime" client and server events in the
// API reference).
#pragma once

#include "server/bridge/codec_ports.h"

namespace server::openai {

/// Speaks the present event names only; reads the older names of the audio and transcript events
/// too.
class RealtimeCodec final : public bridge::ModelCodec
{
public:
    bridge::ModelEvent read(std::string_view text, std::string &spare) const override;

    void writeSetup(std::string &out, const bridge::SessionSetup &setup) const override;
    void writeAudio(std::string &out, std::string_view base64) const override;
    void writeText(std::string &out, bridge::Role role, const QString &text) const override;
    void writeToolResult(std::string &out, const std::string &callId,
                         const QString &result) const override;
    void writeRespond(std::string &out) const override;
    void writeCancel(std::string &out, const std::string &responseId) const override;
    void writeTruncate(std::string &out, const std::string &itemId, int contentIndex,
                       std::int64_t endMs) const override;
    void writeDelete(std::string &out, const std::string &itemId) const override;
};

} // namespace server::openai
