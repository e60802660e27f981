#include "server/http/http_loop.h"

#include "server/http/connection.h"

#include <array>

namespace server::http {

namespace {

constexpr base::Millis kSweepEvery{100}; // how exact the deadlines are
constexpr int kMaxRefused = 64;          // connections that are being told that there are too many

/// An IPv4 peer of an IPv6 listener, as everybody writes it.
std::string withoutMapping(std::string peer)
{
    constexpr std::string_view kMapped = "::ffff:";
    if (peer.starts_with(kMapped) && peer.find('.') != std::string::npos)
        peer.erase(0, kMapped.size());
    return peer;
}

} // namespace

HttpLoop::HttpLoop(Shared &shared, int index)
    : m_shared(shared),
      m_writer(shared.headers, shared.dispatcher.cors()),
      m_thread("http-" + std::to_string(index))
{
}

HttpLoop::~HttpLoop()
{
    stop();
}

void HttpLoop::adopt(net::UniqueFd fd, std::string peer, std::optional<std::string> ticket)
{
    if (loop().isOwnThread())
        return take(std::move(fd), std::move(peer), std::move(ticket));
    // A task must be copyable, a descriptor is not.
    auto shared = std::make_shared<net::UniqueFd>(std::move(fd));
    loop().post([this, shared, peer = std::move(peer), ticket = std::move(ticket)]() mutable {
        take(std::move(*shared), std::move(peer), std::move(ticket));
    });
}

void HttpLoop::take(net::UniqueFd fd, std::string peer, std::optional<std::string> ticket)
{
    const bool isWelcome = ticket.has_value();
    if (!isWelcome && m_refused >= kMaxRefused)
        return;
    if (isWelcome && m_shared.isStopping)
        return m_shared.admission.release(*ticket);
    const std::uint64_t id = ++m_lastId;
    auto connection =
        std::make_shared<Connection>(*this, id, std::move(fd), withoutMapping(std::move(peer)));
    m_refused += isWelcome ? 0 : 1;
    m_connections.emplace(id, Entry{connection, std::move(ticket)});
    if (!isWelcome)
        connection->refuse(503);
    armSweep();
}

void HttpLoop::tell(std::uint64_t connection, std::function<void(Connection &)> task)
{
    loop().post([this, connection, task = std::move(task)] {
        if (const auto known = m_connections.find(connection); known != m_connections.end())
            task(*known->second.connection);
    });
}

void HttpLoop::remove(std::uint64_t connection)
{
    auto gone = m_connections.extract(connection);
    if (gone.empty())
        return;
    loop().disposeLater(std::move(gone.mapped().connection));
    if (gone.mapped().ticket)
        m_shared.admission.release(*gone.mapped().ticket);
    else
        --m_refused;
}

void HttpLoop::armSweep()
{
    if (m_sweep == 0 && !m_connections.empty())
        m_sweep = loop().startTimer(kSweepEvery, [this] { sweep(); });
}

void HttpLoop::sweep()
{
    m_sweep = 0;
    for (const auto &[id, entry] : m_connections)
        m_visited.push_back(entry.connection); // a visit may remove
    for (const auto &connection : m_visited)
        connection->sweep();
    m_visited.clear();
    armSweep();
}

void HttpLoop::finish()
{
    loop().post([this] {
        for (const auto &[id, entry] : m_connections)
            m_visited.push_back(entry.connection);
        for (const auto &connection : m_visited)
            connection->finish();
        m_visited.clear();
    });
}

void HttpLoop::stop()
{
    loop().post([this] {
        loop().cancelTimer(m_sweep);
        while (!m_connections.empty())
            remove(m_connections.begin()->first);
    });
    m_thread.stop();
}

std::string HttpLoop::makeRequestId()
{
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string id(16, '0');
    for (size_t i = 0; i < id.size(); i += 8) {
        std::uint32_t word = loop().randomWord();
        for (size_t k = 0; k < 8; ++k, word >>= 4U)
            id[i + k] = kDigits[word & 0xfU];
    }
    return id;
}

} // namespace server::http
