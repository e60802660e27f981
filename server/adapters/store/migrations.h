// The schema and its history.
#pragma once

#include "server/adapters/store/sql.h"
#include "shared/base/result.h"

#include <QString>

#include <vector>

namespace server::store {

class Database;

/// One step of the schema. `text` is the file's text with its {{tokens}} still in it (see
/// migrations/README.md).
struct Migration
{
    int number = 0;
    QString name;
    QString text;

    QString checksum() const;
};

/// The migrations built into this program, in order.
std::vector<Migration> builtInMigrations(Dialect dialect);

/// Brings the database up to the newest migration: each in a transaction of its own, under a lock,
/// so that any number of servers may start at once. Returns how many were applied.
///
/// Errors, which must stop the start: Fault::Conflict when an applied migration's text has changed
/// since, or when the database is newer than this program.
base::Result<int> migrate(Database &database);
base::Result<int> migrate(Database &database, const std::vector<Migration> &migrations);

} // namespace server::store
