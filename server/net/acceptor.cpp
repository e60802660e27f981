#include "server/net/acceptor.h"

#include <cerrno>
#include <cstring>

#include <netdb.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

namespace server::net {

namespace {

constexpr int kAcceptsPerTurn = 64;
constexpr base::Millis kPauseWithoutDescriptors{100};

base::Result<UniqueFd> openListener(const std::string &host, std::uint16_t port)
{
    const QString where = QString::fromStdString(host) + QLatin1Char(':') + QString::number(port);
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV;
    addrinfo *found = nullptr;
    if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0)
        return base::fail(base::Fault::Invalid,
                          QStringLiteral("%1 is not an address to listen on").arg(where));
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> guard(found, &::freeaddrinfo);
    UniqueFd fd(::socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const int on = 1;
    if (fd)
        ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (!fd || ::bind(fd.get(), found->ai_addr, found->ai_addrlen) != 0
        || ::listen(fd.get(), SOMAXCONN) != 0)
        return base::fail(base::Fault::Unavailable,
                          QStringLiteral("cannot listen on %1: %2")
                              .arg(where, QString::fromLocal8Bit(std::strerror(errno))));
    return fd;
}

std::uint16_t portOf(const sockaddr_storage &address)
{
    if (address.ss_family == AF_INET6)
        return ntohs(reinterpret_cast<const sockaddr_in6 &>(address).sin6_port);
    return ntohs(reinterpret_cast<const sockaddr_in &>(address).sin_port);
}

} // namespace

base::Result<std::unique_ptr<Acceptor>> Acceptor::listen(Loop &loop, const std::string &host,
                                                         std::uint16_t port, OnAccepted onAccepted)
{
    auto fd = openListener(host, port);
    if (!fd)
        return failed(fd);
    sockaddr_storage bound{};
    socklen_t size = sizeof bound;
    ::getsockname(fd->get(), reinterpret_cast<sockaddr *>(&bound), &size);
    return std::unique_ptr<Acceptor>(
        new Acceptor(loop, std::move(*fd), portOf(bound), std::move(onAccepted)));
}

Acceptor::Acceptor(Loop &loop, UniqueFd fd, std::uint16_t port, OnAccepted onAccepted)
    : m_loop(loop), m_fd(std::move(fd)), m_port(port), m_onAccepted(std::move(onAccepted))
{
    m_loop.watch(m_fd.get(), EPOLLIN, this);
}

Acceptor::~Acceptor()
{
    m_loop.cancelTimer(m_pause);
    m_loop.unwatch(m_fd.get(), this);
}

void Acceptor::ready(std::uint32_t)
{
    for (int i = 0; i < kAcceptsPerTurn; ++i) {
        sockaddr_storage peer{};
        socklen_t size = sizeof peer;
        UniqueFd fd(::accept4(m_fd.get(), reinterpret_cast<sockaddr *>(&peer), &size,
                              SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (!fd) {
            if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
                // Out of descriptors: without a pause the loop would spin on a backlog it cannot
                // take.
                m_loop.rewatch(m_fd.get(), 0, this);
                m_pause = m_loop.startTimer(kPauseWithoutDescriptors, [this] {
                    m_pause = 0;
                    m_loop.rewatch(m_fd.get(), EPOLLIN, this);
                });
            }
            return;
        }
        char name[NI_MAXHOST] = "";
        ::getnameinfo(reinterpret_cast<const sockaddr *>(&peer), size, name, sizeof name, nullptr,
                      0, NI_NUMERICHOST);
        m_onAccepted(std::move(fd), name);
    }
}

} // namespace server::net
