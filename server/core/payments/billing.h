// Subscriptions and payments as Stripe tells of them.
#pragma once

#include "server/core/plans/plan_catalogue.h"
#include "shared/base/ids.h"

#include <QDateTime>

#include <variant>

namespace server::core {

/// Where a subscription stands (Stripe API, "The Subscription object", status).
enum class BillingStatus {
    Incomplete, ///< its first payment is open
    IncompleteExpired,
    Trialing,
    Active,
    PastDue, ///< a renewal failed; Stripe tries again
    Canceled,
    Unpaid,
    Paused
};

/// Stripe's words: "incomplete", "past_due" and so on.
QString toText(BillingStatus status);
std::optional<BillingStatus> billingStatusFromText(const QString &text);
/// True when nothing more can become of the subscription.
bool isOver(BillingStatus status);

struct BillingPrice
{
    QString id;
    base::Money amount; ///< of one period
    QString interval;   ///< "week", "month", "year"; empty for a price that is paid once
    int intervals = 1;  ///< so many of them make one period
    bool isActive = true;

    /// Costs what the catalogue says, as often as the catalogue says.
    bool fits(const Plan &plan) const;
};

struct BillingSubscription
{
    QString id;
    QString customerId;
    base::UserId user; ///< as we wrote it into the metadata; none where that is missing
    QString plan;      ///< likewise
    BillingPrice price;
    BillingStatus status = BillingStatus::Incomplete;
    QDateTime createdAt;
    QDateTime periodStart; ///< of the current period, paid or not
    QDateTime periodEnd;
    QDateTime endedAt;
    bool cancelsAtPeriodEnd = false;
    QString clientSecret; ///< with which the client pays the first invoice; empty: nothing to do
};

struct BillingInvoice
{
    QString id;
    QString customerId;
    QString subscriptionId; ///< empty for an invoice of something else
    base::UserId user;      ///< of the subscription's metadata
    QString plan;           ///< likewise
    QString intentId;       ///< empty where the invoice does not say
    base::Money amount;     ///< paid or due
    QString description;
    QDateTime periodStart; ///< of the subscription that it pays for
    QDateTime periodEnd;
};

struct BillingIntent
{
    QString id;
    QString clientSecret;
    base::UserId user; ///< of the metadata
    base::Money amount;
    QString description;
    bool isOneTime = false; ///< one that we made; invoices have intents too
};

// What an event tells.
struct SubscriptionTold
{
    BillingSubscription subscription;
};
struct InvoiceTold
{
    BillingInvoice invoice;
    bool isPaid = false; ///< false: the payment failed
};
struct IntentTold
{
    BillingIntent intent;
    bool isPaid = false;
};
struct RefundTold
{
    QString intentId;
    QString invoiceId; ///< empty where the charge does not say
    bool isWhole = false;
};

struct BillingEvent
{
    QString id;
    QString type;
    QDateTime createdAt; ///< Stripe's clock, whole seconds
    /// monostate: something that does not concern us.
    std::variant<std::monostate, SubscriptionTold, InvoiceTold, IntentTold, RefundTold> what;
};

/// A subscription as it is stored.
struct BillingRecord
{
    BillingSubscription subscription; ///< with its user and plan
    QDateTime eventAt;                ///< Stripe's time of what is known
};

/// Does word of `at` (invalid: an answer to our own request, which is as fresh as can be) replace
/// what is stored? Events may come late, twice and out of order.
bool supersedes(const BillingSubscription &news, const QDateTime &at, const BillingRecord &stored);

/// The plan that a subscription pays for: the one it was ordered as, unless its price has become
/// another plan's. Null when there is none.
const Plan *planOf(const BillingSubscription &subscription, const PlanCatalogue &catalogue);

} // namespace server::core
