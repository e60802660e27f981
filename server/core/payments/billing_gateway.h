// What is asked of Stripe.
#pragma once

#include "server/core/payments/billing.h"

#include <QMap>

namespace server::core {

/// Stripe, as far as we ask it. Thread-safe; every call blocks for seconds. Of calls with the same
/// key Stripe carries out one and answers all alike.
///
/// Errors: Fault::PaymentRequired for a refused card, with Stripe's words for its owner;
/// Fault::NotFound for something that Stripe does not have, Fault::Invalid for what it refuses
/// otherwise, Fault::Conflict while the same order is under way; Fault::Upstream and Fault::Timeout
/// when the order may have been carried out all the same; Fault::Unavailable when Stripe does not
/// take our requests.
class BillingGateway
{
public:
    struct Customer
    {
        base::UserId user;
        QString email;
        QString name;
    };
    struct SubscriptionOrder
    {
        base::UserId user;
        QString customerId;
        QString plan;
        QString priceId;
        QString paymentMethodId; ///< of the customer; empty: the client confirms the payment
    };
    struct IntentOrder
    {
        base::UserId user;
        QString customerId;
        base::Money amount;
        QString description;
        QMap<QString, QString> metadata; ///< of the client; ours stands above it
    };

    virtual ~BillingGateway() = default;

    /// False without a key: then nothing else may be called.
    virtual bool isSetUp() const = 0;
    virtual base::Result<QString> createCustomer(const Customer &customer, const QString &key) = 0;
    /// False when it was deleted, or never was.
    virtual base::Result<bool> hasCustomer(const QString &customerId) = 0;
    virtual base::Result<BillingPrice> price(const QString &priceId) = 0;
    /// Gives the customer a payment method, which may have another id then. One that is theirs
    /// already is as good.
    virtual base::Result<QString> attach(const QString &paymentMethodId, const QString &customerId,
                                         const QString &key) = 0;
    virtual base::Result<BillingSubscription> subscribe(const SubscriptionOrder &order,
                                                        const QString &key) = 0;
    virtual base::Result<BillingSubscription> cancel(const QString &subscriptionId,
                                                     bool atPeriodEnd) = 0;
    virtual base::Result<BillingIntent> createIntent(const IntentOrder &order,
                                                     const QString &key) = 0;
};

} // namespace server::core
