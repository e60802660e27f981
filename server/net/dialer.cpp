#include "server/net/dialer.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <netdb.h>
#include <sys/epoll.h>
#include <sys/socket.h>

namespace server::net {

namespace {

struct Address
{
    int family = 0;
    sockaddr_storage bytes{};
    socklen_t size = 0;
};

struct Destination
{
    std::string host;
    std::uint16_t port = 0;
    QString name() const
    {
        return QString::fromStdString(host) + QLatin1Char(':') + QString::number(port);
    }
};

base::Result<std::vector<Address>> resolve(const Destination &destination)
{
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV;
    addrinfo *found = nullptr;
    const int error = ::getaddrinfo(destination.host.c_str(),
                                    std::to_string(destination.port).c_str(), &hints, &found);
    if (error != 0)
        return base::fail(
            base::Fault::Upstream,
            QStringLiteral("cannot find %1: %2")
                .arg(destination.name(), QString::fromLocal8Bit(::gai_strerror(error))));
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> guard(found, &::freeaddrinfo);
    std::vector<Address> addresses;
    for (const addrinfo *one = found; one; one = one->ai_next) {
        Address address{one->ai_family, {}, one->ai_addrlen};
        std::memcpy(&address.bytes, one->ai_addr, one->ai_addrlen);
        addresses.push_back(address);
    }
    return addresses;
}

/// One connection being made; kept alive by its timer until it has told.
class Attempt final : public std::enable_shared_from_this<Attempt>, private Loop::Watcher
{
public:
    Attempt(Loop &loop, Destination destination, std::weak_ptr<void> owner,
            Dialer::OnConnected onConnected)
        : m_loop(loop),
          m_destination(std::move(destination)),
          m_owner(std::move(owner)),
          m_onConnected(std::move(onConnected))
    {
    }
    ~Attempt() override
    {
        if (m_fd)
            m_loop.unwatch(m_fd.get(), this);
    }
    Attempt(const Attempt &) = delete;
    Attempt &operator=(const Attempt &) = delete;

    void start(base::Result<std::vector<Address>> addresses, base::Millis timeout)
    {
        if (!addresses)
            return tell(failed(addresses));
        m_addresses = std::move(*addresses);
        // Each address gets its share, so that a dead first one does not eat all the time.
        m_share = timeout / std::max<int>(int(m_addresses.size()), 1);
        tryNext();
    }

private:
    void tryNext()
    {
        const auto self = shared_from_this(); // the timer that goes may be our last holder
        m_loop.cancelTimer(m_timer);
        if (m_fd)
            m_loop.unwatch(m_fd.get(), this);
        m_fd.reset();
        if (m_next == m_addresses.size())
            return tell(base::fail(
                base::Fault::Upstream,
                QStringLiteral("cannot connect to %1: %2").arg(m_destination.name(), m_why)));
        const Address &address = m_addresses[m_next++];
        m_fd = UniqueFd(::socket(address.family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        if (!m_fd
            || (::connect(m_fd.get(), reinterpret_cast<const sockaddr *>(&address.bytes),
                          address.size)
                    != 0
                && errno != EINPROGRESS)) {
            m_why = QString::fromLocal8Bit(std::strerror(errno));
            m_fd.reset();
            return tryNext();
        }
        m_loop.watch(m_fd.get(), EPOLLOUT, this);
        m_timer = m_loop.startTimer(m_share, [self] {
            self->m_timer = 0;
            self->m_why = QStringLiteral("no answer in time");
            self->tryNext();
        });
    }

    void ready(std::uint32_t) override
    {
        const auto self = shared_from_this();
        int error = 0;
        socklen_t size = sizeof error;
        ::getsockopt(m_fd.get(), SOL_SOCKET, SO_ERROR, &error, &size);
        if (error != 0) {
            m_why = QString::fromLocal8Bit(std::strerror(error));
            return tryNext();
        }
        m_loop.cancelTimer(m_timer);
        m_loop.unwatch(m_fd.get(), this);
        tell(std::move(m_fd));
    }

    void tell(base::Result<UniqueFd> result)
    {
        if (!m_owner.expired())
            m_onConnected(std::move(result));
    }

    Loop &m_loop;
    const Destination m_destination;
    const std::weak_ptr<void> m_owner;
    const Dialer::OnConnected m_onConnected;
    std::vector<Address> m_addresses;
    size_t m_next = 0;
    base::Millis m_share{0};
    UniqueFd m_fd;
    Loop::TimerId m_timer = 0;
    QString m_why;
};

} // namespace

void Dialer::connect(Loop &loop, const std::string &host, std::uint16_t port, base::Millis timeout,
                     std::weak_ptr<void> owner, OnConnected onConnected)
{
    const Destination destination{host, port};
    auto attempt =
        std::make_shared<Attempt>(loop, destination, std::move(owner), std::move(onConnected));
    const auto start = [&loop, attempt, timeout](base::Result<std::vector<Address>> addresses) {
        loop.post([attempt, timeout, addresses = std::move(addresses)] {
            attempt->start(addresses, timeout);
        });
    };
    if (!m_resolver.submit([destination, start] { start(resolve(destination)); }))
        start(base::fail(base::Fault::Unavailable,
                         QStringLiteral("too busy to look up %1").arg(destination.name())));
}

} // namespace server::net
