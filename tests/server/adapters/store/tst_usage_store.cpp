// Counts and charges in the database.
#include "tests/server/adapters/store/store_backends.h"
#include "tests/server/adapters/store/usage_fixture.h"

#include <QObject>
#include <QTest>

#include <atomic>
#include <barrier>
#include <thread>

using namespace server;
using core::CallStatus;
using core::Platform;
using tests::addUser;
using tests::draftFor;
using tests::endingAfter;
using tests::kUsageNow;
using tests::UsageRig;

namespace {

const QString kAnn = QStringLiteral("ann");

int auditCount(store::Database &database, const QString &action)
{
    const auto rows = database.session().execute(
        store::Sql(QStringLiteral("SELECT count(*) FROM audit_log WHERE action = ?")), {action});
    return rows ? int(rows->first().integer(0)) : -1;
}

} // namespace

class UsageStoreTest : public QObject
{
    Q_OBJECT
private slots:
    void everybodyHasAStanding_data() { tests::addBackendRows(); }
    void everybodyHasAStanding();
    void reservedCallsCount_data() { tests::addBackendRows(); }
    void reservedCallsCount();
    void whatNeverConnectsIsGivenBackOnce_data() { tests::addBackendRows(); }
    void whatNeverConnectsIsGivenBackOnce();
    void secondsAreThoseOfTheLastWord_data() { tests::addBackendRows(); }
    void secondsAreThoseOfTheLastWord();
    void abandonedCallsGiveBackWhatNobodyAnswered_data() { tests::addBackendRows(); }
    void abandonedCallsGiveBackWhatNobodyAnswered();
    void grantedPlansAreAudited_data() { tests::addBackendRows(); }
    void grantedPlansAreAudited();
    void badGrantsChangeNothing_data() { tests::addBackendRows(); }
    void badGrantsChangeNothing();
    void editedPlansOutliveAnUpdate_data() { tests::addBackendRows(); }
    void editedPlansOutliveAnUpdate();
    void oneOfManyGetsTheLastCall_data() { tests::addBackendRows(); }
    void oneOfManyGetsTheLastCall();
};

void UsageStoreTest::everybodyHasAStanding()
{
    SCRATCH_DATABASE(scratch);
    UsageRig rig(scratch->database());
    const auto user = addUser(scratch->database(), kAnn, Platform::Mobile);
    const auto standing = rig.store.standing(user, kUsageNow);
    QVERIFY(standing.has_value());
    QCOMPARE(standing->platform, Platform::Mobile);
    QCOMPARE(standing->trialEndsAt, kUsageNow.addDays(7));
    QVERIFY(!standing->isStaff && !standing->subscription);
    // Later it is the same one, with its windows moved.
    const auto later = rig.store.standing(user, kUsageNow.addDays(8));
    QCOMPARE(later->trialEndsAt, kUsageNow.addDays(7));
    QCOMPARE(later->counters.weekStart, kUsageNow.addDays(7));
    const auto staff =
        addUser(scratch->database(), QStringLiteral("sue"), Platform::Web, protocol::Role::Support);
    QVERIFY(rig.store.standing(staff, kUsageNow)->isStaff);
    QCOMPARE(rig.store.standing({999}, kUsageNow).error().fault, base::Fault::NotFound);
}

void UsageStoreTest::reservedCallsCount()
{
    SCRATCH_DATABASE(scratch);
    UsageRig rig(scratch->database());
    const auto user = addUser(scratch->database(), kAnn, Platform::Mobile);
    for (int made = 0; made < 3; ++made) {
        const auto call = rig.service.reserve(draftFor(user));
        QVERIFY(call.has_value());
        QCOMPARE(call->durationLimit, std::chrono::seconds(60)); // the plan's, not the server's
    }
    const auto refused = rig.service.reserve(draftFor(user));
    QCOMPARE(refused.error().fault, base::Fault::PaymentRequired);
    QCOMPARE(refused.error().cause, QStringLiteral("trial_exhausted"));
    QCOMPARE(rig.calls.ofOwner(user, 10, 0)->size(), size_t(3)); // a refused one leaves no row
    const auto standing = rig.store.standing(user, kUsageNow);
    QCOMPARE(standing->trialUsed, 3);
    QCOMPARE(standing->counters.callsTotal, 3);
}

