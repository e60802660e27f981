// How one's calls are made, and who is not to be called.
#pragma once

#include "server/core/dialling/opt_out_service.h"
#include "server/core/plans/plan_catalogue.h"
#include "server/http/request.h"
#include "server/http/response.h"

namespace server::api {

/// Handlers of /calling-rules and /admin/opt-outs. Thread-safe.
class CallingRulesApi
{
public:
    struct Ports
    {
        core::DiallingStore &rules;
        const core::OptOutService &optOuts;
        const core::PlanBook &plans;
        base::Clock now;
    };
    explicit CallingRulesApi(Ports ports) : m_ports(std::move(ports)) {}

    http::Response show(const http::Request &request);
    /// The rules as a whole: what is missing is as for somebody who has set none.
    http::Response replace(const http::Request &request);

    // Staff: everybody who may watch calls may look; administrators change.
    http::Response optOuts(const http::Request &request);
    http::Response addOptOut(const http::Request &request);
    http::Response removeOptOut(const http::Request &request);

private:
    http::Response shown(const core::CallingRules &rules) const;

    const Ports m_ports;
};

} // namespace server::api
