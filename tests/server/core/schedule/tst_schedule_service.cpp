// What becomes of a scheduled call when its time has come.
#include "server/core/schedule/schedule_service.h"
#include "tests/server/core/calls/call_rig.h"

#include <QObject>
#include <QTest>

using namespace calls_test;
using base::Fault;

namespace {

/// Schedules in memory, with the same promises as the database.
class FakeSchedules final : public ScheduleStore
{
public:
    explicit FakeSchedules(FakeCalls &calls) : m_calls(calls) {}

    base::Result<ScheduledCall> add(const ScheduledCall &call) override
    {
        rows.push_back(call);
        rows.back().id = qint64(rows.size());
        nextTries.push_back(call.dueAt);
        return rows.back();
    }
    base::Result<std::vector<ScheduledCall>> ofOwner(base::UserId, int, int) override
    {
        return rows;
    }
    base::Result<bool> cancel(base::UserId, qint64) override { return false; }
    base::Result<std::vector<ScheduledCall>> claimDue(const QDateTime &now,
                                                      const QDateTime &staleBefore, int) override
    {
        for (size_t i = 0; i < rows.size(); ++i) {
            ScheduledCall &row = rows[i];
            const bool isStale = row.status == ScheduleStatus::Placing && claimedAt < staleBefore;
            if (nextTries[i] > now || (row.status != ScheduleStatus::Scheduled && !isStale))
                continue;
            row.status = ScheduleStatus::Placing;
            ++row.attempts;
            claimedAt = now;
            ScheduledCall claimed = row;
            for (const Call &call : m_calls.rows) {
                if (call.scheduleId == row.id)
                    claimed.call = call.id;
            }
            return std::vector{claimed};
        }
        return std::vector<ScheduledCall>();
    }
    base::Result<> settle(qint64 id, ScheduleStatus status, base::CallId call,
                          const QString &note) override
    {
        ScheduledCall &row = rows[size_t(id) - 1];
        row.status = status;
        row.call = call;
        row.note = note;
        return {};
    }
    base::Result<> postpone(const ScheduledCall &call, const QDateTime &until,
                            const QString &note) override
    {
        ScheduledCall &row = rows[size_t(call.id) - 1];
        row.status = ScheduleStatus::Scheduled;
        row.attempts = call.attempts;
        row.note = note;
        nextTries[size_t(call.id) - 1] = until;
        for (Call &one : m_calls.rows) {
            if (one.scheduleId == call.id)
                one.scheduleId = 0;
        }
        return {};
    }

    std::vector<ScheduledCall> rows;
    std::vector<QDateTime> nextTries;
    QDateTime claimedAt;

private:
    FakeCalls &m_calls;
};

/// Everybody is new.
class FreshStandings final : public UsageStore
{
public:
    explicit FreshStandings(const PlanBook &plans) : m_plans(plans) {}
    base::Result<Standing> standing(base::UserId user, const QDateTime &now) override
    {
        return freshStanding(user, Platform::Web, false, *m_plans.current(), now);
    }
    base::Result<Call> reserve(const Call &call, const QDateTime &, const CallGate &) override
    {
        return call;
    }
    base::Result<Standing> subscribe(base::UserId user, const Subscription &,
                                     const AuditEntry &entry) override
    {
        return standing(user, entry.at);
    }
    base::Result<Standing> addAddon(base::UserId user, int, const QDateTime &at,
                                    const AuditEntry &) override
    {
        return standing(user, at);
    }
    base::Result<Standing> endSubscription(base::UserId user, bool, const QDateTime &now,
                                           const AuditEntry &) override
    {
        return standing(user, now);
    }

private:
    const PlanBook &m_plans;
};

struct ScheduleRig : Rig
{
    base::Result<ScheduledCall> scheduleIn(int seconds)
    {
        return schedule.schedule({7}, QStringLiteral("5125550123"), QStringLiteral("default"),
                                 now.addSecs(seconds));
    }
    /// Looks every second, for so long.
    void run(int seconds)
    {
        for (const QDateTime end = now.addSecs(seconds); now <= end; now = now.addSecs(1))
            while (*schedule.placeNext()) {
            }
    }
    const ScheduledCall &row() const { return schedules.rows.back(); }

