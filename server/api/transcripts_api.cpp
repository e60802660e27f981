#include "server/api/transcripts_api.h"

#include "server/api/json_values.h"
#include "server/api/request_parts.h"
#include "server/api/transcripts_json.h"
#include "server/core/transcripts/transcript_summary.h"
#include "server/core/transcripts/transcript_text.h"
#include "server/http/body_reader.h"

#include <QJsonDocument>

namespace server::api {

using base::Fault;
using core::Transcript;
using core::TranscriptQuery;
using http::Request;
using http::Response;

namespace {

constexpr int kLongestSid = 64;
constexpr int kLongestSearch = 200;
constexpr int kLongestText = 200;
constexpr http::NumberRule kPageSize{.min = 1, .max = 100};
constexpr http::NumberRule kSkip{.min = 0, .max = 1'000'000};

void readPage(http::FieldReader &fields, TranscriptQuery &query)
{
    query.offset = int(fields.optionalInteger("skip", kSkip).value_or(0));
    query.limit = int(fields.optionalInteger("limit", kPageSize).value_or(10));
}

std::optional<core::CallDirection> directionFrom(http::FieldReader &fields)
{
    const auto text = fields.optionalString("call_direction", {.max = kLongestText});
    if (!text || text->isEmpty())
        return std::nullopt;
    if (*text == QLatin1String("inbound"))
        return core::CallDirection::Inbound;
    if (*text != QLatin1String("outbound"))
        fields.addError("call_direction",
                        QStringLiteral("Input should be 'inbound' or 'outbound'"));
    return core::CallDirection::Outbound;
}

/// An ISO 8601 date or time; without a zone it is UTC. What is no time is passed over, as clients
/// expect of these filters. `isEnd`: a date alone means the end of that day.
QDateTime timeFrom(http::FieldReader &fields, const char *name, bool isEnd)
{
    const QString text = fields.optionalString(name, {.max = kLongestTime}).value_or(QString());
    if (const QDate day = QDate::fromString(text, Qt::ISODate); day.isValid() && text.size() == 10)
        return {day, isEnd ? QTime(23, 59, 59, 999) : QTime(0, 0), Qt::UTC};
    QDateTime time = QDateTime::fromString(text, Qt::ISODateWithMs);
    if (time.isValid() && time.timeSpec() == Qt::LocalTime)
        time.setTimeSpec(Qt::UTC);
    return time.toUTC();
}

template <typename ToJson>
QJsonArray arrayOf(const std::vector<Transcript> &transcripts, ToJson toJson)
{
    QJsonArray array;
    for (const Transcript &transcript : transcripts)
        array.append(toJson(transcript));
    return array;
}

/// A request whose body is one JSON text, as if that had come under a name.
Request withName(const Request &request, const QByteArray &name)
{
    Request named = request;
    const QByteArray body = request.body.trimmed();
    if (body.startsWith('"') && QJsonDocument::fromJson('[' + body + ']').array().size() == 1)
        named.body = "{\"" + name + "\":" + body + '}';
    return named;
}

std::string attachment(const QString &fileName)
{
    return QStringLiteral("attachment; filename=\"%1\"").arg(fileName).toStdString();
}

} // namespace

base::Result<Transcript> TranscriptsApi::find(const Request &request) const
{
    return m_ports.transcripts.find(userOf(request), request.arguments.front());
}

Response TranscriptsApi::list(const Request &request)
{
    http::QueryReader fields(request);
    TranscriptQuery query;
    readPage(fields, query);
    query.words = fields.optionalString("q", {.max = kLongestSearch}).value_or(QString());
    if (!fields.ok())
        return fields.problem();
    const auto found = m_ports.transcripts.ofOwner(userOf(request), query);
    return found ? Response::json(arrayOf(*found, storedJson)) : Response::problem(found.error());
}

Response TranscriptsApi::show(const Request &request)
{
    const auto found = find(request);
    return found ? Response::json(storedJson(*found)) : Response::problem(found.error());
}

Response TranscriptsApi::exportAs(const Request &request)
{
    http::QueryReader fields(request);
    const QString format =
        fields.optionalString("format", {.max = kLongestText}).value_or(QStringLiteral("txt"));
    struct Format
    {
        const char *name;
        const char *type;
        QByteArray (*write)(const Transcript &);
    };
    static const std::array<Format, 4> formats{
        {{"txt", "text/plain; charset=utf-8", core::toPlainText},
         {"json", "application/json",
          [](const Transcript &transcript) {
              return QJsonDocument(enhancedDetailJson(transcript)).toJson(QJsonDocument::Indented);
          }},
         {"vtt", "text/vtt; charset=utf-8", core::toWebVtt},
         {"srt", "application/x-subrip", core::toSubRip}}};
    const auto *const chosen = std::find_if(formats.begin(), formats.end(), [&](const Format &one) {
        return format == QLatin1String(one.name);
    });
    if (fields.ok() && chosen == formats.end())
        fields.addError("format", QStringLiteral("Input should be 'txt', 'json', 'vtt' or 'srt'"));
    if (!fields.ok())
        return fields.problem();
    const auto found = find(request);
    if (!found)
        return Response::problem(found.error());
    return Response::text(200, chosen->type, chosen->write(*found))
        .with("Content-Disposition", attachment(found->sid + QLatin1Char('.') + format));
}

Response TranscriptsApi::remove(const Request &request)
{
    const auto removed = m_ports.transcripts.remove(userOf(request), request.arguments.front());
    if (!removed)
        return Response::problem(removed.error());
    m_ports.sweepFiles();
    return Response::json(
        success({{QStringLiteral("message"), QStringLiteral("Transcript deleted")}}));
}

Response TranscriptsApi::read(const Request &request)
{
    const auto found = find(request);
    // The one route that clients expect to be told of it in a 200.
    if (!found && found.error().fault == Fault::NotFound)
        return Response::json(QJsonObject{{QStringLiteral("status"), QStringLiteral("error")},
                                          {QStringLiteral("message"), found.error().message}});
    if (!found)
        return Response::problem(found.error());
    return Response::json(
        success({{QStringLiteral("transcript"),
                  QJsonObject{{QStringLiteral("full_text"), fullText(found->sentences)},
                              {QStringLiteral("sentences"), transcriptSentencesJson(*found)},
                              {QStringLiteral("language_code"), found->languageCode},
                              {QStringLiteral("duration"), found->durationSeconds},
                              {QStringLiteral("status"), QStringLiteral("completed")}}}}));
}

Response TranscriptsApi::summarize(const Request &request)
{
    const auto found = find(request);
    if (!found)
        return Response::problem(found.error());
    return Response::json(success({{QStringLiteral("summary"), core::summaryOf(found->sentences)},
                                   {QStringLiteral("transcript_sid"), found->sid}}));
}

Response TranscriptsApi::fetchAndStore(const Request &request)
{
    const auto obtained = m_ports.transcripts.obtain(userOf(request), request.arguments.front());
    if (!obtained)
        return Response::problem(obtained.error());
    const Transcript &transcript = obtained->transcript;
    return Response::json(
        success({{QStringLiteral("message"), obtained->wasThere
                                                 ? QStringLiteral("Transcript already stored")
                                                 : QStringLiteral("Transcript stored")},
                 {QStringLiteral("transcript"),
                  QJsonObject{{QStringLiteral("transcript_sid"), transcript.sid},
                              {QStringLiteral("full_text"), fullText(transcript.sentences)},
                              {QStringLiteral("sentences"), transcriptSentencesJson(transcript)},
                              {QStringLiteral("status"), QStringLiteral("completed")},
                              {QStringLiteral("duration"), transcript.durationSeconds},
                              {QStringLiteral("language_code"), transcript.languageCode}}}}));
}

Response TranscriptsApi::listEnhanced(const Request &request)
{
    http::QueryReader fields(request);
    TranscriptQuery query;
    query.order = TranscriptQuery::Order::NewestCall;
    readPage(fields, query);
    query.direction = directionFrom(fields);
    query.scenario =
        fields.optionalString("scenario_name", {.max = kLongestText}).value_or(QString());
    query.from = timeFrom(fields, "date_from", false);
    query.to = timeFrom(fields, "date_to", true);
    if (!fields.ok())
        return fields.problem();
    const auto found = m_ports.transcripts.ofOwner(userOf(request), query);
    return found ? Response::json(arrayOf(*found, enhancedJson)) : Response::problem(found.error());
}

Response TranscriptsApi::showEnhanced(const Request &request)
{
    const auto found = find(request);
    if (!found && found.error().fault == Fault::NotFound)
        return Response::problem(404, QStringLiteral("Enhanced transcript not found"));
    return found ? Response::json(enhancedDetailJson(*found)) : Response::problem(found.error());
}

Response TranscriptsApi::fetchAndStoreEnhanced(const Request &request)
{
    const Request named = withName(request, "transcript_sid");
    http::BodyReader body(named);
    const QString sid = body.requiredString("transcript_sid", {.min = 1, .max = kLongestSid});
    if (!body.ok())
        return body.problem();
    const auto obtained = m_ports.transcripts.obtain(userOf(request), sid);
    if (!obtained)
        return Response::problem(obtained.error());
    return Response::json(
        success({{QStringLiteral("message"),
                  obtained->wasThere ? QStringLiteral("Enhanced transcript already stored")
                                     : QStringLiteral("Enhanced transcript stored")},
                 {QStringLiteral("transcript_data"), enhancedDetailJson(obtained->transcript)}}));
}

Response TranscriptsApi::import(const Request &request)
{
    const auto imported = m_ports.transcripts.import(userOf(request));
    if (!imported)
        return Response::problem(imported.error());
    QJsonArray failures;
    for (const auto &failure : imported->failed)
        failures.append(QJsonObject{{QStringLiteral("sid"), failure.sid},
                                    {QStringLiteral("error"), failure.error}});
    return Response::json(QJsonObject{
        {QStringLiteral("status"), QStringLiteral("completed")},
        {QStringLiteral("results"),
         QJsonObject{
             {QStringLiteral("success"), QJsonArray::fromStringList(imported->stored)},
             {QStringLiteral("already_exists"), QJsonArray::fromStringList(imported->alreadyThere)},
             {QStringLiteral("failed"), failures}}}});
}

Response TranscriptsApi::listTwilio(const Request &request)
{
    http::QueryReader fields(request);
    TranscriptQuery query;
    query.limit = int(fields.optionalInteger("page_size", kPageSize).value_or(20));
    query.offset = int(fields.optionalInteger("page_token", kSkip).value_or(0));
    const auto status = fields.optionalString("status", {.max = kLongestText});
    query.recordingSid =
        fields.optionalString("source_sid", {.max = kLongestSid}).value_or(QString());
    if (!fields.ok())
        return fields.problem();
    std::vector<Transcript> transcripts;
    // Whoever asks for those that are not complete gets what there is of them: none.
    if (!status || status->isEmpty() || *status == QLatin1String("completed")) {
        auto found = m_ports.transcripts.ofOwner(userOf(request), query);
        if (!found)
            return Response::problem(found.error());
        transcripts = std::move(*found);
    }
    return Response::json(
        QJsonObject{{QStringLiteral("transcripts"), arrayOf(transcripts, twilioJson)}});
}

Response TranscriptsApi::showTwilio(const Request &request)
{
    const auto found = find(request);
    return found ? Response::json(twilioDetailJson(*found)) : Response::problem(found.error());
}

Response TranscriptsApi::ofRecording(const Request &request)
{
    TranscriptQuery query;
    query.recordingSid = request.arguments.front();
    query.limit = 1;
    const auto found = m_ports.transcripts.ofOwner(userOf(request), query);
    if (!found)
        return Response::problem(found.error());
    if (found->empty())
        return Response::problem(404, QStringLiteral("Transcript not found"));
    return Response::json(QJsonObject{{QStringLiteral("transcript_sid"), found->front().sid},
                                      {QStringLiteral("status"), QStringLiteral("completed")}});
}

Response TranscriptsApi::recording(const Request &request)
{
    const base::CallId id{request.arguments.front().toLongLong()};
    const auto call = m_ports.calls.ownCall(userOf(request), id);
    if (!call)
        return Response::problem(call.error());
    auto bytes = m_ports.readRecording(call->recordingFile);
    if (!bytes)
        return Response::problem(bytes.error());
    return Response::text(200, "audio/wav", std::move(*bytes))
        .with("Content-Disposition", attachment(QStringLiteral("call-%1.wav").arg(id.value)));
}

} // namespace server::api
