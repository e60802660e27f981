// Where accepted media sockets wait until it is known which call they belong to.
#pragma once

#include "server/bridge/bridge_ports.h"
#include "server/bridge/codec_ports.h"
#include "server/bridge/loop_gate.h"
#include "server/bridge/socket_leg.h"

#include <unordered_set>

namespace server::bridge {

/// Why it exists: anyone may open a socket, few have a call; the threads that carry calls see only
/// the latter. A socket has a while to say `start`. Its token is then redeemed; meanwhile nobody
/// reads from it, so that the caller's first words wait in the kernel. Lives on its loop's thread.
class MediaLobby
{
public:
    /// The socket, read up to and including `start`.
    /// Empty when the call is taken, else the reason why not; the socket is then still there.
    using OnCall =
        std::function<std::string(net::Detached &, const PhoneStart &, const CallPlan &)>;

    struct Ports
    {
        LegPark &park;
        CallLookup &lookup;
        const PhoneCodec &codec;
        OnCall onCall;
    };

    MediaLobby(Ports ports, base::Millis startTimeout);
    ~MediaLobby();

    void take(net::Detached socket, std::string scenario);
    /// Sends everyone away.
    void close();
    size_t size() const { return m_guests.size(); }

private:
    class Guest;
    void redeem(const std::shared_ptr<Guest> &guest);
    void onRedeemed(const std::shared_ptr<Guest> &guest, base::Result<CallPlan> plan);
    void turnAway(net::Detached socket, std::uint16_t code, const char *reason);
    void remove(const std::shared_ptr<Guest> &guest);

    /// Hears the sockets that are only waiting to be closed.
    class Nobody;

    Ports m_ports;
    const base::Millis m_startTimeout;
    std::unordered_set<std::shared_ptr<Guest>> m_guests;
    std::unique_ptr<Nobody> m_nobody;
    std::shared_ptr<LoopGate> m_gate; ///< through which answers reach us while we are there
};

} // namespace server::bridge
