#include "server/api/transcripts_json.h"

#include "server/api/schedule_api.h"

#include <cmath>

namespace server::api {

using core::Sentence;
using core::Transcript;
using core::TranscriptFigures;

namespace {

constexpr double kMsPerSecond = 1'000;

double seconds(qint64 ms)
{
    return double(ms) / kMsPerSecond;
}

/// One place after the point: more would pretend to know.
double rounded(double number)
{
    return std::round(number * 10) / 10;
}

double share(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
}

QJsonArray sentencesWith(const QString &wordsKey, const Transcript &transcript)
{
    QJsonArray array;
    for (const Sentence &sentence : transcript.sentences)
        array.append(QJsonObject{{wordsKey, sentence.text},
                                 {QStringLiteral("speaker"), sentence.channel},
                                 {QStringLiteral("start_time"), seconds(sentence.startMs)},
                                 {QStringLiteral("end_time"), seconds(sentence.endMs)},
                                 {QStringLiteral("confidence"), sentence.confidence}});
    return array;
}

/// There is no record of what is not complete.
QString statusText()
{
    return QStringLiteral("completed");
}

QJsonObject speakerJson(int channel)
{
    return {{QStringLiteral("channel"), channel},
            {QStringLiteral("role"), core::roleOf(channel)},
            {QStringLiteral("name"), core::speakerName(channel)}};
}

QJsonObject participantsJson(const TranscriptFigures &figures)
{
    QJsonObject participants;
    for (const core::Participant &speaker : figures.participants) {
        QJsonObject one = speakerJson(speaker.channel);
        one.insert(QStringLiteral("total_speaking_time"), seconds(speaker.speakingMs));
        one.insert(QStringLiteral("word_count"), speaker.words);
        one.insert(QStringLiteral("sentence_count"), speaker.sentences);
        participants.insert(QString::number(speaker.channel), one);
    }
    return participants;
}

QJsonObject conversationStats(const Transcript &transcript, const TranscriptFigures &figures)
{
    QJsonObject distribution;
    for (const core::Participant &speaker : figures.participants)
        distribution.insert(QString::number(speaker.channel),
                            QJsonObject{{QStringLiteral("percentage"),
                                         rounded(share(double(speaker.speakingMs) * 100,
                                                       double(figures.speakingMs)))},
                                        {QStringLiteral("seconds"), seconds(speaker.speakingMs)}});
    const auto turns = transcript.sentences.size();
    return {{QStringLiteral("turns"), turns},
            {QStringLiteral("avg_words_per_turn"), rounded(share(figures.words, double(turns)))},
            {QStringLiteral("speaking_time_distribution"), distribution}};
}

QJsonArray flowJson(const Transcript &transcript)
{
    QJsonArray flow;
    for (const Sentence &sentence : transcript.sentences)
        flow.append(
            QJsonObject{{QStringLiteral("sequence"), flow.size() + 1},
                        {QStringLiteral("speaker"), speakerJson(sentence.channel)},
                        {QStringLiteral("text"), sentence.text},
                        {QStringLiteral("start_time"), seconds(sentence.startMs)},
                        {QStringLiteral("end_time"), seconds(sentence.endMs)},
                        {QStringLiteral("duration"), seconds(sentence.endMs - sentence.startMs)},
                        {QStringLiteral("confidence"), sentence.confidence},
                        {QStringLiteral("word_count"), core::wordCount(sentence.text)},
                        {QStringLiteral("timestamp"),
                         core::minutesAndSeconds(sentence.startMs / qint64(kMsPerSecond))}});
    return flow;
}

QJsonObject summaryJson(const Transcript &transcript, const TranscriptFigures &figures)
{
    return {{QStringLiteral("total_duration_seconds"), transcript.durationSeconds},
            {QStringLiteral("total_sentences"), transcript.sentences.size()},
            {QStringLiteral("total_words"), figures.words},
            {QStringLiteral("participant_count"), figures.participants.size()},
            {QStringLiteral("language_code"), transcript.languageCode},
            {QStringLiteral("average_confidence"), figures.averageConfidence},
            {QStringLiteral("conversation_stats"), conversationStats(transcript, figures)}};
}

/// What list and detail have in common.
QJsonObject enhancedHead(const Transcript &transcript)
{
    return {{QStringLiteral("id"), transcript.id},
            {QStringLiteral("transcript_sid"), transcript.sid},
            {QStringLiteral("call_date"), zonedTime(transcript.callDate)},
            {QStringLiteral("duration"), transcript.durationSeconds},
            {QStringLiteral("call_direction"), transcript.direction == core::CallDirection::Inbound
                                                   ? QStringLiteral("inbound")
                                                   : QStringLiteral("outbound")},
            {QStringLiteral("scenario_name"), transcript.scenarioName},
            {QStringLiteral("source_type"), toText(transcript.source)},
            {QStringLiteral("language_code"), transcript.languageCode},
            {QStringLiteral("status"), statusText()},
            {QStringLiteral("created_at"), zonedTime(transcript.createdAt)},
            {QStringLiteral("date_updated"), zonedTime(transcript.updatedAt)}};
}

QJsonObject datedJson(const QString &sidKey, const Transcript &transcript)
{
    return {{sidKey, transcript.sid},
            {QStringLiteral("status"), statusText()},
            {QStringLiteral("date_created"), zonedTime(transcript.createdAt)},
            {QStringLiteral("date_updated"), zonedTime(transcript.updatedAt)},
            {QStringLiteral("duration"), transcript.durationSeconds},
            {QStringLiteral("language_code"), transcript.languageCode}};
}

} // namespace

QJsonArray sentencesJson(const Transcript &transcript)
{
    return sentencesWith(QStringLiteral("text"), transcript);
}

QJsonArray transcriptSentencesJson(const Transcript &transcript)
{
    return sentencesWith(QStringLiteral("transcript"), transcript);
}

QJsonObject storedJson(const Transcript &transcript)
{
    QJsonObject object = datedJson(QStringLiteral("transcript_sid"), transcript);
    object.insert(QStringLiteral("id"), transcript.id);
    object.insert(QStringLiteral("full_text"), fullText(transcript.sentences));
    object.insert(QStringLiteral("created_at"), zonedTime(transcript.createdAt));
    object.insert(QStringLiteral("sentences"), sentencesJson(transcript));
    return object;
}

QJsonObject twilioJson(const Transcript &transcript)
{
    return datedJson(QStringLiteral("sid"), transcript);
}

QJsonObject twilioDetailJson(const Transcript &transcript)
{
    QJsonObject object = twilioJson(transcript);
    object.insert(QStringLiteral("sentences"), sentencesJson(transcript));
    return object;
}

QJsonObject enhancedJson(const Transcript &transcript)
{
    const TranscriptFigures figures = core::figuresOf(transcript.sentences);
    QJsonObject object = enhancedHead(transcript);
    object.insert(QStringLiteral("participant_count"), figures.participants.size());
    object.insert(QStringLiteral("conversation_turns"), transcript.sentences.size());
    object.insert(QStringLiteral("total_words"), figures.words);
    object.insert(QStringLiteral("average_confidence"), figures.averageConfidence);
    object.insert(QStringLiteral("summary"),
                  QJsonObject{{QStringLiteral("duration_formatted"),
                               core::minutesAndSeconds(transcript.durationSeconds)},
                              {QStringLiteral("participant_info"), participantsJson(figures)},
                              {QStringLiteral("conversation_stats"),
                               conversationStats(transcript, figures)}});
    return object;
}

QJsonObject enhancedDetailJson(const Transcript &transcript)
{
    const TranscriptFigures figures = core::figuresOf(transcript.sentences);
    QJsonArray names;
    for (const core::Participant &speaker : figures.participants)
        names.append(core::speakerName(speaker.channel));
    QJsonObject object = enhancedHead(transcript);
    object.insert(QStringLiteral("full_text"), fullText(transcript.sentences));
    object.insert(QStringLiteral("participant_info"), participantsJson(figures));
    object.insert(QStringLiteral("conversation_flow"), flowJson(transcript));
    object.insert(QStringLiteral("summary_data"), summaryJson(transcript, figures));
    object.insert(QStringLiteral("formatted_data"),
                  QJsonObject{{QStringLiteral("duration_formatted"),
                               core::minutesAndSeconds(transcript.durationSeconds)},
                              {QStringLiteral("participant_names"), names},
                              {QStringLiteral("total_turns"), transcript.sentences.size()},
                              {QStringLiteral("total_words"), figures.words},
                              {QStringLiteral("average_confidence"), figures.averageConfidence}});
    return object;
}

} // namespace server::api
