// Users' own scenarios.
#pragma once

#include "server/core/scenarios/custom_scenario.h"
#include "server/core/usage/usage_service.h"
#include "server/http/request.h"
#include "server/http/response.h"

namespace server::api {

/// Handlers of /custom-scenarios and /realtime/custom-scenario(s). Thread-safe.
class ScenariosApi
{
public:
    ScenariosApi(core::CustomScenarioStore &scenarios, const core::UsageService &usage,
                 base::Clock now)
        : m_scenarios(scenarios), m_usage(usage), m_now(std::move(now))
    {
    }

    http::Response create(const http::Request &request);
    http::Response list(const http::Request &request);
    http::Response show(const http::Request &request);
    /// A field that is missing stays as it is.
    http::Response update(const http::Request &request);
    http::Response remove(const http::Request &request);
    /// Every save that is kept, newest first.
    http::Response versions(const http::Request &request);
    http::Response version(const http::Request &request);
    /// Makes an earlier version the newest one.
    http::Response restore(const http::Request &request);

private:
    http::Response save(core::CustomScenario scenario, const char *message);
    base::Result<core::CustomScenarioVersion> versionOf(const http::Request &request) const;

    core::CustomScenarioStore &m_scenarios;
    const core::UsageService &m_usage;
    const base::Clock m_now;
};

} // namespace server::api
