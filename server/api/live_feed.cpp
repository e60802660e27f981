#include "server/api/live_feed.h"

#include "shared/base/log.h"
#include "shared/protocol/json_reader.h"

#include <QJsonDocument>

#include <deque>
#include <mutex>

namespace server::api {

namespace {

constexpr size_t kQueuedFrames = 50; // one second; then the oldest goes
/// Four seconds on the wire: this listener is too slow.
constexpr size_t kUnsentAudio = size_t(64) * 1024;
/// A console this far behind is better off with a new snapshot.
constexpr size_t kUnsentText = size_t(4) * 1024 * 1024;
constexpr size_t kLongestCommand = 4096;

std::string toText(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact).toStdString();
}

net::WebSocketLimits feedLimits()
{
    net::WebSocketLimits limits;
    limits.maxMessage = kLongestCommand;
    limits.maxPending = kUnsentText;
    return limits;
}

/// Frames on their way from a bridge thread to the feed's loop. A slow feed loses its own oldest
/// frames.
class FrameQueue
{
public:
    /// True when the loop must be told, that is, when it has taken everything before.
    bool push(const protocol::ListenFrame &frame)
    {
        const std::lock_guard lock(m_mutex);
        if (m_frames.size() >= kQueuedFrames)
            m_frames.pop_front();
        m_frames.push_back(frame);
        return !std::exchange(m_isAnnounced, true);
    }
    std::deque<protocol::ListenFrame> takeAll()
    {
        const std::lock_guard lock(m_mutex);
        m_isAnnounced = false;
        return std::exchange(m_frames, {});
    }

private:
    std::mutex m_mutex;
    std::deque<protocol::ListenFrame> m_frames;
    bool m_isAnnounced = false;
};

} // namespace

/// One console.
class LiveFeed::Feed final : public std::enable_shared_from_this<Feed>,
                             private net::WebSocket::Handler,
                             private LiveRegistry::Audience
{
public:
    Feed(LiveFeed &owner, net::Detached socket, StaffMember member)
        : m_owner(owner),
          m_ports(owner.m_ports),
          m_member(std::move(member)),
          m_socket(m_ports.loop, std::move(socket), *this, feedLimits())
    {
        m_ports.registry.addAudience(this);
        m_socket.sendText(m_ports.registry.snapshot());
    }
    ~Feed() override { m_ports.registry.removeAudience(this); }

    void close() { m_socket.close(net::close_code::kGoingAway, "the server is stopping"); }

private:
    void onText(std::string_view message) override
    {
        const QJsonObject command =
            QJsonDocument::fromJson(QByteArray(message.data(), qsizetype(message.size()))).object();
        const QString type = protocol::stringField(command, "type");
        const base::CallId call{protocol::integerField(command, "call_id").value_or(0)};
        if (type == QLatin1String("watch"))
            watch(call);
        else if (type == QLatin1String("unwatch"))
            m_watched = {};
        else if (type == QLatin1String("listen"))
            listen(call);
        else if (type == QLatin1String("unlisten"))
            stopListening(QStringLiteral("asked"));
        else
            refuse(type, call, QStringLiteral("unknown request"));
    }
    void onBinary(std::string_view) override
    {
        m_socket.close(net::close_code::kUnsupported, "text only");
    }
    void onClosed(std::uint16_t, std::string_view, int) override
    {
        stopListening(QStringLiteral("closed"));
        m_owner.remove(shared_from_this());
    }

    void onDelta(const std::string &message) override { send(message); }
    void onTranscript(base::CallId call, const protocol::TranscriptLine &line) override
    {
        sendOfWatched(call, QStringLiteral("transcript"), QStringLiteral("line"), line.toJson());
    }
    void onTurn(base::CallId call, const protocol::TurnLatency &turn) override
    {
        sendOfWatched(call, QStringLiteral("turn"), QStringLiteral("turn"), turn.toJson());
    }
    void onTimeline(base::CallId call, const protocol::TimelineEvent &event) override
    {
        sendOfWatched(call, QStringLiteral("timeline"), QStringLiteral("event"), event.toJson());
    }
    void onEnded(base::CallId call) override
    {
        if (m_listened == call)
            stopListening(QStringLiteral("ended"));
    }

    void send(const std::string &message)
    {
        if (!m_socket.sendText(message) && m_socket.isOpen())
            m_socket.close(net::close_code::kTryAgainLater, "too slow");
    }
    void sendOfWatched(base::CallId call, const QString &type, const QString &name,
                       const QJsonObject &content)
    {
        if (call == m_watched)
            send(toText({{QStringLiteral("type"), type},
                         {QStringLiteral("call_id"), call.value},
                         {name, content}}));
    }
    void refuse(const QString &request, base::CallId call, const QString &message)
    {
        send(toText({{QStringLiteral("type"), QStringLiteral("refused")},
                     {QStringLiteral("request"), request},
                     {QStringLiteral("call_id"), call.value},
                     {QStringLiteral("message"), message}}));
    }

    void watch(base::CallId call);
    void sendDetail(base::CallId call, const std::optional<protocol::CallDetail> &detail);
    void listen(base::CallId call);
    void startListening(base::CallId call);
    void stopListening(const QString &reason);
    void sendFrames();

    LiveFeed &m_owner;
    LiveFeed::Ports &m_ports;
    const StaffMember m_member;
    net::WebSocket m_socket;
    base::CallId m_watched;
    base::CallId m_wanted;   ///< the call that listening was asked for last
    base::CallId m_listened; ///< the call that is being heard
    std::shared_ptr<bridge::Bridge::Listening> m_listening;
    std::shared_ptr<FrameQueue> m_frames;
};

