#include "server/adapters/store/sql_account_store.h"
#include "server/adapters/store/sql_audit_log.h"
#include "shared/base/clock.h"
#include "tests/server/adapters/store/store_backends.h"

#include <QJsonDocument>
#include <QTest>

using namespace server::core;
using namespace server::store;
using base::UserId;

class TestSqlAuditLog : public QObject
{
    Q_OBJECT

private slots:
    void keepsEntries_data() { tests::addBackendRows(); }
    void keepsEntries()
    {
        SCRATCH_DATABASE(scratch);
        const QDateTime at = QDateTime::fromMSecsSinceEpoch(1'800'000'000'123, Qt::UTC);
        SqlAccountStore accounts(scratch->database());
        const auto user = accounts.create(
            {u"a@b.com"_qs, u"a@b.com"_qs, {}, {}, protocol::Role::Admin, u"password"_qs, at});
        QVERIFY(user);
        SqlAuditLog log(scratch->database());
        const QJsonObject detail{{u"reason"_qs, u"it's \"so\" \\ 📞"_qs}, {u"n"_qs, 1}};
        QVERIFY(
            log.record({at, user->id, u"call.listened"_qs, u"call:7"_qs, detail, u"request-1"_qs}));
        QVERIFY(log.record({at, {}, u"account.role_changed"_qs, {}, {}, {}}));

        const auto rows = scratch->database().session().execute(
            u"SELECT at, actor_user_id, action, subject, detail, request_id FROM audit_log ORDER BY id"_qs);
        QVERIFY(rows);
        QCOMPARE(rows->rows.size(), size_t(2));
        const Row &first = rows->rows[0];
        QCOMPARE(first.time(0), at);
        QCOMPARE(first.integer(1), user->id.value);
        QCOMPARE(first.text(2), u"call.listened"_qs);
        QCOMPARE(first.text(3), u"call:7"_qs);
        QCOMPARE(QJsonDocument::fromJson(first.text(4).toUtf8()).object(), detail);
        QCOMPARE(first.text(5), u"request-1"_qs);
        const Row &second = rows->rows[1];
        QVERIFY(second.isNull(1));
        QCOMPARE(second.text(3), QString());
        QCOMPARE(second.text(4), u"{}"_qs);
    }

    void refusesUnknownActors_data() { tests::addBackendRows(); }
    void refusesUnknownActors()
    {
        SCRATCH_DATABASE(scratch);
        SqlAuditLog log(scratch->database());
        const auto refused = log.record({base::utcNow(), UserId{99}, u"x"_qs, {}, {}, {}});
        QVERIFY(!refused);
        QCOMPARE(refused.error().fault, base::Fault::Conflict);
    }
};

QTEST_GUILESS_MAIN(TestSqlAuditLog)
#include "tst_sql_audit_log.moc"
