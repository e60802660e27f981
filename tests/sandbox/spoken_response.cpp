#include "tests/sandbox/spoken_response.h"

#include <QJsonArray>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace sandbox {

namespace {

// Real deltas are of uneven length and know nothing of telephone frames: 100 to 400 ms, none a
// multiple of 160.
constexpr std::array<qsizetype, 5> kPieces{837, 1999, 3141, 1201, 2603};

} // namespace

SpokenResponse::SpokenResponse(Ids ids, AgentScript::Saying saying, const VoiceSettings &settings,
                               Send send)
    : m_ids(std::move(ids)),
      m_saying(std::move(saying)),
      m_send(std::move(send)),
      m_thinking(settings.thinking),
      m_speed(settings.speed)
{
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &SpokenResponse::tick);
}

void SpokenResponse::begin()
{
    m_send(u"response.created"_s, {{u"response"_s, response(u"in_progress"_s, QJsonValue::Null)}});
    const QJsonArray limits{QJsonObject{{u"name"_s, u"requests"_s},
                                        {u"limit"_s, 1000},
                                        {u"remaining"_s, 999},
                                        {u"reset_seconds"_s, 60}},
                            QJsonObject{{u"name"_s, u"tokens"_s},
                                        {u"limit"_s, 50000},
                                        {u"remaining"_s, 49000},
                                        {u"reset_seconds"_s, 60}}};
    m_send(u"rate_limits.updated"_s, {{u"rate_limits"_s, limits}});
    m_timer.start(m_thinking);
}

void SpokenResponse::announce()
{
    m_announced = true;
    m_clock.start();
    m_send(u"response.output_item.added"_s, {{u"response_id"_s, m_ids.response},
                                             {u"output_index"_s, 0},
                                             {u"item"_s, item(u"in_progress"_s)}});
    const QJsonValue previous =
        m_ids.previousItem.isEmpty() ? QJsonValue() : QJsonValue(m_ids.previousItem);
    m_send(u"conversation.item.added"_s,
           {{u"previous_item_id"_s, previous}, {u"item"_s, item(u"in_progress"_s)}});
    if (isFunctionCall())
        return;
    QJsonObject added = place();
    added[u"part"_s] = QJsonObject{{u"type"_s, u"output_audio"_s}, {u"transcript"_s, u""_s}};
    m_send(u"response.content_part.added"_s, added);
}

void SpokenResponse::tick()
{
    if (m_over)
        return;
    if (!m_announced)
        announce();
    if (isFunctionCall()) {
        callFunction();
        return;
    }
    const double due = double(m_clock.elapsed()) * 8 * m_speed;
    while (m_sent < m_saying.audio.size() && double(m_sent) <= due)
        sendPiece();
    if (m_sent >= m_saying.audio.size()) {
        close(u"completed"_s, {});
        return;
    }
    const auto wait = qint64(double(m_sent) / (8 * m_speed)) - m_clock.elapsed();
    m_timer.start(std::chrono::milliseconds(std::max<qint64>(1, wait)));
}

void SpokenResponse::sendPiece()
{
    const auto size =
        std::min(kPieces[size_t(m_piece++) % kPieces.size()], m_saying.audio.size() - m_sent);
    QJsonObject delta = place();
    delta[u"delta"_s] = QString::fromLatin1(m_saying.audio.sliced(m_sent, size).toBase64());
    m_sent += size;
    // The transcript runs a little ahead of the sound, as the real one does.
    sendWords(m_saying.text.size() * m_sent / std::max<qsizetype>(1, m_saying.audio.size()) + 12);
    m_send(u"response.output_audio.delta"_s, delta);
    emit audioSent();
}

void SpokenResponse::sendWords(qsizetype upTo)
{
    const qsizetype space = m_saying.text.indexOf(u' ', std::min(upTo, m_saying.text.size()));
    const qsizetype end = space < 0 ? m_saying.text.size() : space;
    if (end <= m_words)
        return;
    QJsonObject delta = place();
    delta[u"delta"_s] = m_saying.text.sliced(m_words, end - m_words);
    m_words = end;
    m_send(u"response.output_audio_transcript.delta"_s, delta);
}

void SpokenResponse::callFunction()
{
    QJsonObject fields = place();
    fields.remove(u"content_index"_s);
    fields[u"call_id"_s] = m_ids.call;
    const qsizetype half = m_saying.arguments.size() / 2;
    fields[u"delta"_s] = m_saying.arguments.first(half);
    m_send(u"response.function_call_arguments.delta"_s, fields);
    fields[u"delta"_s] = m_saying.arguments.sliced(half);
    m_send(u"response.function_call_arguments.delta"_s, fields);
    fields.remove(u"delta"_s);
    fields[u"name"_s] = m_saying.tool;
    fields[u"arguments"_s] = m_saying.arguments;
    m_send(u"response.function_call_arguments.done"_s, fields);
    close(u"completed"_s, {});
}

