// Rules of accounts, opt-outs and caps in the database, also against many at a time.
#include "tests/server/adapters/store/store_backends.h"
#include "tests/server/adapters/store/usage_fixture.h"

#include <QObject>
#include <QTest>

#include <atomic>
#include <future>
#include <thread>

using namespace server;
using base::Fault;
using core::OptOutWay;
using core::Platform;
using protocol::Role;
using tests::addUser;
using tests::draftFor;
using tests::kUsageNow;
using tests::UsageRig;

namespace {

const QString kNumber = QStringLiteral("+15125550123");

core::Call callTo(base::UserId owner, const QString &number = kNumber)
{
    core::Call call = draftFor(owner);
    call.phoneNumber = number;
    return call;
}

core::AuditEntry entryOf(base::UserId actor, const QString &action)
{
    return {kUsageNow, actor, action, {}, {}, QStringLiteral("r1")};
}

qint64 count(store::Database &database, const QString &what)
{
    const auto rows =
        database.session().execute(store::Sql(QStringLiteral("SELECT count(*) FROM ") + what));
    return rows ? rows->first().integer(0) : -1;
}

} // namespace

class DiallingStoreTest : public QObject
{
    Q_OBJECT
private slots:
    void rulesAreKeptPerAccount_data() { tests::addBackendRows(); }
    void rulesAreKeptPerAccount();
    void optOutsStand_data() { tests::addBackendRows(); }
    void optOutsStand();
    void noCallIsReservedAfterAnOptOut_data() { tests::addBackendRows(); }
    void noCallIsReservedAfterAnOptOut();
    void anOptOutWaitsForAReservation_data() { tests::addBackendRows(); }
    void anOptOutWaitsForAReservation();
    void capsHoldAgainstMany_data() { tests::addBackendRows(); }
    void capsHoldAgainstMany();
    void callsCountForADay_data() { tests::addBackendRows(); }
    void callsCountForADay();
};

void DiallingStoreTest::rulesAreKeptPerAccount()
{
    SCRATCH_DATABASE(scratch);
    const auto ann = addUser(scratch->database(), QStringLiteral("ann"), Platform::Web);
    const auto bob = addUser(scratch->database(), QStringLiteral("bob"), Platform::Web);
    store::SqlDiallingStore dialling(scratch->database());
    const auto none = dialling.rulesOf(ann);
    QVERIFY(none && !none->quietHours && !none->targetCallsPerDay);
    QCOMPARE(none->aiDisclosure, core::AiDisclosure::ByNumber);
    core::CallingRules rules;
    rules.owner = ann;
    rules.quietHours = core::QuietHours{QTime(21, 30), QTime(8, 0)};
    rules.timeZone = QStringLiteral("Europe/Berlin");
    rules.targetCallsPerDay = 2;
    rules.aiDisclosure = core::AiDisclosure::Never;
    rules.recordingConsent = core::RecordingConsent::Announce;
    QVERIFY(dialling.setRules(rules, kUsageNow).has_value());
    const auto kept = dialling.rulesOf(ann);
    QCOMPARE(toJson(*kept), toJson(rules));
    QCOMPARE(kept->quietHours, rules.quietHours);
    rules.quietHours.reset();
    rules.targetCallsPerDay.reset();
    rules.targetCallsPerWeek = 5;
    QVERIFY(dialling.setRules(rules, kUsageNow).has_value());
    QCOMPARE(toJson(*dialling.rulesOf(ann)), toJson(rules));
    QVERIFY(!dialling.rulesOf(bob)->targetCallsPerWeek);
}

void DiallingStoreTest::optOutsStand()
{
    SCRATCH_DATABASE(scratch);
    UsageRig rig(scratch->database());
    const auto admin =
        addUser(scratch->database(), QStringLiteral("admin"), Platform::Web, Role::Admin);
    const auto call = rig.service.reserve(callTo(admin));
    QVERIFY(call.has_value());
    QCOMPARE(*rig.optOuts.add({0, kNumber, kUsageNow, OptOutWay::Key, call->id, {}}, {}), true);
    QCOMPARE(*rig.optOuts.add({0, kNumber, kUsageNow, OptOutWay::Staff, {}, {}},
                              entryOf(admin, QStringLiteral("opt_out.added"))),
             false); // what was said first stands, and nothing was done that needs a record
    QCOMPARE(count(scratch->database(), QStringLiteral("audit_log")), qint64(0));
    const auto found = rig.optOuts.find(kNumber);
    QVERIFY(found && *found);
    QCOMPARE((*found)->way, OptOutWay::Key);
    QCOMPARE((*found)->call, call->id);
    const QString other = QStringLiteral("+493012345678");
    QCOMPARE(*rig.optOuts.add({0, other, kUsageNow, OptOutWay::Staff, {}, QStringLiteral("letter")},
                              entryOf(admin, QStringLiteral("opt_out.added"))),
             true);
    QCOMPARE(count(scratch->database(), QStringLiteral("audit_log WHERE subject LIKE 'opt_out:%'")),
             qint64(1));
    QCOMPARE(rig.optOuts.search({}, 10, 0)->front().phoneNumber, other);
    QCOMPARE(rig.optOuts.search(QStringLiteral("555012"), 10, 0)->size(), size_t(1));
    QVERIFY(rig.optOuts.search(QStringLiteral("999999"), 10, 0)->empty());
    QCOMPARE(*rig.optOuts.remove(other, entryOf(admin, QStringLiteral("opt_out.removed"))), true);
    QCOMPARE(*rig.optOuts.remove(other, entryOf(admin, QStringLiteral("opt_out.removed"))), false);
    QCOMPARE(count(scratch->database(), QStringLiteral("audit_log")), qint64(2));
}

