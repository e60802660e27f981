// One side of a call: a WebSocket that can be let go at any moment.
#pragma once

#include "server/net/web_socket.h"

#include <memory>
#include <unordered_set>

namespace server::bridge {

class LegPark;

/// Why it exists: a call may end from within any handler, while the closing handshake takes its
/// time and must not keep the call alive. Lives on its loop's thread; made by LegPark, which holds
/// it until its socket is closed.
class SocketLeg final : public std::enable_shared_from_this<SocketLeg>,
                        private net::WebSocket::Handler
{
public:
    class Owner
    {
    public:
        virtual ~Owner() = default;
        virtual void onLegOpen() {}
        virtual void onLegText(std::string_view message) = 0;
        virtual void onLegBinary() = 0;
        virtual void onLegClosed(std::uint16_t code, const std::string &reason, int httpStatus) = 0;
    };

    /// Public for make_shared; use LegPark.
    SocketLeg(LegPark &park, Owner &owner) : m_park(park), m_owner(&owner) {}

    bool sendText(std::string_view message) { return m_socket->sendText(message); }
    size_t pendingBytes() const { return m_socket->pendingBytes(); }

    /// Closes it; the owner hears nothing more. The owner's pointer may go at once.
    void leave(std::uint16_t code, std::string_view reason = {});
    /// Gives the socket away; the owner hears nothing more.
    net::Detached detach();

private:
    friend class LegPark;

    void onOpen() override;
    void onText(std::string_view message) override;
    void onBinary(std::string_view message) override;
    void onClosed(std::uint16_t code, std::string_view reason, int httpStatus) override;

    LegPark &m_park;
    Owner *m_owner;
    std::unique_ptr<net::WebSocket> m_socket;
};

/// Holds the legs of one loop. Must outlive them.
class LegPark
{
public:
    explicit LegPark(net::Loop &loop) : m_loop(loop) {}

    std::shared_ptr<SocketLeg> accept(net::Detached socket, SocketLeg::Owner &owner,
                                      net::WebSocketLimits limits);
    std::shared_ptr<SocketLeg> connect(net::Detached socket, net::TlsContext::Session tls,
                                       SocketLeg::Owner &owner, net::WebSocketLimits limits,
                                       const net::SocketUrl &url, const net::HeaderList &headers);

    net::Loop &loop() { return m_loop; }
    size_t size() const { return m_legs.size(); }

private:
    friend class SocketLeg;
    void release(const std::shared_ptr<SocketLeg> &leg);

    net::Loop &m_loop;
    std::unordered_set<std::shared_ptr<SocketLeg>> m_legs;
};

} // namespace server::bridge
