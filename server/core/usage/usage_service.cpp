#include "server/core/usage/usage_service.h"

namespace server::core {

using base::Fault;
using base::Result;

namespace {

AuditEntry entryOf(base::UserId actor, base::UserId user, const QString &action,
                   const QJsonObject &detail, const QString &requestId, const QDateTime &now)
{
    return {now, actor, action, QStringLiteral("user:%1").arg(user.value), detail, requestId};
}

} // namespace

UsageView UsageService::seen(Standing standing, const QDateTime &now) const
{
    UsageView view{std::move(standing), m_ports.plans.current(), {}, now};
    view.verdict = judge(view.standing, *view.catalogue, now);
    return view;
}

Result<UsageView> UsageService::look(base::UserId user) const
{
    const QDateTime now = m_ports.now();
    auto standing = m_ports.store.standing(user, now);
    if (!standing)
        return failed(standing);
    return seen(std::move(*standing), now);
}

Result<Call> UsageService::reserve(const Call &call) const
{
    const QDateTime now = m_ports.now();
    const auto plans = m_ports.plans.current();
    return m_ports.store.reserve(
        call, now, [&](Standing &standing, Call &reserved) -> Result<Charge> {
            const Verdict verdict = judge(standing, *plans, now);
            if (!verdict.isAllowed)
                return base::fail(Fault::PaymentRequired, verdict.message, verdict.status);
            const auto admitted = m_ports.rules.admit(reserved.owner, reserved.phoneNumber);
            if (!admitted)
                return failed(admitted);
            reserved.durationLimit = std::min(reserved.durationLimit, verdict.callDuration);
            return take(standing, verdict.source);
        });
}

Result<UsageView> UsageService::grant(base::UserId actor, base::UserId user, const QString &planId,
                                      int periods, const QString &requestId) const
{
    const QDateTime now = m_ports.now();
    const auto plans = m_ports.plans.current();
    const Plan *plan = plans->find(planId);
    if (!plan)
        return base::fail(Fault::NotFound, QStringLiteral("Plan '%1' not found").arg(planId));
    const auto before = m_ports.store.standing(user, now);
    if (!before)
        return failed(before);
    if (plan->platform != before->platform)
        return base::fail(Fault::Unprocessable,
                          QStringLiteral("Plan '%1' is for the other platform").arg(planId));
    const AuditEntry entry = entryOf(
        actor, user, QStringLiteral("subscription.granted"),
        {{QStringLiteral("plan"), planId}, {QStringLiteral("periods"), periods}}, requestId, now);
    if (plan->type == PlanType::Addon) {
        auto standing = m_ports.store.addAddon(user, plan->calls->count * periods,
                                               now.addDays(plan->addonLength.count()), entry);
        if (!standing)
            return failed(standing);
        return seen(std::move(*standing), now);
    }
    if (!plan->isSubscription())
        return base::fail(Fault::Unprocessable,
                          QStringLiteral("Plan '%1' is no subscription").arg(planId));
    Subscription subscription{planId, SubscriptionStatus::Active, QStringLiteral("staff"), now, {},
                              now};
    if (plan->period().count() > 0)
        subscription.endsAt = now.addDays(plan->period().count() * periods);
    auto standing = m_ports.store.subscribe(user, subscription, entry);
    if (!standing)
        return failed(standing);
    return seen(std::move(*standing), now);
}

Result<UsageView> UsageService::end(base::UserId actor, base::UserId user, bool atPeriodEnd,
                                    const QString &requestId) const
{
    const QDateTime now = m_ports.now();
    auto before = look(user);
    if (!before)
        return before;
    // Ended here alone, it would be charged on.
    if (before->isSubscribed() && !before->standing.subscription->externalId.isEmpty())
        return base::fail(Fault::Conflict,
                          QStringLiteral("This subscription is paid through %1, and has to be "
                                         "cancelled there")
                              .arg(before->standing.subscription->source == QLatin1String("stripe")
                                       ? QLatin1String("Stripe")
                                       : QLatin1String("the App Store")));
    auto standing = m_ports.store.endSubscription(
        user, atPeriodEnd, now,
        entryOf(actor, user, QStringLiteral("subscription.ended"),
                {{QStringLiteral("at_period_end"), atPeriodEnd}}, requestId, now));
    if (!standing)
        return failed(standing);
    return seen(std::move(*standing), now);
}

} // namespace server::core
