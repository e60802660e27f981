// Users' telephone numbers, and their own accounts at the phone network.
#pragma once

#include "server/core/numbers/number_service.h"
#include "server/core/numbers/own_accounts.h"
#include "server/core/onboarding/onboarding_wizard.h"
#include "server/core/usage/usage_service.h"
#include "server/http/request.h"
#include "server/http/response.h"

namespace server::api {

/// Handlers of /twilio/*. All but primary() and the reading of credentials ask the phone network.
/// Thread-safe.
class NumbersApi
{
public:
    struct Ports
    {
        core::NumberService &numbers;
        core::OwnAccounts &ownAccounts;
        const core::UsageService &usage;
        core::OnboardingWizard &wizard;
    };

    explicit NumbersApi(Ports ports) : m_ports(ports) {}

    http::Response account(const http::Request &request);
    /// GET with a query, POST with a body.
    http::Response search(const http::Request &request);
    /// {phone_number}, {area_code} or {}: the last two buy the first number to be had.
    http::Response provision(const http::Request &request);
    /// A bare list.
    http::Response list(const http::Request &request);
    http::Response release(const http::Request &request);
    http::Response primary(const http::Request &request);

    http::Response connect(const http::Request &request);
    http::Response credentials(const http::Request &request) const;
    http::Response disconnect(const http::Request &request);

private:
    const Ports m_ports;
};

} // namespace server::api
