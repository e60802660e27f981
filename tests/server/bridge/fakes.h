// A phone and a voice model on real sockets, for tests of the whole bridge. Each lives on a loop of
// its own.
#pragma once

#include "server/bridge/json_slice.h"
#include "server/net/acceptor.h"
#include "server/net/dialer.h"
#include "server/net/web_socket.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <deque>
#include <map>
#include <mutex>
#include <vector>

namespace bridge_test {

/// Answers the opening handshake on accepted connections and passes the sockets on. Its loop's
/// thread only.
class Doorman
{
public:
    using OnSocket = std::function<void(server::net::Detached)>;
    Doorman(server::net::Loop &loop, OnSocket onSocket);
    ~Doorman();

    std::uint16_t port() const { return m_acceptor->port(); }
    /// From now on every upgrade is answered with 401.
    void refuse() { m_refuses = true; }

private:
    class Visitor;
    void greet(server::net::UniqueFd fd);

    server::net::Loop &m_loop;
    OnSocket m_onSocket;
    std::atomic<bool> m_refuses{false};
    std::map<Visitor *, std::shared_ptr<Visitor>> m_visitors;
    std::unique_ptr<server::net::Acceptor> m_acceptor;
};

/// The model's side. Sets sessions up; what it says otherwise is up to the test.
class FakeModel
{
public:
    FakeModel();
    ~FakeModel();

    std::string url() const;
    void refuse();
    /// Sends to the connection that came last, or to the `index`-th.
    void say(const QByteArray &text, int index = -1);
    void sayAudio(const QByteArray &response, const QByteArray &item, int ms, int index = -1);
    void drop(int index = -1);

    int connections() const;
    /// All that came over the `index`-th connection, without audio.
    std::vector<QJsonObject> received(int index) const;
    int count(const QString &type, int index) const;
    QJsonObject first(const QString &type, int index) const;
    qint64 audioBytes(int index) const;

private:
    class Peer;
    std::shared_ptr<Peer> peer(int index) const;

    mutable std::mutex m_mutex;
    std::vector<std::shared_ptr<Peer>> m_peers; ///< guarded by m_mutex
    server::net::LoopThread m_thread{"fake-model"};
    std::unique_ptr<Doorman> m_doorman;
};

/// The phone's side: speaks every 20 ms, and plays what it gets by the clock of the wall.
class FakePhone final : private server::net::WebSocket::Handler
{
public:
    FakePhone(server::net::LoopThread &thread, server::net::Dialer &dialer, std::uint16_t port,
              QByteArray token, QByteArray callSid);
    ~FakePhone() override;

    void sendText(const QByteArray &text);
    void sendBinary(const QByteArray &bytes);
    void stop();
    void breakOff();

    qint64 mediaBytes() const { return m_mediaBytes; }
    int clears() const { return m_clears; }
    /// Milliseconds of audio played until now.
    double heardMs();
    /// Milliseconds of audio played when the latest clear came.
    double playedAtClear() const { return m_playedAtClear; }
    int closeCode() const { return m_closeCode; }
    bool isOpen() const { return m_isOpen; }
    /// The longest time between two media messages since resetGap().
    qint64 longestGapMs() const { return m_longestGap; }
    void resetGap();
    /// For a phone that only opens the socket.
    static inline const QByteArray kNoStart{"-"};

private:
    void onOpen() override;
    void onText(std::string_view message) override;
    void onBinary(std::string_view) override {}
    void onClosed(std::uint16_t code, std::string_view reason, int httpStatus) override;
    void frame();
    void returnMarks();
    double playedMs(base::SteadyTime at) const;

    server::net::LoopThread &m_thread;
    const QByteArray m_token;
    const QByteArray m_callSid;
    std::shared_ptr<int> m_alive = std::make_shared<int>();
    std::unique_ptr<server::net::WebSocket> m_socket;
    server::net::Loop::TimerId m_frameTimer = 0;
    server::net::Loop::TimerId m_markTimer = 0;
    base::SteadyTime m_began;
    int m_frames = 0;

    base::SteadyTime m_playsUntil{};
    double m_queuedMs = 0; ///< received since the beginning, less what clears threw away
    std::deque<std::pair<std::string, base::SteadyTime>> m_marks;
    base::SteadyTime m_lastMedia{};

    std::atomic<qint64> m_mediaBytes{0};
    std::atomic<int> m_clears{0};
    std::atomic<double> m_playedAtClear{0};
    std::atomic<int> m_closeCode{0};
    std::atomic<bool> m_isOpen{false};
    std::atomic<qint64> m_longestGap{0};
};

} // namespace bridge_test
