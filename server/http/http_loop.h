// One thread of the server with its connections.
#pragma once

#include "server/http/answer_writer.h"
#include "server/http/dispatcher.h"
#include "server/http/peers.h"
#include "server/net/loop.h"

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

namespace server::http {

class Connection;

/// What all loops of a server share; outlives them.
struct Shared
{
    const Limits limits;
    const Headers headers;
    AddressSet trusted;
    Admission admission;
    Dispatcher dispatcher;
    std::atomic<bool> isStopping{false};

    Shared(RouteTable table, Limits l, Headers h, Hooks hooks, HttpServer::Lanes lanes)
        : limits(std::move(l)),
          headers(std::move(h)),
          trusted(limits.trustedProxies),
          admission(limits.connections, limits.connectionsPerPeer, trusted),
          dispatcher(std::move(table), limits, headers, std::move(hooks), lanes)
    {
    }
};

/// Owns connections by id: whoever comes late with an answer finds its connection, or finds it
/// gone. Made and destroyed on the owner's thread; everything else happens on its own, except where
/// said.
class HttpLoop
{
public:
    HttpLoop(Shared &shared, int index);
    ~HttpLoop();

    /// Any thread. `ticket` is the peer's admission; without one the connection is told that there
    /// are too many.
    void adopt(net::UniqueFd fd, std::string peer, std::optional<std::string> ticket);
    /// Any thread: runs `task` soon on the connection of that id, if it still exists.
    void tell(std::uint64_t connection, std::function<void(Connection &)> task);

    /// Any thread: closes what is idle, lets the others finish.
    void finish();
    /// Not from the own thread: closes all connections and ends the thread.
    void stop();

    void remove(std::uint64_t connection);
    std::string makeRequestId();
    net::Loop &loop() { return m_thread.loop(); }
    net::LoopThread &thread() { return m_thread; }
    Shared &shared() { return m_shared; }
    AnswerWriter &writer() { return m_writer; }

private:
    struct Entry
    {
        std::shared_ptr<Connection> connection;
        std::optional<std::string> ticket;
    };

    void take(net::UniqueFd fd, std::string peer, std::optional<std::string> ticket);
    void armSweep();
    void sweep();

    Shared &m_shared;
    AnswerWriter m_writer;
    std::unordered_map<std::uint64_t, Entry> m_connections;
    std::vector<std::shared_ptr<Connection>> m_visited; ///< reused by each sweep
    std::uint64_t m_lastId = 0;
    int m_refused = 0; ///< connections without a ticket
    net::Loop::TimerId m_sweep = 0;
    net::LoopThread m_thread; ///< last: it runs while the others exist
};

} // namespace server::http
