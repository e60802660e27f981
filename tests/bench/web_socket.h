#pragma once

#include "tests/bench/poller.h"

#include <netinet/in.h>

#include <memory>
#include <string>
#include <string_view>

namespace bench {

/// One WebSocket (RFC 6455) over a non-blocking TCP socket, either end of it, text messages only.
/// Independent of the server's own implementation, so that a fault in that one cannot hide itself.
/// Its listener must outlive it; nothing is called any more after onClosed().
class WebSocket final : private Watched
{
public:
    class Listener
    {
    public:
        virtual ~Listener() = default;
        virtual void onOpen() = 0;
        /// `arrivedAt` is when the bytes were read from the socket.
        virtual void onText(std::string_view text, TimePoint arrivedAt) = 0;
        virtual void onClosed(const std::string &why) = 0;
    };

    /// The client's end: connects and asks for the upgrade.
    static std::unique_ptr<WebSocket> connect(Poller &poller, Listener &listener,
                                              const sockaddr_in &to, const std::string &path);
    /// The server's end of a connection that was accepted.
    static std::unique_ptr<WebSocket> serve(Poller &poller, Listener &listener, int descriptor);
    ~WebSocket() override;

    bool isOpen() const { return m_state == State::Open; }
    void sendText(std::string_view text) { sendFrame(kText, text); }
    void close();

private:
    enum class Role { Client, Server };
    enum class State { Shaking, Open, Closed };
    static constexpr unsigned kText = 1;

    WebSocket(Poller &poller, Listener &listener, int descriptor, Role role);
    void onReady(std::uint32_t events) override;
    void readAll();
    void takeHandshake();
    void takeFrames(TimePoint arrivedAt);
    bool takeFrame(TimePoint arrivedAt);
    void onMessage(unsigned operation, std::string_view payload, TimePoint arrivedAt);
    void sendFrame(unsigned operation, std::string_view payload);
    void flush();
    void end(const std::string &why);

    Poller &m_poller;
    Listener &m_listener;
    int m_descriptor = -1;
    Role m_role;
    State m_state = State::Shaking;
    std::string m_in;
    std::size_t m_inAt = 0;
    std::string m_out;
    std::size_t m_outAt = 0;
    std::string m_fragments;
    bool m_waitsForRoom = false;
};

} // namespace bench
