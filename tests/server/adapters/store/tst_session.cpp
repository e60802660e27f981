// What a session does with statements and transactions, the same on either kind of database.
#include "tests/server/adapters/store/notes_table.h"

#include <QTest>

#include <atomic>
#include <latch>
#include <thread>

using namespace server::store;
using base::Fault;
using base::Result;
using tests::insertNote;
using tests::makeNotes;
using tests::notes;

class TestSession : public QObject
{
    Q_OBJECT

private slots:
    void keepsEveryType_data() { tests::addBackendRows(); }
    void keepsEveryType()
    {
        NOTES_DATABASE(scratch);
        Session session = scratch->database().session();
        const QDateTime at(QDate(2026, 3, 29), QTime(1, 59, 59, 123), Qt::OffsetFromUTC, 3600);
        const QByteArray data("\0\xff\\x'", 5);
        const QString body = QStringLiteral("it's \\ \"Grüße\" 📞 $1 ?");
        QVERIFY(session.execute(
            QStringLiteral("INSERT INTO notes (id, body, at, data, flag, price, ratio) "
                           "VALUES (?, ?, ?, ?, ?, ?, ?)"),
            {qint64(9007199254740993), body, at, data, true, QStringLiteral("12345678901234.10"),
             0.1}));
        const auto rows = session.execute(
            QStringLiteral("SELECT id, body, at, data, flag, price, ratio FROM notes"));
        QVERIFY(rows);
        QCOMPARE(rows->rows.size(), size_t(1));
        const Row &row = rows->first();
        QCOMPARE(row.integer(0), qint64(9007199254740993));
        QCOMPARE(row.text(1), body);
        QCOMPARE(row.time(2), at.toUTC());
        QCOMPARE(row.time(2).timeSpec(), Qt::UTC);
        QCOMPARE(row.bytes(3), data);
        QCOMPARE(row.boolean(4), true);
        QCOMPARE(row.text(5), QStringLiteral("12345678901234.10"));
        QCOMPARE(row.real(6), 0.1);
    }

    void tellsNullFromEmpty_data() { tests::addBackendRows(); }
    void tellsNullFromEmpty()
    {
        NOTES_DATABASE(scratch);
        Session session = scratch->database().session();
        // A null QString is a text of length 0; NULL is an empty QVariant or an invalid time.
        QVERIFY(session.execute(
            QStringLiteral("INSERT INTO notes (id, body, at, data, flag) VALUES (?, ?, ?, ?, ?)"),
            {1, QString(), QDateTime(), QByteArray(), QVariant()}));
        const auto rows = session.execute(QStringLiteral("SELECT body, at, data, flag FROM notes"));
        QVERIFY(rows);
        QVERIFY(!rows->first().isNull(0));
        QCOMPARE(rows->first().text(0), QStringLiteral(""));
        QVERIFY(rows->first().isNull(1));
        QVERIFY(!rows->first().time(1).isValid());
        QVERIFY(!rows->first().isNull(2));
        QVERIFY(rows->first().isNull(3));
        const auto refused = session.execute(insertNote, {2, QVariant()});
        QVERIFY(!refused);
        QCOMPARE(refused.error().fault, Fault::Internal);
    }

    void refusesNulCharacters_data() { tests::addBackendRows(); }
    void refusesNulCharacters()
    {
        NOTES_DATABASE(scratch);
        const auto refused = scratch->database().session().execute(
            insertNote, {1, QStringLiteral("a%1b").arg(QChar(u'\0'))});
        QVERIFY(!refused);
        QCOMPARE(refused.error().fault, Fault::Unprocessable);
        QCOMPARE(notes(scratch->database().session()), 0);
    }

    void countsAffectedRows_data() { tests::addBackendRows(); }
    void countsAffectedRows()
    {
        NOTES_DATABASE(scratch);
        Session session = scratch->database().session();
        for (int id = 1; id <= 3; ++id)
            QCOMPARE(session.execute(insertNote, {id, QStringLiteral("x")})->affected, 1);
        QCOMPARE(session
                     .execute(QStringLiteral("UPDATE notes SET body = ? WHERE id > ?"),
                              {QStringLiteral("y"), 1})
                     ->affected,
                 2);
        const auto returned = session.execute(
            QStringLiteral("DELETE FROM notes WHERE id < ? RETURNING id, body"), {3});
        QVERIFY(returned);
        QCOMPARE(returned->rows.size(), size_t(2));
        QCOMPARE(notes(session), 1);
        const auto ids =
            session.execute(QStringLiteral("SELECT id FROM notes"))->map([](const Row &row) {
                return row.integer(0);
            });
        QCOMPARE(ids, std::vector<qint64>{3});
    }

