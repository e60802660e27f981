// One row of the API, and what can be done with the table of all rows.
#pragma once

#include "server/http/request.h"
#include "server/http/response.h"
#include "server/net/stream.h"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace server::http {

/// Who may call a route. The check itself is a function given to the server.
enum class Access {
    Public, ///< anybody
    User,   ///< a valid bearer token
    Staff,  ///< a bearer token of somebody with a staff role; the handler checks which right
    Signed  ///< a request signed by a vendor; the handler's own check follows
};

/// Where a handler runs.
enum class Lane {
    Inline, ///< on the connection's own loop: no I/O of any kind, microseconds
    Store,  ///< short SQL
    Slow    ///< password hashing, files, requests to vendors
};

/// How often one caller may use a route (rate_limiter.h says how it is counted).
struct RateLimit
{
    int count;                   ///< at least 1
    std::chrono::seconds window; ///< at least 1 s, at most a day
};

constexpr RateLimit perMinute(int count)
{
    return {count, std::chrono::minutes(1)};
}

using Handler = std::function<Response(const Request &)>;

struct Route
{
    Method method;
    std::string pattern; ///< "/calls/{id}": a parameter is one whole segment, never empty
    Access access;
    Lane lane;
    Handler handler;
    std::optional<RateLimit> limit = std::nullopt; ///< none: as often as they like
};

/// A WebSocket route. `check` decides before anything is accepted, on its lane; `take` gets the
/// accepted socket, the 101 already sent, on the HTTP loop's thread, and moves it to wherever it
/// shall live.
struct SocketRoute
{
    std::string pattern;
    Access access;            ///< Public or Signed; others are told by `check`
    Lane lane = Lane::Inline; ///< where `check` runs; it may look things up on Store
    /// The caller it returns stands in the request that `take` gets.
    std::function<base::Result<Caller>(const Request &)> check;
    std::function<void(Request, net::Detached)>
        take; ///< unread: what the peer sent behind its handshake
};

/// Finds the row for a path. Pure; built once, read by all threads.
class RouteTable
{
public:
    /// REQUIRES: no two rows with the same method and pattern.
    RouteTable(std::vector<Route> routes, std::vector<SocketRoute> sockets);

    struct Match
    {
        const Route *route = nullptr;
        const SocketRoute *socket = nullptr;
        std::vector<QString> arguments;
        std::string allow; ///< when the path exists but not for this method: the value of Allow
        bool isBadPath = false; ///< percent-encoding that does not decode to UTF-8, or a NUL
    };
    /// Static segments win over parameters. HEAD matches GET rows. A trailing slash matters.
    Match match(Method method, std::string_view path) const;
    Match matchSocket(std::string_view path) const;

    const std::vector<Route> &routes() const { return m_routes; }
    const std::vector<SocketRoute> &sockets() const { return m_sockets; }

private:
    struct Node
    {
        std::map<std::string, Node, std::less<>> children;
        std::vector<Node> parameter; ///< none or one
        std::vector<size_t> routes;  ///< rows that end here
        std::optional<size_t> socket;
    };
    using Segments = std::span<const std::string_view>;
    Node &nodeFor(std::string_view pattern);
    /// The node with rows for these segments; `arguments` gets those that parameters took.
    static const Node *find(const Node &node, Segments rest,
                            std::vector<std::string_view> &arguments);
    const Node *lookUp(std::string_view path, Match &match) const;

    std::vector<Route> m_routes;
    std::vector<SocketRoute> m_sockets;
    Node m_root;
};

} // namespace server::http
