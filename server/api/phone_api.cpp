#include "server/api/phone_api.h"

#include "shared/base/log.h"

namespace server::api {

using base::Fault;
using http::Request;
using http::Response;

namespace {

Response twimlAnswer(const QByteArray &xml)
{
    return Response::text(200, "application/xml", xml);
}

QString field(const Request &request, const char *name)
{
    const QString key = QString::fromLatin1(name);
    if (request.method == http::Method::Get)
        return request.queryValue(key).value_or(QString());
    return request.formValue(key).value_or(QString());
}

/// Callbacks answer 200 with an error object where asking again would change nothing.
Response callbackError(const QString &message)
{
    return Response::json(QJsonObject{{QStringLiteral("status"), QStringLiteral("error")},
                                      {QStringLiteral("message"), message}});
}

} // namespace

QString PhoneApi::publicUrlOf(const Request &request, bool isSocket) const
{
    // From our own address, never from the proxied request: behind a proxy its scheme and host are
    // not those signed.
    QString base = m_settings.publicUrl.toString(QUrl::FullyEncoded);
    if (isSocket)
        base.replace(0, 4, QStringLiteral("ws")); // http -> ws, https -> wss
    return base + QString::fromUtf8(request.target.data(), qsizetype(request.target.size()));
}

base::Result<void> PhoneApi::checkSignature(const Request &request) const
{
    if (m_settings.policy == SignaturePolicy::Unavailable)
        return {};
    const auto signature = request.header("x-twilio-signature").value_or("");
    Fields fields;
    if (request.method == http::Method::Post) {
        for (const auto &[name, value] : request.formFields())
            fields.append({name, value});
    }
    if (!m_verify(publicUrlOf(request, false), fields,
                  QByteArray(signature.data(), qsizetype(signature.size()))))
        return base::fail(Fault::Unauthenticated, QStringLiteral("Invalid signature"));
    return {};
}

base::Result<void> PhoneApi::checkMedia(const Request &request) const
{
    if (m_settings.isMediaOpen || m_settings.policy == SignaturePolicy::Unavailable)
        return {};
    const auto signature = request.header("x-twilio-signature").value_or("");
    if (!m_verify(publicUrlOf(request, true), {},
                  QByteArray(signature.data(), qsizetype(signature.size()))))
        return base::fail(Fault::Unauthenticated, QStringLiteral("Invalid signature"));
    return {};
}

Response PhoneApi::connect(const base::Result<core::MediaTicket> &ticket) const
{
    if (!ticket) {
        base::log::warning("phone.not_connected",
                           {{QStringLiteral("why"), ticket.error().message},
                            {QStringLiteral("cause"), ticket.error().cause}});
        if (ticket.error().fault == Fault::Invalid || ticket.error().fault == Fault::NotFound)
            return Response::problem(ticket.error());
        return twimlAnswer(twiml::sayAndHangUp(QStringLiteral(
            "We are sorry, this call cannot be connected right now. Please try again later.")));
    }
    QUrl url = m_settings.publicUrl;
    url.setScheme(url.scheme() == QLatin1String("http") ? QStringLiteral("ws")
                                                        : QStringLiteral("wss"));
    url.setPath(url.path() + QStringLiteral("/media-stream/") + ticket->call.scenario);
    return twimlAnswer(twiml::connectStream(
        url.toString(QUrl::FullyEncoded),
        {{QStringLiteral("direction"), toText(ticket->call.direction)},
         {QStringLiteral("conversation_id"), QString::number(ticket->call.id.value)},
         {QStringLiteral("token"), ticket->token}}));
}

Response PhoneApi::outgoingCall(const Request &request)
{
    if (const auto checked = checkSignature(request); !checked)
        return Response::problem(checked.error());
    const base::CallId id{request.queryValue(u"call").value_or(QString()).toLongLong()};
    return connect(m_calls.answerOutgoing(id, field(request, "CallSid")));
}

Response PhoneApi::incomingCall(const Request &request)
{
    if (const auto checked = checkSignature(request); !checked)
        return Response::problem(checked.error());
    return connect(m_calls.answerIncoming(field(request, "CallSid"), field(request, "From"),
                                          field(request, "To"), request.arguments.front()));
}

Response PhoneApi::handleUserInput(const Request &request)
{
    if (const auto checked = checkSignature(request); !checked)
        return Response::problem(checked.error());
    constexpr int kSeconds = 60;
    return twimlAnswer(twiml::pause(kSeconds));
}

Response PhoneApi::statusCallback(const Request &request)
{
    if (const auto checked = checkSignature(request); !checked)
        return Response::problem(checked.error());
    const QString sid = field(request, "CallSid");
    if (sid.isEmpty())
        return callbackError(QStringLiteral("No CallSid provided"));
    const QString text = field(request, "CallStatus");
    const auto status = core::callStatusFromText(text);
    if (!status)
        return callbackError(QStringLiteral("Unknown CallStatus"));
    bool hasDuration = false;
    const int duration = field(request, "CallDuration").toInt(&hasDuration);
    const auto stored = m_calls.reportStatus(
        sid, *status, hasDuration ? std::optional<int>(duration) : std::nullopt);
    // A call we do not know, such as one placed by hand, is no reason for the phone network to ask
    // again.
    if (!stored && stored.error().fault != Fault::NotFound)
        return Response::problem(stored.error());
    return Response::json(QJsonObject{{QStringLiteral("status"), QStringLiteral("success")},
                                      {QStringLiteral("call_sid"), sid},
                                      {QStringLiteral("call_status"), text}});
}

Response PhoneApi::recordingCallback(const Request &request)
{
    if (const auto checked = checkSignature(request); !checked)
        return Response::problem(checked.error());
    const QString sid = field(request, "CallSid");
    const QString recording = field(request, "RecordingSid");
    if (sid.isEmpty() || recording.isEmpty())
        return callbackError(QStringLiteral("No CallSid or RecordingSid provided"));
    const auto stored = m_calls.reportRecording(sid, recording);
    if (!stored && stored.error().fault != Fault::NotFound)
        return Response::problem(stored.error());
    return Response::json(
        QJsonObject{{QStringLiteral("status"), QStringLiteral("success")},
                    {QStringLiteral("call_sid"), sid},
                    {QStringLiteral("recording_sid"), recording},
                    {QStringLiteral("recording_status"), field(request, "RecordingStatus")}});
}

} // namespace server::api
