#include "server/adapters/openai/realtime_events.h"

#include "server/bridge/json_slice.h"

#include <QHash>

#include <optional>

namespace server::openai {

using namespace bridge;

namespace {

constexpr qsizetype kLongestId = 256;
constexpr qsizetype kLongestText = 64LL * 1024;
constexpr double kLastContentIndex = 1000;

/// One event, with the few questions that are asked of it.
class Fields
{
public:
    explicit Fields(QJsonObject object) : m_object(std::move(object)) {}

    QString text(const char *name) const { return whole(name).left(kLongestText); }
    QString whole(const char *name) const { return m_object.value(QLatin1String(name)).toString(); }
    bool hasText(const char *name) const { return m_object.value(QLatin1String(name)).isString(); }
    Fields part(const char *name) const
    {
        return Fields(m_object.value(QLatin1String(name)).toObject());
    }

    /// Empty when there is none or when it cannot be one.
    std::string id(const char *name) const
    {
        const QString value = whole(name);
        return value.size() > kLongestId ? std::string() : value.toStdString();
    }
    std::optional<int> contentIndex() const
    {
        const double value = m_object.value(QLatin1String("content_index")).toDouble(0);
        if (!(value >= 0 && value <= kLastContentIndex))
            return std::nullopt;
        return int(value);
    }

private:
    QJsonObject m_object;
};

ModelEvent audio(const Fields &fields, std::string &spare)
{
    const std::string responseId = fields.id("response_id");
    const std::string itemId = fields.id("item_id");
    const std::string base64 = fields.whole("delta").toStdString();
    const auto index = fields.contentIndex();
    if (!index || itemId.empty() || !fields.hasText("delta") || !base64Bytes(base64))
        return Garbage{};
    spare = responseId + itemId + base64;
    const std::string_view all = spare;
    return ModelAudio{all.substr(0, responseId.size()),
                      all.substr(responseId.size(), itemId.size()),
                      all.substr(responseId.size() + itemId.size()), *index};
}

ModelEvent audioDone(const Fields &fields, std::string &)
{
    const auto index = fields.contentIndex();
    if (!index || fields.id("item_id").empty())
        return Garbage{};
    return ModelAudioDone{fields.id("response_id"), fields.id("item_id"), *index};
}

ModelEvent agentText(const Fields &fields, const char *field, bool isWhole)
{
    if (fields.id("item_id").empty() || !fields.hasText(field))
        return Garbage{};
    return ModelAgentText{fields.id("response_id"), fields.id("item_id"), fields.text(field),
                          isWhole};
}

template <bool isWhole>
ModelEvent spokenText(const Fields &fields, std::string &)
{
    return agentText(fields, isWhole ? "transcript" : "delta", isWhole);
}

/// We ask for speech; a model that answers in writing all the same has said nothing, but its words
/// belong to the transcript.
template <bool isWhole>
ModelEvent writtenText(const Fields &fields, std::string &)
{
    return agentText(fields, isWhole ? "text" : "delta", isWhole);
}

template <bool isWhole>
ModelEvent callerText(const Fields &fields, std::string &)
{
    const char *field = isWhole ? "transcript" : "delta";
    if (fields.id("item_id").empty() || !fields.hasText(field))
        return Garbage{};
    return ModelCallerText{fields.id("item_id"), fields.text(field), isWhole};
}

template <typename Event>
ModelEvent ofItem(const Fields &fields, std::string &)
{
    return Event{fields.id("item_id")};
}

template <typename Event>
ModelEvent plain(const Fields &, std::string &)
{
    return Event{};
}

ModelEvent responseCreated(const Fields &fields, std::string &)
{
    const std::string id = fields.part("response").id("id");
    if (id.empty())
        return Garbage{};
    return ModelResponseCreated{id};
}

ModelEvent responseDone(const Fields &fields, std::string &)
{
    using enum ModelResponseDone::Status;
    static const QHash<QString, ModelResponseDone::Status> statuses{
        {QStringLiteral("completed"), Completed},
        {QStringLiteral("cancelled"), Cancelled},
        {QStringLiteral("incomplete"), Incomplete},
        {QStringLiteral("failed"), Failed}};
    const Fields response = fields.part("response");
    if (response.id("id").empty())
        return Garbage{};
    const Fields details = response.part("status_details");
    QString why = details.text("reason");
    if (why.isEmpty())
        why = details.part("error").text("code");
    if (why.isEmpty())
        why = details.part("error").text("type");
    return ModelResponseDone{response.id("id"), statuses.value(response.text("status"), Completed),
                             why.left(200)};
}

ModelEvent toolCall(const Fields &fields, const Fields &call)
{
    // The older form of this event has no name; the item that follows it has.
    if (call.id("call_id").empty() || call.text("name").isEmpty())
        return Unknown{};
    return ModelToolCall{fields.id("response_id"), call.id("call_id"),
                         call.text("name").left(kLongestId), call.text("arguments")};
}

ModelEvent argumentsDone(const Fields &fields, std::string &)
{
    return toolCall(fields, fields);
}

ModelEvent outputItemDone(const Fields &fields, std::string &)
{
    const Fields item = fields.part("item");
    if (item.text("type") != QLatin1String("function_call"))
        return Unknown{};
    return toolCall(fields, item);
}

using Reader = ModelEvent (*)(const Fields &, std::string &);

const QHash<QString, Reader> &readers()
{
    static const QHash<QString, Reader> table{
        {QStringLiteral("session.created"), plain<ModelSessionCreated>},
        {QStringLiteral("session.updated"), plain<ModelSessionUpdated>},
        {QStringLiteral("input_audio_buffer.speech_started"), ofItem<ModelSpeechStarted>},
        {QStringLiteral("input_audio_buffer.speech_stopped"), ofItem<ModelSpeechStopped>},
        {QStringLiteral("conversation.item.input_audio_transcription.delta"), callerText<false>},
        {QStringLiteral("conversation.item.input_audio_transcription.completed"), callerText<true>},
        {QStringLiteral("response.created"), responseCreated},
        {QStringLiteral("response.done"), responseDone},
        {QStringLiteral("response.output_audio.delta"), audio},
        {QStringLiteral("response.audio.delta"), audio},
        {QStringLiteral("response.output_audio.done"), audioDone},
        {QStringLiteral("response.audio.done"), audioDone},
        {QStringLiteral("response.output_audio_transcript.delta"), spokenText<false>},
        {QStringLiteral("response.audio_transcript.delta"), spokenText<false>},
        {QStringLiteral("response.output_audio_transcript.done"), spokenText<true>},
        {QStringLiteral("response.audio_transcript.done"), spokenText<true>},
        {QStringLiteral("response.output_text.delta"), writtenText<false>},
        {QStringLiteral("response.text.delta"), writtenText<false>},
        {QStringLiteral("response.output_text.done"), writtenText<true>},
        {QStringLiteral("response.text.done"), writtenText<true>},
        {QStringLiteral("response.function_call_arguments.done"), argumentsDone},
        {QStringLiteral("response.output_item.done"), outputItemDone}};
    return table;
}

ModelEvent readError(const Fields &error, QLatin1String setupEventId)
{
    const QString code = error.text("code").isEmpty() ? error.text("type") : error.text("code");
    const bool endsSession =
        code == QLatin1String("session_expired") || error.text("event_id") == setupEventId
        || code == QLatin1String("invalid_api_key") || code == QLatin1String("insufficient_quota");
    return ModelError{code.left(200), error.text("message").left(500), endsSession};
}

} // namespace

ModelEvent readEvent(const QJsonObject &message, std::string &spare, QLatin1String setupEventId)
{
    const Fields fields(message);
    const QString type = fields.text("type");
    if (type.isEmpty())
        return Garbage{};
    if (type == QLatin1String("error"))
        return readError(fields.part("error"), setupEventId);
    const Reader reader = readers().value(type, nullptr);
    return reader ? reader(fields, spare) : ModelEvent(Unknown{});
}

} // namespace server::openai
