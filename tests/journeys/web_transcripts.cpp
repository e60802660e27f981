#include "tests/journeys/web_transcripts.h"

#include <QRegularExpression>

namespace tests {

namespace {

QJsonValue at(const QJsonObject &object, const char *name)
{
    return object.value(QLatin1String(name));
}

bool areNumbers(const QJsonObject &object, std::initializer_list<const char *> names)
{
    return std::all_of(names.begin(), names.end(),
                       [&](const char *name) { return at(object, name).isDouble(); });
}

bool areTexts(const QJsonObject &object, std::initializer_list<const char *> names)
{
    return std::all_of(names.begin(), names.end(),
                       [&](const char *name) { return !at(object, name).toString().isEmpty(); });
}

std::optional<std::vector<WebSentence>> sentencesOf(const QJsonValue &value)
{
    std::vector<WebSentence> sentences;
    const QJsonArray array = value.toArray();
    for (const auto &item : array) {
        const QJsonObject one = item.toObject();
        if (!areTexts(one, {"text"})
            || !areNumbers(one, {"speaker", "start_time", "end_time", "confidence"}))
            return std::nullopt;
        sentences.push_back({at(one, "text").toString(), at(one, "speaker").toInt(),
                             at(one, "start_time").toDouble(), at(one, "end_time").toDouble()});
    }
    return sentences;
}

/// What every form of an entry has.
std::optional<WebTranscript> entryOf(const QJsonObject &object)
{
    const QJsonValue sid = object.contains(QLatin1String("transcript_sid"))
                               ? at(object, "transcript_sid")
                               : at(object, "sid");
    const auto date = webDate(at(object, "date_created"));
    const auto sentences = sentencesOf(at(object, "sentences"));
    if (sid.toString().isEmpty() || !date || !sentences || !areNumbers(object, {"duration"})
        || !at(object, "status").isString())
        return std::nullopt;
    return WebTranscript{sid.toString(),
                         *date,
                         at(object, "duration").toInt(),
                         at(object, "status").toString() == QLatin1String("completed"),
                         at(object, "full_text").toString(),
                         *sentences};
}

template <typename T, typename Decode>
std::optional<std::vector<T>> listOf(const QJsonArray &array, Decode decode)
{
    std::vector<T> list;
    for (const auto &item : array) {
        const std::optional<T> one = decode(item.toObject());
        if (!one)
            return std::nullopt;
        list.push_back(*one);
    }
    return list;
}

std::optional<WebEnhanced> enhancedHead(const QJsonObject &object)
{
    if (!areTexts(object, {"transcript_sid", "call_direction", "scenario_name", "status"})
        || !areNumbers(object, {"duration"}) || !webDate(at(object, "call_date")))
        return std::nullopt;
    WebEnhanced one;
    one.sid = at(object, "transcript_sid").toString();
    one.direction = at(object, "call_direction").toString();
    one.scenario = at(object, "scenario_name").toString();
    return one;
}

bool isParticipant(const QString &channel, const QJsonObject &one)
{
    return areTexts(one, {"role", "name"})
           && areNumbers(one, {"channel", "total_speaking_time", "word_count", "sentence_count"})
           && QString::number(at(one, "channel").toInt()) == channel;
}

bool isTurn(int sequence, const QJsonObject &one)
{
    const QJsonObject speaker = at(one, "speaker").toObject();
    return areTexts(speaker, {"role", "name"}) && areNumbers(speaker, {"channel"})
           && areTexts(one, {"text"})
           && areNumbers(one, {"start_time", "end_time", "duration", "confidence", "word_count"})
           && at(one, "sequence").toInt() == sequence;
}

} // namespace

std::optional<QDateTime> webDate(const QJsonValue &value)
{
    static const QRegularExpression form(
        QStringLiteral(R"(\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)\z)"));
    if (!form.match(value.toString()).hasMatch())
        return std::nullopt;
    QDateTime date = QDateTime::fromString(value.toString(), Qt::ISODateWithMs);
    return date.isValid() ? std::optional(date) : std::nullopt;
}

std::optional<std::vector<WebTranscript>> webStoredList(const Answer &answer)
{
    if (answer.status != 200 || !QJsonDocument::fromJson(answer.body).isArray())
        return std::nullopt;
    return listOf<WebTranscript>(answer.array(), entryOf);
}

std::optional<WebTranscript> webDetail(const Answer &answer)
{
    auto one = answer.status == 200 ? entryOf(answer.object()) : std::nullopt;
    if (!one || (one->sentences.empty() && one->fullText.isEmpty()) || one->duration <= 0)
        return std::nullopt;
    return one;
}

std::optional<std::vector<WebTranscript>> webTwilioList(const Answer &answer)
{
    const QJsonValue transcripts = at(answer.object(), "transcripts");
    if (answer.status != 200 || !transcripts.isArray())
        return std::nullopt;
    return listOf<WebTranscript>(transcripts.toArray(), entryOf);
}

std::optional<std::vector<WebEnhanced>> webEnhancedList(const Answer &answer)
{
    if (answer.status != 200 || !QJsonDocument::fromJson(answer.body).isArray())
        return std::nullopt;
    return listOf<
        WebEnhanced>(answer.array(), [](const QJsonObject &object) -> std::optional<WebEnhanced> {
        auto one = enhancedHead(object);
        if (!one || !areNumbers(object, {"participant_count", "total_words", "average_confidence"}))
            return std::nullopt;
        one->words = at(object, "total_words").toInt();
        one->participants = at(object, "participant_count").toInt();
        return one;
    });
}

std::optional<WebEnhanced> webEnhancedDetail(const Answer &answer)
{
    const QJsonObject object = answer.object();
    auto one = answer.status == 200 ? enhancedHead(object) : std::nullopt;
    const QJsonObject summary = at(object, "summary_data").toObject();
    const QJsonObject stats = at(summary, "conversation_stats").toObject();
    if (!one || !areTexts(object, {"source_type", "language_code", "full_text"})
        || !webDate(at(object, "date_updated"))
        || !areNumbers(summary, {"total_words", "participant_count", "average_confidence"})
        || !areNumbers(stats, {"turns"}))
        return std::nullopt;
    const QJsonObject participants = at(object, "participant_info").toObject();
    for (auto it = participants.begin(); it != participants.end(); ++it) {
        if (!isParticipant(it.key(), it.value().toObject()))
            return std::nullopt;
    }
    const QJsonArray flow = at(object, "conversation_flow").toArray();
    for (qsizetype i = 0; i < flow.size(); ++i) {
        if (!isTurn(int(i) + 1, flow.at(i).toObject()))
            return std::nullopt;
    }
    one->source = at(object, "source_type").toString();
    one->words = at(summary, "total_words").toInt();
    one->participants = int(participants.size());
    one->turns = int(flow.size());
    return one->turns == at(stats, "turns").toInt() ? one : std::nullopt;
}

} // namespace tests
