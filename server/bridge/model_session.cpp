#include "server/bridge/model_session.h"

#include "shared/base/log.h"

namespace server::bridge {

namespace {

constexpr base::Millis kDialTimeout{5'000};
constexpr base::Millis kSetUpTimeout{10'000};
/// A session that stood so long was a good one: its loss begins a new count.
constexpr base::Millis kGoodSession{30'000};
constexpr int kMostModelGarbage = 100;
/// Five seconds of caller audio: a model so far behind gains nothing from more.
constexpr size_t kMostPendingAudio = 64UL * 1024;

/// A delta is at most a few hundred kilobytes; sixteen is what the other direction allows.
net::WebSocketLimits modelLimits()
{
    net::WebSocketLimits result;
    result.maxMessage = 16U << 20U;
    result.maxPending = 4U << 20U;
    return result;
}

} // namespace

ModelSession::ModelSession(Ports ports, const ModelAddress &address, SessionSetup setup,
                           base::CallId call)
    : m_ports(std::move(ports)), m_address(address), m_setup(std::move(setup)), m_call(call)
{
}

void ModelSession::start()
{
    if (m_state == State::Idle)
        dial();
}

void ModelSession::dial()
{
    m_state = State::Dialing;
    ++*m_ports.dialing;
    m_ports.dialer.connect(
        m_ports.park.loop(), m_address.url.host, m_address.url.port, kDialTimeout, m_ports.dialing,
        [weak = weak_from_this(), dialing = m_ports.dialing](base::Result<net::UniqueFd> socket) {
            --*dialing;
            const auto self = weak.lock();
            if (self && self->m_state == State::Dialing)
                self->onConnected(std::move(socket));
        });
}

void ModelSession::onConnected(base::Result<net::UniqueFd> socket)
{
    if (!socket)
        return fail(socket.error().message);
    net::TlsContext::Session tls;
    if (m_address.url.isSecure)
        tls = m_ports.tls.clientSession(socket->get(), m_address.url.host);
    m_state = State::SettingUp;
    m_garbage = 0;
    net::Detached detached;
    detached.fd = std::move(*socket);
    m_leg = m_ports.park.connect(std::move(detached), std::move(tls), *this, modelLimits(),
                                 m_address.url, {{"Authorization", "Bearer " + m_address.key}});
    m_timer = m_ports.park.loop().startTimer(kSetUpTimeout, [this] {
        m_timer = 0;
        fail(QStringLiteral("the session was not set up in time"));
    });
}

void ModelSession::onLegText(std::string_view message)
{
    const auto keep = shared_from_this(); // the handler may let go of us
    const ModelEvent event = m_ports.codec.read(message, m_spare);
    if (std::holds_alternative<Garbage>(event))
        return countGarbage("message that is not of the protocol");
    if (m_state == State::SettingUp && std::holds_alternative<ModelSessionCreated>(event))
        return setUp();
    if (m_state == State::SettingUp && std::holds_alternative<ModelSessionUpdated>(event))
        return onSetUp();
    if (const auto *error = std::get_if<ModelError>(&event)) {
        base::log::warning("model.error", {{QStringLiteral("call"), m_call.value},
                                           {QStringLiteral("code"), error->code},
                                           {QStringLiteral("message"), error->message}});
        if (error->endsSession)
            return fail(error->code);
    }
    if (m_state == State::Ready && m_handler)
        m_handler->onModelEvent(event);
}

void ModelSession::setUp()
{
    std::string &out = m_ports.park.loop().scratch();
    out.clear();
    m_ports.codec.writeSetup(out, m_setup);
    m_leg->sendText(out);
}

void ModelSession::onSetUp()
{
    m_ports.park.loop().cancelTimer(m_timer);
    m_state = State::Ready;
    m_readyAt = m_ports.park.loop().now();
    if (m_handler)
        m_handler->onModelReady();
}

void ModelSession::onLegClosed(std::uint16_t code, const std::string &reason, int httpStatus)
{
    m_leg.reset();
    const QString why =
        httpStatus != 0
            ? QStringLiteral("refused with status %1").arg(httpStatus)
            : QStringLiteral("closed with %1 %2").arg(code).arg(QString::fromStdString(reason));
    fail(why.trimmed());
}

void ModelSession::countGarbage(const char *what)
{
    if (!std::exchange(m_garbageIsLogged, true))
        base::log::warning("model.garbage", {{QStringLiteral("call"), m_call.value},
                                             {QStringLiteral("first"), QLatin1String(what)}});
    if (++m_garbage > kMostModelGarbage)
        fail(QStringLiteral("too much garbage"));
}

void ModelSession::fail(const QString &why)
{
    const auto keep = shared_from_this();
    net::Loop &loop = m_ports.park.loop();
    loop.cancelTimer(m_timer);
    const bool wasReady = m_state == State::Ready;
    if (const auto leg = std::exchange(m_leg, nullptr))
        leg->leave(net::close_code::kNormal);
    if (wasReady && loop.now() - m_readyAt > kGoodSession)
        m_failures = 0;
    const bool mayTry = m_failures < m_address.reconnects;
    base::log::warning("model.lost", {{QStringLiteral("call"), m_call.value},
                                      {QStringLiteral("why"), why},
                                      {QStringLiteral("failures"), ++m_failures}});
    m_state = mayTry ? State::Waiting : State::Gone;
    if (mayTry) {
        m_timer = loop.startTimer(m_address.reconnectPause, [this] {
            m_timer = 0;
            dial();
        });
    }
    if (m_handler && wasReady)
        m_handler->onModelLost(why);
    if (m_handler && m_state == State::Gone)
        m_handler->onModelGone(why);
}

void ModelSession::close()
{
    m_handler = nullptr;
    m_state = State::Gone;
    m_ports.park.loop().cancelTimer(m_timer);
    if (const auto leg = std::exchange(m_leg, nullptr))
        leg->leave(net::close_code::kNormal);
}

void ModelSession::sendAudio(std::string_view base64)
{
    if (m_state != State::Ready)
        return;
    if (m_leg->pendingBytes() > kMostPendingAudio) {
        ++m_droppedFrames;
        return;
    }
    send([base64](const ModelCodec &codec, std::string &out) { codec.writeAudio(out, base64); });
}

} // namespace server::bridge
