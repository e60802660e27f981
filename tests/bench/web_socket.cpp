#include "tests/bench/web_socket.h"

#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace bench {

namespace {

constexpr unsigned kContinuation = 0;
constexpr unsigned kBinary = 2;
constexpr unsigned kClose = 8;
constexpr unsigned kPing = 9;
constexpr unsigned kPong = 10;
constexpr unsigned kFinal = 0x80;
constexpr unsigned kMasked = 0x80;
constexpr std::size_t kMaxMessageBytes = 16U << 20U;

// Masks exist against proxies that misread a client's bytes as requests; a constant one does on
// loopback.
constexpr std::array<std::uint8_t, 4> kMask{0x3C, 0xA1, 0x7E, 0x59};
constexpr const char *kClientKey = "YmVuY2hfYnJpZGdlX2tleQ==";

/// RFC 6455 4.2.2: base64 of the SHA-1 of the key and a fixed text.
std::string acceptKeyFor(const std::string &key)
{
    const std::string text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
    SHA1(reinterpret_cast<const unsigned char *>(text.data()), text.size(), digest.data());
    std::array<unsigned char, 32> out{};
    const int length = EVP_EncodeBlock(out.data(), digest.data(), int(digest.size()));
    return {reinterpret_cast<const char *>(out.data()), std::size_t(length)};
}

/// A header field's value from a whole head; field names compare without case.
std::string fieldOf(const std::string &head, std::string_view name)
{
    std::size_t line = head.find("\r\n");
    while (line != std::string::npos && line + 2 < head.size()) {
        const std::size_t begin = line + 2;
        line = head.find("\r\n", begin);
        const std::size_t colon = head.find(':', begin);
        if (colon == std::string::npos || colon > line || colon - begin != name.size())
            continue;
        if (strncasecmp(head.data() + begin, name.data(), name.size()) != 0)
            continue;
        const std::size_t value = head.find_first_not_of(' ', colon + 1);
        return head.substr(value, line - value);
    }
    return {};
}

void applyMask(char *bytes, std::size_t size, const std::uint8_t *mask)
{
    std::uint64_t wide = 0;
    for (std::size_t i = 0; i < 8; ++i)
        wide |= std::uint64_t(mask[i % 4]) << (8 * i);
    std::size_t i = 0;
    for (; i + 8 <= size; i += 8) {
        std::uint64_t block = 0;
        std::memcpy(&block, bytes + i, 8);
        block ^= wide;
        std::memcpy(bytes + i, &block, 8);
    }
    for (; i < size; ++i)
        bytes[i] = char(std::uint8_t(bytes[i]) ^ mask[i % 4]);
}

void appendBigEndian(std::string &out, std::uint64_t value, int bytes)
{
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
        out += char(value >> shift & 0xFF);
}

void sendAtOnce(int descriptor)
{
    const int on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

} // namespace

std::unique_ptr<WebSocket> WebSocket::connect(Poller &poller, Listener &listener,
                                              const sockaddr_in &to, const std::string &path)
{
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    std::unique_ptr<WebSocket> self(new WebSocket(poller, listener, descriptor, Role::Client));
    // It goes on in the background; how it ended is learnt from the first read.
    static_cast<void>(::connect(descriptor, reinterpret_cast<const sockaddr *>(&to), sizeof to));
    self->m_out = "GET " + path
                  + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(ntohs(to.sin_port))
                  + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                    "Sec-WebSocket-Key: "
                  + kClientKey + "\r\n\r\n";
    self->m_waitsForRoom = true;
    poller.watch(descriptor, *self, EPOLLIN | EPOLLOUT);
    return self;
}

std::unique_ptr<WebSocket> WebSocket::serve(Poller &poller, Listener &listener, int descriptor)
{
    std::unique_ptr<WebSocket> self(new WebSocket(poller, listener, descriptor, Role::Server));
    poller.watch(descriptor, *self, EPOLLIN);
    return self;
}

WebSocket::WebSocket(Poller &poller, Listener &listener, int descriptor, Role role)
    : m_poller(poller), m_listener(listener), m_descriptor(descriptor), m_role(role)
{
    sendAtOnce(descriptor);
}

WebSocket::~WebSocket()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

void WebSocket::onReady(std::uint32_t events)
{
    if (m_state == State::Closed)
        return;
    if ((events & EPOLLOUT) != 0)
        flush();
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)
        readAll();
}

