// PhoneApi: what the phone network tells of calls. News of calls that we do not know, such as one
// placed by hand, are no reason for it to tell them again.
#include "server/api/phone_api.h"

#include "server/api/json_values.h"

namespace server::api {

using base::Fault;
using http::Request;
using http::Response;

namespace {

std::optional<int> secondsOf(const Request &request)
{
    bool isNumber = false;
    const int seconds = phoneField(request, "CallDuration").toInt(&isNumber);
    return isNumber && seconds >= 0 ? std::optional<int>(seconds) : std::nullopt;
}

} // namespace

Response PhoneApi::statusCallback(const Request &request)
{
    if (const auto checked = m_signature.check(request); !checked)
        return Response::problem(checked.error());
    const QString sid = phoneField(request, "CallSid");
    if (sid.isEmpty())
        return phoneRefusal(QStringLiteral("No CallSid provided"));
    const QString text = phoneField(request, "CallStatus");
    const auto status = core::callStatusFromText(text);
    if (!status)
        return phoneRefusal(QStringLiteral("Unknown CallStatus"));
    if (const auto named = m_calls.reportSid(callIdOf(request), sid); !named)
        return Response::problem(named.error());
    const auto stored = m_calls.reportStatus(sid, *status, secondsOf(request));
    if (!stored && stored.error().fault != Fault::NotFound)
        return Response::problem(stored.error());
    return Response::json(
        success({{QStringLiteral("call_sid"), sid}, {QStringLiteral("call_status"), text}}));
}

Response PhoneApi::recordingCallback(const Request &request)
{
    if (const auto checked = m_signature.check(request); !checked)
        return Response::problem(checked.error());
    const QString sid = phoneField(request, "CallSid");
    const QString recording = phoneField(request, "RecordingSid");
    if (sid.isEmpty() || recording.isEmpty())
        return phoneRefusal(QStringLiteral("No CallSid or RecordingSid provided"));
    const auto stored = m_calls.reportRecording(sid, recording);
    if (!stored && stored.error().fault != Fault::NotFound)
        return Response::problem(stored.error());
    return Response::json(
        success({{QStringLiteral("call_sid"), sid},
                 {QStringLiteral("recording_sid"), recording},
                 {QStringLiteral("recording_status"), phoneField(request, "RecordingStatus")}}));
}

Response PhoneApi::callEnd(const Request &request)
{
    if (const auto checked = m_signature.check(request); !checked)
        return Response::problem(checked.error());
    const QString sid = phoneField(request, "CallSid");
    if (sid.isEmpty())
        return phoneRefusal(QStringLiteral("No CallSid provided"));
    // It is told of ends only, whatever else it may say.
    auto status = core::callStatusFromText(phoneField(request, "CallStatus"));
    if (!status || !core::isFinal(*status))
        status = core::CallStatus::Completed;
    const auto stored = m_calls.reportStatus(sid, *status, secondsOf(request));
    if (!stored && stored.error().fault == Fault::NotFound)
        return phoneRefusal(stored.error().message);
    return stored ? Response::json(success({})) : Response::problem(stored.error());
}

Response PhoneApi::callStatus(const Request &request)
{
    if (const auto checked = m_signature.check(request); !checked)
        return Response::problem(checked.error());
    const QString sid = phoneField(request, "CallSid");
    if (sid.isEmpty())
        return phoneRefusal(QStringLiteral("No CallSid provided"));
    const auto status = core::callStatusFromText(phoneField(request, "CallStatus"));
    if (!status)
        return phoneRefusal(QStringLiteral("Unknown CallStatus"));
    const bool isOutbound = phoneField(request, "Direction").startsWith(QLatin1String("outbound"));
    const auto stored = m_calls.reportForeign(
        {sid, *status, isOutbound ? core::CallDirection::Outbound : core::CallDirection::Inbound,
         phoneField(request, "From"), phoneField(request, "To"), secondsOf(request)});
    if (!stored)
        return Response::problem(stored.error());
    return Response::json(QJsonObject{{QStringLiteral("status"), QStringLiteral("received")}});
}

Response PhoneApi::answererCallback(const Request &request)
{
    if (const auto checked = m_signature.check(request); !checked)
        return Response::problem(checked.error());
    const QString sid = phoneField(request, "CallSid");
    const QString answeredBy = phoneField(request, "AnsweredBy");
    if (sid.isEmpty())
        return phoneRefusal(QStringLiteral("No CallSid provided"));
    if (!core::isAnswererKnown(answeredBy))
        return phoneRefusal(QStringLiteral("Unknown AnsweredBy"));
    const auto stored = m_calls.reportAnswerer(sid, answeredBy);
    if (!stored && stored.error().fault != Fault::NotFound)
        return Response::problem(stored.error());
    return Response::json(
        success({{QStringLiteral("call_sid"), sid}, {QStringLiteral("answered_by"), answeredBy}}));
}

} // namespace server::api