void LiveFeed::Feed::watch(base::CallId call)
{
    if (!protocol::isAllowed(m_member.role, protocol::Permission::WatchCalls))
        return refuse(QStringLiteral("watch"), call,
                      QStringLiteral("Your role may not watch calls"));
    m_watched = call;
    m_ports.bridge.describe(call, [weak = weak_from_this(), &loop = m_ports.loop,
                                   call](std::optional<protocol::CallDetail> detail) {
        loop.post([weak, call, detail = std::move(detail)] {
            if (const auto self = weak.lock())
                self->sendDetail(call, detail);
        });
    });
}

void LiveFeed::Feed::sendDetail(base::CallId call,
                                const std::optional<protocol::CallDetail> &detail)
{
    if (call != m_watched)
        return;
    if (detail) {
        QJsonObject message = detail->toJson();
        message.insert(QStringLiteral("type"), QStringLiteral("detail"));
        return send(toText(message));
    }
    // Not running here: it may have ended, or not begun.
    const bool isQueued = m_ports.store.submit([weak = weak_from_this(), &ports = m_ports, call] {
        const auto stored =
            ports.storedDetail(call).value_or(protocol::CallDetail{call.value, {}, {}, {}});
        ports.loop.post([weak, call, stored] {
            if (const auto self = weak.lock())
                self->sendDetail(call, stored);
        });
    });
    if (!isQueued)
        refuse(QStringLiteral("watch"), call, QStringLiteral("The server is busy"));
}

void LiveFeed::Feed::listen(base::CallId call)
{
    if (!protocol::isAllowed(m_member.role, protocol::Permission::Listen))
        return refuse(QStringLiteral("listen"), call,
                      QStringLiteral("Your role may not listen to calls"));
    if (!m_ports.registry.knows(call))
        return refuse(QStringLiteral("listen"), call, QStringLiteral("There is no such call"));
    stopListening(QStringLiteral("switched"));
    m_wanted = call;
    // Written down before the first byte is heard.
    const bool isQueued =
        m_ports.store.submit([weak = weak_from_this(), &ports = m_ports, call, member = m_member] {
            const auto audited = ports.auditListen(member, call);
            ports.loop.post([weak, call, isAudited = audited.has_value()] {
                const auto self = weak.lock();
                if (!self || self->m_wanted != call)
                    return;
                if (isAudited)
                    self->startListening(call);
                else
                    self->refuse(QStringLiteral("listen"), call,
                                 QStringLiteral("Listening could not be recorded"));
            });
        });
    if (!isQueued)
        refuse(QStringLiteral("listen"), call, QStringLiteral("The server is busy"));
}

void LiveFeed::Feed::startListening(base::CallId call)
{
    const auto frames = std::make_shared<FrameQueue>();
    m_listening =
        m_ports.bridge.listen(call, [frames, weak = weak_from_this(),
                                     &loop = m_ports.loop](const protocol::ListenFrame &frame) {
            if (!frames->push(frame))
                return;
            loop.post([weak] {
                if (const auto self = weak.lock())
                    self->sendFrames();
            });
        });
    if (!m_listening)
        return refuse(QStringLiteral("listen"), call,
                      QStringLiteral("The call has no audio: it is not connected yet, or over"));
    m_frames = frames;
    m_listened = call;
    m_ports.registry.setListeners(call, 1);
    send(toText({{QStringLiteral("type"), QStringLiteral("listening")},
                 {QStringLiteral("call_id"), call.value}}));
}

void LiveFeed::Feed::stopListening(const QString &reason)
{
    m_wanted = {};
    if (!m_listened.isValid())
        return;
    const base::CallId call = std::exchange(m_listened, {});
    m_listening.reset();
    m_frames.reset();
    m_ports.registry.setListeners(call, -1);
    send(toText({{QStringLiteral("type"), QStringLiteral("stopped")},
                 {QStringLiteral("call_id"), call.value},
                 {QStringLiteral("reason"), reason}}));
}

void LiveFeed::Feed::sendFrames()
{
    if (!m_frames)
        return;
    for (const protocol::ListenFrame &frame : m_frames->takeAll()) {
        if (m_socket.pendingBytes() > kUnsentAudio)
            continue; // the gap in the sequence tells the console
        const QByteArray bytes = frame.encode();
        m_socket.sendBinary({bytes.constData(), size_t(bytes.size())});
    }
}

LiveFeed::LiveFeed(Ports ports) : m_ports(std::move(ports)) {}

LiveFeed::~LiveFeed() = default;

void LiveFeed::open(net::Detached socket, StaffMember member)
{
    // A task can be copied, a socket cannot.
    const auto shared = std::make_shared<net::Detached>(std::move(socket));
    m_ports.loop.post([this, shared, member = std::move(member)] {
        base::log::info("feed.opened", {{QStringLiteral("staff"), member.id.value}});
        m_feeds.insert(std::make_shared<Feed>(*this, std::move(*shared), member));
    });
}

void LiveFeed::remove(const std::shared_ptr<Feed> &feed)
{
    m_feeds.erase(feed);
    m_ports.loop.disposeLater(feed);
}

void LiveFeed::closeAll()
{
    for (const auto &feed : std::unordered_set(m_feeds))
        feed->close();
}

} // namespace server::api
