#include "server/api/schedule_api.h"

#include "server/api/request_parts.h"
#include "server/api/usage_json.h"
#include "server/http/body_reader.h"

namespace server::api {

using http::BodyReader;
using http::Request;
using http::Response;

namespace {

QDateTime timeFrom(const QString &text)
{
    QDateTime time = QDateTime::fromString(text, Qt::ISODateWithMs);
    if (time.isValid() && time.timeSpec() == Qt::LocalTime)
        time.setTimeSpec(Qt::UTC);
    return time.toUTC();
}

ScheduleOrder read(http::FieldReader &fields, const QDateTime &fallback)
{
    ScheduleOrder order;
    order.phoneNumber = fields.requiredString("phone_number", {.max = kLongestNumber});
    order.scenario = fields.optionalString("scenario", {.min = 1, .max = kLongestScenario})
                         .value_or(QStringLiteral("default"));
    const auto text = fallback.isValid()
                          ? fields.optionalString("scheduled_time", {.max = kLongestTime})
                          : fields.requiredString("scheduled_time", {.max = kLongestTime});
    order.dueAt = text ? timeFrom(*text) : fallback;
    if (fields.ok() && !order.dueAt.isValid())
        fields.addError("scheduled_time", QStringLiteral("Input should be a valid datetime"));
    return order;
}

QJsonObject toJson(const core::ScheduledCall &call)
{
    return {{QStringLiteral("id"), call.id},
            {QStringLiteral("phone_number"), call.phoneNumber},
            {QStringLiteral("scheduled_time"), zonedTime(call.dueAt)},
            {QStringLiteral("scenario"), call.scenario},
            {QStringLiteral("created_at"), zonedTime(call.createdAt)},
            {QStringLiteral("status"), toText(call.status)},
            {QStringLiteral("note"), call.note},
            {QStringLiteral("attempts"), call.attempts},
            {QStringLiteral("call_id"),
             call.call.isValid() ? QJsonValue(call.call.value) : QJsonValue()}};
}

} // namespace

QString zonedTime(const QDateTime &time)
{
    return time.toUTC().toString(Qt::ISODate);
}

tl::expected<ScheduleOrder, Response> scheduleOrder(const Request &request,
                                                    const QDateTime &fallback)
{
    if (request.body.isEmpty() && !request.query.empty()) {
        http::QueryReader query(request);
        ScheduleOrder order = read(query, fallback);
        if (!query.ok())
            return tl::unexpected(query.problem());
        return order;
    }
    BodyReader body(request);
    ScheduleOrder order = read(body, fallback);
    if (!body.ok())
        return tl::unexpected(body.problem());
    return order;
}

Response ScheduleApi::scheduleCall(const Request &request)
{
    const auto order = scheduleOrder(request, {});
    if (!order)
        return order.error();
    const auto scheduled =
        m_schedule.schedule({request.caller.id}, order->phoneNumber, order->scenario, order->dueAt);
    if (scheduled)
        return Response::json(toJson(*scheduled));
    if (scheduled.error().fault != base::Fault::PaymentRequired)
        return Response::problem(scheduled.error());
    const auto view = m_usage.look({request.caller.id});
    return view ? webRefusal(*view) : Response::problem(view.error());
}

Response ScheduleApi::list(const Request &request)
{
    http::QueryReader query(request);
    const qint64 limit = query.optionalInteger("limit", {.min = 1, .max = 100}).value_or(20);
    const qint64 offset = query.optionalInteger("offset", {.min = 0, .max = 1'000'000}).value_or(0);
    if (!query.ok())
        return query.problem();
    const auto found = m_schedule.ofOwner({request.caller.id}, int(limit), int(offset));
    if (!found)
        return Response::problem(found.error());
    QJsonArray array;
    for (const core::ScheduledCall &call : *found)
        array.append(toJson(call));
    return Response::json(array);
}

Response ScheduleApi::cancel(const Request &request)
{
    const qint64 id = request.arguments.front().toLongLong();
    const auto cancelled = m_schedule.cancel({request.caller.id}, id);
    if (!cancelled)
        return Response::problem(cancelled.error());
    return Response::json(QJsonObject{{QStringLiteral("id"), id},
                                      {QStringLiteral("status"), QStringLiteral("cancelled")}});
}

} // namespace server::api
