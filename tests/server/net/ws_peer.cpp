#include "tests/server/net/ws_peer.h"

#include <array>

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

namespace test {

using namespace server::net;

void Record::add(std::string event)
{
    const std::lock_guard lock(m_mutex);
    m_events.push_back(std::move(event));
}

std::string Record::events() const
{
    const std::lock_guard lock(m_mutex);
    std::string all;
    for (const std::string &event : m_events)
        all += (all.empty() ? "" : " ") + event;
    return all;
}

size_t Record::count() const
{
    const std::lock_guard lock(m_mutex);
    return m_events.size();
}

void Record::addPeer(std::weak_ptr<WsPeer> peer)
{
    const std::lock_guard lock(m_mutex);
    m_peers.push_back(std::move(peer));
}

void Record::dropPeers()
{
    const std::lock_guard lock(m_mutex);
    for (const auto &peer : m_peers) {
        if (const auto one = peer.lock())
            one->drop();
    }
}

void WsPeer::serve(Loop &loop, Detached socket, WebSocketLimits limits)
{
    m_self = shared_from_this();
    m_record->addPeer(m_self);
    m_limits = limits;
    m_socket = std::make_unique<WebSocket>(loop, std::move(socket), *this, limits);
}

void WsPeer::call(Loop &loop, Detached socket, TlsContext::Session tls, WebSocketLimits limits,
                  const SocketUrl &url, const HeaderList &headers)
{
    m_self = shared_from_this();
    m_record->addPeer(m_self);
    m_limits = limits;
    m_socket = std::make_unique<WebSocket>(loop, std::move(socket), std::move(tls), *this, limits,
                                           url, headers);
}

void WsPeer::moveAfter(int texts, Loop &loop)
{
    m_textsUntilMove = texts;
    m_nextLoop = &loop;
}

void WsPeer::drop()
{
    if (m_self)
        m_socket->loop().disposeLater(std::move(m_self));
}

void WsPeer::onOpen()
{
    m_record->add("open");
}

void WsPeer::onText(std::string_view message)
{
    if (message.size() <= 40)
        m_record->add("text:" + std::string(message));
    else
        m_record->add("text#" + std::to_string(message.size()));
    if (m_echoes)
        m_socket->sendText(message);
    if (m_nextLoop && --m_textsUntilMove == 0) {
        auto detached = std::make_shared<Detached>(m_socket->detach());
        m_socket->loop().disposeLater(std::move(m_self));
        m_nextLoop->post([next = std::make_shared<WsPeer>(m_record, m_echoes), loop = m_nextLoop,
                          limits = m_limits,
                          detached] { next->serve(*loop, std::move(*detached), limits); });
    }
}

void WsPeer::onBinary(std::string_view message)
{
    m_record->add("binary#" + std::to_string(message.size()));
    if (m_echoes)
        m_socket->sendBinary(message);
}

void WsPeer::onClosed(std::uint16_t code, std::string_view reason, int httpStatus)
{
    m_record->add("closed:" + std::to_string(code) + ':' + std::string(reason) + ':'
                  + std::to_string(httpStatus));
    m_socket->loop().disposeLater(std::move(m_self));
}

WsServer::WsServer(WebSocketLimits limits, int moveAfter) : m_limits(limits), m_moveAfter(moveAfter)
{
    m_thread.runAndWait([this] {
        m_acceptor = std::move(
            *Acceptor::listen(m_thread.loop(), "127.0.0.1", 0,
                              [this](UniqueFd fd, const std::string &) { accept(std::move(fd)); }));
    });
}

WsServer::~WsServer()
{
    m_thread.runAndWait([this] {
        m_acceptor.reset();
        m_record->dropPeers();
    });
}

void WsServer::accept(UniqueFd fd)
{
    // The handshake of a test may block for a moment.
    std::string head;
    size_t end = std::string::npos;
    while ((end = head.find("\r\n\r\n")) == std::string::npos) {
        pollfd wanted{fd.get(), POLLIN, 0};
        std::array<char, 4096> bytes{};
        if (::poll(&wanted, 1, 5000) <= 0)
            return;
        const ssize_t got = ::recv(fd.get(), bytes.data(), bytes.size(), 0);
        if (got <= 0)
            return;
        head.append(bytes.data(), size_t(got));
    }
    const size_t at = head.find("Sec-WebSocket-Key: ");
    if (at == std::string::npos)
        return;
    const std::string answer = acceptAnswer(head.substr(at + 19, 24));
    ++m_accepted;
    const auto peer = std::make_shared<WsPeer>(m_record, true);
    m_newest = peer;
    if (m_moveAfter > 0)
        peer->moveAfter(m_moveAfter, m_otherThread.loop());
    // The answer travels as output that has not been sent, the rest as input that has been read.
    peer->serve(m_thread.loop(), Detached{std::move(fd), head.substr(end + 4), answer}, m_limits);
}

server::net::UniqueFd connectTo(std::uint16_t port)
{
    server::net::UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
        return {};
    ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) | O_NONBLOCK);
    return fd;
}

} // namespace test
