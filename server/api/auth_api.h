// Sign-up, sign-in and the signed-in user.
#pragma once

#include "server/core/accounts/account_service.h"
#include "server/http/request.h"
#include "server/http/response.h"

namespace server::api {

/// Handlers of /auth/*, /token and /users/me. Thread-safe.
class AuthApi
{
public:
    explicit AuthApi(core::AccountService &accounts) : m_accounts(accounts) {}

    http::Response registerUser(const http::Request &request);
    http::Response login(const http::Request &request);
    /// As login, without a refresh token and with its own words: the web app's way in.
    http::Response token(const http::Request &request);
    http::Response refresh(const http::Request &request);
    http::Response logout(const http::Request &request);
    http::Response me(const http::Request &request);

private:
    http::Response signIn(const http::Request &request, core::AccountService::Grant grant,
                          const QString &refusal);

    core::AccountService &m_accounts;
};

} // namespace server::api
