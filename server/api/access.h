// Who is asking: bearer tokens and roles, for the front door.
#pragma once

#include "server/core/accounts/account_service.h"
#include "server/http/route.h"

namespace server::api {

/// Checks a request against its row's access. Thread-safe; blocks on the store for User and Staff.
class AccessCheck
{
public:
    explicit AccessCheck(const core::AccountService &accounts) : m_accounts(accounts) {}

    base::Result<http::Caller> operator()(const http::Request &request, http::Access access) const;

private:
    const core::AccountService &m_accounts;
};

/// The right of the caller of a Staff route, or Fault::Forbidden.
base::Result<void> requirePermission(const http::Caller &caller, protocol::Permission permission);

} // namespace server::api
