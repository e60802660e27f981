#include "server/adapters/store/database.h"

#include "server/adapters/store/connection.h"

#include <algorithm>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace server::store {

using base::Result;

/// Owns the connections of all threads, so that whoever ends first - thread or database - closes
/// them.
struct Database::Connections
{
    std::mutex mutex;
    quint64 opened = 0;
    WriteTurn turn; // before the connections, which give it back when they end
    std::unordered_map<Connection *, std::unique_ptr<Connection>> all;

    std::unique_ptr<Connection> take(Connection *connection)
    {
        const std::lock_guard lock(mutex);
        const auto found = all.find(connection);
        if (found == all.end())
            return nullptr;
        auto taken = std::move(found->second);
        all.erase(found);
        return taken;
    }
};

/// What one thread remembers: which connection it has in which database.
struct Database::ThreadConnections
{
    struct Entry
    {
        std::weak_ptr<Connections> owner;
        const Connections *key;
        Connection *connection;
    };
    std::vector<Entry> entries;

    ~ThreadConnections()
    {
        for (const Entry &entry : entries) {
            if (const auto owner = entry.owner.lock())
                owner->take(entry.connection);
        }
    }

    Connection *find(const Connections *key)
    {
        for (const Entry &entry : entries) {
            // The weak pointer keeps the control block, so a dead entry cannot be mistaken for its
            // successor.
            if (entry.key == key && !entry.owner.expired())
                return entry.connection;
        }
        return nullptr;
    }
};

Database::Database(DatabaseAddress address)
    : m_address(std::move(address)), m_connections(std::make_shared<Connections>())
{
}

Database::~Database()
{
    const std::lock_guard lock(m_connections->mutex);
    m_connections->all.clear();
}

Result<std::unique_ptr<Database>> Database::open(const QString &url)
{
    auto address = DatabaseAddress::parse(url);
    if (!address)
        return failed(address);
    return std::unique_ptr<Database>(new Database(std::move(*address)));
}

Session Database::session()
{
    static thread_local ThreadConnections mine;
    if (Connection *known = mine.find(m_connections.get()))
        return Session(*known);

    std::erase_if(mine.entries, [](const auto &entry) { return entry.owner.expired(); });
    const std::lock_guard lock(m_connections->mutex);
    const QString name = QStringLiteral("store-%1-%2")
                             .arg(quintptr(m_connections.get()), 0, 16)
                             .arg(++m_connections->opened);
    auto connection = std::make_unique<Connection>(m_address, name, m_connections->turn);
    Connection *const raw = connection.get();
    m_connections->all.emplace(raw, std::move(connection));
    mine.entries.push_back({m_connections, m_connections.get(), raw});
    return Session(*raw);
}

} // namespace server::store
