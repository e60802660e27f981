// Sign-up, sign-in and the signed-in user.
#pragma once

#include "server/core/accounts/account_service.h"
#include "server/core/accounts/apple_ports.h"
#include "server/core/accounts/captcha_ports.h"
#include "server/http/request.h"
#include "server/http/response.h"

namespace server::api {

/// Handlers of /auth/*, /token and /users/me. Thread-safe.
class AuthApi
{
public:
    struct Ports
    {
        core::AccountService &accounts;
        core::Captcha &captcha;
        core::AppleVerifier &apple;
    };
    explicit AuthApi(Ports ports) : m_ports(ports) {}

    http::Response registerUser(const http::Request &request);
    http::Response login(const http::Request &request);
    /// As login, without a refresh token and with its own words: the web app's way in.
    http::Response token(const http::Request &request);
    http::Response refresh(const http::Request &request);
    http::Response logout(const http::Request &request);
    http::Response me(const http::Request &request);
    http::Response appleSignIn(const http::Request &request);
    /// What a sign-up page shows its captcha with; 404 where none is configured.
    http::Response captchaKey(const http::Request &request) const;

private:
    http::Response signIn(const http::Request &request, core::AccountService::Grant grant,
                          const QString &refusal);

    Ports m_ports;
};

} // namespace server::api