    void namesConflicts_data() { tests::addBackendRows(); }
    void namesConflicts()
    {
        NOTES_DATABASE(scratch);
        Session session = scratch->database().session();
        QVERIFY(session.execute(insertNote, {1, QStringLiteral("private words")}));
        for (const Sql &sql : {insertNote, Sql(insertNote.text(session.dialect())
                                               + QStringLiteral(" RETURNING id"))}) {
            const auto refused = session.execute(sql, {1, QStringLiteral("private words")});
            QVERIFY(!refused);
            QCOMPARE(refused.error().fault, Fault::Conflict);
            QVERIFY(!refused.error().cause.contains(QStringLiteral("private")));
        }
        // The same statement serves on after a failure.
        QVERIFY(session.execute(insertNote, {2, QStringLiteral("x")}));
    }

    void reportsBrokenStatements_data() { tests::addBackendRows(); }
    void reportsBrokenStatements()
    {
        NOTES_DATABASE(scratch);
        const auto refused =
            scratch->database().session().execute(QStringLiteral("SELECT nonsense FROM nowhere"));
        QVERIFY(!refused);
        QCOMPARE(refused.error().fault, Fault::Internal);
        QVERIFY(!refused.error().message.contains(QStringLiteral("nowhere")));
        QVERIFY(refused.error().cause.contains(QStringLiteral("nowhere")));
    }

    void rollsBackOnError_data() { tests::addBackendRows(); }
    void rollsBackOnError()
    {
        NOTES_DATABASE(scratch);
        Session session = scratch->database().session();
        int runs = 0;
        const auto outcome = session.transaction([&](Session &within) -> Result<int> {
            ++runs;
            if (auto inserted = within.execute(insertNote, {1, QStringLiteral("x")}); !inserted)
                return failed(inserted);
            return base::fail(Fault::Forbidden, QStringLiteral("no"));
        });
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().fault, Fault::Forbidden);
        QCOMPARE(runs, 1);
        QCOMPARE(notes(session), 0);
    }

    void joinsOuterTransaction_data() { tests::addBackendRows(); }
    void joinsOuterTransaction()
    {
        NOTES_DATABASE(scratch);
        Session session = scratch->database().session();
        const auto insert = [](Session &within, int id) {
            return within.transaction([id](Session &inner) {
                return inner.execute(insertNote, {id, QStringLiteral("x")});
            });
        };
        const auto outcome = session.transaction([&](Session &within) -> Result<Rows> {
            if (auto first = insert(within, 1); !first)
                return first;
            return insert(within, 1);
        });
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().fault, Fault::Conflict);
        QCOMPARE(notes(session), 0);
        QVERIFY(session.transaction([&](Session &within) { return insert(within, 1); }));
        QCOMPARE(notes(session), 1);
    }

    // SQLite has one writer at a time, so it knows no deadlock.
    void retriesAfterDeadlock()
    {
        const auto scratch = tests::ScratchDatabase::create(Dialect::PostgreSql,
                                                            tests::ScratchDatabase::Schema::None);
        if (!scratch)
            QSKIP("no PostgreSQL: TEST_DATABASE_URL is not set (tests/with_postgres.sh provides "
                  "one)");
        Database &database = scratch->database();
        QVERIFY(makeNotes(database.session()));
        for (int id : {1, 2})
            QVERIFY(database.session().execute(insertNote, {id, QStringLiteral("0")}));

        const Sql update(QStringLiteral("UPDATE notes SET body = body || ? WHERE id = ?"));
        std::latch bothHoldOne(2);
        std::atomic<int> runs = 0;
        std::atomic<int> successes = 0;
        const auto crossing = [&](int first, int second) {
            bool isFirstRun = true;
            const auto done = database.session().transaction([&](Session &session) -> Result<Rows> {
                ++runs;
                if (auto held = session.execute(update, {QStringLiteral("x"), first}); !held)
                    return held;
                if (std::exchange(isFirstRun, false))
                    bothHoldOne.arrive_and_wait();
                return session.execute(update, {QStringLiteral("x"), second});
            });
            successes += done ? 1 : 0;
        };
        std::thread one(crossing, 1, 2);
        std::thread two(crossing, 2, 1);
        one.join();
        two.join();
        QCOMPARE(successes.load(), 2);
        QVERIFY(runs.load() >= 3);
        QCOMPARE(database.session()
                     .execute(QStringLiteral("SELECT body FROM notes WHERE id = 1"))
                     ->first()
                     .text(0),
                 QStringLiteral("0xx"));
    }
};

QTEST_GUILESS_MAIN(TestSession)
#include "tst_session.moc"
