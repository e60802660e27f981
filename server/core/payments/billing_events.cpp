#include "server/core/payments/billing_events.h"

#include "server/core/payments/follow_rule.h"
#include "shared/base/log.h"

namespace server::core {

using base::Result;

namespace {

PaymentEventKey keyOf(const BillingEvent &event)
{
    return {QStringLiteral("stripe"), event.id, event.type, event.createdAt};
}

/// What an invoice or an older API version does not say is as it was.
void complete(BillingSubscription &news, const BillingSubscription &stored)
{
    news.user = stored.user;
    if (news.customerId.isEmpty())
        news.customerId = stored.customerId;
    if (news.plan.isEmpty())
        news.plan = stored.plan;
    if (news.price.id.isEmpty())
        news.price.id = stored.price.id;
    if (!news.periodStart.isValid())
        news.periodStart = stored.periodStart;
    if (!news.periodEnd.isValid())
        news.periodEnd = stored.periodEnd;
}

/// The subscription after its invoice was paid, or was not; nothing where that changes nothing.
std::optional<BillingSubscription> after(const InvoiceTold &told,
                                         const std::optional<BillingRecord> &stored)
{
    const BillingInvoice &invoice = told.invoice;
    BillingSubscription subscription;
    if (stored)
        subscription = stored->subscription;
    else
        subscription.createdAt = invoice.periodStart;
    using enum BillingStatus;
    const BillingStatus known = subscription.status;
    if (told.isPaid ? known == Trialing || known == Paused : known != Active && known != Trialing)
        return std::nullopt;
    subscription.id = invoice.subscriptionId;
    subscription.customerId = invoice.customerId;
    subscription.status = told.isPaid ? Active : PastDue;
    if (!stored) {
        subscription.user = invoice.user;
        subscription.plan = invoice.plan;
    }
    if (invoice.periodStart.isValid()
        && (!subscription.periodStart.isValid()
            || invoice.periodStart >= subscription.periodStart)) {
        subscription.periodStart = invoice.periodStart;
        subscription.periodEnd = invoice.periodEnd;
    }
    return subscription;
}

} // namespace

Result<bool> BillingEvents::handle(const BillingEvent &event) const
{
    auto heard = m_ports.events.once(keyOf(event), m_ports.now(), [&] { return apply(event); });
    if (!heard) {
        const QString why = heard.error().message + QStringLiteral(": ") + heard.error().cause;
        if (const auto noted = m_ports.events.noteFailure(keyOf(event), m_ports.now(), why); !noted)
            base::log::warning("billing.failure_not_noted",
                               {{QStringLiteral("cause"), noted.error().cause}});
    }
    return heard;
}

Result<> BillingEvents::note(const BillingSubscription &subscription) const
{
    return m_ports.store.inOneStep([&] { return apply(subscription, {}); });
}

Result<> BillingEvents::apply(const BillingEvent &event) const
{
    if (const auto *told = std::get_if<SubscriptionTold>(&event.what))
        return apply(told->subscription, event.createdAt);
    if (const auto *told = std::get_if<InvoiceTold>(&event.what))
        return apply(*told, event.createdAt);
    if (const auto *told = std::get_if<IntentTold>(&event.what))
        return apply(*told, event.createdAt);
    if (const auto *told = std::get_if<RefundTold>(&event.what); told && told->isWhole)
        return m_ports.store.refund(told->invoiceId, told->intentId);
    return {};
}

Result<> BillingEvents::apply(const BillingSubscription &told, const QDateTime &at,
                              const QDateTime &paidAt) const
{
    const auto stored = m_ports.store.record(told.id);
    if (!stored)
        return failed(stored);
    if (*stored && !supersedes(told, at, **stored))
        return {};
    BillingRecord next{told, at};
    BillingSubscription &news = next.subscription;
    if (*stored) {
        complete(news, (*stored)->subscription);
    } else {
        const auto owner = m_ports.store.ownerOf(news.customerId, news.user);
        if (!owner)
            return failed(owner);
        if (!owner->isValid()) {
            base::log::warning("billing.nobodys_subscription",
                               {{QStringLiteral("subscription"), news.id}});
            return {};
        }
        news.user = *owner;
    }
    if (!at.isValid())
        next.eventAt = *stored ? (*stored)->eventAt : news.createdAt;
    const auto catalogue = m_ports.plans.current();
    const Plan *plan = planOf(news, *catalogue);
    if (plan)
        news.plan = plan->id;
    else
        base::log::warning("billing.unknown_plan", {{QStringLiteral("subscription"), news.id}});
    if (auto saved = m_ports.store.save(next); !saved || !plan)
        return saved;
    auto subscription = subscriptionOf(news, *plan, m_ports.now());
    if (!subscription)
        return {};
    subscription->lastPaymentAt = paidAt;
    return m_ports.subscriptions.follow(news.user, *subscription, m_ports.now());
}

Result<> BillingEvents::apply(const InvoiceTold &told, const QDateTime &at) const
{
    const BillingInvoice &invoice = told.invoice;
    const auto owner = m_ports.store.ownerOf(invoice.customerId, invoice.user);
    if (!owner)
        return failed(owner);
    if (!owner->isValid()) {
        base::log::warning("billing.nobodys_invoice", {{QStringLiteral("invoice"), invoice.id}});
        return {};
    }
    const bool isSubscription = !invoice.subscriptionId.isEmpty();
    const Payment payment{.user = *owner,
                          .invoiceId = invoice.id,
                          .intentId = invoice.intentId,
                          .subscriptionId = invoice.subscriptionId,
                          .amount = invoice.amount,
                          .status = told.isPaid ? PaymentStatus::Succeeded : PaymentStatus::Failed,
                          .type = isSubscription ? PaymentType::Subscription : PaymentType::OneTime,
                          .description = invoice.description,
                          .createdAt = at};
    if (auto saved = m_ports.store.savePayment(payment); !saved || !isSubscription)
        return saved;
    const auto stored = m_ports.store.record(invoice.subscriptionId);
    if (!stored)
        return failed(stored);
    const auto news = after(told, *stored);
    return news ? apply(*news, at, told.isPaid ? at : QDateTime()) : Result<>();
}

Result<> BillingEvents::apply(const IntentTold &told, const QDateTime &at) const
{
    if (!told.intent.isOneTime)
        return {}; // of an invoice, which tells of itself
    const auto owner = m_ports.store.ownerOf({}, told.intent.user);
    if (!owner || !owner->isValid())
        return owner ? Result<>() : failed(owner);
    return m_ports.store.savePayment(
        {.user = *owner,
         .intentId = told.intent.id,
         .amount = told.intent.amount,
         .status = told.isPaid ? PaymentStatus::Succeeded : PaymentStatus::Failed,
         .description = told.intent.description,
         .createdAt = at});
}

} // namespace server::core
