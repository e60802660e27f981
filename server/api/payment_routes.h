// The part of the table that is about money.
#pragma once

#include "server/api/payment_webhooks.h"
#include "server/api/payments_api.h"
#include "server/api/plan_admin_api.h"
#include "server/api/purchases_api.h"
#include "server/api/usage_records_api.h"
#include "server/http/route.h"

namespace server::api {

struct PaymentApis
{
    PaymentsApi &payments;
    UsageRecordsApi &usageRecords;
    PlanAdminApi &planAdmin;
    PurchasesApi &purchases;
    PaymentWebhooks &webhooks;
};

/// Rows of /payments, and of purchases in the mobile app. `apis` must outlive them.
std::vector<http::Route> paymentRoutes(const PaymentApis &apis);

} // namespace server::api
