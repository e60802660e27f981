// The connection to the voice model: set up, watched, and renewed when it is lost.
#pragma once

#include "server/bridge/codec_ports.h"
#include "server/bridge/socket_leg.h"
#include "server/net/dialer.h"
#include "shared/base/ids.h"

namespace server::bridge {

/// Where the model is, and how long we bear with it.
struct ModelAddress
{
    net::SocketUrl url;
    std::string key;
    int reconnects = 3;
    base::Millis reconnectPause{2'000};
};

/// One call's session with the model. It may begin while the phone still rings, before there is a
/// handler. A lost connection, or one that never came to be, is tried again a few times; then the
/// model is gone. Lives on its loop's thread, held by shared pointers.
class ModelSession final : public std::enable_shared_from_this<ModelSession>,
                           private SocketLeg::Owner
{
public:
    class Handler
    {
    public:
        virtual ~Handler() = default;
        /// Set up, and nothing said yet: at first, and again after each loss.
        virtual void onModelReady() = 0;
        virtual void onModelEvent(const ModelEvent &event) = 0;
        /// A session that was ready is no more; a new one is tried.
        virtual void onModelLost(const QString &why) = 0;
        /// It is no use to go on trying.
        virtual void onModelGone(const QString &why) = 0;
    };

    /// What sessions share; all must outlive them.
    struct Ports
    {
        LegPark &park;
        net::Dialer &dialer;
        net::TlsContext &tls;
        const ModelCodec &codec;
        /// Counts connections being made. It outlives the loop's last task.
        std::shared_ptr<int> dialing;
    };

    ModelSession(Ports ports, const ModelAddress &address, SessionSetup setup, base::CallId call);

    void start();
    /// From now on `handler` is told. What has happened before is seen by isReady() and isGone().
    void attach(Handler *handler) { m_handler = handler; }
    void close();

    bool isReady() const { return m_state == State::Ready; }
    bool isGone() const { return m_state == State::Gone; }

    /// Dropped when not ready, and when the model does not keep up with its input.
    void sendAudio(std::string_view base64);
    /// `write(out)` appends one message; dropped when not ready.
    template <typename Write>
    void send(Write write)
    {
        if (m_state != State::Ready)
            return;
        std::string &out = m_ports.park.loop().scratch();
        out.clear();
        write(m_ports.codec, out);
        m_leg->sendText(out);
    }
    std::int64_t droppedFrames() const { return m_droppedFrames; }

private:
    enum class State { Idle, Dialing, SettingUp, Ready, Waiting, Gone };

    void dial();
    void onConnected(base::Result<net::UniqueFd> socket);
    void onLegText(std::string_view message) override;
    void onLegBinary() override { countGarbage("binary frame"); }
    void onLegClosed(std::uint16_t code, const std::string &reason, int httpStatus) override;
    void setUp();
    void onSetUp();
    void countGarbage(const char *what);
    void fail(const QString &why);

    Ports m_ports;
    const ModelAddress &m_address;
    const SessionSetup m_setup;
    const base::CallId m_call;
    Handler *m_handler = nullptr;
    State m_state = State::Idle;
    std::shared_ptr<SocketLeg> m_leg;
    std::string m_spare;
    int m_failures = 0;
    int m_garbage = 0;
    bool m_garbageIsLogged = false;
    std::int64_t m_droppedFrames = 0;
    base::SteadyTime m_readyAt{};
    net::Loop::TimerId m_timer = 0;
};

} // namespace server::bridge
