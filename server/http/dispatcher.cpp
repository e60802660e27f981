#include "server/http/dispatcher.h"

#include "server/http/answer_writer.h"
#include "server/net/ws_handshake.h"
#include "shared/base/log.h"

#include <exception>

namespace server::http {

namespace {

constexpr const char *kAllMethods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

QString toQString(std::string_view text)
{
    return QString::fromUtf8(text.data(), qsizetype(text.size()));
}

Response noContentAllowing(std::string allow)
{
    return Response::noContent().with("Allow", std::move(allow));
}

Response upgradeRequired()
{
    return refusal(426).with("Upgrade", "websocket").with("Sec-WebSocket-Version", "13");
}

Response overLimit(const RateLimiter::Ticket &ticket)
{
    return rateLimitProblem(toText(ticket.limit), ticket.untilEnd);
}

void logCause(const Request &request, const Response &response)
{
    if (response.cause.isEmpty())
        return;
    base::log::warning("http.failed", {{QStringLiteral("request"), toQString(request.id)},
                                       {QStringLiteral("path"), toQString(request.path)},
                                       {QStringLiteral("status"), response.status},
                                       {QStringLiteral("cause"), response.cause}});
}

} // namespace

/// Counts the tasks that run, so that close() can wait for them.
struct Dispatcher::Gate
{
    std::mutex mutex;
    std::condition_variable idle;
    bool isClosed = false;
    int running = 0;

