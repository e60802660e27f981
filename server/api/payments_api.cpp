#include "server/api/payments_api.h"

#include "server/api/json_values.h"
#include "server/api/plan_json.h"
#include "server/api/usage_json.h"
#include "server/http/body_reader.h"

#include <QRegularExpression>

namespace server::api {

using core::Plan;
using http::BodyReader;
using http::Request;
using http::Response;

namespace {

constexpr int kMinute = 60;
constexpr qsizetype kLongestId = 255; // Stripe's own limit for ids
constexpr qsizetype kLongestPlan = 100;
// Stripe takes no less than 50 cents; the upper bound is ours, against a slip of the finger.
constexpr qint64 kLeastAmount = 50;
constexpr qint64 kMostAmount = 1'000'000;
// Stripe's limits for metadata (Stripe API, "Metadata"), less the fields that are ours.
constexpr qsizetype kMostMetadata = 40;
constexpr qsizetype kLongestMetadataKey = 40;
constexpr qsizetype kLongestMetadata = 500;

core::BillingService::Buyer buyerOf(const Request &request)
{
    return {{request.caller.id}, request.caller.name, request.caller.displayName};
}

/// `what` goes in front of the reason where the order itself was wrong.
Response refusal(const char *what, base::Error error)
{
    if (error.fault == base::Fault::Invalid)
        error.message = QLatin1String(what) + QStringLiteral(": ") + error.message;
    return Response::problem(error);
}

void checkId(BodyReader &body, const char *name, const QString &id)
{
    static const QRegularExpression form(QStringLiteral("^[A-Za-z0-9_]+$"));
    if (body.ok() && !form.match(id).hasMatch())
        body.addError(name, QStringLiteral("String should match pattern '^[A-Za-z0-9_]+$'"));
}

QMap<QString, QString> metadataIn(BodyReader &body)
{
    QMap<QString, QString> metadata;
    const QJsonObject given = body.optionalObject("metadata").value_or(QJsonObject());
    for (auto it = given.begin(); it != given.end(); ++it) {
        const bool isGood =
            it.value().isString() && !it.key().isEmpty() && it.key().size() <= kLongestMetadataKey
            && !it.key().contains(QLatin1Char('[')) && !it.key().contains(QLatin1Char(']'))
            && it.value().toString().size() <= kLongestMetadata;
        if (!isGood || given.size() > kMostMetadata) {
            body.addError("metadata",
                          QStringLiteral("Up to 40 texts of up to 500 characters, under names of "
                                         "up to 40 without brackets"));
            return {};
        }
        metadata.insert(it.key(), it.value().toString());
    }
    return metadata;
}

QJsonObject toJson(const core::Payment &payment)
{
    return {{QStringLiteral("id"), payment.id},
            {QStringLiteral("amount"), payment.amount.minor},
            {QStringLiteral("currency"), payment.amount.currency},
            {QStringLiteral("status"), toText(payment.status)},
            {QStringLiteral("payment_type"), toText(payment.type)},
            {QStringLiteral("description"), payment.description},
            {QStringLiteral("created_at"), naiveTime(payment.createdAt)},
            {QStringLiteral("stripe_invoice_id"), orNull(payment.invoiceId)}};
}

} // namespace

Response PaymentsApi::plans(const Request &)
{
    const auto catalogue = m_ports.usage.catalogue();
    QJsonObject plans;
    for (const Plan &plan : catalogue->plans()) {
        if (plan.isSubscription() && plan.platform == core::Platform::Web && !plan.isHidden)
            plans.insert(plan.id, planJson(plan));
    }
    return Response::json(
        QJsonObject{{QStringLiteral("success"), true},
                    {QStringLiteral("plans"), plans},
                    {QStringLiteral("publishable_key"), orNull(m_ports.publishableKey)}});
}

Response PaymentsApi::subscriptionStatus(const Request &request)
{
    const auto view = m_ports.usage.look({request.caller.id});
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

Response PaymentsApi::createSubscription(const Request &request)
{
    BodyReader body(request);
    core::BillingService::SubscriptionOrder order;
    order.buyer = buyerOf(request);
    order.priceId = body.requiredString("price_id", {.min = 1, .max = kLongestId});
    order.plan = body.requiredString("plan_name", {.min = 1, .max = kLongestPlan});
    checkId(body, "price_id", order.priceId);
    const auto method = body.optionalString("payment_method_id", {.min = 1, .max = kLongestId});
    if (method)
        checkId(body, "payment_method_id", *method);
    if (!body.ok())
        return body.problem();
    order.paymentMethodId = method.value_or(QString());
    const auto subscription = m_ports.billing.subscribe(order);
    if (!subscription)
        return refusal("Failed to create subscription", subscription.error());
    const bool isOpen = subscription->status == core::BillingStatus::Incomplete;
    return Response::json(QJsonObject{
        {QStringLiteral("success"), true},
        {QStringLiteral("subscription_id"), subscription->id},
        {QStringLiteral("client_secret"), orNull(isOpen ? subscription->clientSecret : QString())},
        {QStringLiteral("requires_action"), isOpen},
        {QStringLiteral("message"), QStringLiteral("Subscription created successfully")}});
}

Response PaymentsApi::cancelSubscription(const Request &request)
{
    http::QueryReader query(request);
    const bool atPeriodEnd = query.optionalBool("at_period_end").value_or(true);
    if (!query.ok())
        return query.problem();
    const auto cancelled = m_ports.billing.cancel({request.caller.id}, atPeriodEnd);
    if (!cancelled)
        return refusal("Failed to cancel subscription", cancelled.error());
    return Response::json(QJsonObject{
        {QStringLiteral("success"), true},
        {QStringLiteral("message"), QStringLiteral("Subscription cancelled successfully")},
        {QStringLiteral("at_period_end"), cancelled->cancelsAtPeriodEnd}});
}

Response PaymentsApi::createPaymentIntent(const Request &request)
{
    constexpr qsizetype kLongestDescription = 500;
    BodyReader body(request);
    core::BillingService::PaymentOrder order;
    order.buyer = buyerOf(request);
    order.amount.minor = body.requiredInteger("amount", {.min = kLeastAmount, .max = kMostAmount});
    order.amount.currency = body.optionalString("currency", {.min = 3, .max = 3})
                                .value_or(QStringLiteral("usd"))
                                .toLower();
    order.description = body.optionalString("description", {.max = kLongestDescription})
                            .value_or(QStringLiteral("Speech Assistant Service"));
    order.metadata = metadataIn(body);
    if (!body.ok())
        return body.problem();
    const auto intent = m_ports.billing.createPayment(order);
    if (!intent)
        return refusal("Failed to create payment intent", intent.error());
    return Response::json(QJsonObject{{QStringLiteral("success"), true},
                                      {QStringLiteral("client_secret"), intent->clientSecret},
                                      {QStringLiteral("payment_intent_id"), intent->id}});
}

Response PaymentsApi::billingHistory(const Request &request)
{
    http::QueryReader query(request);
    const qint64 limit = query.optionalInteger("limit", {.min = 1, .max = 100}).value_or(10);
    if (!query.ok())
        return query.problem();
    const auto payments = m_ports.billing.history({request.caller.id}, int(limit));
    if (!payments)
        return Response::problem(payments.error());
    QJsonArray list;
    for (const core::Payment &payment : *payments)
        list.append(toJson(payment));
    return Response::json(QJsonObject{{QStringLiteral("success"), true},
                                      {QStringLiteral("billing_history"), list},
                                      {QStringLiteral("total_records"), list.size()}});
}

} // namespace server::api
