// Schedules and users' own scenarios in the database.
#include "server/adapters/store/custom_scenario_store.h"
#include "server/adapters/store/schedule_store.h"
#include "tests/server/adapters/store/store_backends.h"
#include "tests/server/adapters/store/usage_fixture.h"

#include <QObject>
#include <QSet>
#include <QTest>

#include <atomic>
#include <thread>

using namespace server;
using core::Platform;
using core::ScheduleStatus;
using tests::addUser;
using tests::draftFor;
using tests::kUsageNow;
using tests::UsageRig;

namespace {

core::ScheduledCall scheduleFor(base::UserId owner, const QDateTime &dueAt)
{
    core::ScheduledCall call;
    call.owner = owner;
    call.phoneNumber = QStringLiteral("+14155550123");
    call.scenario = QStringLiteral("default");
    call.dueAt = dueAt;
    call.createdAt = kUsageNow;
    return call;
}

core::CustomScenario scenarioOf(base::UserId owner, const QString &id)
{
    core::CustomScenario scenario;
    scenario.id = id;
    scenario.owner = owner;
    scenario.name = QStringLiteral("Ünï");
    scenario.persona = QStringLiteral("You are a patient teacher.");
    scenario.prompt = QStringLiteral("Teach one word of Greek.");
    scenario.voiceType = QStringLiteral("coral");
    scenario.temperature = 0.25;
    scenario.createdAt = scenario.updatedAt = kUsageNow;
    return scenario;
}

} // namespace

class ScheduleStoreTest : public QObject
{
    Q_OBJECT
private slots:
    void dueCallsAreClaimedOnceByWhoever_data() { tests::addBackendRows(); }
    void dueCallsAreClaimedOnceByWhoever();
    void claimsGrowStale_data() { tests::addBackendRows(); }
    void claimsGrowStale();
    void aScheduleHasOneCall_data() { tests::addBackendRows(); }
    void aScheduleHasOneCall();
    void postponedCallsComeAgain_data() { tests::addBackendRows(); }
    void postponedCallsComeAgain();
    void onlyWaitingCallsOfOnesOwnAreCancelled_data() { tests::addBackendRows(); }
    void onlyWaitingCallsOfOnesOwnAreCancelled();
    void customScenariosAreTheirOwners_data() { tests::addBackendRows(); }
    void customScenariosAreTheirOwners();
    void everySaveIsAVersion_data() { tests::addBackendRows(); }
    void everySaveIsAVersion();
    void oldVersionsGo_data() { tests::addBackendRows(); }
    void oldVersionsGo();
    void theLimitHoldsAgainstMany_data() { tests::addBackendRows(); }
    void theLimitHoldsAgainstMany();
};

void ScheduleStoreTest::dueCallsAreClaimedOnceByWhoever()
{
    SCRATCH_DATABASE(scratch);
    const auto user = addUser(scratch->database(), QStringLiteral("ann"), Platform::Web);
    store::SqlScheduleStore first(scratch->database());
    constexpr int kCalls = 200;
    for (int i = 0; i < kCalls; ++i)
        QVERIFY(first.add(scheduleFor(user, kUsageNow.addSecs(i))).has_value());
    QVERIFY(first.add(scheduleFor(user, kUsageNow.addDays(1))).has_value());
    const auto otherServer = scratch->another();
    store::SqlScheduleStore second(*otherServer);
    std::mutex mutex;
    QSet<qint64> seen;
    int claimed = 0;
    const auto work = [&](store::SqlScheduleStore &schedules) {
        for (;;) {
            const auto due =
                schedules.claimDue(kUsageNow.addSecs(kCalls), kUsageNow.addDays(-1), 7);
            if (!due || due->empty())
                return;
            const std::lock_guard lock(mutex);
            for (const auto &call : *due) {
                seen.insert(call.id);
                ++claimed;
            }
        }
    };
    std::vector<std::thread> threads;
    threads.reserve(8);
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&, i] { work(i % 2 == 0 ? first : second); });
    for (std::thread &thread : threads)
        thread.join();
    QCOMPARE(claimed, kCalls);
    QCOMPARE(seen.size(), kCalls);
}