void UsageStoreTest::whatNeverConnectsIsGivenBackOnce()
{
    SCRATCH_DATABASE(scratch);
    UsageRig rig(scratch->database());
    const auto user = addUser(scratch->database(), kAnn, Platform::Web);
    const auto count = [&] { return rig.store.standing(user, kUsageNow)->trialUsed; };
    for (const CallStatus status :
         {CallStatus::Busy, CallStatus::NoAnswer, CallStatus::Canceled, CallStatus::Failed}) {
        const auto id = rig.service.reserve(draftFor(user))->id;
        QCOMPARE(count(), 1);
        QVERIFY(*rig.calls.setStatus(id, status, kUsageNow, {}, toText(status)));
        QCOMPARE(count(), 0);
        QVERIFY(!*rig.calls.setStatus(id, status, kUsageNow, {}, toText(status)));
        QCOMPARE(count(), 0); // told twice, given back once
    }
    // Somebody was on the line: it counts, whatever the network says afterwards.
    const auto id = rig.service.reserve(draftFor(user))->id;
    const QByteArray hash(32, 'h');
    QVERIFY(rig.calls.setMediaToken(id, hash, kUsageNow.addSecs(60)).has_value());
    QVERIFY(*rig.calls.redeemMediaToken(hash, kUsageNow));
    QVERIFY(*rig.calls.setStatus(id, CallStatus::Failed, kUsageNow, {}, QStringLiteral("failed")));
    QCOMPARE(count(), 1);
}

void UsageStoreTest::secondsAreThoseOfTheLastWord()
{
    SCRATCH_DATABASE(scratch);
    UsageRig rig(scratch->database());
    const auto user = addUser(scratch->database(), kAnn, Platform::Web);
    const auto seconds = [&] { return rig.store.standing(user, kUsageNow)->counters.secondsMonth; };
    const auto first = rig.service.reserve(draftFor(user))->id;
    QVERIFY(*rig.calls.setStatus(first, CallStatus::Completed, kUsageNow, 40, {}));
    QCOMPARE(seconds(), 40);
    QVERIFY(rig.calls.storeEnding(endingAfter(first, 42)).has_value());
    QVERIFY(rig.calls.storeEnding(endingAfter(first, 42)).has_value());
    QCOMPARE(seconds(), 42);
    const auto second = rig.service.reserve(draftFor(user))->id;
    QVERIFY(rig.calls.storeEnding(endingAfter(second, 10)).has_value());
    QCOMPARE(seconds(), 52);
}

void UsageStoreTest::abandonedCallsGiveBackWhatNobodyAnswered()
{
    SCRATCH_DATABASE(scratch);
    UsageRig rig(scratch->database());
    const auto user = addUser(scratch->database(), kAnn, Platform::Web);
    const auto ringing = rig.service.reserve(draftFor(user))->id;
    const auto answered = rig.service.reserve(draftFor(user))->id;
    const QByteArray hash(32, 'h');
    QVERIFY(rig.calls.setMediaToken(answered, hash, kUsageNow.addSecs(60)).has_value());
    QVERIFY(*rig.calls.redeemMediaToken(hash, kUsageNow));
    QCOMPARE(*rig.calls.closeAbandoned(kUsageNow.addSecs(1), kUsageNow.addSecs(100)), 2);
    QCOMPARE((*rig.calls.byId(ringing))->endReason, QStringLiteral("server_lost"));
    QCOMPARE(rig.store.standing(user, kUsageNow)->trialUsed, 1);
}

void UsageStoreTest::grantedPlansAreAudited()
{
    SCRATCH_DATABASE(scratch);
    UsageRig rig(scratch->database());
    const auto user = addUser(scratch->database(), kAnn, Platform::Web);
    const auto staff =
        addUser(scratch->database(), QStringLiteral("sue"), Platform::Web, protocol::Role::Billing);
    QVERIFY(rig.service.reserve(draftFor(user)).has_value());
    const auto granted =
        rig.service.grant(staff, user, QStringLiteral("basic_monthly"), 2, QStringLiteral("req-1"));
    QVERIFY(granted.has_value());
    QCOMPARE(granted->verdict.status, QStringLiteral("subscription_active"));
    QCOMPARE(granted->standing.subscription->endsAt, kUsageNow.addDays(60));
    QCOMPARE(auditCount(scratch->database(), QStringLiteral("subscription.granted")), 1);
    // Another plan takes its place; the old one stays as history.
    QVERIFY(rig.service.grant(staff, user, QStringLiteral("pro_monthly"), 1, {}).has_value());
    const auto standing = rig.store.standing(user, kUsageNow);
    QCOMPARE(standing->subscription->plan, QStringLiteral("pro_monthly"));
    QCOMPARE(standing->counters.callsTotal, 1);
    QCOMPARE(standing->counters.quotaWeek, 0);
    // Cancelled: the rights stay to the end of what is paid, and not a moment longer.
    QVERIFY(rig.service.end(staff, user, true, {}).has_value());
    QVERIFY(rig.service.look(user)->verdict.isAllowed);
    rig.now = kUsageNow.addDays(30);
    QCOMPARE(rig.service.look(user)->verdict.status, QStringLiteral("upgrade_required"));
    QCOMPARE(auditCount(scratch->database(), QStringLiteral("subscription.ended")), 1);
}

