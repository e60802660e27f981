// A database's connections: one for each thread, lost and found again, private, gone in time.
#include "tests/server/adapters/store/notes_table.h"

#include <QFile>
#include <QTest>

#include <atomic>
#include <latch>
#include <thread>

using namespace server::store;
using base::Fault;
using base::Result;
using tests::countNotes;
using tests::insertNote;
using tests::makeNotes;
using tests::notes;

namespace {

const Sql backendId(QStringLiteral("SELECT pg_backend_pid()"));

/// Ends the calling thread's PostgreSQL backend from another thread's connection.
void killBackend(Database &database)
{
    const qint64 id = database.session().execute(backendId)->first().integer(0);
    std::thread([&database, id] {
        const auto killed = database.session().execute(
            QStringLiteral("SELECT pg_terminate_backend(?, 5000)"), {id});
        QVERIFY(killed && killed->first().boolean(0));
    }).join();
}

} // namespace

class TestDatabase : public QObject
{
    Q_OBJECT

private slots:
    void givesEachThreadItsConnection_data() { tests::addBackendRows(); }
    void givesEachThreadItsConnection()
    {
        NOTES_DATABASE(scratch);
        constexpr int threads = 8;
        constexpr int each = 25;
        std::atomic<int> failures = 0;
        std::latch start(threads);
        std::vector<std::thread> workers;
        workers.reserve(threads);
        for (int worker = 0; worker < threads; ++worker) {
            workers.emplace_back([&, worker] {
                start.arrive_and_wait();
                for (int i = 0; i < each; ++i) {
                    const auto done =
                        scratch->database().session().transaction([&](Session &session) {
                            return session.execute(insertNote,
                                                   {worker * each + i, QStringLiteral("x")});
                        });
                    failures += done ? 0 : 1;
                }
            });
        }
        for (std::thread &worker : workers)
            worker.join();
        QCOMPARE(failures.load(), 0);
        QCOMPARE(notes(scratch->database().session()), threads * each);
    }

    void survivesDeadBackend()
    {
        const auto scratch = tests::ScratchDatabase::create(Dialect::PostgreSql,
                                                            tests::ScratchDatabase::Schema::None);
        if (!scratch)
            QSKIP("no PostgreSQL: TEST_DATABASE_URL is not set (tests/with_postgres.sh provides "
                  "one)");
        Database &database = scratch->database();
        Session session = database.session();
        QVERIFY(makeNotes(session));
        QVERIFY(session.execute(insertNote, {1, QStringLiteral("x")}));

        // A read is sent again on a new connection, prepared anew.
        QCOMPARE(notes(session), 1);
        killBackend(database);
        QCOMPARE(notes(session), 1);

        // A transaction whose start meets the dead connection simply starts on a new one.
        killBackend(database);
        QVERIFY(session.transaction([](Session &within) {
            return within.execute(insertNote, {2, QStringLiteral("x")});
        }));

        // One that loses it half-way is run again from its beginning.
        int runs = 0;
        const auto outcome = session.transaction([&](Session &within) -> Result<Rows> {
            if (auto inserted = within.execute(insertNote, {3, QStringLiteral("x")}); !inserted)
                return inserted;
            if (++runs == 1)
                killBackend(database);
            return within.execute(insertNote, {4, QStringLiteral("x")});
        });
        QVERIFY(outcome);
        QCOMPARE(runs, 2);
        QCOMPARE(notes(session), 4);

        // A write of its own might have happened: the caller is told, and the next one works.
        killBackend(database);
        const auto unsure = session.execute(insertNote, {5, QStringLiteral("x")});
        QVERIFY(!unsure);
        QCOMPARE(unsure.error().fault, Fault::Unavailable);
        QVERIFY(session.execute(insertNote, {6, QStringLiteral("x")}));
    }

    void saysWhenNothingIsThere_data()
    {
        QTest::addColumn<QString>("url");
        QTest::newRow("no server") << QStringLiteral("postgresql://nobody@127.0.0.1:1/none");
        QTest::newRow("no socket") << QStringLiteral("postgresql://nobody@/none?host=/nonexistent");
        QTest::newRow("no folder") << QStringLiteral("/nonexistent/folder/a.db");
    }

    void saysWhenNothingIsThere()
    {
        QFETCH(QString, url);
        const auto database = Database::open(url);
        QVERIFY(database);
        for (int attempt = 0; attempt < 2; ++attempt) {
            const auto answer = (*database)->session().execute(QStringLiteral("SELECT 1"));
            QVERIFY(!answer);
            QCOMPARE(answer.error().fault, Fault::Unavailable);
            QVERIFY(!answer.error().cause.isEmpty());
        }
        QVERIFY(!(*database)->session().transaction(
            [](Session &session) { return session.execute(QStringLiteral("SELECT 1")); }));
    }

    void closesConnectionsWithTheirThread()
    {
        const auto scratch = tests::ScratchDatabase::create(Dialect::PostgreSql,
                                                            tests::ScratchDatabase::Schema::None);
        if (!scratch)
            QSKIP("no PostgreSQL: TEST_DATABASE_URL is not set (tests/with_postgres.sh provides "
                  "one)");
        Database &database = scratch->database();
        const Sql count(QStringLiteral(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"));
        const auto connections = [&] {
            return database.session().execute(count)->first().integer(0);
        };
        QCOMPARE(connections(), 1);

        std::latch opened(2);
        std::latch counted(1);
        std::thread other([&] {
            QVERIFY(database.session().execute(QStringLiteral("SELECT 1")));
            opened.arrive_and_wait();
            counted.wait();
        });
        opened.arrive_and_wait();
        QCOMPARE(connections(), 2);
        counted.count_down();
        other.join();
        QTRY_COMPARE(connections(), 1);
    }

    void mayDieBeforeItsThreads_data() { tests::addBackendRows(); }
    void mayDieBeforeItsThreads()
    {
        NOTES_DATABASE(scratch);
        auto database = scratch->another();
        std::latch used(2);
        std::latch gone(1);
        std::thread other([&] {
            QVERIFY(database->session().execute(countNotes));
            used.arrive_and_wait();
            gone.wait();
            // The same thread goes on with another database.
            QVERIFY(scratch->database().session().execute(countNotes));
        });
        used.arrive_and_wait();
        database.reset();
        gone.count_down();
        other.join();
    }

    void keepsSqliteFilesPrivate()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("a.db"));
        const auto database = Database::open(path);
        QVERIFY((*database)->session().execute(QStringLiteral("CREATE TABLE t (a integer)")));
        for (const QString &file : {path, path + QStringLiteral("-wal")}) {
            QVERIFY(QFile::exists(file));
            QCOMPARE(
                QFile::permissions(file)
                    & (QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther),
                QFile::Permissions());
        }
        QCOMPARE((*database)
                     ->session()
                     .execute(QStringLiteral("PRAGMA foreign_keys"))
                     ->first()
                     .integer(0),
                 1);
        QCOMPARE((*database)
                     ->session()
                     .execute(QStringLiteral("PRAGMA synchronous"))
                     ->first()
                     .integer(0),
                 1);
    }
};

QTEST_GUILESS_MAIN(TestDatabase)
#include "tst_database.moc"
