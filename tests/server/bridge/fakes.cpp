#include "tests/server/bridge/fakes.h"

#include "server/bridge/caller_audio.h"

namespace bridge_test {

using namespace server;

// ---- Doorman

class Doorman::Visitor final : private net::Stream::Handler
{
public:
    Visitor(Doorman &door, net::UniqueFd fd) : m_door(door)
    {
        net::Detached socket;
        socket.fd = std::move(fd);
        net::Stream::Handler &handler = *this;
        m_stream = std::make_unique<net::Stream>(door.m_loop, std::move(socket), handler);
    }

private:
    void onInput() override
    {
        const std::string head(m_stream->input());
        const size_t end = head.find("\r\n\r\n");
        const size_t key = head.find("Sec-WebSocket-Key: ");
        if (end == std::string::npos || key == std::string::npos)
            return;
        if (m_door.m_refuses) {
            m_stream->write("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
            return m_stream->endOutput();
        }
        m_stream->consume(end + 4);
        m_stream->write(net::acceptAnswer(head.substr(key + 19, 24)));
        net::Detached socket = m_stream->detach();
        leave();
        m_door.m_onSocket(std::move(socket));
    }
    void onGone() override { leave(); }
    void leave()
    {
        const auto found = m_door.m_visitors.find(this);
        if (found == m_door.m_visitors.end())
            return;
        m_door.m_loop.disposeLater(std::move(found->second));
        m_door.m_visitors.erase(found);
    }

    Doorman &m_door;
    std::unique_ptr<net::Stream> m_stream;
};

Doorman::Doorman(net::Loop &loop, OnSocket onSocket) : m_loop(loop), m_onSocket(std::move(onSocket))
{
    m_acceptor =
        *net::Acceptor::listen(loop, "127.0.0.1", 0, [this](net::UniqueFd fd, const std::string &) {
            greet(std::move(fd));
        });
}

Doorman::~Doorman() = default;

void Doorman::greet(net::UniqueFd fd)
{
    const auto visitor = std::make_shared<Visitor>(*this, std::move(fd));
    m_visitors.emplace(visitor.get(), visitor);
}

// ---- FakeModel

class FakeModel::Peer final : private net::WebSocket::Handler
{
public:
    Peer(net::Loop &loop, net::Detached socket)
    {
        net::WebSocketLimits limits;
        limits.maxMessage = 32U << 20U;
        limits.maxPending = 64U << 20U;
        net::WebSocket::Handler &handler = *this;
        m_socket = std::make_unique<net::WebSocket>(loop, std::move(socket), handler, limits);
        m_socket->sendText(R"({"type":"session.created","event_id":"e0","session":{}})");
    }

    net::WebSocket &socket() { return *m_socket; }
    void cut() { m_socket.reset(); }
    bool isCut() const { return !m_socket; }

    mutable std::mutex mutex;
    std::vector<QJsonObject> received; ///< guarded by mutex
    qint64 audioBytes = 0;             ///< guarded by mutex

private:
    void onText(std::string_view message) override
    {
        const QJsonObject object =
            QJsonDocument::fromJson(QByteArray(message.data(), qsizetype(message.size()))).object();
        const QString type = object.value(QStringLiteral("type")).toString();
        {
            const std::lock_guard lock(mutex);
            if (type == QStringLiteral("input_audio_buffer.append")) {
                audioBytes += QByteArray::fromBase64(
                                  object.value(QStringLiteral("audio")).toString().toLatin1())
                                  .size();
                return;
            }
            received.push_back(object);
        }
        if (type == QStringLiteral("session.update"))
            m_socket->sendText(R"({"type":"session.updated","event_id":"e1","session":{}})");
    }
    void onBinary(std::string_view) override {}
    void onClosed(std::uint16_t, std::string_view, int) override {}

