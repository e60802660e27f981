// Opens outgoing TCP connections without blocking the loop.
#pragma once

#include "server/net/loop.h"
#include "shared/base/result.h"
#include "shared/base/worker_pool.h"

#include <functional>
#include <memory>
#include <string>

namespace server::net {

/// Resolves on a worker pool (getaddrinfo blocks), then connects, trying each address in turn.
/// Any thread may call; must outlive its loops' last task.
class Dialer
{
public:
    using OnConnected = std::function<void(base::Result<UniqueFd>)>;

    explicit Dialer(base::WorkerPool &resolver) : m_resolver(resolver) {}

    /// `onConnected` runs on `loop`, once, unless `owner` has expired by then.
    void connect(Loop &loop, const std::string &host, std::uint16_t port, base::Millis timeout,
                 std::weak_ptr<void> owner, OnConnected onConnected);

private:
    base::WorkerPool &m_resolver;
};

} // namespace server::net
