#include "server/bridge/media_lobby.h"

#include "shared/base/log.h"

namespace server::bridge {

namespace {

/// `connected` and `start` are all that is to come; a few more are forgiven.
constexpr int kMostMessages = 50;
/// As long as the database may take; then nobody would wait on the line any more.
constexpr base::Millis kLookupTimeout{15'000};

net::WebSocketLimits lobbyLimits()
{
    net::WebSocketLimits result;
    result.maxMessage = 256U << 10U;
    return result;
}

} // namespace

class MediaLobby::Nobody final : public SocketLeg::Owner
{
public:
    void onLegText(std::string_view) override {}
    void onLegBinary() override {}
    void onLegClosed(std::uint16_t, const std::string &, int) override {}
};

/// One waiting socket.
class MediaLobby::Guest final : public std::enable_shared_from_this<Guest>, private SocketLeg::Owner
{
public:
    Guest(MediaLobby &lobby, std::string scenario) : m_lobby(lobby), m_scenario(std::move(scenario))
    {
    }
    ~Guest() override { stopTimer(); }

    void begin(net::Detached socket, base::Millis timeout)
    {
        m_leg = m_lobby.m_ports.park.accept(std::move(socket), *this, lobbyLimits());
        startTimer(timeout, "no start in time");
    }

    void leave(std::uint16_t code, const char *reason)
    {
        const auto keep = shared_from_this();
        stopTimer();
        if (const auto leg = std::exchange(m_leg, nullptr))
            leg->leave(code, reason);
        else if (m_socket.fd)
            m_lobby.turnAway(std::move(m_socket), code, reason);
        m_lobby.remove(keep);
    }

    void startTimer(base::Millis timeout, const char *reason)
    {
        stopTimer();
        m_timer = m_lobby.m_ports.park.loop().startTimer(timeout, [this, reason] {
            m_timer = 0;
            leave(net::close_code::kPolicy, reason);
        });
    }
    void stopTimer() { m_lobby.m_ports.park.loop().cancelTimer(m_timer); }

    const std::string &scenario() const { return m_scenario; }
    PhoneStart &start() { return m_start; }
    net::Detached takeSocket() { return std::move(m_socket); }

private:
    void onLegText(std::string_view message) override
    {
        const PhoneEvent event = m_lobby.m_ports.codec.read(message, m_spare);
        if (const auto *start = std::get_if<PhoneStart>(&event)) {
            if (!start->isMulaw)
                return leave(net::close_code::kUnsupported,
                             "only mono mu-law at 8 kHz is spoken here");
            m_start = *start;
            m_socket = std::exchange(m_leg, nullptr)->detach();
            return m_lobby.redeem(shared_from_this());
        }
        if (++m_messages > kMostMessages)
            leave(net::close_code::kPolicy, "start expected");
    }
    void onLegBinary() override { leave(net::close_code::kUnsupported, "text expected"); }
    void onLegClosed(std::uint16_t, const std::string &, int) override
    {
        m_leg.reset();
        leave(0, "");
    }

    MediaLobby &m_lobby;
    const std::string m_scenario;
    std::shared_ptr<SocketLeg> m_leg;
    net::Detached m_socket; ///< while its token is being redeemed
    PhoneStart m_start;
    std::string m_spare;
    int m_messages = 0;
    net::Loop::TimerId m_timer = 0;
};

MediaLobby::MediaLobby(Ports ports, base::Millis startTimeout)
    : m_ports(std::move(ports)),
      m_startTimeout(startTimeout),
      m_nobody(std::make_unique<Nobody>()),
      m_gate(std::make_shared<LoopGate>(m_ports.park.loop()))
{
}

MediaLobby::~MediaLobby()
{
    m_gate->close();
}

void MediaLobby::take(net::Detached socket, std::string scenario)
{
    const auto guest = std::make_shared<Guest>(*this, std::move(scenario));
    m_guests.insert(guest);
    guest->begin(std::move(socket), m_startTimeout);
}

void MediaLobby::redeem(const std::shared_ptr<Guest> &guest)
{
    guest->startTimer(kLookupTimeout, "try again");
    const PhoneStart &start = guest->start();
    m_ports.lookup.redeem(
        start.token, start.callSid, guest->scenario(),
        [this, gate = m_gate, weak = std::weak_ptr(guest)](base::Result<CallPlan> plan) {
            gate->post([this, weak, plan = std::move(plan)] {
                if (const auto waiting = weak.lock())
                    onRedeemed(waiting, plan);
            });
        });
}

void MediaLobby::onRedeemed(const std::shared_ptr<Guest> &guest, base::Result<CallPlan> plan)
{
    if (!m_guests.contains(guest))
        return;
    net::Detached socket = guest->takeSocket();
    const std::string refusal =
        plan ? m_ports.onCall(socket, guest->start(), *plan) : plan.error().message.toStdString();
    guest->stopTimer();
    remove(guest);
    if (refusal.empty())
        return;
    base::log::warning("media.refused", {{QStringLiteral("call_sid"),
                                          QString::fromStdString(guest->start().callSid)},
                                         {QStringLiteral("why"), QString::fromStdString(refusal)}});
    turnAway(std::move(socket), net::close_code::kPolicy, "not authorized");
}

void MediaLobby::turnAway(net::Detached socket, std::uint16_t code, const char *reason)
{
    m_ports.park.accept(std::move(socket), *m_nobody, lobbyLimits())->leave(code, reason);
}

void MediaLobby::remove(const std::shared_ptr<Guest> &guest)
{
    if (m_guests.erase(guest) > 0)
        m_ports.park.loop().disposeLater(guest);
}

void MediaLobby::close()
{
    for (const auto &guest : std::unordered_set(m_guests))
        guest->leave(net::close_code::kGoingAway, "shutting down");
}

} // namespace server::bridge