void ScheduleStoreTest::claimsGrowStale()
{
    SCRATCH_DATABASE(scratch);
    const auto user = addUser(scratch->database(), QStringLiteral("ann"), Platform::Web);
    store::SqlScheduleStore schedules(scratch->database());
    const qint64 id = schedules.add(scheduleFor(user, kUsageNow))->id;
    QCOMPARE(schedules.claimDue(kUsageNow, kUsageNow.addSecs(-120), 10)->size(), size_t(1));
    // Its server is at work: nobody else gets it.
    QVERIFY(schedules.claimDue(kUsageNow.addSecs(119), kUsageNow.addSecs(-1), 10)->empty());
    // Its server is gone.
    const auto again = schedules.claimDue(kUsageNow.addSecs(121), kUsageNow.addSecs(1), 10);
    QCOMPARE(again->size(), size_t(1));
    QCOMPARE(again->front().id, id);
    QCOMPARE(again->front().account, QStringLiteral("ann@example.com"));
    QVERIFY(schedules.settle(id, ScheduleStatus::Missed, {}, QStringLiteral("late")).has_value());
    QVERIFY(schedules.claimDue(kUsageNow.addDays(1), kUsageNow.addDays(1), 10)->empty());
    QCOMPARE(schedules.ofOwner(user, 10, 0)->front().status, ScheduleStatus::Missed);
}

void ScheduleStoreTest::aScheduleHasOneCall()
{
    SCRATCH_DATABASE(scratch);
    UsageRig rig(scratch->database());
    const auto user = addUser(scratch->database(), QStringLiteral("ann"), Platform::Web);
    store::SqlScheduleStore schedules(scratch->database());
    core::Call call = draftFor(user);
    call.scheduleId = schedules.add(scheduleFor(user, kUsageNow))->id;
    QVERIFY(rig.service.reserve(call).has_value());
    const auto second = rig.service.reserve(call);
    QCOMPARE(second.error().fault, base::Fault::Conflict);
    QCOMPARE(rig.store.standing(user, kUsageNow)->trialUsed, 1); // and it counts nothing
}

void ScheduleStoreTest::postponedCallsComeAgain()
{
    SCRATCH_DATABASE(scratch);
    UsageRig rig(scratch->database());
    const auto user = addUser(scratch->database(), QStringLiteral("ann"), Platform::Web);
    store::SqlScheduleStore schedules(scratch->database());
    const qint64 id = schedules.add(scheduleFor(user, kUsageNow))->id;
    core::Call call = draftFor(user);
    call.scheduleId = id;
    QCOMPARE(schedules.claimDue(kUsageNow, kUsageNow, 10)->size(), size_t(1));
    QVERIFY(rig.service.reserve(call).has_value()); // and the phone network refuses it
    core::ScheduledCall tried = schedules.ofOwner(user, 10, 0)->front();
    QCOMPARE(tried.attempts, 1);
    QVERIFY(schedules.postpone(tried, kUsageNow.addSecs(60), QStringLiteral("busy")).has_value());
    QVERIFY(schedules.claimDue(kUsageNow.addSecs(59), kUsageNow, 10)->empty());
    const auto again = schedules.claimDue(kUsageNow.addSecs(60), kUsageNow, 10);
    QCOMPARE(again->size(), size_t(1));
    QCOMPARE(again->front().attempts, 2);
    QVERIFY(!again->front().call.isValid()); // the failed one is no longer its call
    const auto second = rig.service.reserve(call);
    QVERIFY(second.has_value());
    // Whoever takes over the claim of a lost server knows what it had reserved.
    const auto stale = schedules.claimDue(kUsageNow.addSecs(120), kUsageNow.addSecs(90), 10);
    QCOMPARE(stale->front().call, second->id);
    QCOMPARE(stale->front().attempts, 3);
}

void ScheduleStoreTest::onlyWaitingCallsOfOnesOwnAreCancelled()
{
    SCRATCH_DATABASE(scratch);
    const auto ann = addUser(scratch->database(), QStringLiteral("ann"), Platform::Web);
    const auto bob = addUser(scratch->database(), QStringLiteral("bob"), Platform::Web);
    store::SqlScheduleStore schedules(scratch->database());
    const qint64 id = schedules.add(scheduleFor(ann, kUsageNow))->id;
    QCOMPARE(*schedules.cancel(bob, id), false);
    QCOMPARE(*schedules.cancel(ann, id), true);
    QCOMPARE(*schedules.cancel(ann, id), false);
    QVERIFY(schedules.claimDue(kUsageNow, kUsageNow, 10)->empty());
    QVERIFY(schedules.ofOwner(bob, 10, 0)->empty());
}

