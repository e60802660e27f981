#include "server/adapters/openai/realtime_codec.h"

#include "server/adapters/openai/realtime_events.h"
#include "server/bridge/json_slice.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace server::openai {

using namespace bridge;

namespace {

constexpr size_t kLongestAudioId = 256;
constexpr std::int64_t kLastAudioIndex = 1000;

/// Names the one client event whose failure leaves the session unusable.
constexpr auto kSetupEventId = "session-setup";

/// The usual form of an audio delta; nothing for any other message.
std::optional<ModelEvent> sliceAudio(std::string_view text, std::string &spare)
{
    std::string_view type;
    std::string_view delta;
    std::optional<std::string_view> responseId;
    std::optional<std::string_view> itemId;
    std::optional<std::int64_t> contentIndex = 0;
    JsonMembers message(text);
    while (message.next()) {
        const std::string_view name = message.name();
        if (name == "type")
            type = message.value();
        else if (name == "delta")
            delta = message.value();
        else if (name == "response_id")
            responseId = plainString(message.value());
        else if (name == "item_id")
            itemId = plainString(message.value());
        else if (name == "content_index")
            contentIndex = wholeNumber(message.value());
    }
    const bool isAudio =
        type == R"("response.output_audio.delta")" || type == R"("response.audio.delta")";
    if (!message.isWhole() || !isAudio || !responseId || !itemId || !contentIndex)
        return std::nullopt;
    if (responseId->size() > kLongestAudioId || itemId->size() > kLongestAudioId
        || *contentIndex < 0 || *contentIndex > kLastAudioIndex)
        return std::nullopt;
    const auto base64 = base64String(delta, spare);
    if (!base64)
        return std::nullopt;
    return ModelAudio{*responseId, *itemId, *base64, int(*contentIndex)};
}

void append(std::string &out, const QJsonObject &message)
{
    const QByteArray text = QJsonDocument(message).toJson(QJsonDocument::Compact);
    out.append(text.constData(), size_t(text.size()));
}

QJsonObject textItem(Role role, const QString &text)
{
    const bool isUser = role == Role::User;
    const QJsonObject content{{QStringLiteral("type"), isUser ? QStringLiteral("input_text")
                                                              : QStringLiteral("output_text")},
                              {QStringLiteral("text"), text}};
    return {{QStringLiteral("type"), QStringLiteral("message")},
            {QStringLiteral("role"), isUser ? QStringLiteral("user") : QStringLiteral("assistant")},
            {QStringLiteral("content"), QJsonArray{content}}};
}

} // namespace

ModelEvent RealtimeCodec::read(std::string_view text, std::string &spare) const
{
    if (auto audio = sliceAudio(text, spare))
        return *std::move(audio);
    const QJsonDocument document =
        QJsonDocument::fromJson(QByteArray::fromRawData(text.data(), qsizetype(text.size())));
    if (!document.isObject())
        return Garbage{};
    return readEvent(document.object(), spare, QLatin1String(kSetupEventId));
}

void RealtimeCodec::writeSetup(std::string &out, const SessionSetup &setup) const
{
    const QJsonObject format{{QStringLiteral("type"), QStringLiteral("audio/pcmu")}};
    QJsonObject input{{QStringLiteral("format"), format},
                      {QStringLiteral("turn_detection"), setup.turnDetection.isEmpty()
                                                             ? QJsonValue(QJsonValue::Null)
                                                             : QJsonValue(setup.turnDetection)}};
    if (!setup.transcriptionModel.isEmpty())
        input.insert(QStringLiteral("transcription"),
                     QJsonObject{{QStringLiteral("model"), setup.transcriptionModel}});
    QJsonObject output{{QStringLiteral("format"), format}};
    if (!setup.voice.isEmpty())
        output.insert(QStringLiteral("voice"), setup.voice);
    QJsonObject session{{QStringLiteral("type"), QStringLiteral("realtime")},
                        {QStringLiteral("output_modalities"), QJsonArray{QStringLiteral("audio")}},
                        {QStringLiteral("instructions"), setup.instructions},
                        {QStringLiteral("audio"), QJsonObject{{QStringLiteral("input"), input},
                                                              {QStringLiteral("output"), output}}}};
    if (!setup.tools.isEmpty()) {
        session.insert(QStringLiteral("tools"), setup.tools);
        session.insert(QStringLiteral("tool_choice"), QStringLiteral("auto"));
    }
    append(out, {{QStringLiteral("type"), QStringLiteral("session.update")},
                 {QStringLiteral("event_id"), QLatin1String(kSetupEventId)},
                 {QStringLiteral("session"), session}});
}

void RealtimeCodec::writeAudio(std::string &out, std::string_view base64) const
{
    out.append(R"({"type":"input_audio_buffer.append","audio":")").append(base64).append(R"("})");
}

void RealtimeCodec::writeText(std::string &out, Role role, const QString &text) const
{
    append(out, {{QStringLiteral("type"), QStringLiteral("conversation.item.create")},
                 {QStringLiteral("item"), textItem(role, text)}});
}

void RealtimeCodec::writeToolResult(std::string &out, const std::string &callId,
                                    const QString &result) const
{
    const QJsonObject item{{QStringLiteral("type"), QStringLiteral("function_call_output")},
                           {QStringLiteral("call_id"), QString::fromStdString(callId)},
                           {QStringLiteral("output"), result}};
    append(out, {{QStringLiteral("type"), QStringLiteral("conversation.item.create")},
                 {QStringLiteral("item"), item}});
}

void RealtimeCodec::writeRespond(std::string &out) const
{
    out.append(R"({"type":"response.create"})");
}

void RealtimeCodec::writeCancel(std::string &out, const std::string &responseId) const
{
    out.append(R"({"type":"response.cancel")");
    if (!responseId.empty()) {
        out.append(R"(,"response_id":)");
        appendJsonString(out, responseId);
    }
    out.push_back('}');
}

void RealtimeCodec::writeTruncate(std::string &out, const std::string &itemId, int contentIndex,
                                  std::int64_t endMs) const
{
    out.append(R"({"type":"conversation.item.truncate","item_id":)");
    appendJsonString(out, itemId);
    out.append(R"(,"content_index":)").append(std::to_string(contentIndex));
    out.append(R"(,"audio_end_ms":)").append(std::to_string(endMs)).push_back('}');
}

void RealtimeCodec::writeDelete(std::string &out, const std::string &itemId) const
{
    out.append(R"({"type":"conversation.item.delete","item_id":)");
    appendJsonString(out, itemId);
    out.push_back('}');
}

} // namespace server::openai
