#include "server/api/booking_api.h"

#include "server/api/calendar_json.h"
#include "server/core/calendar/booking_tool.h"

#include <QJsonDocument>

namespace server::api {

using core::BookingPolicy;
using http::Request;
using http::Response;

namespace {

constexpr qint64 kLargestId = 9'007'199'254'740'991; // what JSON can carry

/// "strict, flexible or unlimited": settings that people start from.
const QByteArray kHelp = QByteArrayLiteral(R"({
"booking_policies": {
  "strict": {
    "description": "One appointment at a time: a time that is taken is never given twice",
    "best_for": "One person who serves one customer at a time",
    "max_concurrent": "Always 1"
  },
  "flexible": {
    "description": "Appointments may lie at the same time, up to a number that you set",
    "best_for": "A team whose members serve customers side by side",
    "max_concurrent": "Up to twice the number of employees"
  },
  "unlimited": {
    "description": "Every appointment is taken, whatever else lies at its time",
    "best_for": "Classes, events and everything without a fixed number of places",
    "max_concurrent": "Not looked at"
  }
},
"examples": {
  "1_employee": {
    "employee_count": 1,
    "max_concurrent_bookings": 1,
    "booking_policy": "strict",
    "description": "One person, one customer at a time"
  },
  "3_employees": {
    "employee_count": 3,
    "max_concurrent_bookings": 3,
    "booking_policy": "flexible",
    "description": "Three people, each with a customer of their own"
  },
  "10_employees": {
    "employee_count": 10,
    "max_concurrent_bookings": 15,
    "booking_policy": "flexible",
    "description": "Ten people, some of whom serve more than one customer"
  }
}})");

QJsonObject configJson(const BookingPolicy &policy, const QString &message)
{
    return {{QStringLiteral("employee_count"), policy.employeeCount},
            {QStringLiteral("max_concurrent_bookings"), policy.maxConcurrent},
            {QStringLiteral("booking_policy"), toText(policy.rule)},
            {QStringLiteral("allow_overbooking"), policy.allowOverbooking},
            {QStringLiteral("message"), message}};
}

} // namespace

Response BookingApi::createCalendarEvent(const Request &request)
{
    http::BodyReader body(request);
    const qint64 user = body.requiredInteger("user_id", {.min = 1, .max = kLargestId});
    if (!body.ok() && !body.has("user_id"))
        return body.problem();
    const auto order = core::bookingRequestOf(QJsonDocument::fromJson(request.body).object());
    if (!order) {
        for (const core::BookingFieldError &error : order.error())
            body.addError(error.field.toUtf8().constData(), error.message);
    }
    if (!body.ok())
        return body.problem();
    if (user != request.caller.id)
        return Response::problem(
            403, QStringLiteral("Appointments are made in one's own calendar only"));
    const auto outcome = m_bookings.book({user}, *order);
    if (outcome)
        return Response::json(core::toJson(*outcome));
    // Its words say already what failed.
    if (outcome.error().message.contains(QLatin1String("invalid_grant"))) {
        Response response = Response::problem(500, outcome.error().message);
        response.cause = outcome.error().cause;
        return response;
    }
    return Response::problem(outcome.error());
}

Response BookingApi::toolsHealth(const Request &) const
{
    return Response::json(
        QJsonObject{{QStringLiteral("status"), QStringLiteral("ok")},
                    {QStringLiteral("service"), QStringLiteral("calendar-tools")}});
}

Response BookingApi::config(const Request &request)
{
    const auto settings = m_bookings.settingsOf({request.caller.id});
    if (!settings)
        return Response::problem(settings.error());
    return Response::json(
        configJson(settings->policy, settings->isConfigured
                                         ? QStringLiteral("Booking configuration of your business")
                                         : QStringLiteral("Using default booking configuration")));
}

Response BookingApi::changeConfig(const Request &request)
{
    http::BodyReader body(request);
    BookingPolicy policy;
    policy.employeeCount = int(
        body.requiredInteger("employee_count", {.min = 1, .max = BookingPolicy::kMostEmployees}));
    policy.maxConcurrent = int(body.requiredInteger(
        "max_concurrent_bookings", {.min = 1, .max = BookingPolicy::kMostConcurrent}));
    const QString word = body.requiredString("booking_policy", {.max = 40});
    const auto rule = core::bookingRuleFromText(word);
    policy.allowOverbooking = body.optionalBool("allow_overbooking").value_or(false);
    if (body.ok() && !rule)
        body.addError("booking_policy",
                      QStringLiteral("Input should be 'strict', 'flexible' or 'unlimited'"));
    if (!body.ok())
        return body.problem();
    policy.rule = *rule;
    const auto changed = m_bookings.changePolicy({request.caller.id}, policy);
    if (!changed)
        return Response::problem(changed.error());
    return Response::json(
        configJson(policy, QStringLiteral("Booking configuration updated successfully")));
}

Response BookingApi::help(const Request &) const
{
    return Response::text(200, "application/json", kHelp);
}

} // namespace server::api
