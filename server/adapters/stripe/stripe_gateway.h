// Orders at Stripe.
#pragma once

#include "server/adapters/stripe/stripe_client.h"
#include "server/core/payments/billing_gateway.h"

namespace server::stripe {

/// Thread-safe; blocks. The HTTP client must outlive it.
class StripeGateway final : public core::BillingGateway
{
public:
    StripeGateway(StripeSettings settings, web::HttpClient &http)
        : m_client(std::move(settings), http)
    {
    }

    bool isSetUp() const override { return m_client.isSetUp(); }
    base::Result<QString> createCustomer(const Customer &customer, const QString &key) override;
    base::Result<bool> hasCustomer(const QString &customerId) override;
    base::Result<core::BillingPrice> price(const QString &priceId) override;
    base::Result<QString> attach(const QString &paymentMethodId, const QString &customerId,
                                 const QString &key) override;
    base::Result<core::BillingSubscription> subscribe(const SubscriptionOrder &order,
                                                      const QString &key) override;
    base::Result<core::BillingSubscription> cancel(const QString &subscriptionId,
                                                   bool atPeriodEnd) override;
    base::Result<core::BillingIntent> createIntent(const IntentOrder &order,
                                                   const QString &key) override;

private:
    const StripeClient m_client;
};

} // namespace server::stripe
