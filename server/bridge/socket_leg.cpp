#include "server/bridge/socket_leg.h"

namespace server::bridge {

void SocketLeg::leave(std::uint16_t code, std::string_view reason)
{
    m_owner = nullptr;
    m_socket->close(code, reason);
}

net::Detached SocketLeg::detach()
{
    m_owner = nullptr;
    net::Detached socket = m_socket->detach();
    m_park.release(shared_from_this());
    return socket;
}

void SocketLeg::onOpen()
{
    if (m_owner)
        m_owner->onLegOpen();
}

void SocketLeg::onText(std::string_view message)
{
    if (m_owner)
        m_owner->onLegText(message);
}

void SocketLeg::onBinary(std::string_view)
{
    if (m_owner)
        m_owner->onLegBinary();
}

void SocketLeg::onClosed(std::uint16_t code, std::string_view reason, int httpStatus)
{
    m_park.release(shared_from_this());
    if (Owner *owner = std::exchange(m_owner, nullptr))
        owner->onLegClosed(code, std::string(reason), httpStatus);
}

std::shared_ptr<SocketLeg> LegPark::accept(net::Detached socket, SocketLeg::Owner &owner,
                                           net::WebSocketLimits limits)
{
    auto leg = std::make_shared<SocketLeg>(*this, owner);
    net::WebSocket::Handler &handler = *leg;
    leg->m_socket = std::make_unique<net::WebSocket>(m_loop, std::move(socket), handler, limits);
    m_legs.insert(leg);
    return leg;
}

std::shared_ptr<SocketLeg> LegPark::connect(net::Detached socket, net::TlsContext::Session tls,
                                            SocketLeg::Owner &owner, net::WebSocketLimits limits,
                                            const net::SocketUrl &url,
                                            const net::HeaderList &headers)
{
    auto leg = std::make_shared<SocketLeg>(*this, owner);
    net::WebSocket::Handler &handler = *leg;
    leg->m_socket = std::make_unique<net::WebSocket>(m_loop, std::move(socket), std::move(tls),
                                                     handler, limits, url, headers);
    m_legs.insert(leg);
    return leg;
}

void LegPark::release(const std::shared_ptr<SocketLeg> &leg)
{
    // We may be within one of its handlers.
    m_loop.disposeLater(leg);
    m_legs.erase(leg);
}

} // namespace server::bridge
