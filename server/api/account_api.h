// What somebody does with their own account once they have one.
#pragma once

#include "server/core/accounts/account_data.h"
#include "server/core/accounts/account_service.h"
#include "server/core/accounts/password_service.h"
#include "server/http/request.h"
#include "server/http/response.h"

namespace server::api {

/// Handlers of names, passwords, sessions, export and deletion. Thread-safe.
class AccountApi
{
public:
    struct Ports
    {
        core::AccountService &accounts;
        core::PasswordService &passwords;
        core::AccountData &data;
    };
    explicit AccountApi(Ports ports) : m_ports(ports) {}

    /// Takes a bare JSON string or {"name": ...}: clients send both.
    http::Response updateName(const http::Request &request);
    /// Greets whoever is signed in; for clients that try out their token.
    http::Response greet(const http::Request &request);

    http::Response changePassword(const http::Request &request);
    http::Response forgotPassword(const http::Request &request);
    http::Response resetPassword(const http::Request &request);

    http::Response sessions(const http::Request &request);
    http::Response endSession(const http::Request &request);

    http::Response exportData(const http::Request &request) const;
    http::Response removeAccount(const http::Request &request);

private:
    QString sessionOf(const http::Request &request) const;

    Ports m_ports;
};

} // namespace server::api
