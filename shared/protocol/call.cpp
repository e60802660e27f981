#include "shared/protocol/call.h"

#include "shared/protocol/json_reader.h"

namespace protocol {

QJsonObject TranscriptLine::toJson() const
{
    return {{QStringLiteral("item_id"), itemId},
            {QStringLiteral("speaker"),
             speaker == Speaker::Agent ? QStringLiteral("agent") : QStringLiteral("caller")},
            {QStringLiteral("text"), text},
            {QStringLiteral("heard_chars"), heardChars},
            {QStringLiteral("start_ms"), startMs},
            {QStringLiteral("produced_ms"), producedMs},
            {QStringLiteral("heard_ms"), heardMs},
            {QStringLiteral("final"), isFinal},
            {QStringLiteral("interrupted"), wasInterrupted}};
}

std::optional<TranscriptLine> TranscriptLine::fromJson(const QJsonObject &object)
{
    TranscriptLine line;
    line.itemId = stringField(object, "item_id");
    if (line.itemId.isEmpty())
        return std::nullopt;
    line.speaker =
        stringField(object, "speaker") == QLatin1String("agent") ? Speaker::Agent : Speaker::Caller;
    line.text = stringField(object, "text");
    line.heardChars = int(integerField(object, "heard_chars").value_or(-1));
    line.startMs = integerField(object, "start_ms").value_or(0);
    line.producedMs = integerField(object, "produced_ms").value_or(0);
    line.heardMs = integerField(object, "heard_ms").value_or(0);
    line.isFinal = object.value(QLatin1String("final")).toBool();
    line.wasInterrupted = object.value(QLatin1String("interrupted")).toBool();
    return line;
}

qint64 TurnLatency::responseMs() const
{
    if (firstFrameSentMs < 0)
        return -1;
    return callerStoppedMs < 0 ? firstFrameSentMs : firstFrameSentMs - callerStoppedMs;
}

QJsonObject TurnLatency::toJson() const
{
    return {{QStringLiteral("turn"), turn},
            {QStringLiteral("caller_stopped_ms"), callerStoppedMs},
            {QStringLiteral("first_model_audio_ms"), firstModelAudioMs},
            {QStringLiteral("first_frame_sent_ms"), firstFrameSentMs},
            {QStringLiteral("response_ms"), responseMs()}};
}

std::optional<TurnLatency> TurnLatency::fromJson(const QJsonObject &object)
{
    const auto turn = integerField(object, "turn");
    if (!turn)
        return std::nullopt;
    return TurnLatency{int(*turn), integerField(object, "caller_stopped_ms").value_or(-1),
                       integerField(object, "first_model_audio_ms").value_or(-1),
                       integerField(object, "first_frame_sent_ms").value_or(-1)};
}

QJsonObject TimelineEvent::toJson() const
{
    return {{QStringLiteral("at_ms"), atMs},
            {QStringLiteral("name"), name},
            {QStringLiteral("detail"), detail}};
}

std::optional<TimelineEvent> TimelineEvent::fromJson(const QJsonObject &object)
{
    const auto at = integerField(object, "at_ms");
    if (!at)
        return std::nullopt;
    return TimelineEvent{*at, stringField(object, "name"), stringField(object, "detail")};
}

QJsonObject CallDetail::toJson() const
{
    return {{QStringLiteral("call_id"), callId},
            {QStringLiteral("transcript"), toJsonArray(transcript)},
            {QStringLiteral("turns"), toJsonArray(turns)},
            {QStringLiteral("timeline"), toJsonArray(timeline)}};
}

std::optional<CallDetail> CallDetail::fromJson(const QJsonObject &object)
{
    const auto id = integerField(object, "call_id");
    if (!id)
        return std::nullopt;
    return CallDetail{
        *id, listFromJson<TranscriptLine>(object.value(QLatin1String("transcript")).toArray()),
        listFromJson<TurnLatency>(object.value(QLatin1String("turns")).toArray()),
        listFromJson<TimelineEvent>(object.value(QLatin1String("timeline")).toArray())};
}

} // namespace protocol