    bool enter()
    {
        const std::lock_guard lock(mutex);
        running += isClosed ? 0 : 1;
        return !isClosed;
    }
    void leave()
    {
        const std::lock_guard lock(mutex);
        if (--running == 0)
            idle.notify_all();
    }
};

Dispatcher::Dispatcher(RouteTable table, const Limits &limits, const Headers &headers, Hooks hooks,
                       HttpServer::Lanes lanes)
    : m_table(std::move(table)),
      m_cors(headers.allowedOrigins),
      m_hooks(std::move(hooks)),
      m_lanes(lanes),
      m_limiter(limits.isRateLimiting ? std::make_unique<RateLimiter>(m_hooks.now) : nullptr),
      m_gate(std::make_shared<Gate>())
{
}

Dispatcher::Plan Dispatcher::plan(Request &request) const
{
    if (auto answer = m_cors.preflight(request))
        return {nullptr, std::move(answer)};
    if (request.target == "*")
        return {nullptr, noContentAllowing(kAllMethods)};
    RouteTable::Match match = m_table.match(request.method, request.path);
    request.arguments = std::move(match.arguments);
    if (match.route) {
        Plan plan{match.route};
        if (match.route->access == Access::Public)
            plan.ticket = take(*match.route, request);
        if (plan.ticket && !plan.ticket->isAllowed)
            plan.answer = settle(plan, overLimit(*plan.ticket));
        return plan;
    }
    if (match.isBadPath)
        return {nullptr, refusal(400)};
    if (match.allow.empty())
        return {nullptr, notFound(request)};
    if (request.method == Method::Options)
        return {nullptr, noContentAllowing(match.allow + ", OPTIONS")};
    const bool isGet = request.method == Method::Get || request.method == Method::Head;
    if (match.socket && isGet)
        return {nullptr, upgradeRequired()};
    return {nullptr, refusal(405).with("Allow", match.allow)};
}

Response Dispatcher::notFound(const Request &request) const
{
    // The same path with or without its last slash is sent on to the one that exists.
    std::string other = request.path;
    if (other.size() > 1 && other.back() == '/')
        other.pop_back();
    else
        other += '/';
    if (!m_table.match(request.method, other).route)
        return refusal(404);
    if (!request.query.empty())
        other += '?' + request.query;
    return Response::text(307, {}, {}).with("Location", std::move(other));
}

std::optional<RateLimiter::Ticket> Dispatcher::take(const Route &route,
                                                    const Request &request) const
{
    if (!m_limiter || !route.limit)
        return std::nullopt;
    const auto row = size_t(&route - m_table.routes().data());
    return m_limiter->take(RateLimiter::keyOf(row, request), *route.limit);
}

Response Dispatcher::settle(Plan plan, Response response) const
{
    if (!m_limiter || !plan.route->limit)
        return response;
    response.headers.emplace_back("RateLimit-Policy", policyField(*plan.route->limit));
    if (!plan.ticket)
        return response; // refused before it was known whom to count it for
    if (response.isUncounted || response.status == 422)
        m_limiter->giveBack(*plan.ticket);
    response.headers.emplace_back("RateLimit", stateField(*plan.ticket));
    return response;
}

Response Dispatcher::run(Plan plan, Request &request) const
{
    Response response = answer(plan, request);
    return settle(std::move(plan), std::move(response));
}

Response Dispatcher::answer(Plan &plan, Request &request) const
{
    const Route &route = *plan.route;
    const char *what = nullptr;
    std::string text;
    try {
        if (route.access != Access::Public) {
            auto caller = m_hooks.authenticate ? m_hooks.authenticate(request, route.access)
                                               : base::fail(base::Fault::Unauthenticated,
                                                            QStringLiteral("Not authenticated"));
            if (!caller) {
                Response refused = Response::problem(caller.error());
                logCause(request, refused);
                return refused;
            }
            request.caller = std::move(*caller);
        }
        if (!plan.ticket)
            plan.ticket = take(route, request);
        if (plan.ticket && !plan.ticket->isAllowed)
            return overLimit(*plan.ticket);
        Response response = route.handler(request);
        logCause(request, response);
        return response;
    } catch (const std::exception &error) {
        text = error.what();
        what = text.c_str();
    } catch (...) {
        what = "something that is no std::exception was thrown";
    }
    return failed(request, what);
}

Response Dispatcher::failed(const Request &request, const char *what) const
{
    Response response =
        Response::problem(base::Error{base::Fault::Internal, QString::fromUtf8(what), {}});
    logCause(request, response);
    return response;
}

bool Dispatcher::submit(Lane lane, std::function<void()> task)
{
    base::WorkerPool &pool = lane == Lane::Store ? m_lanes.store : m_lanes.slow;
    return pool.submit([gate = m_gate, task = std::move(task)] {
        if (!gate->enter())
            return;
        task();
        gate->leave();
    });
}

void Dispatcher::close()
{
    std::unique_lock lock(m_gate->mutex);
    m_gate->isClosed = true;
    m_gate->idle.wait(lock, [this] { return m_gate->running == 0; });
}

Dispatcher::SocketPlan Dispatcher::planSocket(Request &request, bool hasBody) const
{
    RouteTable::Match match = m_table.matchSocket(request.path);
    if (!match.socket)
        return {};
    request.arguments = std::move(match.arguments);
    const auto count = [&](std::string_view name) {
        return std::ranges::count(request.headers, name, &Request::Header::first);
    };
    if (hasBody)
        return {nullptr, refusal(400)};
    if (count("sec-websocket-version") != 1 || request.header("sec-websocket-version") != "13")
        return {nullptr, upgradeRequired()};
    if (count("sec-websocket-key") != 1
        || !net::isWebSocketKey(*request.header("sec-websocket-key")))
        return {nullptr, refusal(400)};
    return {match.socket, std::nullopt};
}

std::optional<Response> Dispatcher::check(const SocketRoute &route, Request &request) const
{
    try {
        auto caller = route.check(request);
        if (caller) {
            request.caller = std::move(*caller);
            return std::nullopt;
        }
        Response refused = Response::problem(caller.error());
        logCause(request, refused);
        return refused;
    } catch (const std::exception &error) {
        return failed(request, error.what());
    } catch (...) {
        return failed(request, "something that is no std::exception was thrown");
    }
}

void Dispatcher::give(const SocketRoute &route, Request request, net::Detached socket) const
{
    const std::string id = request.id;
    try {
        route.take(std::move(request), std::move(socket));
    } catch (...) {
        base::log::error("http.socket.failed",
                         {{QStringLiteral("request"), toQString(id)},
                          {QStringLiteral("route"), toQString(route.pattern)}});
    }
}

void Dispatcher::report(const Served &served) const
{
    if (!m_hooks.served)
        return;
    try {
        m_hooks.served(served);
    } catch (...) {
        base::log::error("http.served.failed");
    }
}

} // namespace server::http
