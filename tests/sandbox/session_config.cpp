#include "tests/sandbox/session_config.h"

#include <QHash>
#include <QJsonArray>
#include <QStringList>

using namespace Qt::StringLiterals;

namespace sandbox {

namespace {

const QStringList kFields{u"type"_s,
                          u"output_modalities"_s,
                          u"instructions"_s,
                          u"audio"_s,
                          u"tools"_s,
                          u"tool_choice"_s,
                          u"max_output_tokens"_s,
                          u"truncation"_s,
                          u"tracing"_s,
                          u"include"_s,
                          u"prompt"_s,
                          u"model"_s,
                          u"reasoning"_s};
const QStringList kInputFields{u"format"_s, u"noise_reduction"_s, u"transcription"_s,
                               u"turn_detection"_s};
const QStringList kOutputFields{u"format"_s, u"voice"_s, u"speed"_s};
const QStringList kVoices{u"alloy"_s, u"ash"_s,     u"ballad"_s, u"coral"_s, u"echo"_s,
                          u"sage"_s,  u"shimmer"_s, u"verse"_s,  u"marin"_s, u"cedar"_s};

std::optional<ApiError> unknownField(const QJsonObject &object, const QStringList &known,
                                     const QString &path)
{
    for (const QString &key : object.keys()) {
        if (!known.contains(key))
            return ApiError{u"unknown_parameter"_s, u"Unknown parameter: '%1%2'."_s.arg(path, key),
                            path + key};
    }
    return std::nullopt;
}

ApiError invalidValue(const QString &param, const QString &what)
{
    return {u"invalid_value"_s, u"Invalid value: %1."_s.arg(what), param};
}

std::optional<ApiError> checkFormat(const QJsonObject &part, const QString &path)
{
    if (!part.contains(u"format"_s))
        return std::nullopt;
    const QString type = part[u"format"_s][u"type"_s].toString();
    if (type == u"audio/pcmu" || type == u"audio/pcma")
        return std::nullopt;
    if (type == u"audio/pcm" && part[u"format"_s][u"rate"_s].toInt() == 24000)
        return std::nullopt;
    return invalidValue(path + u".format"_s, u"'%1' is not a supported format"_s.arg(type));
}

std::optional<ApiError> checkTurns(const QJsonValue &turns)
{
    const QString path = u"session.audio.input.turn_detection"_s;
    if (turns.isUndefined() || turns.isNull())
        return std::nullopt;
    const QString type = turns[u"type"_s].toString();
    if (type == u"semantic_vad") {
        static const QStringList eagerness{u"low"_s, u"medium"_s, u"high"_s, u"auto"_s};
        if (!eagerness.contains(turns[u"eagerness"_s].toString(u"auto"_s)))
            return invalidValue(path + u".eagerness"_s, u"unknown eagerness"_s);
        return unknownField(
            turns.toObject(),
            {u"type"_s, u"eagerness"_s, u"create_response"_s, u"interrupt_response"_s},
            path + u'.');
    }
    if (type != u"server_vad")
        return invalidValue(path + u".type"_s, u"'%1'"_s.arg(type));
    const double threshold = turns[u"threshold"_s].toDouble(0.5);
    if (threshold < 0 || threshold > 1)
        return invalidValue(path + u".threshold"_s, u"threshold must be between 0 and 1"_s);
    return unknownField(turns.toObject(),
                        {u"type"_s, u"threshold"_s, u"prefix_padding_ms"_s,
                         u"silence_duration_ms"_s, u"create_response"_s, u"interrupt_response"_s,
                         u"idle_timeout_ms"_s},
                        path + u'.');
}

std::optional<ApiError> checkAudio(const QJsonObject &session, const QJsonObject &audio,
                                   bool voiceIsFixed)
{
    const QJsonObject input = audio[u"input"_s].toObject();
    const QJsonObject output = audio[u"output"_s].toObject();
    if (auto error = unknownField(audio, {u"input"_s, u"output"_s}, u"session.audio."_s))
        return error;
    if (auto error = unknownField(input, kInputFields, u"session.audio.input."_s))
        return error;
    if (auto error = unknownField(output, kOutputFields, u"session.audio.output."_s))
        return error;
    if (auto error = checkFormat(input, u"session.audio.input"_s))
        return error;
    if (auto error = checkFormat(output, u"session.audio.output"_s))
        return error;
    if (output.contains(u"voice"_s) && output[u"voice"_s].isString()) {
        const QString voice = output[u"voice"_s].toString();
        if (!kVoices.contains(voice))
            return invalidValue(u"session.audio.output.voice"_s, u"'%1'"_s.arg(voice));
        if (voiceIsFixed && voice != session[u"audio"_s][u"output"_s][u"voice"_s].toString())
            return ApiError{
                u"cannot_update_voice"_s,
                u"Cannot update a conversation's voice if assistant audio is present."_s,
                u"session.audio.output.voice"_s};
    }
    return checkTurns(input[u"turn_detection"_s]);
}

/// A whole value replaces a whole value, except that `audio`, `input` and `output` merge.
QJsonObject merged(QJsonObject old, const QJsonObject &change)
{
    static const QStringList containers{u"audio"_s, u"input"_s, u"output"_s};
    for (auto field = change.begin(); field != change.end(); ++field) {
        const bool merges = containers.contains(field.key()) && field.value().isObject();
        old[field.key()] =
            merges ? QJsonValue(merged(old[field.key()].toObject(), field.value().toObject()))
                   : QJsonValue(field.value());
    }
    return old;
}

} // namespace

QJsonObject defaultSession(const QString &id, const QString &model, qint64 expiresAt)
{
    const QJsonObject pcm{{u"type"_s, u"audio/pcm"_s}, {u"rate"_s, 24000}};
    const QJsonObject turns{{u"type"_s, u"server_vad"_s},         {u"threshold"_s, 0.5},
                            {u"prefix_padding_ms"_s, 300},        {u"silence_duration_ms"_s, 500},
                            {u"idle_timeout_ms"_s, QJsonValue()}, {u"create_response"_s, true},
                            {u"interrupt_response"_s, true}};
    const QJsonObject input{{u"format"_s, pcm},
                            {u"transcription"_s, QJsonValue()},
                            {u"noise_reduction"_s, QJsonValue()},
                            {u"turn_detection"_s, turns}};
    const QJsonObject output{{u"format"_s, pcm}, {u"voice"_s, u"marin"_s}, {u"speed"_s, 1.0}};
    return {{u"type"_s, u"realtime"_s},
            {u"object"_s, u"realtime.session"_s},
            {u"id"_s, id},
            {u"model"_s, model},
            {u"output_modalities"_s, QJsonArray{u"audio"_s}},
            {u"instructions"_s, u"You are a helpful assistant."_s},
            {u"tools"_s, QJsonArray()},
            {u"tool_choice"_s, u"auto"_s},
            {u"max_output_tokens"_s, u"inf"_s},
            {u"tracing"_s, QJsonValue()},
            {u"truncation"_s, u"auto"_s},
            {u"prompt"_s, QJsonValue()},
            {u"expires_at"_s, expiresAt},
            {u"audio"_s, QJsonObject{{u"input"_s, input}, {u"output"_s, output}}},
            {u"include"_s, QJsonValue()}};
}

std::optional<ApiError> updateSession(QJsonObject &session, const QJsonObject &change,
                                      bool voiceIsFixed)
{
    if (!change.contains(u"type"_s))
        return ApiError{u"missing_required_parameter"_s,
                        u"Missing required parameter: 'session.type'."_s, u"session.type"_s};
    if (change[u"type"_s].toString() != u"realtime")
        return invalidValue(u"session.type"_s, u"only 'realtime' is served here"_s);
    if (auto error = unknownField(change, kFields, u"session."_s))
        return error;
    const QJsonArray modalities = change[u"output_modalities"_s].toArray();
    if (change.contains(u"output_modalities"_s) && modalities != QJsonArray{u"audio"_s})
        return invalidValue(u"session.output_modalities"_s,
                            u"this model speaks: ['audio'] alone is served here"_s);
    if (auto error = checkAudio(session, change[u"audio"_s].toObject(), voiceIsFixed))
        return error;
    session = merged(session, change);
    return std::nullopt;
}

std::optional<Turns> turnsOf(const QJsonObject &session)
{
    const QJsonValue json = session[u"audio"_s][u"input"_s][u"turn_detection"_s];
    if (!json.isObject())
        return std::nullopt;
    Turns turns;
    turns.createResponse = json[u"create_response"_s].toBool(true);
    turns.interruptResponse = json[u"interrupt_response"_s].toBool(true);
    if (json[u"type"_s].toString() == u"semantic_vad") {
        // The real model judges words; here eagerness becomes a length of silence.
        static const QHash<QString, int> silence{
            {u"low"_s, 1200}, {u"medium"_s, 700}, {u"auto"_s, 700}, {u"high"_s, 450}};
        turns.detection.silenceMs = silence.value(json[u"eagerness"_s].toString(), 700);
        return turns;
    }
    turns.detection.threshold = json[u"threshold"_s].toDouble(0.5);
    turns.detection.prefixPaddingMs = json[u"prefix_padding_ms"_s].toInt(300);
    turns.detection.silenceMs = json[u"silence_duration_ms"_s].toInt(500);
    return turns;
}

bool isTelephoneAudio(const QJsonObject &session, const QString &direction)
{
    return session[u"audio"_s][direction][u"format"_s][u"type"_s].toString() == u"audio/pcmu";
}

bool wantsTranscription(const QJsonObject &session)
{
    return session[u"audio"_s][u"input"_s][u"transcription"_s].isObject();
}

} // namespace sandbox
