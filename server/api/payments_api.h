// Plans, subscriptions and payments of the web app.
#pragma once

#include "server/core/payments/billing_service.h"
#include "server/http/request.h"
#include "server/http/response.h"

namespace server::api {

/// Handlers of /payments/*. Thread-safe; orders block on Stripe.
class PaymentsApi
{
public:
    struct Ports
    {
        const core::UsageService &usage;
        const core::BillingService &billing;
        QString publishableKey; ///< with which the web app asks Stripe for a card; may be empty
    };
    explicit PaymentsApi(Ports ports) : m_ports(std::move(ports)) {}

    http::Response plans(const http::Request &request);
    http::Response subscriptionStatus(const http::Request &request);
    http::Response createSubscription(const http::Request &request);
    http::Response cancelSubscription(const http::Request &request);
    http::Response createPaymentIntent(const http::Request &request);
    http::Response billingHistory(const http::Request &request);

private:
    const Ports m_ports;
};

} // namespace server::api