    std::unique_ptr<net::WebSocket> m_socket;
};

FakeModel::FakeModel()
{
    m_thread.runAndWait([this] {
        m_doorman = std::make_unique<Doorman>(m_thread.loop(), [this](net::Detached socket) {
            const auto fresh = std::make_shared<Peer>(m_thread.loop(), std::move(socket));
            const std::lock_guard lock(m_mutex);
            m_peers.push_back(fresh);
        });
    });
}

FakeModel::~FakeModel()
{
    m_thread.runAndWait([this] {
        m_doorman.reset();
        const std::lock_guard lock(m_mutex);
        m_peers.clear();
    });
}

std::string FakeModel::url() const
{
    return "ws://127.0.0.1:" + std::to_string(m_doorman->port()) + "/v1/realtime?model=test";
}

void FakeModel::refuse()
{
    m_doorman->refuse();
}

std::shared_ptr<FakeModel::Peer> FakeModel::peer(int index) const
{
    const std::lock_guard lock(m_mutex);
    if (m_peers.empty() || index >= int(m_peers.size()))
        return nullptr;
    return index < 0 ? m_peers.back() : m_peers[size_t(index)];
}

void FakeModel::say(const QByteArray &text, int index)
{
    m_thread.runAndWait([&] {
        if (const auto to = peer(index); to && !to->isCut())
            to->socket().sendText({text.constData(), size_t(text.size())});
    });
}

void FakeModel::sayAudio(const QByteArray &response, const QByteArray &item, int ms, int index)
{
    say(R"({"type":"response.output_audio.delta","event_id":"e","response_id":")" + response
            + R"(","item_id":")" + item + R"(","output_index":0,"content_index":0,"delta":")"
            + QByteArray::fromStdString(bridge::silenceBase64(qint64(ms) * 8)) + R"("})",
        index);
}

void FakeModel::drop(int index)
{
    m_thread.runAndWait([&] {
        if (const auto to = peer(index))
            to->cut();
    });
}

int FakeModel::connections() const
{
    const std::lock_guard lock(m_mutex);
    return int(m_peers.size());
}

std::vector<QJsonObject> FakeModel::received(int index) const
{
    const auto from = peer(index);
    if (!from)
        return {};
    const std::lock_guard lock(from->mutex);
    return from->received;
}

int FakeModel::count(const QString &type, int index) const
{
    const auto all = received(index);
    return int(std::count_if(all.begin(), all.end(), [&](const QJsonObject &one) {
        return one.value(QStringLiteral("type")) == type;
    }));
}

QJsonObject FakeModel::first(const QString &type, int index) const
{
    for (const QJsonObject &one : received(index)) {
        if (one.value(QStringLiteral("type")) == type)
            return one;
    }
    return {};
}

qint64 FakeModel::audioBytes(int index) const
{
    const auto from = peer(index);
    if (!from)
        return 0;
    const std::lock_guard lock(from->mutex);
    return from->audioBytes;
}

// ---- FakePhone

FakePhone::FakePhone(net::LoopThread &thread, net::Dialer &dialer, std::uint16_t port,
                     QByteArray token, QByteArray callSid)
    : m_thread(thread), m_token(std::move(token)), m_callSid(std::move(callSid))
{
    dialer.connect(thread.loop(), "127.0.0.1", port, base::Millis(5'000), m_alive,
                   [this, port](base::Result<net::UniqueFd> fd) {
                       net::Detached socket;
                       socket.fd = std::move(*fd);
                       net::WebSocket::Handler &handler = *this;
                       m_socket = std::make_unique<net::WebSocket>(
                           m_thread.loop(), std::move(socket), net::TlsContext::Session{}, handler,
                           net::WebSocketLimits{},
                           net::SocketUrl{false, "127.0.0.1", port, "/media-stream/default"},
                           net::HeaderList{});
                   });
}

FakePhone::~FakePhone()
{
    m_thread.runAndWait([this] {
        m_alive.reset();
        m_thread.loop().cancelTimer(m_frameTimer);
        m_thread.loop().cancelTimer(m_markTimer);
        m_socket.reset();
    });
}

void FakePhone::onOpen()
{
    m_isOpen = true;
    if (m_token == kNoStart)
        return;
    m_socket->sendText(R"({"event":"connected","protocol":"Call","version":"1.0.0"})");
    m_socket->sendText(
        (R"({"event":"start","sequenceNumber":"1","streamSid":"MZ1","start":{"streamSid":"MZ1","callSid":")"
         + m_callSid
         + R"(","mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},"customParameters":{"token":")"
         + m_token + R"("}}})")
            .toStdString());
    m_began = std::chrono::steady_clock::now();
    frame();
}

