#include "server/api/plan_json.h"

namespace server::api {

using core::Plan;

namespace {

/// "$49.99/month", as the plan list shows it; empty for what has no price of its own.
QString priceOf(const Plan &plan)
{
    switch (plan.type) {
    case core::PlanType::Weekly:
        return plan.price.toDisplay() + QStringLiteral("/week");
    case core::PlanType::Monthly:
        return plan.price.toDisplay() + QStringLiteral("/month");
    case core::PlanType::Yearly:
        return plan.price.toDisplay() + QStringLiteral("/year");
    default:
        return {};
    }
}

/// Single-use prices as numbers, which the plan list has always had there.
QJsonObject numbers(const QJsonObject &prices)
{
    QJsonObject object;
    for (auto it = prices.begin(); it != prices.end(); ++it)
        object.insert(it.key(), it.value().toString().toDouble());
    return object;
}

} // namespace

QJsonObject planJson(const Plan &plan)
{
    QJsonObject object{{QStringLiteral("name"), plan.name},
                       {QStringLiteral("type"), toText(plan.type)}};
    if (const QString price = priceOf(plan); !price.isEmpty())
        object.insert(QStringLiteral("price"), price);
    if (plan.type == core::PlanType::Usage)
        object.insert(QStringLiteral("pricing"), numbers(plan.pricing));
    else
        object.insert(QStringLiteral("features"), plan.features);
    return object;
}

} // namespace server::api
