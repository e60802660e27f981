// May this person make a call now?
#pragma once

#include "server/core/usage/standing.h"

#include <QList>

namespace server::core {

/// What a subscription is worth at `now`: an unpaid one keeps its rights for the catalogue's grace,
/// a cancelled one to the end of what was paid.
SubscriptionStatus statusAt(const Subscription &subscription, const PlanRules &rules,
                            const QDateTime &now);
/// True while it gives its plan's rights.
bool hasRights(SubscriptionStatus status);

/// When the trial is over: a trial that was used but has calls left is extended once.
QDateTime trialEnd(const Standing &standing, const PlanCatalogue &catalogue);
int trialCallsLeft(const Standing &standing, const PlanCatalogue &catalogue);

struct Verdict
{
    bool isAllowed = false;
    /// The word clients know: "trial_call_available", "subscription_active", "trial_exhausted",
    /// "weekly_limit_reached" and so on.
    QString status;
    QString message; ///< of a refusal, for people
    ChargeSource source = ChargeSource::Staff;
    const Plan *plan = nullptr;   ///< whose rights were looked at; lives as long as the catalogue
    std::optional<int> callsLeft; ///< of what pays for it, before this call; none: unlimited
    std::chrono::seconds callDuration{0};
    QDateTime resetsAt;           ///< of a quota that is used up
    QList<const Plan *> upgrades; ///< offered with a refusal
};

/// The one rule for every outbound call. Pure. REQUIRES: a settled standing.
Verdict judge(const Standing &standing, const PlanCatalogue &catalogue, const QDateTime &now);

/// Calls left in this week and month of the subscription's quota; nothing where there is no such
/// quota.
struct QuotaLeft
{
    std::optional<int> week;
    std::optional<int> month;
};
QuotaLeft quotaLeft(const Standing &standing, const PlanCatalogue &catalogue, const QDateTime &now);

/// Should a client show its offers: the trial is nearly used up or over, or a quota nearly is.
bool isUpgradeRecommended(const Standing &standing, const PlanCatalogue &catalogue,
                          const QDateTime &now);

} // namespace server::core
