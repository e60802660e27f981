// The database: the entry to this room.
#pragma once

#include "server/adapters/store/database_address.h"
#include "server/adapters/store/session.h"
#include "shared/base/result.h"

#include <memory>

namespace server::store {

/// Gives every thread its own connection to one PostgreSQL or SQLite database.
///
/// Why it exists: a QSqlDatabase belongs to the thread that made it, and preparing a statement
/// costs more than running it; so connections and their prepared statements live as long as their
/// thread does. Any thread may call session(). A connection is opened by its thread's first
/// statement and closed when the thread ends, or by this object's destructor. REQUIRES: a
/// QCoreApplication (Qt loads its drivers through it); when this object dies no other thread is
/// inside a Session of it (stop the worker pools first).
class Database final
{
public:
    /// Reads the URL; the server behind it is first asked by the first statement.
    static base::Result<std::unique_ptr<Database>> open(const QString &url);
    ~Database();
    Database(const Database &) = delete;
    Database &operator=(const Database &) = delete;

    Dialect dialect() const { return m_address.dialect; }
    /// For logs: without user and password.
    QString toDisplay() const { return m_address.toDisplay(); }

    /// The calling thread's session. A light handle: take one per unit of work, never hand it to
    /// another thread.
    Session session();

private:
    struct Connections;
    struct ThreadConnections;

    explicit Database(DatabaseAddress address);

    const DatabaseAddress m_address;
    const std::shared_ptr<Connections> m_connections;
};

} // namespace server::store
