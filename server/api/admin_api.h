// What staff may do beside watching: end a call, look one up, open the live feed.
#pragma once

#include "server/api/live_feed.h"
#include "server/bridge/bridge.h"
#include "server/core/accounts/account_service.h"
#include "server/core/calls/call_ports.h"
#include "server/http/request.h"
#include "server/http/response.h"
#include "server/net/stream.h"

namespace server::api {

/// Handlers of /admin/*. Thread-safe.
class AdminApi
{
public:
    struct Ports
    {
        core::AccountService &accounts;
        core::AuditLog &audit;
        core::CallStore &calls;
        bridge::Bridge &bridge;
        bridge::PhoneControl &phone;
        LiveFeed &feed;
        base::Clock now;
    };
    explicit AdminApi(Ports ports) : m_ports(std::move(ports)) {}

    http::Response liveTicket(const http::Request &request);
    http::Response hangUp(const http::Request &request);
    http::Response callDetail(const http::Request &request);

    /// Redeems the ticket of a feed's handshake and puts the member of staff into request.caller's
    /// place.
    base::Result<http::Caller> checkFeed(const http::Request &request);
    void takeFeed(const http::Request &request, net::Detached socket);

    /// Writes down that somebody listens to a call.
    base::Result<void> auditListen(const StaffMember &member, base::CallId call);
    std::optional<protocol::CallDetail> storedDetail(base::CallId call);

private:
    base::Result<void> audit(base::UserId actor, const char *action, base::CallId call,
                             const QString &requestId);

    Ports m_ports;
};

} // namespace server::api
