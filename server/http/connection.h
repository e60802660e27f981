// One HTTP/1.1 connection.
#pragma once

#include "server/http/http_loop.h"
#include "server/http/request_reader.h"
#include "server/net/stream.h"

namespace server::http {

/// Reads requests one at a time, has them answered, writes the answers in order.
/// Owned by its loop's table, lives on that loop's thread; handlers on lanes know it by id only.
class Connection final : private net::Stream::Handler
{
public:
    Connection(HttpLoop &owner, std::uint64_t id, net::UniqueFd fd, std::string peer);

    /// Answers with that status and hangs up: what follows cannot be understood or is not wanted.
    void refuse(int status);
    /// The answer to the request under way.
    void onAnswer(const Response &response);
    /// What the check of a socket's row said about the upgrade under way.
    void onVerdict(const SocketRoute &route, const std::optional<Response> &refused);
    /// Looks whether a deadline has passed.
    void sweep();
    /// Closes when idle, else after the answer under way.
    void finish();

private:
    enum class State {
        Head, ///< between requests, or in the middle of a head
        Body,
        Busy,      ///< a handler is at work
        Lingering, ///< everything is said; input is discarded until the peer hangs up
        Gone
    };

    void onInput() override;
    void onDrained() override;
    bool onEnd() override;
    void onGone() override;

    void pump();
    bool step();
    void onHead();
    void dispatch();
    bool tryUpgrade();
    void prepare(Request &request);
    void send(const Response &response, bool keep);
    void refuseWith(const Response &response);
    void linger();
    void close();
    bool isHeld() const { return m_stream.pendingOutput() > m_limits.pendingOutput; }
    bool hasStarted() const { return m_started != base::SteadyTime(); }
    void report(int status);

    HttpLoop &m_owner;
    const Limits &m_limits;
    const std::uint64_t m_id;
    const std::string m_peer;
    State m_state = State::Head;
    net::Stream m_stream;
    RequestReader m_reader;
    std::shared_ptr<Request> m_request; ///< the one being answered
    const Route *m_route = nullptr;
    bool m_isPumping = false;
    bool m_hasPeerEnded = false; ///< the peer sends nothing more, but may be reading
    base::SteadyTime m_started;  ///< first byte of the request under way; zero between requests
    base::SteadyTime m_deadline;
    base::SteadyTime m_stall; ///< when output that does not move is given up
    size_t m_lastPending = 0;
};

} // namespace server::http
