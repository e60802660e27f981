// Where the data lives, read from DATABASE_URL.
#pragma once

#include "server/adapters/store/sql.h"
#include "shared/base/result.h"
#include "shared/base/secret.h"

#include <QString>

namespace server::store {

/// The parts of a database URL that a connection is opened with.
///
/// PostgreSQL: `postgresql://user:password@host:port/name?sslmode=require&host=/socket/folder` (or
/// `postgres://`). The query takes libpq's own parameter words (PostgreSQL manual, 34.1.2
/// "Parameter Key Words"). SQLite: `sqlite:///absolute/path.db`, `sqlite:///./relative.db`, or just
/// the path of a file.
struct DatabaseAddress
{
    Dialect dialect = Dialect::Sqlite;
    QString name; ///< database, or the file's path
    QString host;
    int port = -1;
    QString user;
    base::Secret password;
    QString options; ///< the remaining parameters in the driver's form

    /// Fails with Fault::Invalid and a sentence for the operator; never repeats the password.
    static base::Result<DatabaseAddress> parse(const QString &url);
    /// For logs: without user and password.
    QString toDisplay() const;
};

} // namespace server::store
