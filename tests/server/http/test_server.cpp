#include "tests/server/http/test_server.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <poll.h>
#include <sys/socket.h>

namespace test {

using namespace server::http;

namespace {

Response echo(const Request &request)
{
    return Response::text(200, "text/plain", request.body);
}

Headers headers()
{
    return {{"https://app.example", "http://localhost:5173"},
            {{"X-Frame-Options", "DENY"}, {"Cache-Control", "no-store, max-age=0"}}};
}

} // namespace

TestServer::TestServer(Limits limits, int loops, size_t queueLimit)
    : m_store("store", 4, queueLimit), m_slow("slow", 1, queueLimit)
{
    Hooks hooks;
    hooks.authenticate = [](const Request &request, Access) -> base::Result<Caller> {
        const auto token = request.bearerToken();
        if (!token)
            return base::fail(base::Fault::Unauthenticated, QStringLiteral("Not authenticated"));
        if (*token == "throw")
            throw std::runtime_error("token");
        Caller caller;
        caller.id = 7;
        caller.name = QString::fromUtf8(token->data(), qsizetype(token->size()));
        return caller;
    };
    hooks.served = [this](const Served &served) {
        const std::lock_guard lock(m_mutex);
        m_statuses.push_back(served.status);
        if (served.request)
            m_lastPeer = served.request->peer;
    };
    m_server = std::make_unique<HttpServer>(table(), std::move(limits), headers(), std::move(hooks),
                                            HttpServer::Lanes{m_store, m_slow});
    if (!m_server->start("127.0.0.1", 0, loops))
        throw std::runtime_error("cannot listen");
}

TestServer::~TestServer()
{
    release();
    m_server.reset();
}

RouteTable TestServer::table()
{
    using enum Method;
    using enum Lane;
    const auto json = [](const Request &) {
        return Response::json(QJsonObject{{QStringLiteral("ok"), true}});
    };
    const auto item = [](const Request &request) {
        return Response::text(200, "text/plain", request.arguments[0].toUtf8());
    };
    std::vector<Route> routes{
        {Get, "/json", Access::Public, Inline, json},
        {Get, "/echo", Access::Public, Store, echo},
        {Post, "/echo", Access::Public, Inline, echo},
        {Post, "/echo-store", Access::Public, Store, echo},
        {Get, "/items/{id}", Access::Public, Inline, item},
        {Post, "/only-post", Access::Public, Inline, json},
        {Get, "/me", Access::User, Store,
         [](const Request &request) {
             return Response::text(200, "text/plain", request.caller.name.toUtf8());
         }},
        {Get, "/slow", Access::Public, Store, [this](const Request &) { return slow(); }},
        {Get, "/throws", Access::Public, Inline,
         [](const Request &) -> Response { throw std::runtime_error("secret"); }},
        {Get, "/throws-int", Access::Public, Inline, [](const Request &) -> Response { throw 1; }},
        {Get, "/throws-store", Access::Public, Store, [](const Request &) -> Response { throw 1; }},
        {Get, "/big", Access::Public, Inline,
         [body = QByteArray(8 << 20, 'x')](const Request &) {
             return Response::text(200, "text/plain", body);
         }},
        {Get, "/injected", Access::Public, Inline,
         [](const Request &request) {
             return Response::noContent().with(
                 "X-Echo", request.queryValue(u"v").value_or(QString()).toStdString());
         }},
        {Get, "/cached", Access::Public, Inline,
         [json](const Request &request) {
             return json(request).with("cache-control", "max-age=60");
         }},
    };
    const auto socket = [this](const char *pattern, Lane lane, auto check) {
        SocketRoute row;
        row.pattern = pattern;
        row.access = Access::Public;
        row.lane = lane;
        row.check = check;
        row.take = [this](const Request &request, server::net::Detached accepted) {
            keep(request, std::move(accepted));
        };
        return row;
    };
    const auto welcome = [](const Request &) -> base::Result<Caller> {
        Caller caller;
        caller.name = QStringLiteral("guest");
        return caller;
    };
    const auto forbid = [](const Request &) -> base::Result<Caller> {
        return base::fail(base::Fault::Forbidden, QStringLiteral("Not for you"));
    };
    const auto throwing = [](const Request &) -> base::Result<Caller> { throw 1; };
    const auto wait = [this, welcome](const Request &request) {
        slow();
        return welcome(request);
    };
    return {std::move(routes),
            {socket("/socket", Inline, welcome), socket("/stored-socket", Store, welcome),
             socket("/slow-socket", Store, wait), socket("/forbidden-socket", Inline, forbid),
             socket("/forbidden-stored-socket", Store, forbid),
             socket("/throwing-socket", Inline, throwing),
             socket("/throwing-stored-socket", Store, throwing)}};
}

Response TestServer::slow()
{
    std::unique_lock lock(m_mutex);
    ++m_waiting;
    m_changed.wait(lock, [this] { return m_isReleased; });
    ++m_slowDone;
    return Response::text(200, "text/plain", "slow");
}

void TestServer::release()
{
    const std::lock_guard lock(m_mutex);
    m_isReleased = true;
    m_changed.notify_all();
}

int TestServer::servedWith(int status) const
{
    const std::lock_guard lock(m_mutex);
    return int(std::ranges::count(m_statuses, status));
}

std::string TestServer::lastPeer() const
{
    const std::lock_guard lock(m_mutex);
    return m_lastPeer;
}

void TestServer::keep(const Request &request, server::net::Detached socket)
{
    const std::lock_guard lock(m_mutex);
    if (request.caller.name != QStringLiteral("guest"))
        return; // the caller that the check found is missing
    m_sockets.push_back(std::move(socket));
    m_changed.notify_all();
}

std::string TestServer::socketBytes(size_t count)
{
    std::unique_lock lock(m_mutex);
    if (!m_changed.wait_for(lock, std::chrono::seconds(10), [this] { return !m_sockets.empty(); }))
        return "no socket";
    server::net::Detached &socket = m_sockets.back();
    std::string bytes = socket.unread;
    while (bytes.size() < count) {
        pollfd wanted{socket.fd.get(), POLLIN, 0};
        std::array<char, 1024> buffer{};
        if (::poll(&wanted, 1, 10'000) <= 0)
            break;
        const ssize_t got = ::recv(socket.fd.get(), buffer.data(), buffer.size(), 0);
        if (got <= 0)
            break;
        bytes.append(buffer.data(), size_t(got));
    }
    return bytes;
}

} // namespace test
