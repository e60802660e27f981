// What a conversation can do to the world.
#pragma once

#include "server/bridge/bridge_ports.h"
#include "server/bridge/codec_ports.h"

namespace server::bridge {

/// What a conversation wants done. Called from within its methods; must not call back into it.
class ConversationOutput
{
public:
    virtual ~ConversationOutput() = default;

    virtual void sendMedia(std::string_view base64) = 0;
    virtual void sendMark(std::uint64_t number) = 0;
    virtual void clearPhone() = 0;

    virtual void sendCallerAudio(std::string_view base64) = 0;
    /// The phone missed so much of the caller's audio; the model is told by silence, the recording
    /// must be too.
    virtual void callerGap(std::int64_t bytes) = 0;
    virtual void tellModel(Role role, const QString &text) = 0;
    virtual void requestResponse() = 0;
    virtual void cancelResponse(const std::string &responseId) = 0;
    virtual void truncateItem(const std::string &itemId, int contentIndex, std::int64_t endMs) = 0;
    virtual void deleteItem(const std::string &itemId) = 0;
    virtual void sendToolResult(const std::string &callId, const QString &result) = 0;
    /// Answered by Conversation::onToolResult(), at any later time.
    virtual void runTool(const ModelToolCall &call) = 0;

    /// The model is of no more use, though its connection stands.
    virtual void giveUpModel() = 0;
    virtual void endCall(EndReason reason) = 0;
};

} // namespace server::bridge
