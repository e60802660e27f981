#include "server/core/payments/follow_rule.h"

namespace server::core {

std::optional<Subscription> subscriptionOf(const BillingSubscription &subscription,
                                           const Plan &plan, const QDateTime &now)
{
    Subscription result;
    result.plan = plan.id;
    result.source = QStringLiteral("stripe");
    result.externalId = subscription.id;
    result.startedAt = subscription.periodStart.isValid() ? subscription.periodStart : now;
    result.endsAt = subscription.periodEnd;
    switch (subscription.status) {
    case BillingStatus::Incomplete:
        return std::nullopt;
    case BillingStatus::Trialing:
    case BillingStatus::Active:
        result.status = subscription.cancelsAtPeriodEnd ? SubscriptionStatus::Cancelled
                                                        : SubscriptionStatus::Active;
        return result;
    case BillingStatus::PastDue:
        // Stripe begins the new period before it is paid, so that the old one's end is its start.
        result.status = SubscriptionStatus::BillingRetry;
        result.endsAt = result.startedAt;
        return result;
    case BillingStatus::IncompleteExpired:
    case BillingStatus::Canceled:
    case BillingStatus::Unpaid:
    case BillingStatus::Paused:
        break;
    }
    result.status = SubscriptionStatus::Expired;
    result.endsAt = subscription.endedAt.isValid() ? subscription.endedAt : now;
    return result;
}

Follow followRule(const std::optional<Subscription> &current, const Subscription &news,
                  const PlanRules &rules, const QDateTime &now)
{
    if (current && current->source == news.source && current->externalId == news.externalId)
        return Follow::Update;
    if (!hasRights(statusAt(news, rules, now)))
        return Follow::Ignore;
    const bool isGranted = current && current->source == QLatin1String("staff")
                           && hasRights(statusAt(*current, rules, now));
    return isGranted ? Follow::Ignore : Follow::Replace;
}

} // namespace server::core
