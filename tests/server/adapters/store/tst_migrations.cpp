#include "server/adapters/store/migrations.h"
#include "tests/server/adapters/store/store_backends.h"

#include <QTest>

#include <latch>
#include <thread>

using namespace server::store;
using base::Fault;

namespace {

constexpr auto Empty = tests::ScratchDatabase::Schema::None;

std::vector<Migration> twoSteps()
{
    return {
        {1, QStringLiteral("first"),
         QStringLiteral("-- A note; with a semicolon.\nCREATE TABLE one (id {{id}}, at {{time}},\n"
                        " data {{bytes}}, more {{json}});\nCREATE INDEX i ON one (at);\n")},
        {2, QStringLiteral("second"),
         QStringLiteral("INSERT INTO one (at, more) VALUES ('2026-01-01T00:00:00.000Z', '{\"a\": "
                        "\"b;\"}');\n")}};
}

qint64 count(Database &database, const QString &table)
{
    const auto rows = database.session().execute(QStringLiteral("SELECT count(*) FROM ") + table);
    return rows ? rows->first().integer(0) : -1;
}

} // namespace

class TestMigrations : public QObject
{
    Q_OBJECT

private slots:
    void builtInFilesAreInOrder()
    {
        for (const Dialect dialect : {Dialect::Sqlite, Dialect::PostgreSql}) {
            const auto migrations = builtInMigrations(dialect);
            QVERIFY(!migrations.empty());
            for (size_t i = 0; i < migrations.size(); ++i) {
                QCOMPARE(migrations[i].number, int(i + 1));
                QVERIFY(!migrations[i].text.isEmpty());
            }
        }
    }

    void appliesAllOnce_data() { tests::addBackendRows(); }
    void appliesAllOnce()
    {
        SCRATCH_DATABASE(scratch, Empty);
        Database &database = scratch->database();
        const auto first = migrate(database);
        QVERIFY2(first, first ? "" : qPrintable(first.error().message));
        QCOMPARE(*first, int(builtInMigrations(database.dialect()).size()));
        QCOMPARE(migrate(database).value_or(-1), 0);
        QCOMPARE(count(database, QStringLiteral("users")), 0);
        QCOMPARE(count(database, QStringLiteral("schema_migrations")), *first);
    }

    void continuesWhereItStopped_data() { tests::addBackendRows(); }
    void continuesWhereItStopped()
    {
        SCRATCH_DATABASE(scratch, Empty);
        auto steps = twoSteps();
        QCOMPARE(migrate(scratch->database(), {steps[0]}).value_or(-1), 1);
        QCOMPARE(migrate(scratch->database(), steps).value_or(-1), 1);
        QCOMPARE(count(scratch->database(), QStringLiteral("one")), 1);
    }

    void appliesOnceUnderManyStarts_data() { tests::addBackendRows(); }
    void appliesOnceUnderManyStarts()
    {
        SCRATCH_DATABASE(scratch, Empty);
        constexpr int servers = 6;
        std::latch start(servers);
        std::atomic<int> applied = 0;
        std::atomic<int> failures = 0;
        std::vector<std::thread> threads;
        threads.reserve(servers);
        for (int i = 0; i < servers; ++i) {
            threads.emplace_back([&] {
                const auto database = scratch->another();
                start.arrive_and_wait();
                const auto done = migrate(*database, twoSteps());
                if (!done)
                    qWarning("%s (%s)", qPrintable(done.error().message),
                             qPrintable(done.error().cause));
                done ? applied += *done : ++failures;
            });
        }
        for (std::thread &thread : threads)
            thread.join();
        QCOMPARE(failures.load(), 0);
        QCOMPARE(applied.load(), 2);
        QCOMPARE(count(scratch->database(), QStringLiteral("one")), 1);
    }

    void refusesChangedText_data() { tests::addBackendRows(); }
    void refusesChangedText()
    {
        SCRATCH_DATABASE(scratch, Empty);
        auto steps = twoSteps();
        QVERIFY(migrate(scratch->database(), steps));
        steps[0].text += QLatin1Char(' ');
        const auto refused = migrate(scratch->database(), steps);
        QVERIFY(!refused);
        QCOMPARE(refused.error().fault, Fault::Conflict);
        QVERIFY(
            refused.error().message.contains(QStringLiteral("Migration 1 (first) was changed")));
    }

    void refusesNewerDatabase_data() { tests::addBackendRows(); }
    void refusesNewerDatabase()
    {
        SCRATCH_DATABASE(scratch, Empty);
        auto steps = twoSteps();
        QVERIFY(migrate(scratch->database(), steps));
        steps.pop_back();
        const auto refused = migrate(scratch->database(), steps);
        QVERIFY(!refused);
        QCOMPARE(refused.error().fault, Fault::Conflict);
        QVERIFY(refused.error().message.contains(QStringLiteral("newer than this program")));
    }

    void leavesNothingOfAFailedStep_data() { tests::addBackendRows(); }
    void leavesNothingOfAFailedStep()
    {
        SCRATCH_DATABASE(scratch, Empty);
        auto steps = twoSteps();
        steps[1].text = QStringLiteral("CREATE TABLE two (id {{id}});\nCREATE TABLE broken (;\n");
        const auto refused = migrate(scratch->database(), steps);
        QVERIFY(!refused);
        QVERIFY(refused.error().message.contains(QStringLiteral("Migration 2 (second) failed")));
        QCOMPARE(count(scratch->database(), QStringLiteral("one")), 0);
        QCOMPARE(count(scratch->database(), QStringLiteral("two")), -1);
        QCOMPARE(count(scratch->database(), QStringLiteral("schema_migrations")), 1);
        QCOMPARE(migrate(scratch->database(), twoSteps()).value_or(-1), 1);
    }
};

QTEST_GUILESS_MAIN(TestMigrations)
#include "tst_migrations.moc"
