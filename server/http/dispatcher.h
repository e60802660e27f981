// From a request to its answer: routes, access, handlers, and what happens when they throw.
#pragma once

#include "server/http/cors.h"
#include "server/http/http_server.h"
#include "server/http/rate_limiter.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>

namespace server::http {

/// Decides and runs; knows no socket. Thread-safe; shared by all loops and by the tasks on the
/// lanes.
class Dispatcher
{
public:
    Dispatcher(RouteTable table, const Limits &limits, const Headers &headers, Hooks hooks,
               HttpServer::Lanes lanes);

    /// Either an answer that needs no handler (404, 405, preflight ...) or the row to run. Fills in
    /// the arguments.
    struct Plan
    {
        const Route *route = nullptr;
        std::optional<Response> answer = std::nullopt;
        /// The request's place under the row's limit. A Public row gives it before anything else,
        /// so that a flood takes no place on a lane; the others when it is known who asks.
        std::optional<RateLimiter::Ticket> ticket = std::nullopt;
    };
    Plan plan(Request &request) const;

    /// Asks for access, looks at the row's limit and runs the handler. Never throws.
    Response run(Plan plan, Request &request) const;
    /// Says in the answer how the plan's limit stands, and gives back what does not count.
    Response settle(Plan plan, Response response) const;

    /// Runs `task` on the row's lane; false when the lane is full. A task still waiting when
    /// close() is called is dropped.
    bool submit(Lane lane, std::function<void()> task);
    /// Drops waiting tasks and returns when none runs any more.
    void close();

    /// Looks at an upgrade to WebSocket: either the refusal or the row whose check decides; neither
    /// when the path has no socket.
    struct SocketPlan
    {
        const SocketRoute *route = nullptr;
        std::optional<Response> answer;
    };
    SocketPlan planSocket(Request &request, bool hasBody) const;
    /// Runs the row's check; the refusal, or nothing when the caller is welcome. Never throws.
    std::optional<Response> check(const SocketRoute &route, Request &request) const;
    /// Never throws.
    void give(const SocketRoute &route, Request request, net::Detached socket) const;

    void report(const Served &served) const;
    const Cors &cors() const { return m_cors; }

private:
    struct Gate;

    Response answer(Plan &plan, Request &request) const;
    std::optional<RateLimiter::Ticket> take(const Route &route, const Request &request) const;
    Response notFound(const Request &request) const;
    Response failed(const Request &request, const char *what) const;

    const RouteTable m_table;
    const Cors m_cors;
    const Hooks m_hooks;
    const HttpServer::Lanes m_lanes;
    const std::unique_ptr<RateLimiter> m_limiter; ///< null: nothing is limited
    const std::shared_ptr<Gate> m_gate; ///< outlives us in tasks that still wait on a lane
};

} // namespace server::http
