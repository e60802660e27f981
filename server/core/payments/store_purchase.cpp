#include "server/core/payments/store_purchase.h"

#include <array>

namespace server::core {

namespace {

using enum SubscriptionStatus;

/// What becomes of a subscription (App Store Server Notifications, "notificationType"); an empty
/// subtype stands for all of them.
struct Meaning
{
    const char *type;
    const char *subtype;
    SubscriptionStatus status;
};

constexpr std::array<Meaning, 13> kMeanings{
    {{"SUBSCRIBED", "", Active},
     {"DID_RENEW", "", Active},
     {"OFFER_REDEEMED", "", Active},
     {"RENEWAL_EXTENDED", "", Active},
     {"REFUND_REVERSED", "", Active},
     {"DID_CHANGE_RENEWAL_PREF", "UPGRADE", Active},
     {"DID_CHANGE_RENEWAL_STATUS", "AUTO_RENEW_ENABLED", Active},
     {"DID_CHANGE_RENEWAL_STATUS", "AUTO_RENEW_DISABLED", Cancelled},
     {"DID_FAIL_TO_RENEW", "", BillingRetry},
     {"GRACE_PERIOD_EXPIRED", "", Expired},
     {"EXPIRED", "", Expired},
     {"REFUND", "", Expired},
     {"REVOKE", "", Expired}}};

std::optional<SubscriptionStatus> statusOf(const StoreNotification &notification)
{
    for (const Meaning &meaning : kMeanings) {
        if (notification.type == QLatin1String(meaning.type)
            && (*meaning.subtype == '\0' || notification.subtype == QLatin1String(meaning.subtype)))
            return meaning.status;
    }
    return std::nullopt;
}

} // namespace

Subscription StoreSubscription::onPlan(const QString &plan) const
{
    Subscription subscription;
    subscription.plan = plan;
    subscription.status = status;
    subscription.source = QStringLiteral("app_store");
    subscription.startedAt = startedAt;
    subscription.endsAt = endsAt;
    subscription.lastPaymentAt = startedAt;
    subscription.externalId = originalId;
    subscription.productId = productId;
    return subscription;
}

StoreSubscription subscriptionOf(const StoreTransaction &transaction, base::UserId user)
{
    return {transaction.originalId,  user,
            transaction.productId,   Active,
            transaction.purchasedAt, transaction.expiresAt,
            transaction.signedAt};
}

std::optional<StoreSubscription> subscriptionAfter(const StoreNotification &notification,
                                                   base::UserId user)
{
    const auto status = statusOf(notification);
    if (!status)
        return std::nullopt;
    StoreSubscription subscription = subscriptionOf(*notification.transaction, user);
    subscription.status = *status;
    subscription.eventAt = notification.signedAt;
    if (*status == BillingRetry && notification.graceEndsAt.isValid()) {
        subscription.status = GracePeriod;
        subscription.endsAt = notification.graceEndsAt;
    }
    if (isRefund(notification)) {
        const QDateTime &refunded = notification.transaction->refundedAt;
        subscription.endsAt = refunded.isValid() ? refunded : notification.signedAt;
    }
    return subscription;
}

bool isRefund(const StoreNotification &notification)
{
    return notification.type == QLatin1String("REFUND")
           || notification.type == QLatin1String("REVOKE");
}

} // namespace server::core
