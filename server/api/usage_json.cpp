#include "server/api/usage_json.h"

#include "server/api/json_values.h"

namespace server::api {

using core::Plan;
using core::PlanCatalogue;
using core::Platform;
using core::UsageView;

namespace {

QJsonValue orNull(const std::optional<int> &number)
{
    return number ? QJsonValue(*number) : QJsonValue();
}

/// What one's tier is called, and whether it is a subscription in force.
struct Tier
{
    QString name;
    QString plan;
    bool isSubscribed = false;
    core::SubscriptionStatus status = core::SubscriptionStatus::Pending;
    const Plan *subscribed = nullptr;
};

Tier tierOf(const UsageView &view)
{
    const auto &standing = view.standing;
    const PlanCatalogue &catalogue = *view.catalogue;
    if (standing.isStaff)
        return {catalogue.staff().tier, catalogue.staff().id, true,
                core::SubscriptionStatus::Active, &catalogue.staff()};
    const Plan &trial = catalogue.trialOf(standing.platform);
    if (!standing.subscription)
        return {trial.tier, trial.id, false, core::SubscriptionStatus::Pending, nullptr};
    const auto status = statusAt(*standing.subscription, catalogue.rules(), view.at);
    const Plan *plan = catalogue.find(standing.subscription->plan);
    return {plan ? plan->tier : trial.tier, standing.subscription->plan, core::hasRights(status),
            status, plan};
}

bool isTrialActive(const UsageView &view)
{
    const auto &standing = view.standing;
    return !standing.isStaff && !standing.subscription
           && trialCallsLeft(standing, *view.catalogue) > 0
           && view.at < trialEnd(standing, *view.catalogue);
}

std::optional<int> limitPer(const Tier &tier, core::CallWindow window)
{
    const bool hasLimit = tier.isSubscribed && tier.subscribed && tier.subscribed->calls
                          && tier.subscribed->calls->per == window;
    return hasLimit ? std::optional(tier.subscribed->calls->count) : std::nullopt;
}

QJsonArray texts(const QStringList &list)
{
    return QJsonArray::fromStringList(list);
}

QJsonObject priceTag(const Plan &plan)
{
    return {{QStringLiteral("price"), plan.price.toDisplay()},
            {QStringLiteral("billing"), plan.billingCycle()},
            {QStringLiteral("features"), texts(plan.highlights)}};
}

/// The prices that an app shows beside an upgrade prompt.
QJsonObject pricing(const PlanCatalogue &catalogue, Platform platform)
{
    QJsonObject object;
    for (const Plan &plan : catalogue.plans()) {
        if (plan.platform == platform && !plan.pricingKey.isEmpty() && !plan.isHidden)
            object.insert(plan.pricingKey, priceTag(plan));
    }
    return object;
}

QJsonArray upgradeOptions(const core::Verdict &verdict)
{
    QJsonArray options;
    for (const Plan *plan : verdict.upgrades) {
        options.append(
            QJsonObject{{QStringLiteral("plan"), plan->offerName},
                        {QStringLiteral("price"), plan->price.toDisplay()},
                        {QStringLiteral("calls"), plan->callsText},
                        {QStringLiteral("product_id"),
                         plan->productIds.isEmpty() ? plan->id : plan->productIds.first()}});
    }
    return options;
}

int seconds(const core::Verdict &verdict)
{
    return int(verdict.callDuration.count());
}

} // namespace

QJsonValue naiveTime(const QDateTime &time)
{
    return time.isValid() ? QJsonValue(time.toUTC().toString(Qt::ISODate).chopped(1)) // the Z
                          : QJsonValue();
}

QJsonObject usageStats(const UsageView &view)
{
    const auto &standing = view.standing;
    const auto &counters = standing.counters;
    const Tier tier = tierOf(view);
    const bool isRecommended = isUpgradeRecommended(standing, *view.catalogue, view.at);
    const QDateTime end = standing.subscription ? standing.subscription->endsAt : QDateTime();
    return {
        {QStringLiteral("app_type"), core::appTypeOf(standing.platform)},
        {QStringLiteral("is_trial_active"), isTrialActive(view)},
        {QStringLiteral("trial_calls_remaining"),
         standing.subscription ? 0 : trialCallsLeft(standing, *view.catalogue)},
        {QStringLiteral("trial_calls_used"), standing.trialUsed},
        {QStringLiteral("trial_end_date"), naiveTime(trialEnd(standing, *view.catalogue))},
        {QStringLiteral("calls_made_today"), counters.callsToday},
        {QStringLiteral("calls_made_this_week"), counters.callsWeek},
        {QStringLiteral("calls_made_this_month"), counters.callsMonth},
        {QStringLiteral("calls_made_total"), counters.callsTotal},
        {QStringLiteral("total_call_duration_this_week"), counters.secondsWeek},
        {QStringLiteral("total_call_duration_this_month"), counters.secondsMonth},
        {QStringLiteral("week_start_date"), naiveTime(counters.weekStart)},
        {QStringLiteral("month_start_date"), naiveTime(counters.monthStart)},
        {QStringLiteral("addon_calls_remaining"), standing.addonCalls},
        {QStringLiteral("addon_calls_expiry"), naiveTime(standing.addonExpiresAt)},
        {QStringLiteral("weekly_call_limit"), orNull(limitPer(tier, core::CallWindow::Week))},
        {QStringLiteral("monthly_call_limit"), orNull(limitPer(tier, core::CallWindow::Month))},
        {QStringLiteral("is_subscribed"), tier.isSubscribed},
        {QStringLiteral("subscription_tier"), tier.name},
        {QStringLiteral("subscription_status"), toText(tier.status)},
        {QStringLiteral("subscription_end_date"), naiveTime(end)},
        {QStringLiteral("next_payment_date"),
         tier.status == core::SubscriptionStatus::Active ? naiveTime(end) : QJsonValue()},
        {QStringLiteral("billing_cycle"),
         orNull(tier.subscribed ? tier.subscribed->billingCycle() : QString())},
        {QStringLiteral("upgrade_recommended"), isRecommended},
        {QStringLiteral("pricing"),
         isRecommended ? QJsonValue(pricing(*view.catalogue, standing.platform)) : QJsonValue()}};
}

QJsonObject webUsageStats(const UsageView &view)
{
    QJsonObject stats = usageStats(view);
    const auto quota = quotaLeft(view.standing, *view.catalogue, view.at);
    stats.insert(QStringLiteral("calls_remaining_this_week"), orNull(quota.week));
    return stats;
}

QJsonObject remainingCalls(const UsageView &view)
{
    const auto quota = quotaLeft(view.standing, *view.catalogue, view.at);
    return {{QStringLiteral("calls_remaining_this_week"), orNull(quota.week)},
            {QStringLiteral("calls_remaining_this_month"), orNull(quota.month)},
            {QStringLiteral("addon_calls_remaining"), view.standing.addonCalls},
            {QStringLiteral("upgrade_recommended"),
             isUpgradeRecommended(view.standing, *view.catalogue, view.at)}};
}

QJsonObject callPermission(const UsageView &view)
{
    const core::Verdict &verdict = view.verdict;
    const auto quota = quotaLeft(view.standing, *view.catalogue, view.at);
    QJsonObject details{{QStringLiteral("app_type"), core::appTypeOf(view.standing.platform)},
                        {QStringLiteral("calls_remaining_this_week"), orNull(quota.week)},
                        {QStringLiteral("calls_remaining_this_month"), orNull(quota.month)}};
    if (verdict.isAllowed) {
        details.insert(QStringLiteral("duration_limit"), seconds(verdict));
        details.insert(QStringLiteral("subscription_tier"), tierOf(view).name);
        if (verdict.source == core::ChargeSource::Trial) {
            details.insert(QStringLiteral("calls_remaining"), orNull(verdict.callsLeft));
            details.insert(QStringLiteral("trial_ends"),
                           naiveTime(trialEnd(view.standing, *view.catalogue)));
        }
        if (verdict.source == core::ChargeSource::Addon)
            details.insert(QStringLiteral("addon_calls_remaining"), view.standing.addonCalls);
    } else {
        details.insert(QStringLiteral("message"), verdict.message);
        details.insert(QStringLiteral("upgrade_options"), upgradeOptions(verdict));
        if (verdict.resetsAt.isValid())
            details.insert(QStringLiteral("resets_on"),
                           verdict.resetsAt.date().toString(Qt::ISODate));
    }
    return {{QStringLiteral("can_make_call"), verdict.isAllowed},
            {QStringLiteral("status"), verdict.status},
            {QStringLiteral("details"), details}};
}

QJsonObject subscriptionStatus(const UsageView &view)
{
    const auto &subscription = view.standing.subscription;
    const Tier tier = tierOf(view);
    const QDateTime end = subscription ? subscription->endsAt : QDateTime();
    const bool isOfAppStore = subscription && subscription->source == QLatin1String("app_store");
    return {{QStringLiteral("subscription_tier"), tier.name},
            {QStringLiteral("subscription_status"), toText(tier.status)},
            {QStringLiteral("is_subscribed"), tier.isSubscribed},
            {QStringLiteral("subscription_start_date"),
             naiveTime(subscription ? subscription->startedAt : QDateTime())},
            {QStringLiteral("subscription_end_date"), naiveTime(end)},
            {QStringLiteral("next_payment_date"),
             tier.status == core::SubscriptionStatus::Active ? naiveTime(end) : QJsonValue()},
            {QStringLiteral("billing_cycle"),
             orNull(tier.subscribed ? tier.subscribed->billingCycle() : QString())},
            {QStringLiteral("app_store_transaction_id"),
             orNull(isOfAppStore ? subscription->externalId : QString())},
            {QStringLiteral("app_store_product_id"),
             orNull(subscription ? subscription->productId : QString())}};
}

QJsonObject mobilePricing(const PlanCatalogue &catalogue)
{
    QJsonArray plans;
    QJsonObject addon;
    for (const Plan &plan : catalogue.plans()) {
        if (plan.platform != Platform::Mobile || plan.offerName.isEmpty())
            continue;
        QJsonObject entry{{QStringLiteral("id"), plan.offerName},
                          {QStringLiteral("name"), plan.name},
                          {QStringLiteral("price"), plan.price.toDisplay()},
                          {QStringLiteral("calls"), plan.callsText}};
        if (plan.type == core::PlanType::Addon) {
            entry.insert(QStringLiteral("expires"),
                         QStringLiteral("%1 days").arg(plan.addonLength.count()));
            entry.insert(QStringLiteral("description"), plan.description);
            addon = entry;
            continue;
        }
        entry.insert(QStringLiteral("billing"), plan.billingCycle());
        entry.insert(QStringLiteral("duration_limit"), plan.durationText);
        entry.insert(QStringLiteral("features"), texts(plan.highlights));
        plans.append(entry);
    }
    return {{QStringLiteral("plans"), plans}, {QStringLiteral("addon"), addon}};
}

http::Response mobileRefusal(const UsageView &view)
{
    const QJsonObject detail{{QStringLiteral("error"), view.verdict.status},
                             {QStringLiteral("message"), view.verdict.message},
                             {QStringLiteral("upgrade_options"), upgradeOptions(view.verdict)},
                             {QStringLiteral("timestamp"), naiveTime(view.at)}};
    return http::Response::json(QJsonObject{{QStringLiteral("detail"), detail}}, 402);
}

http::Response webRefusal(const UsageView &view)
{
    QJsonObject body{{QStringLiteral("detail"), view.verdict.message},
                     {QStringLiteral("error"), view.verdict.status},
                     {QStringLiteral("message"), view.verdict.message},
                     {QStringLiteral("upgrade_options"), upgradeOptions(view.verdict)},
                     {QStringLiteral("upgrade_url"), QStringLiteral("/pricing")},
                     {QStringLiteral("pricing"), pricing(*view.catalogue, view.standing.platform)}};
    if (view.verdict.resetsAt.isValid())
        body.insert(QStringLiteral("resets_on"),
                    view.verdict.resetsAt.date().toString(Qt::ISODate));
    return http::Response::json(body, 402);
}

} // namespace server::api
