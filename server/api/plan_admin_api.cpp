#include "server/api/plan_admin_api.h"

#include "server/api/access.h"
#include "server/api/plan_json.h"
#include "server/http/body_reader.h"

#include <QJsonDocument>

namespace server::api {

using core::PlanEditor;
using http::BodyReader;
using http::Request;
using http::Response;

namespace {

constexpr qsizetype kLongestPlanText = 100;
constexpr qsizetype kLargestObject = 4'000; ///< characters of JSON

PlanEditor::Actor actorOf(const Request &request)
{
    return {{request.caller.id}, QString::fromStdString(request.id)};
}

/// A price as text: a JSON number is written as short as it reads, so that 0.29 is 29 cents.
QString decimalOf(const QJsonValue &value)
{
    constexpr int kDigits = 12;
    return value.isDouble() ? QString::number(value.toDouble(), 'g', kDigits) : value.toString();
}

QJsonObject pricesIn(BodyReader &body, const QJsonObject &given)
{
    QJsonObject prices;
    for (auto it = given.begin(); it != given.end(); ++it) {
        const auto price = base::Money::parse(decimalOf(it.value()), QStringLiteral("usd"));
        if (!price)
            body.addError("pricing", QStringLiteral("'%1' should be an amount such as 0.05")
                                         .arg(it.key().left(kLongestPlanText)));
        else
            prices.insert(it.key(), price->toDecimal());
    }
    return prices;
}

std::optional<QJsonObject> objectIn(BodyReader &body, const char *name)
{
    auto object = body.optionalObject(name);
    const QByteArray text =
        QJsonDocument(object.value_or(QJsonObject())).toJson(QJsonDocument::Compact);
    if (text.size() > kLargestObject)
        body.addError(name, QStringLiteral("Object is too large"));
    if (text.contains(R"(\u0000)"))
        body.addError(name, QStringLiteral("Object should not contain NUL characters"));
    return object;
}

PlanEditor::Draft draftIn(BodyReader &body, bool isNew)
{
    PlanEditor::Draft draft;
    const http::TextRule shortText{.min = 1, .max = kLongestPlanText};
    if (isNew)
        draft.name = body.requiredString("name", shortText);
    else
        draft.name = body.optionalString("name", shortText);
    const auto type = isNew ? std::optional(body.requiredString("plan_type", shortText))
                            : body.optionalString("plan_type", shortText);
    if (type && body.ok()) {
        draft.type = core::planTypeFromText(*type);
        if (draft.type != core::PlanType::Monthly && draft.type != core::PlanType::Yearly
            && draft.type != core::PlanType::Usage)
            body.addError("plan_type",
                          QStringLiteral("Input should be 'monthly', 'yearly' or 'usage'"));
    }
    draft.features = objectIn(body, "features");
    if (isNew && !draft.features && body.ok())
        body.addError("features", QStringLiteral("Field required"));
    if (const auto pricing = objectIn(body, "pricing"))
        draft.pricing = pricesIn(body, *pricing);
    const auto price = body.optionalString("price", {.min = 1, .max = 20});
    const auto currency = body.optionalString("currency", {.min = 3, .max = 3});
    if (price) {
        draft.price = base::Money::parse(*price, currency.value_or(QStringLiteral("usd")));
        if (!draft.price)
            body.addError("price", QStringLiteral("Input should be an amount such as '19.99'"));
    }
    if (const auto calls = body.optionalInteger("weekly_calls", {.min = 1, .max = 100'000}))
        draft.weeklyCalls = int(*calls);
    return draft;
}

Response answer(const base::Result<core::Plan> &plan, const char *key, const QString &message,
                const char *failure)
{
    if (!plan) {
        base::Error error = plan.error();
        if (error.fault == base::Fault::Invalid
            && !error.message.startsWith(QLatin1String("Plan ID")))
            error.message = QLatin1String(failure) + QStringLiteral(": ") + error.message;
        return Response::problem(error);
    }
    return Response::json(QJsonObject{{QStringLiteral("success"), true},
                                      {QStringLiteral("plan_id"), plan->id},
                                      {QLatin1String(key), planJson(*plan)},
                                      {QStringLiteral("message"), message.arg(plan->id)}});
}

} // namespace

Response PlanAdminApi::create(const Request &request)
{
    if (const auto allowed = requirePermission(request.caller, protocol::Permission::ManagePlans);
        !allowed)
        return Response::problem(allowed.error());
    BodyReader body(request);
    const QString id = body.requiredString("plan_id", {.min = 1, .max = kLongestPlanText});
    const auto draft = draftIn(body, true);
    if (!body.ok())
        return body.problem();
    return answer(m_editor.create(actorOf(request), id, draft), "plan",
                  QStringLiteral("Subscription plan '%1' created successfully"),
                  "Failed to create subscription plan");
}

Response PlanAdminApi::update(const Request &request)
{
    if (const auto allowed = requirePermission(request.caller, protocol::Permission::ManagePlans);
        !allowed)
        return Response::problem(allowed.error());
    BodyReader body(request);
    const auto draft = draftIn(body, false);
    if (!body.ok())
        return body.problem();
    return answer(m_editor.update(actorOf(request), request.arguments.front(), draft), "plan",
                  QStringLiteral("Subscription plan '%1' updated successfully"),
                  "Failed to update subscription plan");
}

Response PlanAdminApi::remove(const Request &request)
{
    if (const auto allowed = requirePermission(request.caller, protocol::Permission::ManagePlans);
        !allowed)
        return Response::problem(allowed.error());
    return answer(m_editor.remove(actorOf(request), request.arguments.front()), "deleted_plan",
                  QStringLiteral("Subscription plan '%1' deleted successfully"),
                  "Failed to delete subscription plan");
}

} // namespace server::api
