// The databases that a store test runs against: each a fresh one that is gone afterwards.
#pragma once

#include "server/adapters/store/database.h"

#include <QTemporaryDir>
#include <QTest>

#include <memory>

namespace tests {

/// A new, empty database of one kind: a SQLite file, or a database in the PostgreSQL of
/// TEST_DATABASE_URL. It is dropped by the destructor; close every connection to it before.
class ScratchDatabase
{
public:
    enum class Schema { None, Newest };

    /// Null when this kind is not to be had here; see SKIP_WITHOUT.
    static std::unique_ptr<ScratchDatabase> create(server::store::Dialect dialect,
                                                   Schema schema = Schema::Newest);
    ~ScratchDatabase();
    ScratchDatabase(const ScratchDatabase &) = delete;
    ScratchDatabase &operator=(const ScratchDatabase &) = delete;

    server::store::Database &database() { return *m_database; }
    const QString &url() const { return m_url; }
    /// Another Database on the same data, as a second server would have it.
    std::unique_ptr<server::store::Database> another() const;

private:
    ScratchDatabase() = default;

    QTemporaryDir m_folder;
    QString m_url;
    QString m_postgresName;
    std::unique_ptr<server::store::Database> m_database;
};

/// Adds a column "dialect" and the rows "SQLite" and "PostgreSQL".
void addBackendRows();
/// The dialect of the current row.
server::store::Dialect currentDialect();

} // namespace tests

/// Declares `name` as a scratch database of the current row's kind, or skips the row with a clear
/// word.
#define SCRATCH_DATABASE(name, ...)                                                                \
    const auto name =                                                                              \
        tests::ScratchDatabase::create(tests::currentDialect() __VA_OPT__(, ) __VA_ARGS__);        \
    if (!name)                                                                                     \
    QSKIP("no PostgreSQL: TEST_DATABASE_URL is not set (tests/with_postgres.sh provides one)")