void ScheduleStoreTest::customScenariosAreTheirOwners()
{
    SCRATCH_DATABASE(scratch);
    const auto ann = addUser(scratch->database(), QStringLiteral("ann"), Platform::Web);
    const auto bob = addUser(scratch->database(), QStringLiteral("bob"), Platform::Web);
    store::SqlCustomScenarioStore scenarios(scratch->database());
    const QString id = QStringLiteral("custom_1_a");
    QVERIFY(scenarios.add(scenarioOf(ann, id), 3).has_value());
    const auto found = scenarios.find(ann, id);
    QVERIFY(found && *found);
    QCOMPARE((*found)->name, QStringLiteral("Ünï"));
    QCOMPARE((*found)->temperature, 0.25);
    QCOMPARE((*found)->createdAt, kUsageNow);
    QVERIFY(!*scenarios.find(bob, id));
    core::CustomScenario stolen = scenarioOf(bob, id);
    QCOMPARE(*scenarios.update(stolen), false);
    QCOMPARE(*scenarios.remove(bob, id), false);
    QCOMPARE(scenarios.ofOwner(ann)->size(), size_t(1));
    QCOMPARE(*scenarios.remove(ann, id), true);
    QVERIFY(!*scenarios.find(ann, id));
}

void ScheduleStoreTest::everySaveIsAVersion()
{
    SCRATCH_DATABASE(scratch);
    const auto ann = addUser(scratch->database(), QStringLiteral("ann"), Platform::Web);
    const auto bob = addUser(scratch->database(), QStringLiteral("bob"), Platform::Web);
    store::SqlCustomScenarioStore scenarios(scratch->database());
    const QString id = QStringLiteral("custom_1_a");
    core::CustomScenario scenario = scenarioOf(ann, id);
    QVERIFY(scenarios.add(scenario, 3).has_value());
    scenario.name = QStringLiteral("Later");
    scenario.temperature = 0.75;
    scenario.aiDisclosure = core::AiDisclosure::Always;
    scenario.updatedAt = kUsageNow.addSecs(60);
    QCOMPARE(*scenarios.update(scenario), true);
    const auto versions = scenarios.versions(ann, id);
    QCOMPARE(versions->size(), size_t(2));
    const auto &newest = versions->front();
    QCOMPARE(newest.content.version, 2);
    QCOMPARE(newest.content.name, QStringLiteral("Later"));
    QCOMPARE(newest.content.aiDisclosure, core::AiDisclosure::Always);
    QCOMPARE(newest.content.updatedAt, kUsageNow.addSecs(60));
    QCOMPARE(newest.savedBy, QStringLiteral("ann@example.com"));
    const auto first = scenarios.version(ann, id, 1);
    QVERIFY(first && *first);
    QCOMPARE((*first)->content.name, QStringLiteral("Ünï"));
    QCOMPARE((*first)->content.temperature, 0.25);
    QVERIFY(!(*first)->content.aiDisclosure);
    QCOMPARE((*scenarios.find(ann, id))->version, 2);
    QVERIFY(!*scenarios.version(ann, id, 3));
    QVERIFY(!*scenarios.version(bob, id, 1));
    QVERIFY(scenarios.versions(bob, id)->empty());
    QCOMPARE(*scenarios.remove(ann, id), true);
    QVERIFY(scenarios.versions(ann, id)->empty());
    const auto left = scratch->database().session().execute(
        store::Sql(QStringLiteral("SELECT count(*) FROM custom_scenario_versions")));
    QCOMPARE(left->first().integer(0), qint64(0));
}

void ScheduleStoreTest::oldVersionsGo()
{
    SCRATCH_DATABASE(scratch);
    const auto user = addUser(scratch->database(), QStringLiteral("ann"), Platform::Web);
    store::SqlCustomScenarioStore scenarios(scratch->database());
    const QString id = QStringLiteral("custom_1_a");
    core::CustomScenario scenario = scenarioOf(user, id);
    QVERIFY(scenarios.add(scenario, 3).has_value());
    for (int save = 0; save < core::kScenarioVersions + 4; ++save)
        QCOMPARE(*scenarios.update(scenario), true);
    const auto versions = scenarios.versions(user, id);
    QCOMPARE(int(versions->size()), core::kScenarioVersions);
    QCOMPARE(versions->back().content.version, 6);
    QCOMPARE(versions->front().content.version, core::kScenarioVersions + 5);
}

void ScheduleStoreTest::theLimitHoldsAgainstMany()
{
    SCRATCH_DATABASE(scratch);
    const auto user = addUser(scratch->database(), QStringLiteral("ann"), Platform::Web);
    store::SqlCustomScenarioStore scenarios(scratch->database());
    std::atomic<int> added = 0;
    std::vector<std::thread> threads;
    threads.reserve(16);
    for (int i = 0; i < 16; ++i) {
        threads.emplace_back([&, i] {
            if (scenarios.add(scenarioOf(user, QStringLiteral("custom_1_%1").arg(i)), 3))
                ++added;
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    QCOMPARE(added.load(), 3);
    QCOMPARE(scenarios.ofOwner(user)->size(), size_t(3));
}

QTEST_GUILESS_MAIN(ScheduleStoreTest)
#include "tst_schedule_store.moc"
