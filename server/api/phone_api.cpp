#include "server/api/phone_api.h"

#include "server/core/calendar/booking_tool.h"
#include "shared/base/log.h"

namespace server::api {

using base::Fault;
using core::MediaTicket;
using http::Request;
using http::Response;

namespace {

Response twimlAnswer(const QByteArray &xml)
{
    return Response::text(200, "application/xml", xml);
}

void logRefusal(const base::Error &error)
{
    base::log::warning("phone.not_connected", {{QStringLiteral("why"), error.message},
                                               {QStringLiteral("cause"), error.cause}});
}

Response apology(const QString &text)
{
    return twimlAnswer(twiml::sayAndHangUp(text));
}

Response usualApology()
{
    return apology(QStringLiteral(
        "We are sorry, this call cannot be connected right now. Please try again later."));
}

/// Where the call's media stream is: all lead to the same bridge.
QString streamPathOf(const core::Call &call)
{
    if (call.scenario == QLatin1String(core::kCalendarScenario))
        return QStringLiteral("/calendar-media-stream");
    if (!core::CustomScenario::ownerIn(call.scenario).isValid())
        return QStringLiteral("/media-stream/") + call.scenario;
    return (call.brief.offers(core::bookingToolName())
                ? QStringLiteral("/media-stream-custom-calendar/")
                : QStringLiteral("/media-stream-custom/"))
           + call.scenario;
}

} // namespace

Response PhoneApi::connect(const MediaTicket &ticket, const QString &opening) const
{
    QUrl url = m_signature.publicUrl();
    url.setScheme(url.scheme() == QLatin1String("http") ? QStringLiteral("ws")
                                                        : QStringLiteral("wss"));
    url.setPath(url.path() + streamPathOf(ticket.call));
    return twimlAnswer(twiml::connectStream(
        url.toString(QUrl::FullyEncoded),
        {{QStringLiteral("direction"), toText(ticket.call.direction)},
         {QStringLiteral("conversation_id"), QString::number(ticket.call.id.value)},
         {QStringLiteral("caller"), ticket.call.phoneNumber},
         {QStringLiteral("token"), ticket.token}},
        opening));
}

Response PhoneApi::connectOr(const base::Result<MediaTicket> &ticket) const
{
    if (ticket)
        return connect(*ticket);
    logRefusal(ticket.error());
    if (ticket.error().fault == Fault::Invalid || ticket.error().fault == Fault::NotFound)
        return Response::problem(ticket.error());
    return usualApology();
}

base::Result<MediaTicket> PhoneApi::answerIncoming(const Request &request, const QString &scenario)
{
    return m_calls.answerIncoming(phoneField(request, "CallSid"), phoneField(request, "From"),
                                  phoneField(request, "To"), scenario);
}

Response PhoneApi::outgoingCall(const Request &request)
{
    if (const auto checked = m_signature.check(request); !checked)
        return Response::problem(checked.error());
    return connectOr(m_calls.answerOutgoing(callIdOf(request), phoneField(request, "CallSid")));
}

Response PhoneApi::incomingCall(const Request &request)
{
    if (const auto checked = m_signature.check(request); !checked)
        return Response::problem(checked.error());
    return connectOr(answerIncoming(request, request.arguments.front()));
}

Response PhoneApi::incomingCustomCall(const Request &request)
{
    if (const auto checked = m_signature.check(request); !checked)
        return Response::problem(checked.error());
    const bool isOutbound = request.queryValue(u"direction") == QStringLiteral("outbound");
    auto ticket = isOutbound
                      ? m_calls.answerOutgoing(callIdOf(request), phoneField(request, "CallSid"))
                      : answerIncoming(request, request.arguments.front());
    if (ticket)
        return connect(*ticket);
    logRefusal(ticket.error());
    if (!isOutbound && ticket.error().fault == Fault::Invalid) {
        ticket = answerIncoming(request, QStringLiteral("default"));
        if (ticket)
            return connect(*ticket,
                           QStringLiteral("The scenario was not found. You are connected to "
                                          "our usual one."));
    }
    return usualApology();
}

Response PhoneApi::incomingCalendarCall(const Request &request)
{
    if (const auto checked = m_signature.check(request); !checked)
        return Response::problem(checked.error());
    const auto ticket = answerIncoming(request, QString::fromLatin1(core::kCalendarScenario));
    if (ticket)
        return connect(*ticket,
                       QStringLiteral("One moment please, I am connecting you to the calendar."));
    logRefusal(ticket.error());
    return apology(QStringLiteral("We are sorry, no appointments can be made at this number right "
                                  "now. Please try again later."));
}

Response PhoneApi::handleUserInput(const Request &request)
{
    if (const auto checked = m_signature.check(request); !checked)
        return Response::problem(checked.error());
    constexpr int kSeconds = 60;
    return twimlAnswer(twiml::pause(kSeconds));
}

} // namespace server::api
