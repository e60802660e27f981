// Orders that go to Stripe.
#pragma once

#include "server/core/payments/billing_events.h"
#include "server/core/payments/billing_gateway.h"
#include "server/core/usage/usage_service.h"

namespace server::core {

/// Subscribes, cancels, and takes single payments. Thread-safe; blocks on the store and on Stripe,
/// never on both at once. Ports must outlive it.
///
/// Errors: those of BillingGateway and the store, and Fault::Unavailable where Stripe is not set
/// up, which comes after everything else that can be wrong with an order.
class BillingService final
{
public:
    struct Ports
    {
        BillingGateway &gateway;
        BillingStore &store;
        const BillingEvents &events;
        const UsageService &usage;
        base::Clock now;
    };
    struct Buyer
    {
        base::UserId user;
        QString email;
        QString name;
    };
    struct SubscriptionOrder
    {
        Buyer buyer;
        QString plan;
        QString priceId;
        QString paymentMethodId; ///< empty: the client confirms the payment itself
    };
    struct PaymentOrder
    {
        Buyer buyer;
        base::Money amount;
        QString description;
        QMap<QString, QString> metadata;
    };

    explicit BillingService(Ports ports) : m_ports(std::move(ports)) {}

    /// Fault::Invalid for a plan that cannot be bought so, or a price that is not the plan's;
    /// Fault::Conflict for somebody who has a subscription.
    base::Result<BillingSubscription> subscribe(const SubscriptionOrder &order) const;
    /// Fault::NotFound when there is none that Stripe runs. One whose first payment is open ends at
    /// once, whatever was asked.
    base::Result<BillingSubscription> cancel(base::UserId user, bool atPeriodEnd) const;
    /// Fault::Invalid for a currency that nothing here is sold in.
    base::Result<BillingIntent> createPayment(const PaymentOrder &order) const;
    /// The newest first.
    base::Result<std::vector<Payment>> history(base::UserId user, int limit, int offset = 0) const;

private:
    struct Attempt
    {
        base::UserId user;
        QString purpose;
        QByteArray requestHash;
    };
    struct Order
    {
        QString key;
        bool isRepeated = false; ///< it may have been carried out before
    };
    /// Asks Stripe under a key that stays the same until an answer was seen.
    template <typename Ask>
    auto attempt(const Attempt &attempt, Ask &&ask) const
        -> std::invoke_result_t<Ask, const Order &>;
    base::Result<> requireSetUp() const;
    base::Result<> checkPlan(const SubscriptionOrder &order) const;
    base::Result<> clearWay(base::UserId user) const;
    base::Result<QString> customerOf(const Buyer &buyer) const;
    base::Result<BillingSubscription> placeOrder(const SubscriptionOrder &order,
                                                 const QString &key) const;

    const Ports m_ports;
};

} // namespace server::core
