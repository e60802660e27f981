// A WebSocket (RFC 6455), as server or as client, on a stream.
#pragma once

#include "server/net/stream.h"
#include "server/net/ws_frame.h"
#include "server/net/ws_handshake.h"

#include <memory>
#include <string>
#include <string_view>

namespace server::net {

struct WebSocketLimits
{
    size_t maxMessage =
        1U << 20U; ///< bytes of one message, all its frames together; more: closed with 1009
    size_t maxPending = 1U << 20U; ///< bytes waiting to be sent; above it send() refuses
    base::Millis pingEvery{
        20'000}; ///< a silent peer is asked this often, and given up after as long again
    base::Millis closeWait{2'000}; ///< how long the peer may take to answer our close
};

/// Sends and receives whole messages. Lives on its loop's thread; may be destroyed from within its
/// own handler only through Loop::disposeLater().
class WebSocket final : private Stream::Handler
{
public:
    class Handler
    {
    public:
        virtual ~Handler() = default;
        /// Client role only: the server accepted.
        virtual void onOpen() {}
        /// Valid UTF-8. The view lives until the call returns.
        virtual void onText(std::string_view message) = 0;
        virtual void onBinary(std::string_view message) = 0;
        /// The end, told once; nothing can be sent any more. `code` is the peer's close code, 1006
        /// when the connection broke; `httpStatus` is set when our upgrade was refused.
        virtual void onClosed(std::uint16_t code, std::string_view reason, int httpStatus) = 0;
    };

    /// Server role: the upgrade has been answered. Frames already read stand in `socket.unread`;
    /// they are delivered soon, not from within the constructor.
    WebSocket(Loop &loop, Detached socket, Handler &handler, WebSocketLimits limits);
    /// Client role: sends the upgrade request over the connected `socket`.
    WebSocket(Loop &loop, Detached socket, TlsContext::Session tls, Handler &handler,
              WebSocketLimits limits, const SocketUrl &url, const HeaderList &headers);
    ~WebSocket() override;

    /// False, and nothing sent, when it is not open or more than `maxPending` bytes wait.
    bool sendText(std::string_view message) { return send(Opcode::Text, message); }
    bool sendBinary(std::string_view message) { return send(Opcode::Binary, message); }
    size_t pendingBytes() const { return m_stream.pendingOutput(); }

    /// Starts the closing handshake; onClosed() follows.
    void close(std::uint16_t code, std::string_view reason = {});

    bool isOpen() const { return m_state == State::Open; }
    Loop &loop() { return m_stream.loop(); }

    /// Gives the socket away, for another loop to go on with the next message. Server role, while
    /// open and between messages; from within onText() the message being delivered counts as read.
    Detached detach();

private:
    enum class State { Handshake, Open, Closing, Closed };

    void onInput() override;
    void onGone() override;
    bool readHandshake();
    bool readFrame();
    bool deliver(const FrameHeader &header, std::string_view payload);
    bool deliverControl(const FrameHeader &header, std::string_view payload);
    bool deliverMessage(Opcode opcode, std::string_view payload);
    bool send(Opcode opcode, std::string_view payload);
    void sendFrame(Opcode opcode, std::string_view payload);
    void sendClose(std::uint16_t code, std::string_view reason);
    bool breakOff(std::uint16_t code, std::string_view reason);
    void finish(std::uint16_t code, std::string_view reason, int httpStatus = 0);
    void armPing();
    void onPingTime();

    Handler &m_handler;
    const WebSocketLimits m_limits;
    const bool m_isClient;
    State m_state;
    Stream m_stream;
    std::string m_key;                           ///< client: what the accept key must answer
    std::string m_message;                       ///< fragments of the message under way
    Opcode m_messageKind = Opcode::Continuation; ///< Continuation: no message under way
    size_t m_undelivered = 0; ///< bytes of the frame being delivered, not yet consumed
    bool m_heard = true;      ///< something came since the last ping
    bool m_hasDetached = false;
    Loop::TimerId m_timer = 0;
    std::shared_ptr<bool> m_alive; ///< for the tasks that may outlive us
};

} // namespace server::net
