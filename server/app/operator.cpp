#include "server/app/operator.h"

#include "server/adapters/store/key_rotation.h"
#include "server/adapters/store/migrations.h"
#include "server/adapters/store/sql_account_store.h"
#include "server/adapters/store/sql_audit_log.h"
#include "server/app/options.h"
#include "server/core/accounts/account_service.h"

#include <QDir>

namespace server::app {

base::Result<std::unique_ptr<store::Database>> openDatabase(const Config &config)
{
    if (!QDir().mkpath(config.dataFolder))
        return base::fail(base::Fault::Unavailable,
                          QStringLiteral("DATA_DIR %1 cannot be made").arg(config.dataFolder));
    auto database = store::Database::open(config.databaseUrl);
    if (!database)
        return base::fail(base::Fault::Invalid,
                          QStringLiteral("DATABASE_URL: ") + database.error().message,
                          database.error().cause);
    if (const auto migrated = store::migrate(**database); !migrated)
        return failed(migrated);
    return database;
}

base::Result<void> createAdmin(const Config &config, const QString &email, const QString &password)
{
    const auto database = openDatabase(config);
    if (!database)
        return failed(database);
    store::SqlAccountStore accountStore(**database);
    store::SqlAuditLog audit(**database);
    const core::PasswordHasher hasher;
    const core::AccessTokens tokens(config.secretKey, base::utcNow);
    core::AccountService accounts({accountStore, audit, hasher, tokens});
    if (const auto made = accounts.createAdmin(email, password); !made)
        return failed(made);
    return {};
}

base::Result<int> migrateDatabase(const Config &config)
{
    if (!QDir().mkpath(config.dataFolder))
        return base::fail(base::Fault::Unavailable, QStringLiteral("DATA_DIR cannot be made"));
    const auto database = store::Database::open(config.databaseUrl);
    if (!database)
        return failed(database);
    return store::migrate(**database);
}

base::Result<QStringList> rotateKeys(const Config &config)
{
    if (config.dataEncryptionKeys.isEmpty())
        return base::fail(base::Fault::Invalid, QStringLiteral("DATA_ENCRYPTION_KEY is missing"));
    const auto database = openDatabase(config);
    if (!database)
        return failed(database);
    const auto rotated = store::rotateKeys(**database, secretBox(config), store::sealedColumns());
    if (!rotated)
        return failed(rotated);
    QStringList lines;
    int unreadable = 0;
    for (const store::Rotated &table : *rotated) {
        lines.append(QStringLiteral("%1: %2 secrets, %3 sealed anew, %4 that no key opens")
                         .arg(table.table)
                         .arg(table.sealed)
                         .arg(table.renewed)
                         .arg(table.unreadable));
        unreadable += table.unreadable;
    }
    if (unreadable > 0)
        return base::fail(base::Fault::Unavailable,
                          QStringLiteral("a key is missing: ") + lines.join(QStringLiteral("; ")));
    return lines;
}

} // namespace server::app
