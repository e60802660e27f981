// The voice model's language: events in, text out.
#pragma once

#include "server/bridge/codec_verdicts.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QString>

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace server::bridge {

struct ModelAudio
{
    std::string_view responseId;
    std::string_view itemId;
    std::string_view base64; ///< valid padded base64 of µ-law
    int contentIndex = 0;
};
struct ModelAudioDone
{
    std::string responseId;
    std::string itemId;
    int contentIndex = 0;
};
struct ModelSessionCreated
{
};
struct ModelSessionUpdated
{
};
struct ModelSpeechStarted
{
    std::string itemId;
};
struct ModelSpeechStopped
{
    std::string itemId;
};
struct ModelResponseCreated
{
    std::string id;
};
struct ModelResponseDone
{
    enum class Status { Completed, Cancelled, Incomplete, Failed };
    std::string id;
    Status status = Status::Completed;
    QString detail; ///< why it was not completed
};
/// What the agent says, as text. `isWhole`: `text` replaces what came before.
struct ModelAgentText
{
    std::string responseId;
    std::string itemId;
    QString text;
    bool isWhole = false;
};
/// What the caller said, as text. It may come long after the answer to it.
struct ModelCallerText
{
    std::string itemId;
    QString text;
    bool isWhole = false;
};
struct ModelToolCall
{
    std::string responseId;
    std::string callId;
    QString name;
    QString arguments;
};
struct ModelError
{
    QString code;
    QString message;
    bool endsSession = false; ///< nothing more is to be expected of this connection
};

using ModelEvent =
    std::variant<ModelAudio, ModelAudioDone, ModelSessionCreated, ModelSessionUpdated,
                 ModelSpeechStarted, ModelSpeechStopped, ModelResponseCreated, ModelResponseDone,
                 ModelAgentText, ModelCallerText, ModelToolCall, ModelError, Unknown, Garbage>;

/// How a model session is to be set up.
struct SessionSetup
{
    QString instructions;
    QString voice;
    QString transcriptionModel; ///< empty: callers are not transcribed
    QJsonObject turnDetection;
    QJsonArray tools;
};

/// Who a text item of the conversation comes from.
enum class Role { User, Assistant };

/// The voice model's session. Pure functions; any thread.
class ModelCodec
{
public:
    virtual ~ModelCodec() = default;

    /// As PhoneCodec::read(); audio in its usual form costs no allocation.
    virtual ModelEvent read(std::string_view text, std::string &spare) const = 0;

    // Each appends one message to `out`.
    virtual void writeSetup(std::string &out, const SessionSetup &setup) const = 0;
    virtual void writeAudio(std::string &out, std::string_view base64) const = 0;
    virtual void writeText(std::string &out, Role role, const QString &text) const = 0;
    virtual void writeToolResult(std::string &out, const std::string &callId,
                                 const QString &result) const = 0;
    virtual void writeRespond(std::string &out) const = 0;
    virtual void writeCancel(std::string &out, const std::string &responseId) const = 0;
    virtual void writeTruncate(std::string &out, const std::string &itemId, int contentIndex,
                               std::int64_t endMs) const = 0;
    virtual void writeDelete(std::string &out, const std::string &itemId) const = 0;
};

} // namespace server::bridge
