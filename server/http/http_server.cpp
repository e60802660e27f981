#include "server/http/http_server.h"

#include "server/http/http_loop.h"

namespace server::http {

/// The parts, in the order in which they depend on each other.
class HttpServer::Private
{
public:
    Private(RouteTable table, Limits limits, Headers headers, Hooks hooks, Lanes lanes)
        : m_shared(std::move(table), std::move(limits), std::move(headers), std::move(hooks), lanes)
    {
    }
    ~Private() { stop(base::Millis(0)); }

    base::Result<void> start(const std::string &host, std::uint16_t port, int loops)
    {
        Q_ASSERT(m_loops.empty() && loops > 0);
        for (int i = 0; i < loops; ++i)
            m_loops.push_back(std::make_unique<HttpLoop>(m_shared, i));
        base::Result<void> result;
        accepting().runAndWait([&] {
            auto acceptor = net::Acceptor::listen(accepting().loop(), host, port,
                                                  [this](net::UniqueFd fd, std::string peer) {
                                                      onAccepted(std::move(fd), std::move(peer));
                                                  });
            if (acceptor)
                m_acceptor = std::move(*acceptor);
            else
                result = base::failed(acceptor);
        });
        if (!result)
            m_loops.clear();
        return result;
    }

    std::uint16_t port() const { return m_acceptor ? m_acceptor->port() : 0; }

    void stop(base::Millis patience)
    {
        if (m_loops.empty())
            return;
        accepting().runAndWait([this] { m_acceptor.reset(); });
        m_shared.isStopping = true;
        for (const auto &loop : m_loops)
            loop->finish();
        m_shared.admission.waitUntilEmpty(patience);
        m_shared.dispatcher.close();
        for (const auto &loop : m_loops)
            loop->stop();
        m_loops.clear();
    }

    int connectionCount() const { return m_shared.admission.count(); }

private:
    net::LoopThread &accepting() { return m_loops.front()->thread(); }

    void onAccepted(net::UniqueFd fd, std::string peer)
    {
        auto ticket = m_shared.admission.admit(peer);
        m_next = (m_next + 1) % m_loops.size();
        m_loops[m_next]->adopt(std::move(fd), std::move(peer), std::move(ticket));
    }

    Shared m_shared;
    std::vector<std::unique_ptr<HttpLoop>> m_loops; ///< the first one accepts
    std::unique_ptr<net::Acceptor> m_acceptor;      ///< lives on the first loop's thread
    size_t m_next = 0;
};

HttpServer::HttpServer(RouteTable table, Limits limits, Headers headers, Hooks hooks, Lanes lanes)
    : m_private(std::make_unique<Private>(std::move(table), std::move(limits), std::move(headers),
                                          std::move(hooks), lanes))
{
}

HttpServer::~HttpServer() = default;

base::Result<void> HttpServer::start(const std::string &host, std::uint16_t port, int loops)
{
    return m_private->start(host, port, loops);
}

std::uint16_t HttpServer::port() const
{
    return m_private->port();
}

void HttpServer::stop(base::Millis patience)
{
    m_private->stop(patience);
}

int HttpServer::connectionCount() const
{
    return m_private->connectionCount();
}

} // namespace server::http