void WebSocket::readAll()
{
    std::array<char, 65536> chunk; // NOLINT: filled by recv
    while (m_state != State::Closed) {
        const ssize_t count = recv(m_descriptor, chunk.data(), chunk.size(), 0);
        if (count < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (count <= 0)
            return end(count == 0 ? "the peer closed" : std::strerror(errno));
        const TimePoint arrivedAt = Clock::now();
        m_in.append(chunk.data(), std::size_t(count));
        if (m_state == State::Shaking)
            takeHandshake();
        if (m_state == State::Open)
            takeFrames(arrivedAt);
        if (std::size_t(count) < chunk.size())
            return;
    }
}

void WebSocket::takeHandshake()
{
    const std::size_t headEnd = m_in.find("\r\n\r\n");
    if (headEnd == std::string::npos)
        return;
    const std::string head = m_in.substr(0, headEnd + 2);
    m_in.erase(0, headEnd + 4);
    if (m_role == Role::Client) {
        if (head.compare(0, 12, "HTTP/1.1 101") != 0
            || fieldOf(head, "Sec-WebSocket-Accept") != acceptKeyFor(kClientKey))
            return end("no upgrade: " + head.substr(0, head.find("\r\n")));
    } else {
        m_out += "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                 "Sec-WebSocket-Accept: "
                 + acceptKeyFor(fieldOf(head, "Sec-WebSocket-Key")) + "\r\n";
        const std::string protocols = fieldOf(head, "Sec-WebSocket-Protocol");
        if (!protocols.empty())
            m_out += "Sec-WebSocket-Protocol: " + protocols.substr(0, protocols.find(',')) + "\r\n";
        m_out += "\r\n";
        flush();
    }
    m_state = State::Open;
    m_listener.onOpen();
}

void WebSocket::takeFrames(TimePoint arrivedAt)
{
    while (m_state == State::Open && takeFrame(arrivedAt)) {
    }
    m_in.erase(0, m_inAt);
    m_inAt = 0;
}

bool WebSocket::takeFrame(TimePoint arrivedAt)
{
    const std::size_t have = m_in.size() - m_inAt;
    if (have < 2)
        return false;
    const auto *head = reinterpret_cast<const std::uint8_t *>(m_in.data()) + m_inAt;
    const bool isMasked = (head[1] & kMasked) != 0;
    std::size_t size = head[1] & 0x7FU;
    std::size_t at = 2;
    if (size >= 126) {
        const std::size_t lengthBytes = size == 126 ? 2 : 8;
        if (have < at + lengthBytes)
            return false;
        size = 0;
        for (std::size_t i = 0; i < lengthBytes; ++i)
            size = size << 8 | head[at + i];
        at += lengthBytes;
    }
    const std::size_t maskAt = at;
    at += isMasked ? 4 : 0;
    if (size > kMaxMessageBytes) {
        end("a message of " + std::to_string(size) + " bytes");
        return false;
    }
    if (have < at + size)
        return false;

    char *payload = m_in.data() + m_inAt + at;
    if (isMasked)
        applyMask(payload, size, head + maskAt);
    const unsigned operation = head[0] & 0x0FU;
    const bool isFinal = (head[0] & kFinal) != 0;
    m_inAt += at + size;
    if (operation >= kClose || (isFinal && operation != kContinuation)) {
        onMessage(operation, {payload, size}, arrivedAt);
    } else {
        m_fragments.append(payload, size);
        if (isFinal)
            onMessage(kText, std::exchange(m_fragments, {}), arrivedAt);
    }
    return true;
}

void WebSocket::onMessage(unsigned operation, std::string_view payload, TimePoint arrivedAt)
{
    switch (operation) {
    case kText:
        m_listener.onText(payload, arrivedAt);
        break;
    case kBinary:
        end("a binary message");
        break;
    case kPing:
        sendFrame(kPong, payload);
        break;
    case kClose:
        sendFrame(kClose, payload);
        end("the peer said goodbye");
        break;
    default:
        break;
    }
}

void WebSocket::sendFrame(unsigned operation, std::string_view payload)
{
    if (m_state == State::Closed)
        return;
    const bool isMasked = m_role == Role::Client;
    const unsigned maskBit = isMasked ? kMasked : 0;
    m_out += char(kFinal | operation);
    if (payload.size() < 126) {
        m_out += char(maskBit | payload.size());
    } else if (payload.size() < 65536) {
        m_out += char(maskBit | 126U);
        appendBigEndian(m_out, payload.size(), 2);
    } else {
        m_out += char(maskBit | 127U);
        appendBigEndian(m_out, payload.size(), 8);
    }
    if (isMasked)
        m_out.append(reinterpret_cast<const char *>(kMask.data()), kMask.size());
    m_out += payload;
    if (isMasked)
        applyMask(m_out.data() + m_out.size() - payload.size(), payload.size(), kMask.data());
    flush();
}

void WebSocket::flush()
{
    while (m_outAt < m_out.size()) {
        const ssize_t count =
            send(m_descriptor, m_out.data() + m_outAt, m_out.size() - m_outAt, MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            break; // full, not yet connected, or broken: reading tells which
        m_outAt += std::size_t(count);
    }
    m_out.erase(0, m_outAt);
    m_outAt = 0;
    if (m_waitsForRoom == m_out.empty()) {
        m_waitsForRoom = !m_out.empty();
        m_poller.change(m_descriptor, *this, m_waitsForRoom ? EPOLLIN | EPOLLOUT : EPOLLIN);
    }
}

void WebSocket::close()
{
    if (m_state == State::Open)
        sendFrame(kClose, {"\x03\xE8", 2}); // 1000, normal
}

void WebSocket::end(const std::string &why)
{
    if (m_state == State::Closed)
        return;
    m_state = State::Closed;
    ::close(m_descriptor);
    m_descriptor = -1;
    m_listener.onClosed(why);
}

} // namespace bench
