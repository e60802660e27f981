#include "server/api/subscriptions_api.h"

#include "server/api/access.h"
#include "server/api/request_parts.h"
#include "server/api/usage_json.h"
#include "server/core/accounts/email_address.h"
#include "server/http/body_reader.h"

namespace server::api {

using http::Request;
using http::Response;
using protocol::Permission;

namespace {

base::UserId subscriberOf(const Request &request)
{
    return {request.arguments.front().toLongLong()};
}

Response answer(const base::Result<core::UsageView> &view)
{
    return view ? Response::json(usageStats(*view)) : Response::problem(view.error());
}

} // namespace

Response SubscriptionsApi::find(const Request &request)
{
    if (const auto allowed = requirePermission(request.caller, Permission::ManagePlans); !allowed)
        return Response::problem(allowed.error());
    http::QueryReader query(request);
    const QString email = query.requiredString("email", {.min = 3, .max = kLongestEmail});
    const auto address = core::EmailAddress::parse(email);
    if (query.ok() && !address)
        query.addError("email", QStringLiteral("value is not a valid email address"));
    if (!query.ok())
        return query.problem();
    const auto account = m_accounts.findByEmailKey(address->key);
    if (!account)
        return Response::problem(account.error());
    QJsonArray users;
    if (*account)
        users.append(
            QJsonObject{{QStringLiteral("id"), (*account)->id.value},
                        {QStringLiteral("email"), (*account)->email},
                        {QStringLiteral("is_active"), (*account)->isActive},
                        {QStringLiteral("role"), toText((*account)->role)},
                        {QStringLiteral("app_type"), core::appTypeOf((*account)->platform)},
                        {QStringLiteral("created_at"), naiveTime((*account)->createdAt)}});
    return Response::json(users);
}

Response SubscriptionsApi::usage(const Request &request)
{
    if (const auto allowed = requirePermission(request.caller, Permission::ManagePlans); !allowed)
        return Response::problem(allowed.error());
    return answer(m_usage.look(subscriberOf(request)));
}

Response SubscriptionsApi::grant(const Request &request)
{
    if (const auto allowed = requirePermission(request.caller, Permission::ManagePlans); !allowed)
        return Response::problem(allowed.error());
    constexpr int kLongestPlan = 100;
    http::BodyReader body(request);
    const QString plan = body.requiredString("plan", {.min = 1, .max = kLongestPlan});
    const qint64 periods = body.optionalInteger("periods", {.min = 1, .max = 120}).value_or(1);
    if (!body.ok())
        return body.problem();
    return answer(m_usage.grant({request.caller.id}, subscriberOf(request), plan, int(periods),
                                requestId(request)));
}

Response SubscriptionsApi::end(const Request &request)
{
    if (const auto allowed = requirePermission(request.caller, Permission::ManagePlans); !allowed)
        return Response::problem(allowed.error());
    http::QueryReader query(request);
    const bool atPeriodEnd = query.optionalBool("at_period_end").value_or(true);
    if (!query.ok())
        return query.problem();
    return answer(
        m_usage.end({request.caller.id}, subscriberOf(request), atPeriodEnd, requestId(request)));
}

} // namespace server::api
