// Purchases in the App Store, as Apple's signature vouches for them.
#pragma once

#include "server/core/usage/standing.h"

#include <QStringList>

namespace server::core {

/// One transaction (App Store Server API, "JWSTransactionDecodedPayload").
struct StoreTransaction
{
    QString id;
    QString originalId; ///< of a subscription: the same for all its renewals
    QString productId;
    bool isSandbox = false;
    int quantity = 1;
    QDateTime purchasedAt;
    QDateTime expiresAt; ///< invalid for what is used up
    QDateTime refundedAt;
    QDateTime signedAt; ///< when Apple said all this
};

/// What Apple tells of its own accord (App Store Server Notifications V2).
struct StoreNotification
{
    QString id; ///< notificationUUID
    QString type;
    QString subtype;
    QDateTime signedAt;
    std::optional<StoreTransaction> transaction;
    QDateTime graceEndsAt; ///< of Apple's billing grace period
};

/// A subscription of the App Store, as Apple last told of it.
struct StoreSubscription
{
    QString originalId;
    base::UserId user; ///< none until somebody has redeemed it
    QString productId;
    SubscriptionStatus status = SubscriptionStatus::Active;
    QDateTime startedAt;
    QDateTime endsAt;
    QDateTime eventAt; ///< Apple's time of what is known

    /// What it means for its user's standing.
    Subscription onPlan(const QString &plan) const;
};

/// The subscription that a transaction itself shows. REQUIRES: one with an expiry.
StoreSubscription subscriptionOf(const StoreTransaction &transaction, base::UserId user);

/// The subscription after a notification; nothing for a notification that changes none. REQUIRES: a
/// transaction with an expiry.
std::optional<StoreSubscription> subscriptionAfter(const StoreNotification &notification,
                                                   base::UserId user);

/// Takes back what was bought: REFUND and REVOKE.
bool isRefund(const StoreNotification &notification);

} // namespace server::core
