// A small service behind the real front door, for tests to knock at.
#pragma once

#include "server/http/http_server.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

namespace test {

/// Routes: GET /json; GET,POST /echo (body, or path argument); GET /items/{id}; GET /me (User); GET
/// /slow (waits until release()); GET /throws, /throws-int (Inline), /throws-store; GET /big (8
/// MB); POST /only-post; sockets /socket and /forbidden-socket.
class TestServer
{
public:
    explicit TestServer(server::http::Limits limits = {}, int loops = 1, size_t queueLimit = 256);
    ~TestServer();
    TestServer(const TestServer &) = delete;
    TestServer &operator=(const TestServer &) = delete;

    std::uint16_t port() const { return m_server->port(); }
    server::http::HttpServer &server() { return *m_server; }

    /// Handlers of /slow that have begun to wait.
    int waiting() const { return m_waiting; }
    /// Lets all waiting and coming handlers of /slow go on.
    void release();
    int slowDone() const { return m_slowDone; }
    int servedWith(int status) const;
    std::string lastPeer() const;
    /// Bytes that came with or after the handshake of /socket.
    std::string socketBytes(size_t count);

private:
    server::http::Response slow();
    server::http::RouteTable table();
    void keep(const server::http::Request &request, server::net::Detached socket);

    base::WorkerPool m_store;
    base::WorkerPool m_slow;
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_isReleased = false;
    std::atomic<int> m_waiting{0};
    std::atomic<int> m_slowDone{0};
    std::vector<int> m_statuses;
    std::string m_lastPeer;
    std::vector<server::net::Detached> m_sockets;
    std::unique_ptr<server::http::HttpServer> m_server;
};

} // namespace test
