// What the consumer app asks for.
#pragma once

#include "server/core/calls/call_service.h"
#include "server/core/schedule/schedule_service.h"
#include "server/core/usage/usage_service.h"
#include "server/http/request.h"
#include "server/http/response.h"

namespace server::api {

/// Handlers of /mobile/*. Thread-safe.
class MobileApi
{
public:
    struct Ports
    {
        core::CallService &service;
        const core::UsageService &usage;
        core::ScheduleService &schedule;
        core::CallStore &calls;
        core::CustomScenarioStore &customScenarios;
        const core::ScenarioCatalogue &scenarios;
        base::Clock now;
    };
    explicit MobileApi(Ports ports) : m_ports(std::move(ports)) {}

    http::Response usageStats(const http::Request &request);
    http::Response checkPermission(const http::Request &request);
    http::Response pricing(const http::Request &request);
    http::Response scenarios(const http::Request &request);
    http::Response makeCall(const http::Request &request);
    http::Response makeCustomCall(const http::Request &request);
    http::Response scheduleCall(const http::Request &request);
    http::Response callHistory(const http::Request &request);
    http::Response subscriptionStatus(const http::Request &request);

private:
    /// Dials; on success the call's answer, to which a route may add.
    base::Result<QJsonObject> dial(const http::Request &request, const QString &phone,
                                   const QString &scenario) const;
    http::Response refusal(const http::Request &request, const base::Error &error) const;

    const Ports m_ports;
};

} // namespace server::api
