#include "server/api/payment_routes.h"

#include "server/api/route_row.h"
#include "server/http/rate_limiter.h"

namespace server::api {

using http::Access;
using http::Lane;
using http::perMinute;

std::vector<http::Route> paymentRoutes(const PaymentApis &apis)
{
    using enum http::Method;
    auto &payments = apis.payments;
    auto &plans = apis.planAdmin;
    return {
        {Get, "/payments/subscription-plans", Access::Public, Lane::Inline,
         to(payments, &PaymentsApi::plans)},
        {Get, "/payments/subscription-status", Access::User, Lane::Store,
         to(payments, &PaymentsApi::subscriptionStatus)},
        // Limited, lest somebody tries stolen cards here.
        {Post, "/payments/create-subscription", Access::User, Lane::Slow,
         to(payments, &PaymentsApi::createSubscription), perMinute(5)},
        {Post, "/payments/cancel-subscription", Access::User, Lane::Slow,
         to(payments, &PaymentsApi::cancelSubscription), perMinute(10)},
        {Post, "/payments/create-payment-intent", Access::User, Lane::Slow,
         to(payments, &PaymentsApi::createPaymentIntent), perMinute(5)},
        {Get, "/payments/billing-history", Access::User, Lane::Store,
         to(payments, &PaymentsApi::billingHistory)},
        {Post, "/payments/record-usage", Access::User, Lane::Store,
         to(apis.usageRecords, &UsageRecordsApi::record), perMinute(60)},
        {Get, "/payments/usage-summary", Access::User, Lane::Store,
         to(apis.usageRecords, &UsageRecordsApi::summary)},
        {Post, "/payments/stripe-webhook", Access::Signed, Lane::Store,
         to(apis.webhooks, &PaymentWebhooks::stripe)},

        // The mobile app
        {Post, "/mobile/upgrade-subscription", Access::User, Lane::Slow,
         to(apis.purchases, &PurchasesApi::upgrade), perMinute(3)},
        {Post, "/mobile/purchase-subscription", Access::User, Lane::Slow,
         to(apis.purchases, &PurchasesApi::purchase), perMinute(3)},
        {Post, "/mobile/app-store/webhook", Access::Signed, Lane::Store,
         to(apis.webhooks, &PaymentWebhooks::appStore)},

        // Staff
        {Post, "/payments/admin/subscription-plans", Access::Staff, Lane::Store,
         to(plans, &PlanAdminApi::create)},
        {Put, "/payments/admin/subscription-plans/{plan_id}", Access::Staff, Lane::Store,
         to(plans, &PlanAdminApi::update)},
        {Delete, "/payments/admin/subscription-plans/{plan_id}", Access::Staff, Lane::Store,
         to(plans, &PlanAdminApi::remove)},
    };
}

} // namespace server::api