    FakeSchedules schedules{calls};
    FreshStandings standings{plans};
    UsageService usage{{standings, plans, rules, [this] { return now; }}};
    ScheduleService schedule{{schedules, service, usage, rules, [this] { return now; }}};
};

} // namespace

class ScheduleServiceTest : public QObject
{
    Q_OBJECT
private slots:
    void dueCallsArePlacedOnce();
    void whatIsTooLateIsMissed();
    void anAwayNetworkIsTriedThreeTimes();
    void whatTheNetworkRefusesFails();
    void aSilentNetworkIsAskedLater();
    void aLostServersCallIsDialledByAnother();
    void aLostServersCallThatRangIsNotDialled();
    void nothingIsDialledPastItsLimit();
    void quietTimeIsRefusedWhenScheduling();
    void quietTimeThatCameLaterPostpones();
    void quietTimeThatIsTooLongMisses();
    void whoOptedOutIsNotCalledByASchedule();
};

void ScheduleServiceTest::dueCallsArePlacedOnce()
{
    ScheduleRig rig;
    QVERIFY(rig.scheduleIn(30).has_value());
    rig.run(29);
    QVERIFY(rig.network.orders.empty());
    rig.run(600);
    QCOMPARE(rig.network.orders.size(), size_t(1));
    QCOMPARE(rig.row().status, ScheduleStatus::Placed);
    QCOMPARE(rig.row().attempts, 1);
    QCOMPARE(rig.row().call, rig.calls.rows.at(0).id);
}

void ScheduleServiceTest::whatIsTooLateIsMissed()
{
    ScheduleRig rig;
    QVERIFY(rig.scheduleIn(30).has_value());
    rig.now = rig.now.addSecs(30 + 15 * 60 + 1); // no server was there
    rig.run(2);
    QVERIFY(rig.network.orders.empty());
    QCOMPARE(rig.row().status, ScheduleStatus::Missed);
}

void ScheduleServiceTest::anAwayNetworkIsTriedThreeTimes()
{
    ScheduleRig rig;
    rig.network.isAway = true;
    QVERIFY(rig.scheduleIn(0).has_value());
    rig.run(59);
    QCOMPARE(rig.network.orders.size(), size_t(1));
    rig.run(119);
    QCOMPARE(rig.network.orders.size(), size_t(2));
    rig.run(900);
    QCOMPARE(rig.network.orders.size(), size_t(3));
    QCOMPARE(rig.row().status, ScheduleStatus::Failed);
    QVERIFY(!rig.row().note.isEmpty());
    for (const Call &call : rig.calls.rows)
        QCOMPARE(call.status, CallStatus::Failed);
}

void ScheduleServiceTest::whatTheNetworkRefusesFails()
{
    ScheduleRig rig;
    rig.network.isRefusing = true;
    QVERIFY(rig.scheduleIn(0).has_value());
    rig.run(600);
    QCOMPARE(rig.network.orders.size(), size_t(1));
    QCOMPARE(rig.row().status, ScheduleStatus::Failed);
}

void ScheduleServiceTest::aSilentNetworkIsAskedLater()
{
    ScheduleRig rig;
    rig.network.isSilent = true;
    QVERIFY(rig.scheduleIn(0).has_value());
    rig.run(5);
    QCOMPARE(rig.network.orders.size(), size_t(1));
    QCOMPARE(rig.row().status, ScheduleStatus::Placing);
    rig.network.isSilent = false;
    rig.network.known = {{QStringLiteral("CA9"), CallStatus::Ringing}}; // it had taken the order
    rig.run(60);
    QCOMPARE(rig.network.orders.size(), size_t(1));
    QCOMPARE(rig.row().status, ScheduleStatus::Placed);
    QCOMPARE(rig.calls.rows.at(0).callSid, QStringLiteral("CA9"));
}

