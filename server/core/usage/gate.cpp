#include "server/core/usage/gate.h"

#include <algorithm>

namespace server::core {

namespace {

constexpr qint64 kWeekDays = 7;
constexpr qint64 kMonthDays = 30;
constexpr int kMinute = 60;

/// The plan of a subscription that is in force; null otherwise.
const Plan *activePlan(const Standing &standing, const PlanCatalogue &catalogue,
                       const QDateTime &now)
{
    if (!standing.subscription
        || !hasRights(statusAt(*standing.subscription, catalogue.rules(), now)))
        return nullptr;
    return catalogue.find(standing.subscription->plan);
}

std::optional<int> left(const Plan &plan, const Counters &counters)
{
    if (!plan.calls)
        return std::nullopt;
    const int used =
        plan.calls->per == CallWindow::Month ? counters.quotaMonth : counters.quotaWeek;
    return std::max(0, plan.calls->count - used);
}

QList<const Plan *> upgradesOf(const Plan &plan, const PlanCatalogue &catalogue)
{
    QList<const Plan *> upgrades;
    for (const QString &id : plan.upgradeTo) {
        if (const Plan *offer = catalogue.find(id); !offer->isHidden)
            upgrades.append(offer);
    }
    return upgrades;
}

Verdict allowed(const char *status, ChargeSource source, const Plan &plan,
                std::optional<int> callsLeft)
{
    Verdict verdict;
    verdict.isAllowed = true;
    verdict.status = QLatin1String(status);
    verdict.source = source;
    verdict.plan = &plan;
    verdict.callsLeft = callsLeft;
    verdict.callDuration = plan.callDuration;
    return verdict;
}

Verdict refused(const char *status, const Plan &plan, const PlanCatalogue &catalogue,
                const QDateTime &resetsAt = {})
{
    Verdict verdict;
    verdict.status = QLatin1String(status);
    verdict.plan = &plan;
    verdict.resetsAt = resetsAt;
    verdict.message = catalogue.message(
        status,
        {{QStringLiteral("limit"), plan.calls ? QString::number(plan.calls->count) : QString()},
         {QStringLiteral("minutes"), QString::number(plan.voiceMinutes.value_or(0))},
         {QStringLiteral("resets_on"), resetsAt.date().toString(Qt::ISODate)}});
    verdict.upgrades = upgradesOf(plan, catalogue);
    return verdict;
}

/// The add-on pays, when there is one that still may.
std::optional<Verdict> byAddon(const Standing &standing, const PlanCatalogue &catalogue,
                               const QDateTime &now)
{
    if (standing.addonCalls <= 0 || !(standing.addonExpiresAt > now))
        return std::nullopt;
    const auto &plans = catalogue.plans();
    const auto addon = std::find_if(plans.begin(), plans.end(), [&](const Plan &plan) {
        return plan.type == PlanType::Addon && plan.platform == standing.platform;
    });
    if (addon == plans.end())
        return std::nullopt;
    return allowed("addon_call_available", ChargeSource::Addon, *addon, standing.addonCalls);
}

const char *availableStatus(const Plan &plan)
{
    if (plan.platform == Platform::Web || !plan.calls)
        return "subscription_active";
    return plan.calls->per == CallWindow::Month ? "premium_call_available" : "basic_call_available";
}

Verdict bySubscription(const Standing &standing, const Plan &plan, const PlanCatalogue &catalogue,
                       const QDateTime &now)
{
    const Counters &counters = standing.counters;
    const QDateTime monthEnd = counters.monthStart.addDays(kMonthDays);
    if (plan.voiceMinutes && counters.secondsMonth >= *plan.voiceMinutes * kMinute)
        return refused("minutes_exhausted", plan, catalogue, monthEnd);
    const auto callsLeft = left(plan, counters);
    if (!callsLeft || *callsLeft > 0)
        return allowed(availableStatus(plan), ChargeSource::Subscription, plan, callsLeft);
    if (auto addon = byAddon(standing, catalogue, now))
        return *addon;
    return plan.calls->per == CallWindow::Month
               ? refused("monthly_limit_reached", plan, catalogue, monthEnd)
               : refused("weekly_limit_reached", plan, catalogue,
                         counters.weekStart.addDays(kWeekDays));
}

} // namespace

SubscriptionStatus statusAt(const Subscription &subscription, const PlanRules &rules,
                            const QDateTime &now)
{
    using enum SubscriptionStatus;
    const SubscriptionStatus stored = subscription.status;
    if (stored == Pending || stored == Expired)
        return stored;
    if (!subscription.endsAt.isValid() || now < subscription.endsAt)
        return stored;
    if (stored != Cancelled && now < subscription.endsAt.addDays(rules.grace.count()))
        return GracePeriod;
    return Expired;
}

bool hasRights(SubscriptionStatus status)
{
    return status != SubscriptionStatus::Pending && status != SubscriptionStatus::Expired;
}

int trialCallsLeft(const Standing &standing, const PlanCatalogue &catalogue)
{
    const auto &calls = catalogue.trialOf(standing.platform).calls;
    return calls ? std::max(0, calls->count - standing.trialUsed) : 0;
}

QDateTime trialEnd(const Standing &standing, const PlanCatalogue &catalogue)
{
    const bool isExtended = standing.trialUsed > 0 && trialCallsLeft(standing, catalogue) > 0;
    return isExtended ? standing.trialEndsAt.addDays(catalogue.rules().trialExtension.count())
                      : standing.trialEndsAt;
}

Verdict judge(const Standing &standing, const PlanCatalogue &catalogue, const QDateTime &now)
{
    if (standing.isStaff)
        return allowed("subscription_active", ChargeSource::Staff, catalogue.staff(), {});
    if (const Plan *plan = activePlan(standing, catalogue, now))
        return bySubscription(standing, *plan, catalogue, now);

    const Plan &trial = catalogue.trialOf(standing.platform);
    const bool hasLapsed = standing.subscription.has_value();
    const int trialLeft = trialCallsLeft(standing, catalogue);
    if (!hasLapsed && trialLeft > 0 && now < trialEnd(standing, catalogue)) {
        if (trial.voiceMinutes && standing.counters.secondsMonth >= *trial.voiceMinutes * kMinute)
            return refused("minutes_exhausted", trial, catalogue,
                           standing.counters.monthStart.addDays(kMonthDays));
        return allowed("trial_call_available", ChargeSource::Trial, trial, trialLeft);
    }
    if (auto addon = byAddon(standing, catalogue, now))
        return *addon;
    return refused(hasLapsed ? "upgrade_required" : "trial_exhausted", trial, catalogue);
}

QuotaLeft quotaLeft(const Standing &standing, const PlanCatalogue &catalogue, const QDateTime &now)
{
    QuotaLeft quota;
    if (const Plan *plan = activePlan(standing, catalogue, now); plan && plan->calls) {
        if (plan->calls->per == CallWindow::Month)
            quota.month = left(*plan, standing.counters);
        else
            quota.week = left(*plan, standing.counters);
    }
    return quota;
}

bool isUpgradeRecommended(const Standing &standing, const PlanCatalogue &catalogue,
                          const QDateTime &now)
{
    if (standing.isStaff)
        return false;
    const Plan *plan = activePlan(standing, catalogue, now);
    if (!plan) {
        return standing.subscription || now >= trialEnd(standing, catalogue)
               || trialCallsLeft(standing, catalogue) <= catalogue.rules().trialWarningCalls;
    }
    const auto callsLeft = left(*plan, standing.counters);
    if (!callsLeft || plan->upgradeTo.isEmpty())
        return false;
    const int used = plan->calls->count - *callsLeft;
    return used * 100 >= plan->calls->count * catalogue.rules().quotaWarningPercent;
}

} // namespace server::core
