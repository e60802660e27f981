// What staff may do with somebody's plan.
#pragma once

#include "server/core/accounts/account_ports.h"
#include "server/core/usage/usage_service.h"
#include "server/http/request.h"
#include "server/http/response.h"

namespace server::api {

/// Handlers of /admin/users. They need the right to manage plans, and every change is audited in
/// the same step. Thread-safe.
class SubscriptionsApi
{
public:
    SubscriptionsApi(core::AccountStore &accounts, const core::UsageService &usage)
        : m_accounts(accounts), m_usage(usage)
    {
    }

    /// GET /admin/users?email=: the account of that address, in a list of none or one.
    http::Response find(const http::Request &request);
    /// GET /admin/users/{id}/usage
    http::Response usage(const http::Request &request);
    /// POST /admin/users/{id}/subscription
    http::Response grant(const http::Request &request);
    /// DELETE /admin/users/{id}/subscription
    http::Response end(const http::Request &request);

private:
    core::AccountStore &m_accounts;
    const core::UsageService &m_usage;
};

} // namespace server::api
