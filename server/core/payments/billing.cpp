#include "server/core/payments/billing.h"

#include <array>

namespace server::core {

namespace {

constexpr std::array<const char *, 8> kBillingStatuses{
    "incomplete", "incomplete_expired", "trialing", "active",
    "past_due",   "canceled",           "unpaid",   "paused"};

QString intervalOf(PlanType type)
{
    switch (type) {
    case PlanType::Weekly:
        return QStringLiteral("week");
    case PlanType::Monthly:
        return QStringLiteral("month");
    case PlanType::Yearly:
        return QStringLiteral("year");
    default:
        return {};
    }
}

} // namespace

QString toText(BillingStatus status)
{
    return QLatin1String(kBillingStatuses[size_t(status)]);
}

std::optional<BillingStatus> billingStatusFromText(const QString &text)
{
    for (size_t i = 0; i < kBillingStatuses.size(); ++i) {
        if (text == QLatin1String(kBillingStatuses[i]))
            return BillingStatus(i);
    }
    return std::nullopt;
}

bool isOver(BillingStatus status)
{
    return status == BillingStatus::Canceled || status == BillingStatus::IncompleteExpired;
}

bool BillingPrice::fits(const Plan &plan) const
{
    return !interval.isEmpty() && interval == intervalOf(plan.type) && intervals == 1
           && amount == plan.price;
}

bool supersedes(const BillingSubscription &news, const QDateTime &at, const BillingRecord &stored)
{
    const BillingStatus known = stored.subscription.status;
    if (isOver(known))
        return false;
    if (isOver(news.status))
        return true;
    // A first payment that was made stays made, whichever of two events of one second comes last.
    if (news.status == BillingStatus::Incomplete && known != BillingStatus::Incomplete)
        return false;
    return !at.isValid() || at >= stored.eventAt;
}

const Plan *planOf(const BillingSubscription &subscription, const PlanCatalogue &catalogue)
{
    const Plan *ordered = catalogue.find(subscription.plan);
    if (ordered && subscription.price.fits(*ordered))
        return ordered;
    for (const Plan &plan : catalogue.plans()) {
        if (plan.platform == Platform::Web && plan.isSubscription()
            && subscription.price.fits(plan))
            return &plan;
    }
    return ordered; // at a price that staff arranged
}

} // namespace server::core
