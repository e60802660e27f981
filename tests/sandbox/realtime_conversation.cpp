// The session's conversation: caller audio, turns, items.
#include "tests/sandbox/realtime_session.h"

#include "tests/sandbox/sids.h"

#include "shared/audio/mulaw.h"

using namespace Qt::StringLiterals;

namespace sandbox {

using namespace std::chrono_literals;

namespace {

/// "input_audio_buffer.append": at most 15 MiB.
constexpr qsizetype kMaxAppend = qsizetype(15) * 1024 * 1024;
constexpr qsizetype kKeptBeforeSpeech = qsizetype(4000) * audio::kBytesPerMs;
constexpr qsizetype kLeastCommit = qsizetype(100) * audio::kBytesPerMs;
constexpr auto kTranscribing = 180ms;

QJsonValue orNull(const QString &text)
{
    return text.isEmpty() ? QJsonValue() : QJsonValue(text);
}

/// Does every content part have a type that its role may have in the GA API?
bool hasRightContent(const QJsonObject &item)
{
    const bool assistant = item[u"role"_s].toString() == u"assistant";
    static const QStringList spoken{u"output_text"_s, u"output_audio"_s};
    static const QStringList heard{u"input_text"_s, u"input_audio"_s, u"input_image"_s};
    const QJsonArray content = item[u"content"_s].toArray();
    for (const QJsonValue part : content) {
        if (!(assistant ? spoken : heard).contains(part[u"type"_s].toString()))
            return false;
    }
    return !content.isEmpty();
}

} // namespace

void RealtimeSession::onAppend(const QJsonObject &event)
{
    m_inputGaps.tick();
    const QByteArray text = event[u"audio"_s].toString().toLatin1();
    const auto audio =
        QByteArray::fromBase64Encoding(text, QByteArray::AbortOnBase64DecodingErrors);
    if (!audio || text.isEmpty() || text.size() > kMaxAppend) {
        m_world.journal.breach(m_id, u"appended audio is not base64"_s);
        sendError({u"invalid_value"_s, u"Invalid 'audio'. Expected base64-encoded audio bytes."_s,
                   u"audio"_s},
                  event);
        return;
    }
    if (!isTelephoneAudio(m_session, u"input"_s)) {
        m_world.journal.breach(m_id, u"audio was appended before audio/pcmu was chosen"_s);
        return;
    }
    m_script.listen(*audio);
    listen(*audio);
}

void RealtimeSession::listen(const QByteArray &audio)
{
    m_input += audio;
    m_unfed += audio;
    const auto turns = turnsOf(m_session);
    while (m_unfed.size() >= VoiceActivity::kFrame) {
        const QByteArray frame = m_unfed.first(VoiceActivity::kFrame);
        m_unfed.remove(0, VoiceActivity::kFrame);
        const auto change = m_activity.feed(frame);
        if (!change || !turns)
            continue;
        if (change->started)
            speechStarted(change->atMs);
        else
            speechStopped(change->atMs);
    }
    if (turns && !m_activity.isSpeaking() && m_input.size() > 2 * kKeptBeforeSpeech) {
        const qsizetype surplus = m_input.size() - kKeptBeforeSpeech;
        m_input.remove(0, surplus);
        m_inputFromMs += surplus / audio::kBytesPerMs;
    }
}

void RealtimeSession::speechStarted(qint64 startMs)
{
    m_speechFromMs = std::max(startMs, m_inputFromMs);
    m_speechItem = newSid("item_");
    send(u"input_audio_buffer.speech_started"_s,
         {{u"audio_start_ms"_s, m_speechFromMs}, {u"item_id"_s, m_speechItem}});
    const auto turns = turnsOf(m_session);
    if (isResponding() && turns && turns->interruptResponse) {
        ++m_interrupted;
        m_response->cancel(u"turn_detected"_s);
    }
}

void RealtimeSession::speechStopped(qint64 endMs)
{
    send(u"input_audio_buffer.speech_stopped"_s,
         {{u"audio_end_ms"_s, endMs}, {u"item_id"_s, m_speechItem}});
    const auto from = (m_speechFromMs - m_inputFromMs) * audio::kBytesPerMs;
    commit(m_input.mid(from, (endMs - m_speechFromMs) * audio::kBytesPerMs));
    const auto turns = turnsOf(m_session);
    if (turns && turns->createResponse && !isResponding())
        respond();
}

void RealtimeSession::onCommit(const QJsonObject &event)
{
    if (m_input.size() < kLeastCommit) {
        sendError(
            {u"input_audio_buffer_commit_empty"_s,
             u"Error committing input audio buffer: buffer too small. Expected at least 100ms of audio."_s,
             {}},
            event);
        return;
    }
    m_speechItem = newSid("item_");
    commit(m_input);
    m_activity.reset();
}

void RealtimeSession::commit(const QByteArray &speech)
{
    const QString words = m_script.hear(speech);
    m_heard.append(words);
    m_input.clear();
    m_inputFromMs = m_activity.positionMs();
    send(u"input_audio_buffer.committed"_s,
         {{u"item_id"_s, m_speechItem}, {u"previous_item_id"_s, orNull(m_lastItem)}});
    const QJsonObject part{{u"type"_s, u"input_audio"_s}, {u"transcript"_s, QJsonValue()}};
    Item item;
    item.json = {{u"id"_s, m_speechItem},       {u"object"_s, u"realtime.item"_s},
                 {u"type"_s, u"message"_s},     {u"role"_s, u"user"_s},
                 {u"status"_s, u"completed"_s}, {u"content"_s, QJsonArray{part}}};
    const QString itemId = m_speechItem;
    keepItem(itemId, item);
    announceItem(itemId);
    if (wantsTranscription(m_session))
        QTimer::singleShot(kTranscribing, this,
                           [this, itemId, words] { transcribe(itemId, words); });
}

void RealtimeSession::transcribe(const QString &itemId, const QString &words)
{
    const qsizetype middle = std::max<qsizetype>(0, words.indexOf(u' ', words.size() / 2));
    for (const QString &part : {words.first(middle), words.sliced(middle)}) {
        if (!part.isEmpty()) {
            send(u"conversation.item.input_audio_transcription.delta"_s,
                 {{u"item_id"_s, itemId}, {u"content_index"_s, 0}, {u"delta"_s, part}});
        }
    }
    const QJsonObject usage{{u"type"_s, u"duration"_s}, {u"seconds"_s, 1}};
    send(u"conversation.item.input_audio_transcription.completed"_s, {{u"item_id"_s, itemId},
                                                                      {u"content_index"_s, 0},
                                                                      {u"transcript"_s, words},
                                                                      {u"usage"_s, usage}});
}

void RealtimeSession::keepItem(const QString &itemId, const Item &item)
{
    m_items.insert(itemId, item);
    if (m_lastItem != itemId)
        m_lastItem = itemId;
}

void RealtimeSession::announceItem(const QString &itemId)
{
    const QJsonObject fields{{u"item"_s, m_items[itemId].json},
                             {u"previous_item_id"_s, QJsonValue()}};
    send(u"conversation.item.added"_s, fields);
    send(u"conversation.item.done"_s, fields);
}

void RealtimeSession::onItemCreate(const QJsonObject &event)
{
    QJsonObject json = event[u"item"_s].toObject();
    const QString type = json[u"type"_s].toString();
    if (type == u"message" ? !hasRightContent(json)
                           : type != u"function_call_output" && type != u"function_call") {
        sendError({u"invalid_value"_s, u"Invalid item: type and content do not fit."_s, u"item"_s},
                  event);
        return;
    }
    if (type == u"function_call_output") {
        const QString callId = json[u"call_id"_s].toString();
        const bool known =
            std::any_of(m_items.cbegin(), m_items.cend(), [&callId](const Item &item) {
                return item.json[u"type"_s].toString() == u"function_call"
                       && item.json[u"call_id"_s].toString() == callId;
            });
        if (!known || !json[u"output"_s].isString()) {
            sendError({u"invalid_tool_call_id"_s,
                       u"Tool call ID '%1' not found in conversation."_s.arg(callId),
                       u"item.call_id"_s},
                      event);
            return;
        }
        m_toolOutputs.append(QJsonObject{{u"call_id"_s, callId}, {u"output"_s, json[u"output"_s]}});
        m_script.hearResult(json[u"output"_s].toString());
    }
    if (json[u"id"_s].toString().isEmpty())
        json[u"id"_s] = newSid("item_");
    json[u"object"_s] = u"realtime.item"_s;
    json[u"status"_s] = u"completed"_s;
    keepItem(json[u"id"_s].toString(), {json, {}});
    announceItem(json[u"id"_s].toString());
}

void RealtimeSession::onItemDelete(const QJsonObject &event)
{
    const QString itemId = event[u"item_id"_s].toString();
    if (m_items.remove(itemId) == 0)
        sendError({u"item_not_found"_s, u"Item '%1' does not exist."_s.arg(itemId), u"item_id"_s},
                  event);
    else
        send(u"conversation.item.deleted"_s, {{u"item_id"_s, itemId}});
}

void RealtimeSession::onItemRetrieve(const QJsonObject &event)
{
    const auto item = m_items.constFind(event[u"item_id"_s].toString());
    if (item == m_items.cend())
        sendError({u"item_not_found"_s, u"The item does not exist."_s, u"item_id"_s}, event);
    else
        send(u"conversation.item.retrieved"_s, {{u"item"_s, item->json}});
}

void RealtimeSession::onTruncate(const QJsonObject &event)
{
    const QString itemId = event[u"item_id"_s].toString();
    const auto item = m_items.constFind(itemId);
    if (item == m_items.cend() || item->audio.isEmpty()
        || event[u"content_index"_s].toInt(-1) != 0) {
        m_world.journal.breach(m_id, u"truncation of an unknown item"_s);
        sendError({u"item_truncate_invalid_item_id"_s,
                   u"Only model output audio messages can be truncated."_s, u"item_id"_s},
                  event);
        return;
    }
    const QJsonValue end = event[u"audio_end_ms"_s];
    const double producedMs = double(item->audio.size()) / audio::kBytesPerMs;
    if (!end.isDouble() || end.toDouble() < 0 || end.toDouble() > producedMs) {
        m_world.journal.breach(
            m_id,
            u"truncation beyond the audio: %1 of %2 ms"_s.arg(end.toDouble()).arg(producedMs));
        sendError({u"invalid_value"_s,
                   u"Audio content of %1ms is already shorter than %2ms"_s.arg(producedMs)
                       .arg(end.toDouble()),
                   u"audio_end_ms"_s},
                  event);
        return;
    }
    m_truncations.push_back(
        {itemId, end.toInteger(), producedMs, m_world.journal.ms(), item->audio});
    send(u"conversation.item.truncated"_s,
         {{u"item_id"_s, itemId}, {u"content_index"_s, 0}, {u"audio_end_ms"_s, end.toInteger()}});
    emit truncated(itemId);
}

} // namespace sandbox
