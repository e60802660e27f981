// The service's front door: listens, guards, dispatches.
#pragma once

#include "server/http/route.h"
#include "server/net/acceptor.h"
#include "server/net/loop.h"
#include "shared/base/clock.h"
#include "shared/base/worker_pool.h"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace server::http {

/// What a stranger may cost us.
struct Limits
{
    size_t head = 16U << 10U;  ///< request line and fields together; more: 431
    size_t target = 8U << 10U; ///< more: 414
    size_t body = 1U << 20U;   ///< more: 413
    /// Unread answer bytes above which the next pipelined request waits.
    size_t pendingOutput = 64U << 10U;
    int connections = 10'000;
    int connectionsPerPeer = 256;     ///< more: 503
    base::Millis firstByte{3'000};    ///< of a new connection; longer: closed
    base::Millis headTime{5'000};     ///< from the first byte to the end of the head; longer: 408
    base::Millis requestTime{10'000}; ///< from the first byte to the end of the body; longer: 408
    base::Millis idle{15'000};        ///< between requests, or while answers are not read: closed
    base::Millis lingering{1'000};    ///< how long input is discarded after a refusal
    /// Addresses and networks ("10.0.0.0/8") of proxies: only theirs is the X-Forwarded-For that is
    /// believed, and the limit per peer is not for them.
    std::vector<std::string> trustedProxies;
    bool isRateLimiting = true; ///< false: what rows say in Route::limit is ignored
};

/// What every answer carries and who may read it (CORS).
struct Headers
{
    std::vector<std::string> allowedOrigins;
    std::vector<std::pair<std::string, std::string>> security; ///< name and value, on every answer
};

/// What happened to one request; for log and metrics.
struct Served
{
    const Route *route = nullptr;     ///< null when none matched
    const Request *request = nullptr; ///< null when it was refused before it could be read
    int status = 0;
    std::chrono::microseconds took{0};
};

/// The decisions that the owner makes for the server. Called on HTTP loops or lanes, by several
/// threads at once.
struct Hooks
{
    /// Fills in request.caller or refuses. Runs on the row's lane, before the handler, for every
    /// row that is not Public. A null function refuses all of these.
    std::function<base::Result<Caller>(const Request &, Access)> authenticate;
    /// Called once for each answered request, on any of the server's threads. Must not block.
    std::function<void(const Served &)> served;
    /// The time that rate limits go by; null: the steady clock. Must not block.
    std::function<base::SteadyTime()> now = nullptr;
};

/// Loops, connections and lanes. Constructed and destroyed on the thread that owns it; handlers run
/// on its lanes at any time between start() and stop().
class HttpServer
{
public:
    struct Lanes
    {
        base::WorkerPool &store;
        base::WorkerPool &slow;
    };

    HttpServer(RouteTable table, Limits limits, Headers headers, Hooks hooks, Lanes lanes);
    ~HttpServer();

    /// Listens on a numeric `host`; `loops` threads serve the connections.
    base::Result<void> start(const std::string &host, std::uint16_t port, int loops);
    std::uint16_t port() const;

    /// Stops accepting; answers under way are finished for at most `patience`, then everything is
    /// closed. Returns when no handler runs any more.
    void stop(base::Millis patience);

    int connectionCount() const;

private:
    class Private;
    std::unique_ptr<Private> m_private;
};

} // namespace server::http
