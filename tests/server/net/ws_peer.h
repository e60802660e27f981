// Our end of a WebSocket, on a loop of its own, for tests to talk to.
#pragma once

#include "server/net/acceptor.h"
#include "server/net/web_socket.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace test {

class WsPeer;

/// What happened to the WebSockets of a test. Any thread may look.
class Record
{
public:
    void add(std::string event);
    /// All events so far, joined by a space.
    std::string events() const;
    size_t count() const;

    /// Ends those peers that are still there. On their loop.
    void dropPeers();
    void addPeer(std::weak_ptr<WsPeer> peer);

private:
    mutable std::mutex m_mutex;
    std::vector<std::string> m_events;
    std::vector<std::weak_ptr<WsPeer>> m_peers;
};

/// Writes down what it hears; sends messages back when asked to. Lives on its socket's loop and
/// disposes of itself when the socket has closed.
class WsPeer final : public server::net::WebSocket::Handler,
                     public std::enable_shared_from_this<WsPeer>
{
public:
    WsPeer(std::shared_ptr<Record> record, bool echoes)
        : m_record(std::move(record)), m_echoes(echoes)
    {
    }

    void serve(server::net::Loop &loop, server::net::Detached socket,
               server::net::WebSocketLimits limits);
    void call(server::net::Loop &loop, server::net::Detached socket,
              server::net::TlsContext::Session tls, server::net::WebSocketLimits limits,
              const server::net::SocketUrl &url, const server::net::HeaderList &headers);
    /// After so many texts the socket moves to `loop`, where a new peer with the same record goes
    /// on.
    void moveAfter(int texts, server::net::Loop &loop);

    /// Hangs up without a word.
    void drop();
    server::net::WebSocket &socket() { return *m_socket; }

private:
    void onOpen() override;
    void onText(std::string_view message) override;
    void onBinary(std::string_view message) override;
    void onClosed(std::uint16_t code, std::string_view reason, int httpStatus) override;

    std::shared_ptr<Record> m_record;
    const bool m_echoes;
    std::unique_ptr<server::net::WebSocket> m_socket;
    std::shared_ptr<WsPeer> m_self;
    server::net::WebSocketLimits m_limits;
    int m_textsUntilMove = 0;
    server::net::Loop *m_nextLoop = nullptr;
};

/// Accepts WebSockets on a free port; each becomes an echoing peer.
class WsServer
{
public:
    explicit WsServer(server::net::WebSocketLimits limits = {}, int moveAfter = 0);
    ~WsServer();
    WsServer(const WsServer &) = delete;
    WsServer &operator=(const WsServer &) = delete;

    std::uint16_t port() const { return m_acceptor->port(); }
    server::net::LoopThread &thread() { return m_thread; }
    Record &record() { return *m_record; }
    /// The newest peer. Use on the loop only.
    std::shared_ptr<WsPeer> newest() { return m_newest.lock(); }
    int accepted() const { return m_accepted; }

private:
    void accept(server::net::UniqueFd fd);

    const server::net::WebSocketLimits m_limits;
    const int m_moveAfter;
    std::shared_ptr<Record> m_record = std::make_shared<Record>();
    std::weak_ptr<WsPeer> m_newest;
    std::atomic<int> m_accepted{0};
    server::net::LoopThread m_otherThread{"other"};
    server::net::LoopThread m_thread{"ws"};
    std::unique_ptr<server::net::Acceptor> m_acceptor;
};

/// A connection to that port of this machine, not blocking any more; invalid when there is none.
server::net::UniqueFd connectTo(std::uint16_t port);

} // namespace test
