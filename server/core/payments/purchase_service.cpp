#include "server/core/payments/purchase_service.h"

#include "shared/base/log.h"

namespace server::core {

using base::Fault;
using base::Result;

namespace {

tl::unexpected<base::Error> refuse(const char *why)
{
    return base::fail(Fault::Invalid, QLatin1String(why));
}

constexpr const char *kRedeemedByAnother = "This transaction has already been processed";
constexpr const char *kOver = "This subscription has ended";

/// Nothing: it may be redeemed.
Result<> checkTime(const StoreTransaction &transaction, const Plan &plan, const QDateTime &now)
{
    if (transaction.refundedAt.isValid())
        return refuse("This purchase was refunded");
    if (plan.type == PlanType::Addon)
        return {};
    if (!transaction.expiresAt.isValid() || transaction.expiresAt <= now)
        return refuse(kOver);
    return {};
}

} // namespace

Result<UsageView> PurchaseService::redeem(base::UserId user, const QString &receipt, bool isSandbox,
                                          const QStringList &products) const
{
    const auto transaction = m_ports.verifier.verify(receipt, isSandbox, products);
    if (!transaction)
        return failed(transaction);
    if (!products.contains(transaction->productId))
        return refuse("Product ID mismatch");
    const auto catalogue = m_ports.usage.catalogue();
    const Plan *plan = catalogue->byProduct(transaction->productId);
    auto before = m_ports.usage.look(user);
    if (!before)
        return before;
    if (!plan || plan->platform != Platform::Mobile)
        return refuse("Invalid product ID");
    if (before->standing.platform != Platform::Mobile)
        return refuse("This purchase is for the mobile app");
    if (const auto checked = checkTime(*transaction, *plan, m_ports.now()); !checked)
        return failed(checked);
    const auto given = m_ports.store.inOneStep([&] { return give(*transaction, *plan, user); });
    if (!given)
        return failed(given);
    return m_ports.usage.look(user);
}

Result<> PurchaseService::give(const StoreTransaction &transaction, const Plan &plan,
                               base::UserId user) const
{
    const QDateTime now = m_ports.now();
    const auto redemption = m_ports.purchases.redeem(transaction, user, now);
    if (!redemption)
        return failed(redemption);
    const bool isAnothers = redemption->user.isValid() && redemption->user != user;
    const bool isAddon = plan.type == PlanType::Addon;
    // What is used up is gone with the account that used it; a subscription goes on.
    if (isAnothers || (isAddon && !redemption->user.isValid()))
        return refuse(kRedeemedByAnother);
    if (!isAddon)
        return subscribe(transaction, plan, user);
    if (!redemption->isNew)
        return {};
    return m_ports.subscriptions.addCalls(user, plan.calls->count * transaction.quantity,
                                          now.addDays(plan.addonLength.count()), now);
}

Result<> PurchaseService::subscribe(const StoreTransaction &transaction, const Plan &plan,
                                    base::UserId user) const
{
    const auto known = m_ports.purchases.subscription(transaction.originalId);
    if (!known)
        return failed(known);
    StoreSubscription subscription = subscriptionOf(transaction, user);
    // Apple may have told more since it signed what the app has, or the app may have an older one.
    if (*known
        && ((*known)->eventAt > transaction.signedAt || (*known)->endsAt > transaction.expiresAt)) {
        if ((*known)->status == SubscriptionStatus::Expired && (*known)->endsAt <= m_ports.now())
            return refuse(kOver);
        subscription = **known;
        subscription.user = user;
    }
    const auto saved = m_ports.purchases.save(subscription);
    if (!saved)
        return failed(saved);
    if (!*saved)
        return refuse(kRedeemedByAnother);
    const auto catalogue = m_ports.usage.catalogue();
    const Plan *now = catalogue->byProduct(subscription.productId);
    return m_ports.subscriptions.follow(user, subscription.onPlan(now ? now->id : plan.id),
                                        m_ports.now());
}

Result<bool> PurchaseService::hear(const QString &signedPayload) const
{
    const auto notification = m_ports.verifier.notification(signedPayload);
    if (!notification)
        return failed(notification);
    const PaymentEventKey key{
        QStringLiteral("app_store"), notification->id,
        (notification->type + QLatin1Char(' ') + notification->subtype).trimmed(),
        notification->signedAt};
    auto heard = m_ports.events.once(key, m_ports.now(), [&] { return apply(*notification); });
    if (!heard) {
        const auto noted = m_ports.events.noteFailure(
            key, m_ports.now(), heard.error().message + QStringLiteral(": ") + heard.error().cause);
        if (!noted)
            base::log::warning("app_store.failure_not_noted",
                               {{QStringLiteral("cause"), noted.error().cause}});
    }
    return heard;
}

Result<> PurchaseService::takeBack(const StoreTransaction &transaction, const Plan &plan) const
{
    const auto owner = m_ports.purchases.refund(transaction, m_ports.now());
    if (!owner)
        return failed(owner);
    if (!*owner || plan.type != PlanType::Addon)
        return {};
    return m_ports.subscriptions.addCalls(**owner, -plan.calls->count * transaction.quantity, {},
                                          m_ports.now());
}

Result<> PurchaseService::apply(const StoreNotification &notification) const
{
    if (!notification.transaction)
        return {};
    const StoreTransaction &transaction = *notification.transaction;
    const auto catalogue = m_ports.usage.catalogue();
    const Plan *plan = catalogue->byProduct(transaction.productId);
    if (!plan) {
        base::log::warning("app_store.unknown_product",
                           {{QStringLiteral("product"), transaction.productId}});
        return {};
    }
    if (isRefund(notification)) {
        if (auto taken = takeBack(transaction, *plan); !taken)
            return taken;
    }
    if (plan->type == PlanType::Addon || !transaction.expiresAt.isValid())
        return {};
    const auto known = m_ports.purchases.subscription(transaction.originalId);
    if (!known)
        return failed(known);
    const base::UserId user = *known ? (*known)->user : base::UserId{};
    const auto next = subscriptionAfter(notification, user);
    if (!next || (*known && notification.signedAt < (*known)->eventAt))
        return {};
    if (user.isValid()) {
        const auto redeemed = m_ports.purchases.redeem(transaction, user, m_ports.now());
        if (!redeemed)
            return failed(redeemed);
    }
    if (const auto saved = m_ports.purchases.save(*next); !saved || !user.isValid())
        return saved ? Result<>() : failed(saved);
    return m_ports.subscriptions.follow(user, next->onPlan(plan->id), m_ports.now());
}

} // namespace server::core
