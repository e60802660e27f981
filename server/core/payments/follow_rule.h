// What a payer's word about a subscription does to somebody's standing.
#pragma once

#include "server/core/payments/billing.h"
#include "server/core/usage/gate.h"

namespace server::core {

/// The subscription that Stripe's state means: paid time while it is paid, grace from the end of
/// what was paid while Stripe tries again, the end of what was paid once it is cancelled. Nothing
/// for one whose first payment is open: that takes nobody's trial.
std::optional<Subscription> subscriptionOf(const BillingSubscription &subscription,
                                           const Plan &plan, const QDateTime &now);

enum class Follow {
    Ignore,
    Update, ///< the current subscription goes on: counters stay
    Replace ///< another one begins: counters begin anew
};

/// `current` may be none. Another payer's subscription is replaced by one that gives rights; what
/// staff granted stands while it lasts.
Follow followRule(const std::optional<Subscription> &current, const Subscription &news,
                  const PlanRules &rules, const QDateTime &now);

} // namespace server::core
