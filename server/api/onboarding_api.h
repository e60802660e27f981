// The setting up of signed-in users.
#pragma once

#include "server/core/onboarding/onboarding_wizard.h"
#include "server/http/request.h"
#include "server/http/response.h"

namespace server::api {

/// Handlers of /onboarding/* that need a bearer token. Thread-safe.
class OnboardingApi
{
public:
    OnboardingApi(core::OnboardingWizard &wizard, base::Clock now)
        : m_wizard(wizard), m_now(std::move(now))
    {
    }

    http::Response status(const http::Request &request);
    http::Response completeStep(const http::Request &request);
    http::Response nextAction(const http::Request &request);
    /// Starts the wizard again.
    http::Response initialize(const http::Request &request);
    http::Response completeFirstCall(const http::Request &request);
    /// GET /onboarding/check-step/{step}
    http::Response checkStep(const http::Request &request);
    http::Response providers(const http::Request &request);

private:
    core::OnboardingWizard &m_wizard;
    const base::Clock m_now;
};

} // namespace server::api
