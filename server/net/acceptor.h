// Listens on a TCP port.
#pragma once

#include "server/net/loop.h"
#include "shared/base/result.h"

#include <functional>
#include <memory>
#include <string>

namespace server::net {

/// Accepts connections and hands each to `onAccepted`, with the peer's numeric address.
/// Lives on its loop's thread.
class Acceptor final : private Loop::Watcher
{
public:
    using OnAccepted = std::function<void(UniqueFd, std::string peer)>;

    /// `host` is a numeric address; port 0 takes a free one. Fails with a sentence that names host
    /// and port.
    static base::Result<std::unique_ptr<Acceptor>>
    listen(Loop &loop, const std::string &host, std::uint16_t port, OnAccepted onAccepted);
    ~Acceptor() override;

    std::uint16_t port() const { return m_port; }

private:
    Acceptor(Loop &loop, UniqueFd fd, std::uint16_t port, OnAccepted onAccepted);
    void ready(std::uint32_t events) override;

    Loop &m_loop;
    UniqueFd m_fd;
    const std::uint16_t m_port;
    OnAccepted m_onAccepted;
    Loop::TimerId m_pause = 0;
};

} // namespace server::net
