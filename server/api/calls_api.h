// Placing calls and looking at one's own.
#pragma once

#include "server/core/calls/call_service.h"
#include "server/core/calls/idempotency_ports.h"
#include "server/core/usage/usage_service.h"
#include "server/http/request.h"
#include "server/http/response.h"

namespace server::api {

/// Handlers of /make-call and its kin, /calls and /call-history. Thread-safe.
class CallsApi
{
public:
    struct Ports
    {
        core::CallService &service;
        const core::UsageService &usage;
        core::CallStore &calls;
        core::CustomScenarioStore &customScenarios;
        core::IdempotencyStore &idempotency;
        base::Clock now;
    };
    explicit CallsApi(Ports ports) : m_ports(std::move(ports)) {}

    /// GET /make-call/{phone_number}/{scenario}
    http::Response makeCall(const http::Request &request);
    /// GET /make-custom-call/{phone_number}/{scenario_id}
    http::Response makeCustomCall(const http::Request &request);
    /// GET /make-calendar-call-scenario/{phone_number}
    http::Response makeCalendarCall(const http::Request &request);
    /// GET /google-calendar/make-calendar-call/{phone_number}
    http::Response makeGoogleCalendarCall(const http::Request &request);
    /// POST /calls, once per Idempotency-Key
    http::Response place(const http::Request &request);
    http::Response list(const http::Request &request);
    http::Response show(const http::Request &request);
    /// GET /usage-stats of the web app
    http::Response usageStats(const http::Request &request);
    /// GET /call-history of the web app
    http::Response history(const http::Request &request);

private:
    base::Result<core::Call>
    dial(const http::Request &request, const QString &phone, const QString &scenario,
         std::optional<core::MachineDetection> machineDetection = std::nullopt);

    /// The answer to an order that came to nothing.
    http::Response refusal(const http::Request &request, const base::Error &error) const;

    const Ports m_ports;
};

} // namespace server::api