void DiallingStoreTest::noCallIsReservedAfterAnOptOut()
{
    SCRATCH_DATABASE(scratch);
    UsageRig rig(scratch->database());
    std::vector<base::UserId> users;
    users.reserve(8);
    for (int i = 0; i < 8; ++i)
        users.push_back(addUser(scratch->database(), QStringLiteral("user%1").arg(i), Platform::Web,
                                Role::Support));
    QVERIFY(rig.service.reserve(callTo(users.front())).has_value());
    std::atomic<bool> hasOptedOut = false;
    std::atomic<int> wrong = 0;
    std::atomic<int> refused = 0;
    std::vector<std::thread> threads;
    threads.reserve(users.size());
    for (const auto user : users) {
        threads.emplace_back([&, user] {
            for (;;) {
                const bool wasOptedOut = hasOptedOut;
                const auto call = rig.service.reserve(callTo(user));
                if (call && wasOptedOut)
                    ++wrong;
                if (!call && call.error().fault == Fault::Forbidden)
                    ++refused;
                if (wasOptedOut)
                    return;
            }
        });
    }
    QCOMPARE(*rig.optOuts.add({0, kNumber, kUsageNow, OptOutWay::Voice, {}, {}}, {}), true);
    hasOptedOut = true;
    for (std::thread &thread : threads)
        thread.join();
    QCOMPARE(wrong.load(), 0);
    QVERIFY(refused.load() >= int(users.size()));
    // It counts nothing.
    const qint64 calls = count(scratch->database(), QStringLiteral("calls"));
    QCOMPARE(count(scratch->database(), QStringLiteral("call_charges")), calls);
}

void DiallingStoreTest::anOptOutWaitsForAReservation()
{
    SCRATCH_DATABASE(scratch);
    UsageRig rig(scratch->database());
    const auto user = addUser(scratch->database(), QStringLiteral("ann"), Platform::Web);
    std::future<base::Result<bool>> optOut;
    const auto held =
        scratch->database().session().transaction([&](store::Session &) -> base::Result<> {
            const auto history = rig.dialling.history(user, kNumber, kUsageNow);
            if (!history)
                return base::failed(history);
            optOut = std::async(std::launch::async, [&] {
                return rig.optOuts.add({0, kNumber, kUsageNow, OptOutWay::Key, {}, {}}, {});
            });
            if (optOut.wait_for(std::chrono::milliseconds(300)) != std::future_status::timeout)
                return base::fail(Fault::Internal, QStringLiteral("it did not wait"));
            return {};
        });
    QVERIFY2(held.has_value(), qPrintable(held ? QString() : held.error().message));
    QCOMPARE(*optOut.get(), true);
    QVERIFY(rig.dialling.history(user, kNumber, kUsageNow)->hasOptedOut);
}

void DiallingStoreTest::capsHoldAgainstMany()
{
    SCRATCH_DATABASE(scratch);
    UsageRig rig(scratch->database());
    std::vector<base::UserId> users;
    users.reserve(4);
    for (int i = 0; i < 4; ++i)
        users.push_back(addUser(scratch->database(), QStringLiteral("user%1").arg(i), Platform::Web,
                                Role::Support));
    const auto reservedBy = [&](const std::vector<base::UserId> &owners, const QString &number) {
        std::atomic<int> reserved = 0;
        std::vector<std::thread> threads;
        threads.reserve(12);
        for (size_t i = 0; i < 12; ++i) {
            threads.emplace_back([&, i] {
                if (rig.service.reserve(callTo(owners[i % owners.size()], number)))
                    ++reserved;
            });
        }
        for (std::thread &thread : threads)
            thread.join();
        return reserved.load();
    };
    const core::PlanRules &caps = rig.plans.current()->rules();
    QCOMPARE(reservedBy({users.front()}, kNumber), caps.targetCallsOfAccount);
    QCOMPARE(reservedBy(users, QStringLiteral("+15125550124")), caps.targetCallsOfAll);
}

void DiallingStoreTest::callsCountForADay()
{
    SCRATCH_DATABASE(scratch);
    UsageRig rig(scratch->database());
    const auto ann =
        addUser(scratch->database(), QStringLiteral("ann"), Platform::Web, Role::Support);
    const auto bob =
        addUser(scratch->database(), QStringLiteral("bob"), Platform::Web, Role::Support);
    const auto at = [&](base::UserId user, const QDateTime &when) {
        core::Call call = callTo(user);
        call.createdAt = when;
        return rig.service.reserve(call)->id;
    };
    at(ann, kUsageNow.addDays(-8));
    at(ann, kUsageNow.addDays(-2));
    at(ann, kUsageNow.addSecs(-3'600));
    at(bob, kUsageNow.addSecs(-3'600));
    const auto refused = at(ann, kUsageNow.addSecs(-60));
    const auto engaged = at(ann, kUsageNow.addSecs(-60));
    using core::CallStatus;
    QVERIFY(rig.calls.setStatus(refused, CallStatus::Failed, kUsageNow, 0, {}).has_value());
    QVERIFY(rig.calls.setStatus(engaged, CallStatus::Busy, kUsageNow, 0, {}).has_value());
    const auto history = rig.dialling.history(ann, kNumber, kUsageNow);
    QCOMPARE(history->ownDay, 2); // no phone rang for the one that was refused
    QCOMPARE(history->ownWeek, 3);
    QCOMPARE(history->allDay, 3);
    QVERIFY(!history->hasOptedOut);
}

QTEST_GUILESS_MAIN(DiallingStoreTest)
#include "tst_dialling_store.moc"
