#include "tests/bench/acceptor.h"

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

namespace bench {

Acceptor::Acceptor(Poller &poller, std::uint16_t port, Handler handler)
    : m_descriptor(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)),
      m_handler(std::move(handler))
{
    const int on = 1;
    setsockopt(m_descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    m_isListening =
        bind(m_descriptor, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0
        && listen(m_descriptor, 1024) == 0;
    poller.watch(m_descriptor, *this, EPOLLIN);
}

Acceptor::~Acceptor()
{
    close(m_descriptor);
}

void Acceptor::onReady(std::uint32_t)
{
    for (;;) {
        const int descriptor =
            accept4(m_descriptor, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor < 0)
            return;
        m_handler(descriptor);
    }
}

} // namespace bench
