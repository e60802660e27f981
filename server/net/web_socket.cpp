#include "server/net/web_socket.h"

#include "server/net/base64.h"

#include <array>
#include <cstring>

namespace server::net {

namespace {

constexpr size_t kMaxAnswerHead = 16U << 10U;
constexpr size_t kMaxReason = 120; // a control frame holds 125 bytes, two of them the code

std::string makeKey(Loop &loop)
{
    std::array<std::uint8_t, 16> bytes{};
    for (size_t i = 0; i < bytes.size(); i += 4) {
        const std::uint32_t word = loop.randomWord();
        std::memcpy(bytes.data() + i, &word, 4);
    }
    std::string key;
    appendBase64(key, bytes);
    return key;
}

} // namespace

WebSocket::WebSocket(Loop &loop, Detached socket, Handler &handler, WebSocketLimits limits)
    : m_handler(handler),
      m_limits(limits),
      m_isClient(false),
      m_state(State::Open),
      m_stream(loop, std::move(socket), *this),
      m_alive(std::make_shared<bool>(true))
{
    armPing();
    if (!m_stream.input().empty()) {
        loop.post([this, alive = std::weak_ptr(m_alive)] {
            if (!alive.expired())
                onInput();
        });
    }
}

WebSocket::WebSocket(Loop &loop, Detached socket, TlsContext::Session tls, Handler &handler,
                     WebSocketLimits limits, const SocketUrl &url, const HeaderList &headers)
    : m_handler(handler),
      m_limits(limits),
      m_isClient(true),
      m_state(State::Handshake),
      m_stream(loop, std::move(socket), *this, std::move(tls)),
      m_key(makeKey(loop)),
      m_alive(std::make_shared<bool>(true))
{
    m_stream.write(upgradeRequest(url, m_key, headers));
    armPing();
}

WebSocket::~WebSocket()
{
    m_stream.loop().cancelTimer(m_timer);
}

void WebSocket::onInput()
{
    m_heard = true;
    // A handler may dispose of us later, but not destroy us now; it may detach or close.
    while (m_state != State::Closed && !m_hasDetached) {
        const bool goOn = m_state == State::Handshake ? readHandshake() : readFrame();
        if (!goOn)
            return;
    }
    if (m_state == State::Closed && !m_hasDetached)
        m_stream.consume(m_stream.input().size());
}

bool WebSocket::readHandshake()
{
    const auto answer = readUpgradeAnswer(m_stream.input(), m_key);
    if (!answer) {
        if (m_stream.input().size() > kMaxAnswerHead)
            finish(close_code::kProtocolError, "the answer to the upgrade has no end");
        return false;
    }
    if (!answer->isAccepted) {
        finish(close_code::kAbnormal, "the upgrade was refused", answer->status);
        return false;
    }
    m_stream.consume(answer->bytes);
    m_state = State::Open;
    m_handler.onOpen();
    return true;
}

bool WebSocket::readFrame()
{
    const HeaderVerdict verdict = readFrameHeader(m_stream.input());
    if (verdict.kind == HeaderVerdict::Kind::NeedMore)
        return false;
    const FrameHeader &header = verdict.header;
    // RFC 6455 5.1: clients mask, servers do not; anything else ends the connection.
    if (verdict.kind == HeaderVerdict::Kind::Broken || header.isMasked == m_isClient)
        return breakOff(close_code::kProtocolError, "malformed frame");
    if (!isControl(header.opcode) && header.payloadBytes + m_message.size() > m_limits.maxMessage)
        return breakOff(close_code::kTooBig, "message too big");
    const size_t total = header.headerBytes + size_t(header.payloadBytes);
    if (m_stream.input().size() < total)
        return false;
    if (header.isMasked)
        applyMask(m_stream.mutableInput() + header.headerBytes, size_t(header.payloadBytes),
                  header.mask);
    m_undelivered = total;
    const bool goOn =
        deliver(header, m_stream.input().substr(header.headerBytes, size_t(header.payloadBytes)));
    if (m_hasDetached)
        return false;
    m_stream.consume(std::exchange(m_undelivered, 0));
    return goOn;
}

bool WebSocket::deliver(const FrameHeader &header, std::string_view payload)
{
    if (isControl(header.opcode))
        return deliverControl(header, payload);
    const bool continues = header.opcode == Opcode::Continuation;
    if (continues != (m_messageKind != Opcode::Continuation))
        return breakOff(close_code::kProtocolError, "fragments out of order");
    if (!continues && header.isFinal)
        return deliverMessage(header.opcode, payload);
    if (!continues)
        m_messageKind = header.opcode;
    m_message.append(payload);
    if (!header.isFinal)
        return true;
    const std::string whole = std::exchange(m_message, {});
    return deliverMessage(std::exchange(m_messageKind, Opcode::Continuation), whole);
}

bool WebSocket::deliverMessage(Opcode opcode, std::string_view payload)
{
    if (m_state != State::Open)
        return true; // we have said goodbye: what still comes is of no use
    if (opcode == Opcode::Binary) {
        m_handler.onBinary(payload);
        return true;
    }
    if (!isUtf8(payload))
        return breakOff(close_code::kBadPayload, "text that is not UTF-8");
    m_handler.onText(payload);
    return true;
}

bool WebSocket::deliverControl(const FrameHeader &header, std::string_view payload)
{
    if (header.opcode == Opcode::Ping) {
        if (m_state == State::Open && m_stream.pendingOutput() < m_limits.maxPending)
            sendFrame(Opcode::Pong, payload);
        return true;
    }
    if (header.opcode == Opcode::Pong)
        return true;
    std::uint16_t code = close_code::kNone;
    if (payload.size() >= 2) {
        code = std::uint16_t(std::uint8_t(payload[0]) << 8U | std::uint8_t(payload[1]));
        payload.remove_prefix(2);
        if (!isSendableCloseCode(code) || !isUtf8(payload))
            return breakOff(close_code::kProtocolError, "malformed close");
    } else if (payload.size() == 1) {
        return breakOff(close_code::kProtocolError, "malformed close");
    }
    if (m_state == State::Open)
        sendClose(code == close_code::kNone ? close_code::kNormal : code, {});
    const std::string reason(payload);
    finish(code, reason);
    return false;
}

bool WebSocket::send(Opcode opcode, std::string_view payload)
{
    if (m_state != State::Open || m_stream.isGone()
        || m_stream.pendingOutput() > m_limits.maxPending)
        return false;
    sendFrame(opcode, payload);
    return true;
}

void WebSocket::sendFrame(Opcode opcode, std::string_view payload)
{
    std::array<char, 14> header{};
    if (!m_isClient) {
        const size_t size = writeFrameHeader(header.data(), opcode, payload.size(), std::nullopt);
        m_stream.write({header.data(), size}, payload);
        return;
    }
    const std::uint32_t mask = m_stream.loop().randomWord();
    const size_t size = writeFrameHeader(header.data(), opcode, payload.size(), mask);
    std::string &masked = m_stream.loop().scratch();
    if (payload.data() >= masked.data() && payload.data() < masked.data() + masked.size()) {
        // Built in the scratch buffer by our caller: mask it where it stands.
        applyMask(masked.data() + (payload.data() - masked.data()), payload.size(), mask);
        m_stream.write({header.data(), size}, payload);
        return;
    }
    masked.assign(payload);
    applyMask(masked.data(), masked.size(), mask);
    m_stream.write({header.data(), size}, masked);
}

void WebSocket::sendClose(std::uint16_t code, std::string_view reason)
{
    std::string payload{char(code >> 8U), char(code & 0xffU)};
    reason = reason.substr(0, kMaxReason);
    while (!isUtf8(reason))
        reason.remove_suffix(1); // cut in the middle of a character
    payload.append(reason);
    sendFrame(Opcode::Close, payload);
}

void WebSocket::close(std::uint16_t code, std::string_view reason)
{
    if (m_state == State::Handshake)
        return finish(close_code::kAbnormal, "closed before the upgrade was answered");
    if (m_state != State::Open)
        return;
    sendClose(code, reason);
    m_state = State::Closing;
    m_stream.loop().cancelTimer(m_timer);
    m_timer = m_stream.loop().startTimer(m_limits.closeWait, [this] {
        m_timer = 0;
        finish(close_code::kAbnormal, "the peer did not answer the close");
    });
}

bool WebSocket::breakOff(std::uint16_t code, std::string_view reason)
{
    if (m_state == State::Open)
        sendClose(code, reason);
    finish(code, reason);
    return false;
}

void WebSocket::finish(std::uint16_t code, std::string_view reason, int httpStatus)
{
    if (m_state == State::Closed)
        return;
    m_state = State::Closed;
    m_stream.loop().cancelTimer(m_timer);
    m_stream.endOutput();
    m_handler.onClosed(code, reason, httpStatus);
}

void WebSocket::onGone()
{
    finish(close_code::kAbnormal, "the connection broke");
}

Detached WebSocket::detach()
{
    m_stream.consume(std::exchange(m_undelivered, 0));
    m_stream.loop().cancelTimer(m_timer);
    m_hasDetached = true;
    m_state = State::Closed;
    return m_stream.detach();
}

void WebSocket::armPing()
{
    m_timer = m_stream.loop().startTimer(m_limits.pingEvery, [this] {
        m_timer = 0;
        onPingTime();
    });
}

void WebSocket::onPingTime()
{
    if (!m_heard || m_state == State::Handshake)
        return finish(close_code::kAbnormal, "the peer has fallen silent");
    m_heard = false;
    sendFrame(Opcode::Ping, {});
    armPing();
}

} // namespace server::net
