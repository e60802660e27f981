// Plans and subscriptions as the web app reads them.
#pragma once

#include "server/core/usage/usage_service.h"
#include "server/http/request.h"
#include "server/http/response.h"

namespace server::api {

/// Handlers of /payments/*. Thread-safe.
class PaymentsApi
{
public:
    explicit PaymentsApi(const core::UsageService &usage) : m_usage(usage) {}

    http::Response plans(const http::Request &request);
    http::Response subscriptionStatus(const http::Request &request);

private:
    const core::UsageService &m_usage;
};

} // namespace server::api
