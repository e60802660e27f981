// The one place where every part of the server meets every other.
#pragma once

#include "server/app/config.h"
#include "shared/base/result.h"

#include <memory>

namespace server::app {

/// The whole server. Lives on the main thread, whose event loop carries the live picture and the
/// feeds.
class Server
{
public:
    /// Opens the database, brings its schema up to date and builds everything; nothing listens yet.
    static base::Result<std::unique_ptr<Server>> create(const Config &config,
                                                        const QString &version);
    ~Server();

    /// Listens, and serves until SIGTERM or SIGINT; then finishes what is under way and stores what
    /// calls leave.
    base::Result<void> run();

    /// The route table as text.
    QString describeRoutes() const;

private:
    struct Parts;
    explicit Server(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> m_d;
};

} // namespace server::app
