#include "server/api/payments_api.h"

#include "server/api/usage_json.h"

namespace server::api {

using core::Plan;
using http::Request;
using http::Response;

namespace {

constexpr int kMinute = 60;

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

QJsonObject toJson(const Plan &plan)
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

} // namespace

Response PaymentsApi::plans(const Request &)
{
    const auto catalogue = m_usage.catalogue();
    QJsonObject plans;
    for (const Plan &plan : catalogue->plans()) {
        if (plan.isSubscription() && plan.platform == core::Platform::Web)
            plans.insert(plan.id, toJson(plan));
    }
    return Response::json(
        QJsonObject{{QStringLiteral("success"), true}, {QStringLiteral("plans"), plans}});
}

Response PaymentsApi::subscriptionStatus(const Request &request)
{
    const auto view = m_usage.look({request.caller.id});
    if (!view)
        return Response::problem(view.error());
    const auto &standing = view->standing;
    const int seconds = standing.counters.secondsMonth;
    const QJsonObject spoken{{QStringLiteral("amount"), (seconds + kMinute - 1) / kMinute},
                             {QStringLiteral("cost"), 0},
                             {QStringLiteral("unit"), QStringLiteral("minutes")}};
    const QJsonObject used =
        seconds > 0 ? QJsonObject{{QStringLiteral("voice_call"), spoken}} : QJsonObject();
    QJsonObject answer{{QStringLiteral("has_subscription"), view->isSubscribed()},
                       {QStringLiteral("plan_name"), QJsonValue()},
                       {QStringLiteral("plan_type"), QJsonValue()},
                       {QStringLiteral("status"), QStringLiteral("no_subscription")},
                       {QStringLiteral("current_period_start"), QJsonValue()},
                       {QStringLiteral("current_period_end"), QJsonValue()},
                       {QStringLiteral("cancel_at_period_end"), false},
                       {QStringLiteral("features"), view->verdict.plan->features},
                       {QStringLiteral("current_usage"), used}};
    if (!standing.subscription)
        return Response::json(answer);
    const core::Subscription &subscription = *standing.subscription;
    const auto status = statusAt(subscription, view->catalogue->rules(), view->at);
    const Plan *plan = view->catalogue->find(subscription.plan);
    answer.insert(QStringLiteral("plan_name"), subscription.plan);
    answer.insert(QStringLiteral("plan_type"),
                  plan ? QJsonValue(toText(plan->type)) : QJsonValue());
    answer.insert(QStringLiteral("status"), toText(status));
    answer.insert(QStringLiteral("current_period_start"), naiveTime(subscription.startedAt));
    answer.insert(QStringLiteral("current_period_end"), naiveTime(subscription.endsAt));
    answer.insert(QStringLiteral("cancel_at_period_end"),
                  subscription.status == core::SubscriptionStatus::Cancelled);
    return Response::json(answer);
}

} // namespace server::api
