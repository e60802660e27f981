// Setting up before there is an account, and the account that is made of it.
#pragma once

#include "server/core/accounts/account_service.h"
#include "server/core/accounts/captcha_ports.h"
#include "server/core/onboarding/anonymous_onboarding.h"
#include "server/http/request.h"
#include "server/http/response.h"

namespace server::api {

/// Handlers of the public routes of /onboarding/*, and of /auth/register-with-onboarding. Whoever
/// knows the id of a session is its holder. Thread-safe.
class OnboardingSessionApi
{
public:
    struct Parts
    {
        core::AnonymousOnboarding &sessions;
        core::OnboardingStore &users;
        core::AccountService &accounts;
        core::Captcha &captcha;
        base::Clock now = base::utcNow;
    };

    explicit OnboardingSessionApi(Parts parts) : m_parts(std::move(parts)) {}

    http::Response start(const http::Request &request);
    http::Response setName(const http::Request &request);
    http::Response selectScenario(const http::Request &request);
    http::Response complete(const http::Request &request);
    http::Response completeMobileStep(const http::Request &request);
    /// GET /onboarding/mobile/status/{session_id}
    http::Response mobileStatus(const http::Request &request);
    /// GET /onboarding/session/{session_id}
    http::Response session(const http::Request &request);
    /// With a session_id, or with the profile itself as onboarding_data. Hashes a password: slow
    /// lane.
    http::Response registerUser(const http::Request &request);

private:
    /// What the new account takes over. It exists by then and its owner is waiting for the tokens,
    /// so what fails here is logged and the sign-up stands.
    void takeOver(base::UserId user, const std::optional<QString> &session,
                  const core::Profile &profile);

    const Parts m_parts;
};

} // namespace server::api
