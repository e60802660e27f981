// The staff's live feed: WebSocket /admin/live. The messages are those of shared/protocol/live.h.
#pragma once

#include "server/api/live_registry.h"
#include "server/bridge/bridge.h"
#include "server/net/web_socket.h"
#include "shared/base/worker_pool.h"
#include "shared/protocol/account.h"

#include <functional>
#include <memory>
#include <unordered_set>

namespace server::api {

/// The member of staff at the other end of a feed.
struct StaffMember
{
    base::UserId id;
    QString name; ///< e-mail
    protocol::Role role = protocol::Role::None;
};

/// All open feeds. Lives on the registry's loop; open() may be called from any thread.
class LiveFeed
{
public:
    struct Ports
    {
        net::Loop &loop;
        LiveRegistry &registry;
        bridge::Bridge &bridge;
        base::WorkerPool &store; ///< where the two functions below run: they may block
        /// Writes down that somebody listens. A failure forbids the listening.
        std::function<base::Result<void>(const StaffMember &, base::CallId)> auditListen;
        /// Details of a call that has ended.
        std::function<std::optional<protocol::CallDetail>(base::CallId)> storedDetail;
    };

    explicit LiveFeed(Ports ports);
    ~LiveFeed();

    /// An accepted socket and whose it is.
    void open(net::Detached socket, StaffMember member);

    /// Closes all feeds with 1001. On the loop only.
    void closeAll();

private:
    class Feed;
    void remove(const std::shared_ptr<Feed> &feed);

    Ports m_ports;
    std::unordered_set<std::shared_ptr<Feed>> m_feeds;
};

} // namespace server::api
