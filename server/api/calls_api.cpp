#include "server/api/calls_api.h"

#include "server/api/call_history.h"
#include "server/api/request_parts.h"
#include "server/api/usage_json.h"
#include "server/core/calls/call_view.h"
#include "server/core/calls/idempotency.h"
#include "server/http/body_reader.h"

#include <QJsonDocument>

namespace server::api {

using http::BodyReader;
using http::Request;
using http::Response;

namespace {

/// `answering_machine_detection`: a truth value, or the name of a mode.
std::optional<core::MachineDetection> machineDetectionOf(const Request &request, BodyReader &body)
{
    constexpr const char *kField = "answering_machine_detection";
    if (!body.has(kField))
        return std::nullopt;
    const QJsonValue value =
        QJsonDocument::fromJson(request.body).object().value(QLatin1String(kField));
    if (value.isBool())
        return value.toBool() ? core::MachineDetection::Enable : core::MachineDetection::Off;
    auto named = core::machineDetectionFromText(value.toString());
    if (!named)
        body.addError(kField, QStringLiteral("Input should be a valid boolean, 'enable', "
                                             "'detect_message_end' or 'off'"));
    return named;
}

/// The answer of a GET that dials: whoever sits between must not answer the next one from memory.
Response started(const core::Call &call, const QString &message, QJsonObject more = {})
{
    more.insert(QStringLiteral("status"), QStringLiteral("success"));
    more.insert(QStringLiteral("call_sid"), call.callSid);
    more.insert(QStringLiteral("message"), message);
    more.insert(QStringLiteral("id"), call.id.value);
    return Response::json(more).with("Cache-Control", "no-store");
}

} // namespace

base::Result<core::Call> CallsApi::dial(const Request &request, const QString &phone,
                                        const QString &scenario,
                                        std::optional<core::MachineDetection> machineDetection)
{
    core::CallOrder order{
        {request.caller.id}, request.caller.name, request.caller.displayName, phone, scenario};
    order.machineDetection = machineDetection;
    return m_ports.service.place(order);
}

Response CallsApi::makeCall(const Request &request)
{
    const auto call = dial(request, request.arguments.at(0), request.arguments.at(1));
    return call ? started(*call, QStringLiteral("Call initiated")) : refusal(request, call.error());
}

Response CallsApi::makeCustomCall(const Request &request)
{
    const QString id = request.arguments.at(1);
    const auto scenario = m_ports.customScenarios.find({request.caller.id}, id);
    if (!scenario)
        return Response::problem(scenario.error());
    if (!*scenario)
        return Response::problem(
            404,
            QStringLiteral("Custom scenario not found or you don't have permission to use it"));
    const auto call = dial(request, request.arguments.at(0), id);
    if (!call)
        return refusal(request, call.error());
    return started(*call,
                   QStringLiteral("Custom call initiated successfully with scenario: %1")
                       .arg((*scenario)->persona),
                   {{QStringLiteral("scenario_id"), id}});
}

Response CallsApi::makeCalendarCall(const Request &request)
{
    const auto call =
        dial(request, request.arguments.at(0), QString::fromLatin1(core::kCalendarScenario));
    if (!call)
        return refusal(request, call.error());
    return started(
        *call, QStringLiteral("Calendar call initiated using scenario approach"),
        {{QStringLiteral("scenario_key"), QStringLiteral("calendar_%1_%2")
                                              .arg(request.caller.id)
                                              .arg(call->createdAt.toSecsSinceEpoch())}});
}

Response CallsApi::makeGoogleCalendarCall(const Request &request)
{
    const auto call =
        dial(request, request.arguments.at(0), QString::fromLatin1(core::kCalendarScenario));
    if (!call)
        return refusal(request, call.error());
    return started(*call, QStringLiteral("Calendar call initiated"),
                   {{QStringLiteral("phone_number"), call->phoneNumber}});
}

Response CallsApi::refusal(const Request &request, const base::Error &error) const
{
    if (error.fault != base::Fault::PaymentRequired)
        return Response::problem(error);
    const auto view = m_ports.usage.look({request.caller.id});
    // Between the refusal and this look a call may have been given back; then it is said plainly.
    return view && !view->verdict.isAllowed
               ? webRefusal(*view)
               : Response::problem(base::Error{error.fault, error.message, {}});
}

Response CallsApi::place(const Request &request)
{
    BodyReader body(request);
    const QString phone = body.requiredString("phone_number", {.max = kLongestNumber});
    const QString scenario = body.optionalString("scenario", {.max = kLongestScenario})
                                 .value_or(QStringLiteral("default"));
    const auto machineDetection = machineDetectionOf(request, body);
    if (!body.ok())
        return body.problem();
    const auto work = [&]() -> Response {
        const auto call = dial(request, phone, scenario, machineDetection);
        return call ? Response::json(core::ownerViewOf(*call), 201)
                    : refusal(request, call.error());
    };
    const auto key = request.header("idempotency-key");
    if (!key)
        return work();
    const auto answer =
        core::runOnce(m_ports.idempotency,
                      {{request.caller.id},
                       QStringLiteral("POST /calls"),
                       QString::fromUtf8(key->data(), qsizetype(key->size())),
                       request.body},
                      m_ports.now(), [&] {
                          const Response response = work();
                          return core::IdempotentAnswer{response.status, response.body, false};
                      });
    if (!answer)
        return Response::problem(answer.error());
    return Response::text(answer->status, "application/json", answer->body)
        .with("Idempotency-Replayed", answer->isReplay ? "true" : "false");
}

Response CallsApi::list(const Request &request)
{
    http::QueryReader query(request);
    const qint64 limit = query.optionalInteger("limit", {.min = 1, .max = 100}).value_or(20);
    const qint64 offset = query.optionalInteger("offset", {.min = 0, .max = 1'000'000}).value_or(0);
    if (!query.ok())
        return query.problem();
    const auto calls = m_ports.calls.ofOwner({request.caller.id}, int(limit), int(offset));
    if (!calls)
        return Response::problem(calls.error());
    QJsonArray array;
    for (const core::Call &call : *calls)
        array.append(core::ownerViewOf(call));
    return Response::json(array);
}

Response CallsApi::usageStats(const Request &request)
{
    const auto view = m_ports.usage.look({request.caller.id});
    return view ? Response::json(webUsageStats(*view)) : Response::problem(view.error());
}

Response CallsApi::history(const Request &request)
{
    return callHistory(request, m_ports.calls);
}

Response CallsApi::show(const Request &request)
{
    const auto call = m_ports.service.ownCall({request.caller.id}, callInPath(request));
    if (!call)
        return Response::problem(call.error());
    const auto detail = m_ports.calls.detail(call->id);
    if (!detail)
        return Response::problem(detail.error());
    QJsonObject object = core::ownerViewOf(*call);
    const QJsonObject details = detail->value_or(protocol::CallDetail{}).toJson();
    for (const char *part : {"transcript", "turns", "timeline"})
        object.insert(QLatin1String(part), details.value(QLatin1String(part)));
    return Response::json(object);
}

} // namespace server::api