void FakePhone::frame()
{
    const auto due = m_began + base::Millis(20) * (m_frames + 1);
    const auto wait = std::chrono::ceil<base::Millis>(due - std::chrono::steady_clock::now());
    m_frameTimer = m_thread.loop().startTimer(std::max(wait, base::Millis(0)), [this] { frame(); });
    m_socket->sendText(
        R"({"event":"media","streamSid":"MZ1","media":{"track":"inbound","timestamp":")"
        + std::to_string(20 * m_frames++) + R"(","payload":")" + bridge::silenceBase64(160)
        + "\"}}");
}

double FakePhone::playedMs(base::SteadyTime at) const
{
    const std::chrono::duration<double, std::milli> left = m_playsUntil - at;
    return m_queuedMs - std::max(left.count(), 0.0);
}

void FakePhone::onText(std::string_view message)
{
    const auto now = std::chrono::steady_clock::now();
    const QJsonObject object =
        QJsonDocument::fromJson(QByteArray(message.data(), qsizetype(message.size()))).object();
    const QString event = object.value(QStringLiteral("event")).toString();
    if (event == QStringLiteral("media")) {
        const auto bytes = QByteArray::fromBase64(object.value(QStringLiteral("media"))
                                                      .toObject()
                                                      .value(QStringLiteral("payload"))
                                                      .toString()
                                                      .toLatin1())
                               .size();
        if (m_lastMedia != base::SteadyTime{})
            m_longestGap = std::max<qint64>(
                m_longestGap, std::chrono::duration_cast<base::Millis>(now - m_lastMedia).count());
        m_lastMedia = now;
        m_mediaBytes += bytes;
        m_queuedMs += double(bytes) / 8;
        m_playsUntil = std::max(m_playsUntil, now) + std::chrono::microseconds(bytes * 125);
    } else if (event == QStringLiteral("mark")) {
        m_marks.emplace_back(object.value(QStringLiteral("mark"))
                                 .toObject()
                                 .value(QStringLiteral("name"))
                                 .toString()
                                 .toStdString(),
                             m_playsUntil);
        returnMarks();
    } else if (event == QStringLiteral("clear")) {
        ++m_clears;
        m_playedAtClear = playedMs(now);
        m_queuedMs = m_playedAtClear;
        m_playsUntil = now;
        for (auto &[name, due] : m_marks)
            due = now;
        returnMarks();
    }
}

void FakePhone::returnMarks()
{
    m_thread.loop().cancelTimer(m_markTimer);
    const auto now = std::chrono::steady_clock::now();
    while (!m_marks.empty() && m_marks.front().second <= now) {
        m_socket->sendText(R"({"event":"mark","streamSid":"MZ1","mark":{"name":")"
                           + m_marks.front().first + "\"}}");
        m_marks.pop_front();
    }
    if (!m_marks.empty())
        m_markTimer = m_thread.loop().startTimer(
            std::chrono::ceil<base::Millis>(m_marks.front().second - now),
            [this] { returnMarks(); });
}

void FakePhone::onClosed(std::uint16_t code, std::string_view, int)
{
    m_thread.loop().cancelTimer(m_frameTimer);
    m_thread.loop().cancelTimer(m_markTimer);
    m_isOpen = false;
    m_closeCode = code;
}

void FakePhone::sendText(const QByteArray &text)
{
    m_thread.runAndWait([&] { m_socket->sendText({text.constData(), size_t(text.size())}); });
}

void FakePhone::sendBinary(const QByteArray &bytes)
{
    m_thread.runAndWait([&] { m_socket->sendBinary({bytes.constData(), size_t(bytes.size())}); });
}

void FakePhone::stop()
{
    sendText(R"({"event":"stop","streamSid":"MZ1","stop":{"callSid":"CA1"}})");
}

void FakePhone::breakOff()
{
    m_thread.runAndWait([this] {
        m_thread.loop().cancelTimer(m_frameTimer);
        m_thread.loop().cancelTimer(m_markTimer);
        m_socket.reset();
    });
}

double FakePhone::heardMs()
{
    double heard = 0;
    m_thread.runAndWait([&] { heard = playedMs(std::chrono::steady_clock::now()); });
    return heard;
}

void FakePhone::resetGap()
{
    m_thread.runAndWait([this] {
        m_longestGap = 0;
        m_lastMedia = {};
    });
}

} // namespace bridge_test
