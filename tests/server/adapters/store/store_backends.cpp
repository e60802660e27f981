#include "tests/server/adapters/store/store_backends.h"

#include "server/adapters/store/migrations.h"

#include <QRandomGenerator>
#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QUrl>

namespace tests {

using server::store::Database;
using server::store::Dialect;

namespace {

QString administrationUrl()
{
    return QString::fromLocal8Bit(qgetenv("TEST_DATABASE_URL"));
}

/// CREATE and DROP DATABASE go past the code under test.
void administrate(const QString &statement)
{
    const QUrl url(administrationUrl());
    const QString name =
        QStringLiteral("administration-%1").arg(QRandomGenerator::system()->generate());
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(QStringLiteral("QPSQL"), name);
        database.setHostName(url.host());
        database.setPort(url.port());
        database.setUserName(url.userName());
        database.setPassword(url.password());
        database.setDatabaseName(url.path().mid(1));
        if (!database.open())
            qFatal("TEST_DATABASE_URL: %s", qPrintable(database.lastError().text()));
        QSqlQuery query(database);
        if (!query.exec(statement))
            qFatal("%s: %s", qPrintable(statement), qPrintable(query.lastError().text()));
    }
    QSqlDatabase::removeDatabase(name);
}

} // namespace

std::unique_ptr<ScratchDatabase> ScratchDatabase::create(Dialect dialect, Schema schema)
{
    std::unique_ptr<ScratchDatabase> scratch(new ScratchDatabase);
    if (dialect == Dialect::PostgreSql) {
        if (administrationUrl().isEmpty())
            return nullptr;
        const QString name =
            QStringLiteral("scratch_%1").arg(QRandomGenerator::system()->generate64(), 0, 36);
        administrate(QStringLiteral("CREATE DATABASE %1 TEMPLATE template0").arg(name));
        scratch->m_postgresName = name;
        QUrl url(administrationUrl());
        url.setPath(QLatin1Char('/') + name);
        scratch->m_url = url.toString(QUrl::FullyEncoded);
    } else {
        scratch->m_url =
            QStringLiteral("sqlite://") + scratch->m_folder.filePath(QStringLiteral("scratch.db"));
    }
    scratch->m_database = scratch->another();
    if (schema == Schema::Newest) {
        if (const auto migrated = server::store::migrate(*scratch->m_database); !migrated)
            qFatal("migrate: %s", qPrintable(migrated.error().message));
    }
    return scratch;
}

ScratchDatabase::~ScratchDatabase()
{
    m_database.reset();
    if (!m_postgresName.isEmpty())
        administrate(QStringLiteral("DROP DATABASE %1 WITH (FORCE)").arg(m_postgresName));
}

std::unique_ptr<Database> ScratchDatabase::another() const
{
    auto opened = Database::open(m_url);
    if (!opened)
        qFatal("open: %s", qPrintable(opened.error().message));
    return std::move(*opened);
}

void addBackendRows()
{
    QTest::addColumn<int>("dialect");
    QTest::newRow("SQLite") << int(Dialect::Sqlite);
    QTest::newRow("PostgreSQL") << int(Dialect::PostgreSql);
}

Dialect currentDialect()
{
    const auto *value = static_cast<const int *>(QTest::qData("dialect", qMetaTypeId<int>()));
    return static_cast<Dialect>(*value);
}

} // namespace tests
