#include "server/api/mobile_api.h"

#include "server/api/call_history.h"
#include "server/api/request_parts.h"
#include "server/api/schedule_api.h"
#include "server/api/usage_json.h"
#include "server/http/body_reader.h"

namespace server::api {

using base::Fault;
using core::Scenario;
using http::BodyReader;
using http::Request;
using http::Response;

namespace {

constexpr qint64 kSoonSeconds = 60; // when a call is scheduled for no time in particular

QJsonObject toJson(const Scenario &scenario)
{
    const QJsonObject voice{{QStringLiteral("voice"), scenario.voice},
                            {QStringLiteral("temperature"), scenario.temperature}};
    return {{QStringLiteral("id"), scenario.id},
            {QStringLiteral("name"), scenario.title},
            {QStringLiteral("description"), scenario.description},
            {QStringLiteral("icon"), scenario.icon},
            {QStringLiteral("category"), scenario.category},
            {QStringLiteral("difficulty"), toText(scenario.difficulty)},
            {QStringLiteral("persona"), scenario.persona},
            {QStringLiteral("prompt"), scenario.prompt},
            {QStringLiteral("voice_config"), voice},
            {QStringLiteral("recommended_voice"), scenario.voice},
            {QStringLiteral("voice_temperature"), scenario.temperature},
            {QStringLiteral("is_family_friendly"), scenario.isFamilyFriendly}};
}

} // namespace

Response MobileApi::usageStats(const Request &request)
{
    const auto view = m_ports.usage.look({request.caller.id});
    return view ? Response::json(api::usageStats(*view)) : Response::problem(view.error());
}

Response MobileApi::checkPermission(const Request &request)
{
    const auto view = m_ports.usage.look({request.caller.id});
    return view ? Response::json(callPermission(*view)) : Response::problem(view.error());
}

Response MobileApi::subscriptionStatus(const Request &request)
{
    const auto view = m_ports.usage.look({request.caller.id});
    return view ? Response::json(api::subscriptionStatus(*view)) : Response::problem(view.error());
}

Response MobileApi::pricing(const Request &)
{
    return Response::json(mobilePricing(*m_ports.usage.catalogue()));
}

Response MobileApi::scenarios(const Request &)
{
    const int most = m_ports.usage.catalogue()->rules().mobileScenarios;
    QJsonArray scenarios;
    for (const Scenario &scenario : m_ports.scenarios.all()) {
        if (scenario.isMobile && scenarios.size() < most)
            scenarios.append(toJson(scenario));
    }
    QJsonArray categories;
    for (const core::ScenarioCategory &category : m_ports.scenarios.categories()) {
        if (category.isMobile)
            categories.append(QJsonObject{{QStringLiteral("id"), category.id},
                                          {QStringLiteral("name"), category.name},
                                          {QStringLiteral("description"), category.description},
                                          {QStringLiteral("icon"), category.icon}});
    }
    return Response::json(QJsonObject{{QStringLiteral("scenarios"), scenarios},
                                      {QStringLiteral("categories"), categories}});
}

base::Result<QJsonObject> MobileApi::dial(const Request &request, const QString &phone,
                                          const QString &scenario) const
{
    core::CallOrder order{
        {request.caller.id}, request.caller.name, request.caller.displayName, phone, scenario};
    order.isFromApp = true;
    const auto call = m_ports.service.place(order);
    if (!call)
        return failed(call);
    const auto view = m_ports.usage.look({request.caller.id});
    if (!view)
        return failed(view);
    return QJsonObject{{QStringLiteral("call_sid"), call->callSid},
                       {QStringLiteral("status"), QStringLiteral("initiated")},
                       {QStringLiteral("duration_limit"), int(call->durationLimit.count())},
                       {QStringLiteral("usage_stats"), remainingCalls(*view)}};
}

Response MobileApi::refusal(const Request &request, const base::Error &error) const
{
    if (error.fault != Fault::PaymentRequired)
        return Response::problem(error);
    auto view = m_ports.usage.look({request.caller.id});
    if (!view)
        return Response::problem(view.error());
    // Between the refusal and this look a call may have been given back: what was refused stays so.
    if (view->verdict.isAllowed) {
        view->verdict.status = error.cause;
        view->verdict.message = error.message;
    }
    return mobileRefusal(*view);
}

Response MobileApi::makeCall(const Request &request)
{
    BodyReader body(request);
    const QString phone = body.requiredString("phone_number", {.max = kLongestNumber});
    const QString scenario = body.optionalString("scenario", {.max = kLongestScenario})
                                 .value_or(QStringLiteral("default"));
    if (!body.ok())
        return body.problem();
    const auto answer = dial(request, phone, scenario);
    return answer ? Response::json(*answer) : refusal(request, answer.error());
}

Response MobileApi::makeCustomCall(const Request &request)
{
    BodyReader body(request);
    const QString phone = body.requiredString("phone_number", {.max = kLongestNumber});
    const QString id = body.requiredString("scenario_id", {.max = kLongestScenario});
    if (!body.ok())
        return body.problem();
    const auto view = m_ports.usage.look({request.caller.id});
    if (!view)
        return Response::problem(view.error());
    if (!view->standing.isStaff && !view->isSubscribed())
        return Response::problem(402, view->catalogue->message("custom_scenarios_not_included"));
    const auto scenario = m_ports.customScenarios.find({request.caller.id}, id);
    if (!scenario)
        return Response::problem(scenario.error());
    if (!*scenario)
        return Response::problem(
            404,
            QStringLiteral("Custom scenario not found or you don't have permission to use it"));
    auto answer = dial(request, phone, id);
    if (!answer)
        return refusal(request, answer.error());
    answer->insert(QStringLiteral("scenario_id"), id);
    answer->insert(QStringLiteral("scenario_name"), (*scenario)->persona);
    return Response::json(*answer);
}

Response MobileApi::scheduleCall(const Request &request)
{
    const auto order = scheduleOrder(request, m_ports.now().addSecs(kSoonSeconds));
    if (!order)
        return order.error();
    const auto scheduled = m_ports.schedule.schedule({request.caller.id}, order->phoneNumber,
                                                     order->scenario, order->dueAt);
    if (!scheduled)
        return refusal(request, scheduled.error());
    return Response::json(
        QJsonObject{{QStringLiteral("schedule_id"), scheduled->id},
                    {QStringLiteral("phone_number"), scheduled->phoneNumber},
                    {QStringLiteral("scenario"), scheduled->scenario},
                    {QStringLiteral("scheduled_time"), zonedTime(scheduled->dueAt)},
                    {QStringLiteral("status"), toText(scheduled->status)}});
}

Response MobileApi::callHistory(const Request &request)
{
    return api::callHistory(request, m_ports.calls);
}

} // namespace server::api
