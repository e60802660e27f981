#include "server/api/calls_api.h"

#include "server/api/call_history.h"
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

constexpr int kLongestNumber = 40;
constexpr int kLongestScenario = 100;

base::CallId callIdOf(const Request &request)
{
    bool isNumber = false;
    const qint64 id = request.arguments.front().toLongLong(&isNumber);
    return {isNumber ? id : 0};
}

} // namespace

base::Result<core::Call> CallsApi::dial(const Request &request, const QString &phone,
                                        const QString &scenario)
{
    return m_ports.service.place(
        {{request.caller.id}, request.caller.name, request.caller.displayName, phone, scenario});
}

Response CallsApi::makeCall(const Request &request)
{
    const auto call = dial(request, request.arguments.at(0), request.arguments.at(1));
    if (!call)
        return refusal(request, call.error());
    // A GET that dials: whoever sits between must not answer the next one from memory.
    return Response::json(QJsonObject{{QStringLiteral("status"), QStringLiteral("success")},
                                      {QStringLiteral("call_sid"), call->callSid},
                                      {QStringLiteral("message"), QStringLiteral("Call initiated")},
                                      {QStringLiteral("id"), call->id.value}})
        .with("Cache-Control", "no-store");
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
    return Response::json(
               QJsonObject{{QStringLiteral("status"), QStringLiteral("success")},
                           {QStringLiteral("call_sid"), call->callSid},
                           {QStringLiteral("message"),
                            QStringLiteral("Custom call initiated successfully with scenario: %1")
                                .arg((*scenario)->persona)},
                           {QStringLiteral("scenario_id"), id},
                           {QStringLiteral("id"), call->id.value}})
        .with("Cache-Control", "no-store");
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
    if (!body.ok())
        return body.problem();
    const auto work = [&]() -> Response {
        const auto call = dial(request, phone, scenario);
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
    const auto call = m_ports.service.ownCall({request.caller.id}, callIdOf(request));
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
