// What the operator does at the command line, without a running server.
#pragma once

#include "server/adapters/store/database.h"
#include "server/app/config.h"

namespace server::app {

/// The configured database, its schema up to date.
base::Result<std::unique_ptr<store::Database>> openDatabase(const Config &config);

/// What `--create-admin` does.
base::Result<void> createAdmin(const Config &config, const QString &email, const QString &password);

/// What `--migrate` does: the number of migrations applied.
base::Result<int> migrateDatabase(const Config &config);

/// What `--rotate-keys` does: one line per table.
base::Result<QStringList> rotateKeys(const Config &config);

} // namespace server::app
