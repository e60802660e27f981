#include "server/api/transcript_callbacks.h"

namespace server::api {

using http::Request;
using http::Response;

namespace {

/// Its JSON has snake_case names, its forms have others.
QString either(const Request &request, const char *json, const char *form)
{
    const QString value = phoneField(request, json);
    return value.isEmpty() ? phoneField(request, form) : value;
}

Response success(const QString &message)
{
    return Response::json(QJsonObject{{QStringLiteral("status"), QStringLiteral("success")},
                                      {QStringLiteral("message"), message}});
}

} // namespace

Response TranscriptCallbacks::transcriptReady(const Request &request)
{
    if (const auto checked = m_signature.check(request); !checked)
        return Response::problem(checked.error());
    const QString sid = phoneField(request, "TranscriptSid");
    if (!core::isVendorSid(sid))
        return phoneRefusal(QStringLiteral("No TranscriptSid provided"));
    if (phoneField(request, "Status") == QLatin1String("completed")) {
        if (const auto noted = m_jobs.transcriptReady(sid); !noted)
            return Response::problem(noted.error());
    }
    return Response::json(QJsonObject{{QStringLiteral("status"), QStringLiteral("received")}});
}

Response TranscriptCallbacks::webhook(const Request &request)
{
    if (const auto checked = m_signature.check(request); !checked)
        return Response::problem(checked.error());
    const QString sid = either(request, "transcript_sid", "TranscriptSid");
    const QString event = either(request, "event_type", "EventType");
    if (!core::isVendorSid(sid))
        return phoneRefusal(QStringLiteral("No transcript SID provided"));
    if (event == QLatin1String("voice_intelligence_transcript_failed"))
        return phoneRefusal(QStringLiteral("Transcription failed"));
    if (event != QLatin1String("voice_intelligence_transcript_available"))
        return success(QStringLiteral("Event processed: ") + event);
    const auto isHere = m_transcripts.hasVendor(sid);
    if (!isHere)
        return Response::problem(isHere.error());
    if (*isHere)
        return Response::json(
            QJsonObject{{QStringLiteral("status"), QStringLiteral("success")},
                        {QStringLiteral("transcript_processed"), true},
                        {QStringLiteral("message"), QStringLiteral("Transcript already stored")}});
    if (const auto noted = m_jobs.transcriptReady(sid); !noted)
        return Response::problem(noted.error());
    return success(QStringLiteral("Event processed: ") + event);
}

} // namespace server::api
