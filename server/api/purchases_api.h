// Purchases of the consumer app in the App Store.
#pragma once

#include "server/core/payments/purchase_service.h"
#include "server/http/request.h"
#include "server/http/response.h"

namespace server::api {

/// Handlers of the purchase routes of /mobile. Thread-safe; they may block on Apple. `receipt_data`
/// is a receipt in base64, or the signed transaction that newer apps have.
class PurchasesApi
{
public:
    explicit PurchasesApi(const core::PurchaseService &purchases) : m_purchases(purchases) {}

    /// POST /mobile/upgrade-subscription: the weekly plan.
    http::Response upgrade(const http::Request &request);
    /// POST /mobile/purchase-subscription: the product that the app names.
    http::Response purchase(const http::Request &request);

private:
    const core::PurchaseService &m_purchases;
};

} // namespace server::api