void UsageStoreTest::badGrantsChangeNothing()
{
    SCRATCH_DATABASE(scratch);
    UsageRig rig(scratch->database());
    const auto user = addUser(scratch->database(), kAnn, Platform::Web);
    const auto fault = [&](base::UserId whom, const char *plan) {
        const auto granted = rig.service.grant({}, whom, QLatin1String(plan), 1, {});
        return granted ? base::Fault::Internal : granted.error().fault;
    };
    QCOMPARE(fault(user, "nowhere"), base::Fault::NotFound);
    QCOMPARE(fault(user, "mobile_weekly"), base::Fault::Unprocessable);
    QCOMPARE(fault(user, "business_trial"), base::Fault::Unprocessable);
    QCOMPARE(fault(user, "staff"), base::Fault::Unprocessable);
    QCOMPARE(fault({999}, "basic_monthly"), base::Fault::NotFound);
    QCOMPARE(rig.service.end({}, user, true, {}).error().fault, base::Fault::NotFound);
    QVERIFY(!rig.store.standing(user, kUsageNow)->subscription);
    QCOMPARE(auditCount(scratch->database(), QStringLiteral("subscription.granted")), 0);
}

void UsageStoreTest::editedPlansOutliveAnUpdate()
{
    SCRATCH_DATABASE(scratch);
    UsageRig rig(scratch->database());
    store::SqlPlanStore plans(scratch->database());
    QVERIFY(scratch->database()
                .session()
                .execute(store::Sql(QStringLiteral(
                             "UPDATE plans SET edited_at = ? WHERE id = 'pro_monthly'")),
                         {kUsageNow})
                .has_value());
    QJsonObject shipped = core::PlanCatalogue::builtin();
    QJsonArray entries = shipped.value(QLatin1String("plans")).toArray();
    for (auto &&entry : entries) {
        QJsonObject plan = entry.toObject();
        plan.insert(QStringLiteral("name"), QStringLiteral("Renamed"));
        entry = plan;
    }
    shipped.insert(QStringLiteral("plans"), entries);
    QVERIFY(plans.follow(shipped).has_value());
    const auto catalogue = plans.load();
    QVERIFY(catalogue.has_value());
    QCOMPARE(catalogue->find(QStringLiteral("pro_monthly"))->name, QStringLiteral("Pro Monthly"));
    QCOMPARE(catalogue->find(QStringLiteral("basic_monthly"))->name, QStringLiteral("Renamed"));
    QCOMPARE(catalogue->plans().first().id, QStringLiteral("mobile_trial")); // still in order
}

/// The last trial call, wanted by 64 connections at once, again and again.
void UsageStoreTest::oneOfManyGetsTheLastCall()
{
    constexpr int kThreads = 64;
    constexpr int kRounds = 1'000;
    SCRATCH_DATABASE(scratch);
    UsageRig rig(scratch->database());
    const auto user = addUser(scratch->database(), kAnn, Platform::Web);
    for (int i = 0; i < 3; ++i)
        QVERIFY(rig.service.reserve(draftFor(user)).has_value());

    std::atomic<int> won = 0;
    std::atomic<int> refused = 0;
    std::atomic<qint64> winner = 0;
    bool isOver = false;
    std::barrier gate(kThreads + 1);
    std::vector<std::thread> threads;
    threads.reserve(kThreads);
    for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&] {
            for (;;) {
                gate.arrive_and_wait();
                if (isOver)
                    return;
                const auto call = rig.service.reserve(draftFor(user));
                if (call) {
                    ++won;
                    winner = call->id.value;
                } else if (call.error().fault == base::Fault::PaymentRequired) {
                    ++refused;
                }
                gate.arrive_and_wait();
            }
        });
    }
    QStringList wrong;
    for (int round = 0; round < kRounds && wrong.isEmpty(); ++round) {
        won = refused = 0;
        gate.arrive_and_wait(); // off
        gate.arrive_and_wait(); // all are back
        if (won != 1 || refused != kThreads - 1)
            wrong.append(QStringLiteral("round %1: %2 won, %3 were refused")
                             .arg(round)
                             .arg(won.load())
                             .arg(refused.load()));
        else if (!rig.calls
                      .setStatus({winner.load()}, CallStatus::Busy, kUsageNow, {},
                                 QStringLiteral("busy"))
                      .value_or(false))
            wrong.append(QStringLiteral("round %1: not given back").arg(round));
    }
    isOver = true;
    gate.arrive_and_wait();
    for (std::thread &thread : threads)
        thread.join();
    QCOMPARE(wrong, QStringList());
    QCOMPARE(rig.store.standing(user, kUsageNow)->counters.callsTotal, 3);
}

QTEST_GUILESS_MAIN(UsageStoreTest)
#include "tst_usage_store.moc"
