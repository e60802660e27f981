// What Stripe and the App Store tell of their own accord.
#pragma once

#include "server/core/payments/billing_events.h"
#include "server/core/payments/purchase_service.h"
#include "server/http/request.h"
#include "server/http/response.h"

#include <functional>

namespace server::api {

/// Handlers of the payers' webhooks. Thread-safe. An answer other than 200 has them try again.
class PaymentWebhooks
{
public:
    enum class StripePolicy {
        Required,   ///< only what is signed
        Unsigned,   ///< development without a secret: anything
        Unavailable ///< no secret outside development: nothing
    };
    struct Stripe
    {
        StripePolicy policy = StripePolicy::Unavailable;
        /// Stripe-Signature, body, time.
        std::function<bool(const QByteArray &, const QByteArray &, const QDateTime &)> isSigned;
        std::function<base::Result<core::BillingEvent>(const QByteArray &, const QDateTime &)> read;
    };
    struct Ports
    {
        const core::BillingEvents &billing;
        const core::PurchaseService &purchases;
        base::Clock now;
    };

    PaymentWebhooks(Stripe stripe, Ports ports)
        : m_stripe(std::move(stripe)), m_ports(std::move(ports))
    {
    }

    /// POST /payments/stripe-webhook
    http::Response stripe(const http::Request &request);
    /// POST /mobile/app-store/webhook
    http::Response appStore(const http::Request &request);

private:
    const Stripe m_stripe;
    const Ports m_ports;
};

} // namespace server::api