void SpokenResponse::cancel(const QString &reason)
{
    if (!m_over)
        close(u"cancelled"_s, {{u"type"_s, u"cancelled"_s}, {u"reason"_s, reason}});
}

void SpokenResponse::close(const QString &status, const QJsonObject &details)
{
    m_timer.stop();
    m_over = true;
    const QString itemStatus = status == u"completed" ? status : u"incomplete"_s;
    if (m_announced) {
        if (!isFunctionCall())
            sendAudioDone(itemStatus);
        m_send(u"response.output_item.done"_s, {{u"response_id"_s, m_ids.response},
                                                {u"output_index"_s, 0},
                                                {u"item"_s, item(itemStatus)}});
        const QJsonValue previous =
            m_ids.previousItem.isEmpty() ? QJsonValue() : QJsonValue(m_ids.previousItem);
        m_send(u"conversation.item.done"_s,
               {{u"previous_item_id"_s, previous}, {u"item"_s, item(itemStatus)}});
    }
    m_send(u"response.done"_s,
           {{u"response"_s,
             response(status, details.isEmpty() ? QJsonValue() : QJsonValue(details))}});
    emit finished();
}

void SpokenResponse::sendAudioDone(const QString &itemStatus)
{
    if (itemStatus == u"completed")
        sendWords(m_saying.text.size());
    m_send(u"response.output_audio.done"_s, place());
    QJsonObject words = place();
    words[u"transcript"_s] = m_saying.text.first(m_words);
    m_send(u"response.output_audio_transcript.done"_s, words);
    QJsonObject part = place();
    part[u"part"_s] = QJsonObject{{u"type"_s, u"output_audio"_s},
                                  {u"transcript"_s, m_saying.text.first(m_words)}};
    m_send(u"response.content_part.done"_s, part);
}

QJsonObject SpokenResponse::place() const
{
    return {{u"response_id"_s, m_ids.response},
            {u"item_id"_s, m_ids.item},
            {u"output_index"_s, 0},
            {u"content_index"_s, 0}};
}

QJsonObject SpokenResponse::item(const QString &status) const
{
    QJsonObject json{
        {u"id"_s, m_ids.item}, {u"object"_s, u"realtime.item"_s}, {u"status"_s, status}};
    if (isFunctionCall()) {
        json[u"type"_s] = u"function_call"_s;
        json[u"name"_s] = m_saying.tool;
        json[u"call_id"_s] = m_ids.call;
        json[u"arguments"_s] = status == u"in_progress" ? QString() : m_saying.arguments;
        return json;
    }
    json[u"type"_s] = u"message"_s;
    json[u"role"_s] = u"assistant"_s;
    QJsonArray content;
    if (status != u"in_progress")
        content.append(QJsonObject{{u"type"_s, u"output_audio"_s},
                                   {u"transcript"_s, m_saying.text.first(m_words)}});
    json[u"content"_s] = content;
    return json;
}

QJsonObject SpokenResponse::response(const QString &status, const QJsonValue &details) const
{
    const bool running = status == u"in_progress";
    const int words = int(m_words / 5);
    const int sound = int(m_sent / 400); // one token is 50 ms of speech
    const QJsonObject usage{
        {u"total_tokens"_s, 120 + words + sound},
        {u"input_tokens"_s, 120},
        {u"output_tokens"_s, words + sound},
        {u"input_token_details"_s,
         QJsonObject{{u"text_tokens"_s, 100}, {u"audio_tokens"_s, 20}, {u"cached_tokens"_s, 0}}},
        {u"output_token_details"_s,
         QJsonObject{{u"text_tokens"_s, words}, {u"audio_tokens"_s, sound}}}};
    const QString itemStatus = status == u"completed" ? status : u"incomplete"_s;
    return {{u"object"_s, u"realtime.response"_s},
            {u"id"_s, m_ids.response},
            {u"status"_s, status},
            {u"status_details"_s, details},
            {u"output"_s, running || !m_announced ? QJsonArray() : QJsonArray{item(itemStatus)}},
            {u"output_modalities"_s, QJsonArray{u"audio"_s}},
            {u"max_output_tokens"_s, u"inf"_s},
            {u"usage"_s, running ? QJsonValue() : QJsonValue(usage)},
            {u"metadata"_s, QJsonValue()}};
}

} // namespace sandbox
