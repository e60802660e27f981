#include "server/net/stream.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>

namespace server::net {

namespace {

constexpr size_t kReadChunk = 4U << 10U;
constexpr int kReadsPerTurn = 16; // a fast peer must not keep the others waiting
// What an empty buffer may keep: idle connections shall be small.
constexpr size_t kKeptBuffer = 16U << 10U;
constexpr base::Millis kLingering{1'000};

/// Reads and discards what a peer still sends after our last word, for a moment: closing with
/// unread input makes the kernel throw away what the peer has not received yet. Kept alive by its
/// timer.
class Lingerer final : public std::enable_shared_from_this<Lingerer>, private Loop::Watcher
{
public:
    Lingerer(Loop &loop, UniqueFd fd) : m_loop(loop), m_fd(std::move(fd)) {}
    ~Lingerer() override { m_loop.unwatch(m_fd.get(), this); }
    Lingerer(const Lingerer &) = delete;
    Lingerer &operator=(const Lingerer &) = delete;

    void start()
    {
        m_loop.watch(m_fd.get(), EPOLLIN, this);
        m_timer = m_loop.startTimer(kLingering, [self = shared_from_this()] {});
    }

private:
    void ready(std::uint32_t events) override
    {
        std::array<char, kReadChunk> waste{};
        for (int turn = 0; turn < kReadsPerTurn; ++turn) {
            const ssize_t got = ::recv(m_fd.get(), waste.data(), waste.size(), MSG_DONTWAIT);
            if (got < 0 && errno == EAGAIN && (events & (EPOLLERR | EPOLLHUP)) == 0)
                return;
            if (got <= 0) {
                const auto self = shared_from_this(); // the timer held us
                m_loop.cancelTimer(m_timer);
                m_loop.disposeLater(self);
                return m_loop.unwatch(m_fd.get(), this);
            }
        }
    }

    Loop &m_loop;
    UniqueFd m_fd;
    Loop::TimerId m_timer = 0;
};

void shrink(std::string &buffer)
{
    buffer.clear();
    if (buffer.capacity() > kKeptBuffer)
        std::string().swap(buffer);
}

} // namespace

Stream::Stream(Loop &loop, Detached socket, Handler &handler, TlsContext::Session tls)
    : m_loop(loop),
      m_fd(std::move(socket.fd)),
      m_handler(handler),
      m_tls(std::move(tls)),
      m_in(std::move(socket.unread)),
      m_out(std::move(socket.unsent))
{
    // Audio frames are small and due now: Nagle's algorithm would hold them back for up to 40 ms.
    const int on = 1;
    ::setsockopt(m_fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    m_interest = EPOLLIN | (pendingOutput() > 0 || m_tls ? EPOLLOUT : 0U);
    m_loop.watch(m_fd.get(), m_interest, this);
}

Stream::~Stream()
{
    if (!m_fd)
        return;
    m_loop.unwatch(m_fd.get(), this);
    if (m_endRequested && !m_ended && pendingOutput() == 0)
        std::make_shared<Lingerer>(m_loop, std::move(m_fd))->start();
}

void Stream::consume(size_t count)
{
    m_inStart += count;
    if (m_inStart == m_in.size()) {
        shrink(m_in);
        m_inStart = 0;
    }
}

void Stream::setReading(bool on)
{
    m_reading = on;
    updateInterest();
}

void Stream::write(std::string_view first, std::string_view second)
{
    if (!m_fd || m_endRequested)
        return;
    size_t sent = 0;
    const size_t total = first.size() + second.size();
    if (pendingOutput() == 0 && !m_tls) {
        iovec parts[2] = {{const_cast<char *>(first.data()), first.size()},
                          {const_cast<char *>(second.data()), second.size()}};
        msghdr message{};
        message.msg_iov = parts;
        message.msg_iovlen = second.empty() ? 1 : 2;
        const ssize_t result = ::sendmsg(m_fd.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        sent = result > 0 ? size_t(result) : 0;
    }
    if (sent == total)
        return;
    // Without this a peer that is always a little behind would make the buffer grow for ever.
    if (m_outStart > kKeptBuffer && m_outStart * 2 > m_out.size()) {
        m_out.erase(0, m_outStart);
        m_outStart = 0;
    }
    // What the kernel did not take waits; an error shows up as EPOLLERR and is handled there.
    if (sent < first.size()) {
        m_out.append(first.substr(sent));
        sent = first.size();
    }
    m_out.append(second.substr(sent - first.size()));
    if (m_tls)
        flush();
    else
        updateInterest();
}

void Stream::endOutput()
{
    m_endRequested = true;
    flush();
}

Detached Stream::detach()
{
    m_loop.unwatch(m_fd.get(), this);
    return {std::move(m_fd), m_in.substr(m_inStart), m_out.substr(m_outStart)};
}

void Stream::ready(std::uint32_t events)
{
    if (events & EPOLLERR)
        return setGone();
    const bool isShakingHands = m_tls && !SSL_is_init_finished(m_tls.get());
    // Under TLS reading may need the socket to take output, and writing input: any readiness lets
    // both try.
    if ((events & EPOLLOUT) || m_tls)
        flushAndTell();
    if (m_fd && ((events & (EPOLLIN | EPOLLHUP)) || m_tls) && m_reading && !m_ended)
        readMore();
    else if (m_fd && (events & EPOLLHUP))
        setGone();
    // The handshake may have ended while reading: no event will come for output that waited for it.
    if (m_fd && isShakingHands && SSL_is_init_finished(m_tls.get()))
        flushAndTell();
}

void Stream::flushAndTell()
{
    m_tlsWantsRead = false;
    const bool hadOutput = pendingOutput() > 0;
    flush();
    if (m_fd && hadOutput && pendingOutput() == 0)
        m_handler.onDrained();
}

void Stream::readMore()
{
    bool gotSome = false;
    bool gotEnd = false;
    m_tlsWantsWrite = false;
    bool isBroken = false;
    // What OpenSSL has already taken from the socket no event will tell of again: that is read to
    // the end.
    for (int turn = 0; turn < kReadsPerTurn || (m_tls && SSL_pending(m_tls.get()) > 0); ++turn) {
        if (m_inStart > 0 && m_inStart * 2 >= m_in.size()) {
            m_in.erase(0, m_inStart);
            m_inStart = 0;
        }
        const size_t used = m_in.size();
        m_in.resize(used + kReadChunk);
        const ssize_t got = readSome(m_in.data() + used, kReadChunk);
        m_in.resize(used + size_t(std::max<ssize_t>(got, 0)));
        gotSome = gotSome || got > 0;
        gotEnd = got == 0;
        isBroken = got < 0 && errno != EAGAIN;
        if (got < ssize_t(kReadChunk))
            break;
    }
    m_ended = gotEnd;
    updateInterest();
    if (gotSome)
        m_handler.onInput(); // also what came just before the connection broke
    if (m_fd && (isBroken || (gotEnd && !m_handler.onEnd())))
        setGone();
}

void Stream::flush()
{
    while (m_fd && pendingOutput() > 0) {
        const ssize_t sent = writeSome(m_out.data() + m_outStart, pendingOutput());
        if (sent < 0) {
            if (errno != EAGAIN) {
                // Our caller may be in the middle of something: the loop reports the end instead.
                ::shutdown(m_fd.get(), SHUT_RDWR);
                m_outStart = m_out.size();
            }
            break;
        }
        m_outStart += size_t(sent);
    }
    if (pendingOutput() == 0) {
        shrink(m_out);
        m_outStart = 0;
        if (m_fd && m_endRequested) {
            if (m_tls && SSL_is_init_finished(m_tls.get()))
                SSL_shutdown(m_tls.get()); // close_notify: the peer can tell an end from a cut
            ::shutdown(m_fd.get(), SHUT_WR);
        }
    }
    updateInterest();
}

void Stream::setGone()
{
    if (!m_fd)
        return;
    m_loop.unwatch(m_fd.get(), this);
    m_tls.reset();
    m_fd.reset();
    m_handler.onGone();
}

void Stream::updateInterest()
{
    if (!m_fd)
        return;
    std::uint32_t wanted = (m_reading && !m_ended) || m_tlsWantsRead ? std::uint32_t(EPOLLIN) : 0U;
    if ((pendingOutput() > 0 && !m_tlsWantsRead) || m_tlsWantsWrite)
        wanted |= EPOLLOUT;
    if (wanted == m_interest)
        return;
    m_interest = wanted;
    m_loop.rewatch(m_fd.get(), wanted, this);
}

ssize_t Stream::readSome(char *data, size_t size)
{
    if (!m_tls)
        return ::recv(m_fd.get(), data, size, 0);
    ERR_clear_error();
    const int got = SSL_read(m_tls.get(), data, int(size));
    if (got > 0)
        return got;
    const int why = SSL_get_error(m_tls.get(), got);
    m_tlsWantsWrite = why == SSL_ERROR_WANT_WRITE;
    if (why == SSL_ERROR_ZERO_RETURN)
        return 0;
    errno = why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? EAGAIN : EPROTO;
    return -1;
}

ssize_t Stream::writeSome(const char *data, size_t size)
{
    if (!m_tls)
        return ::send(m_fd.get(), data, size, MSG_NOSIGNAL);
    ERR_clear_error();
    const int sent = SSL_write(m_tls.get(), data, int(std::min<size_t>(size, 1U << 20U)));
    if (sent > 0)
        return sent;
    const int why = SSL_get_error(m_tls.get(), sent);
    m_tlsWantsRead = why == SSL_ERROR_WANT_READ;
    errno = why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? EAGAIN : EPROTO;
    return -1;
}

} // namespace server::net