void ScheduleServiceTest::aLostServersCallIsDialledByAnother()
{
    ScheduleRig rig;
    rig.network.isSilent = true;
    QVERIFY(rig.scheduleIn(0).has_value());
    rig.run(0);
    rig.network.isSilent = false;
    rig.network.orders.clear(); // the order was never sent
    rig.run(25);
    QVERIFY(rig.network.orders.empty()); // the claim may still be somebody's
    rig.run(10);
    QCOMPARE(rig.network.orders.size(), size_t(1));
    QCOMPARE(rig.calls.rows.size(), size_t(1));
    QCOMPARE(rig.row().status, ScheduleStatus::Placed);
}

void ScheduleServiceTest::aLostServersCallThatRangIsNotDialled()
{
    ScheduleRig rig;
    rig.network.isSilent = true;
    QVERIFY(rig.scheduleIn(0).has_value());
    rig.run(0);
    rig.network.orders.clear();
    QVERIFY(rig.service.reportSid(rig.calls.rows.at(0).id, QStringLiteral("CA9")).has_value());
    rig.run(60); // silent still: nothing needs to be asked
    QVERIFY(rig.network.orders.empty());
    QCOMPARE(rig.row().status, ScheduleStatus::Placed);
}

void ScheduleServiceTest::nothingIsDialledPastItsLimit()
{
    ScheduleRig rig;
    rig.network.isSilent = true;
    QVERIFY(rig.scheduleIn(0).has_value());
    rig.run(0);
    rig.network.isSilent = false;
    rig.network.orders.clear();
    rig.now = rig.now.addSecs(960);
    rig.run(2);
    QVERIFY(rig.network.orders.empty());
    QCOMPARE(rig.row().status, ScheduleStatus::Missed);
    QCOMPARE(rig.calls.rows.at(0).status, CallStatus::Failed);
    QCOMPARE(rig.calls.rows.at(0).endReason, QStringLiteral("missed"));
}

void ScheduleServiceTest::quietTimeIsRefusedWhenScheduling()
{
    ScheduleRig rig; // 06:00 in Texas
    rig.dialling.rules.quietHours = QuietHours{QTime(21, 0), QTime(8, 0)};
    const auto refused = rig.scheduleIn(3'600);
    QCOMPARE(refused.error().fault, Fault::Unprocessable);
    QVERIFY2(refused.error().message.contains(QLatin1String("2026-03-01T08:00:00-06:00")),
             qPrintable(refused.error().message));
    QVERIFY(rig.scheduleIn(2 * 3'600).has_value());
}

void ScheduleServiceTest::quietTimeThatCameLaterPostpones()
{
    ScheduleRig rig;
    QVERIFY(rig.scheduleIn(0).has_value());
    rig.dialling.rules.quietHours = QuietHours{QTime(5, 0), QTime(6, 10)};
    rig.run(10 * 60 - 1);
    QVERIFY(rig.network.orders.empty());
    rig.run(5);
    QCOMPARE(rig.row().status, ScheduleStatus::Placed);
    QCOMPARE(rig.row().attempts, 1);
}

void ScheduleServiceTest::quietTimeThatIsTooLongMisses()
{
    ScheduleRig rig;
    QVERIFY(rig.scheduleIn(0).has_value());
    rig.dialling.rules.quietHours = QuietHours{QTime(21, 0), QTime(8, 0)};
    rig.run(5);
    QVERIFY(rig.network.orders.empty());
    QCOMPARE(rig.row().status, ScheduleStatus::Missed);
    QVERIFY(rig.row().note.contains(QLatin1String("quiet")));
}

void ScheduleServiceTest::whoOptedOutIsNotCalledByASchedule()
{
    ScheduleRig rig;
    rig.optOuts.known = OptOut{1, QStringLiteral("+15125550123"), rig.now, OptOutWay::Key, {}, {}};
    QCOMPARE(rig.scheduleIn(60).error().fault, Fault::Forbidden);
    rig.optOuts.known.reset();
    QVERIFY(rig.scheduleIn(60).has_value());
}

QTEST_APPLESS_MAIN(ScheduleServiceTest)
#include "tst_schedule_service.moc"
