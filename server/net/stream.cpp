#include "server/net/stream.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cerrno>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>

namespace server::net {

namespace {

constexpr size_t kReadChunk = 4 * 1024;
constexpr int kReadsPerTurn = 16; // a fast peer must not keep the others waiting

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
    if (m_fd)
        m_loop.unwatch(m_fd.get(), this);
}

void Stream::consume(size_t count)
{
    m_inStart += count;
    if (m_inStart == m_in.size()) {
        m_in.clear();
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
    const bool mayWrite = (events & EPOLLOUT) || (m_tlsWantsRead && (events & EPOLLIN));
    if (mayWrite) {
        m_tlsWantsRead = false;
        const bool hadOutput = pendingOutput() > 0;
        flush();
        if (m_fd && hadOutput && pendingOutput() == 0)
            m_handler.onDrained();
    }
    if (m_fd && (events & (EPOLLIN | EPOLLHUP)) && m_reading && !m_ended)
        readMore();
    else if (m_fd && (events & EPOLLHUP))
        setGone();
}

void Stream::readMore()
{
    bool gotSome = false;
    bool gotEnd = false;
    for (int turn = 0; turn < kReadsPerTurn; ++turn) {
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
        if (got < 0 && errno != EAGAIN)
            return setGone();
        if (got < ssize_t(kReadChunk))
            break;
    }
    if (gotEnd) {
        m_ended = true;
        updateInterest();
    }
    if (gotSome)
        m_handler.onInput();
    if (gotEnd && m_fd && !m_handler.onEnd())
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
        m_out.clear();
        m_outStart = 0;
        if (m_fd && m_endRequested)
            ::shutdown(m_fd.get(), SHUT_WR);
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
    std::uint32_t wanted = m_reading && !m_ended ? std::uint32_t(EPOLLIN) : 0U;
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
