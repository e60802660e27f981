// What was used: metered once, reported apart. And the plans that staff edit.
#include "server/adapters/store/usage_record_store.h"
#include "server/core/payments/plan_editor.h"
#include "tests/server/adapters/store/payments_fixture.h"
#include "tests/server/adapters/store/store_backends.h"

#include <QObject>
#include <QTest>

using namespace server;
using namespace Qt::StringLiterals;
using base::Fault;
using core::MeteredService;
using tests::kUsageNow;
using tests::PaymentsRig;

namespace {

const QString kMonth = u"2026-03"_s;

QString totals(store::SqlUsageRecordStore &records, base::UserId user)
{
    QStringList list;
    const auto found = records.totals(user, kMonth);
    for (const core::UsageTotal &total : found.value())
        list << u"%1: %2 %3 for %4, %5 records, %6 reported"_s.arg(toText(total.service))
                    .arg(total.amount)
                    .arg(total.unit)
                    .arg(total.cost)
                    .arg(total.records)
                    .arg(total.reportedAmount);
    return list.join(u"; "_s);
}

struct EditorRig
{
    explicit EditorRig(store::Database &database) : rig(database), planStore(database) {}

    PaymentsRig rig;
    store::SqlPlanStore planStore;
    core::PlanEditor editor{{planStore, rig.plans, [] { return kUsageNow; }}};
    core::PlanEditor::Actor actor{{rig.user}, u"r1"_s};
    core::PlanEditor::Draft starter()
    {
        core::PlanEditor::Draft draft;
        draft.name = u"Starter Monthly"_s;
        draft.type = core::PlanType::Monthly;
        draft.features = QJsonObject{{u"voice_minutes"_s, 50}, {u"custom_scenarios"_s, 1}};
        return draft;
    }
    const core::Plan *inForce(const QString &id) const { return rig.plans.current()->find(id); }
};

} // namespace

class UsageRecordsTest : public QObject
{
    Q_OBJECT
private slots:
    void callsAreMeteredOnce_data() { tests::addBackendRows(); }
    void callsAreMeteredOnce();
    void reportsAreKeptApart_data() { tests::addBackendRows(); }
    void reportsAreKeptApart();
    void staffMakeAndChangePlans_data() { tests::addBackendRows(); }
    void staffMakeAndChangePlans();
    void plansInUseAreHidden_data() { tests::addBackendRows(); }
    void plansInUseAreHidden();
    void plansThatMakeNoSense_data() { tests::addBackendRows(); }
    void plansThatMakeNoSense();
};

void UsageRecordsTest::callsAreMeteredOnce()
{
    SCRATCH_DATABASE(scratch);
    PaymentsRig rig(scratch->database());
    store::SqlUsageRecordStore records(scratch->database());
    const auto call = rig.service.reserve(tests::draftFor(rig.user));
    QVERIFY(call.has_value());
    for (int told = 0; told < 2; ++told)
        QVERIFY(rig.calls.storeEnding(tests::endingAfter(call->id, 61)));
    QCOMPARE(totals(records, rig.user), u"voice_call: 2 minutes for 0, 1 records, 0 reported"_s);
    // Who pays by use pays for the minutes, whatever number of words there is about their call.
    QVERIFY(rig.service.grant(rig.user, rig.user, u"usage_based"_s, 1, {}));
    const auto dear = rig.service.reserve(tests::draftFor(rig.user));
    QVERIFY(dear.has_value());
    QVERIFY(rig.calls.storeEnding(tests::endingAfter(dear->id, 600)));
    QVERIFY(rig.calls.storeEnding(tests::endingAfter(dear->id, 300)));
    QCOMPARE(totals(records, rig.user), u"voice_call: 7 minutes for 25, 2 records, 0 reported"_s);
    const auto kept = records.ofUser(rig.user, 10, 0);
    QCOMPARE(kept->at(1).resourceId, dear->id.value);
    QVERIFY(!kept->at(1).isReported);
}

void UsageRecordsTest::reportsAreKeptApart()
{
    SCRATCH_DATABASE(scratch);
    PaymentsRig rig(scratch->database());
    store::SqlUsageRecordStore store(scratch->database());
    const core::UsageRecords records({store, rig.plans, [] { return kUsageNow; }});
    const auto call = rig.service.reserve(tests::draftFor(rig.user));
    core::UsageRecord said;
    said.user = rig.user;
    said.amount = 5;
    said.unit = u"minutes"_s;
    said.resourceId = call->id.value;
    said.cost = {1, u"usd"_s}; // nobody asked for it
    const auto kept = records.report(said);
    QVERIFY(kept && kept->id > 0);
    QCOMPARE(kept->cost.minor, 25);
    QCOMPARE(kept->billingPeriod, kMonth);
    QCOMPARE(totals(store, rig.user), u"voice_call: 5 minutes for 25, 1 records, 5 reported"_s);
    const auto eve = tests::addUser(scratch->database(), u"eve"_s, core::Platform::Web);
    said.user = eve;
    QCOMPARE(records.report(said).error().fault, Fault::NotFound);
    for (const auto service :
         {MeteredService::Transcription, MeteredService::CustomScenario, MeteredService::Sms}) {
        said.service = service;
        QCOMPARE(records.report(said).error().fault, Fault::NotFound);
    }
    QCOMPARE(totals(store, eve), QString());
}

void UsageRecordsTest::staffMakeAndChangePlans()
{
    SCRATCH_DATABASE(scratch);
    EditorRig rig(scratch->database());
    const auto made = rig.editor.create(rig.actor, u"starter_monthly"_s, rig.starter());
    QVERIFY2(made, qPrintable(made ? QString() : made.error().message));
    QCOMPARE(made->voiceMinutes, std::optional(50));
    QCOMPARE(made->price.minor, 0);
    QVERIFY(rig.inForce(u"starter_monthly"_s));
    QCOMPARE(rig.editor.create(rig.actor, u"starter_monthly"_s, rig.starter()).error().fault,
             Fault::Conflict);
    core::PlanEditor::Draft change;
    change.price = base::Money{1'999, u"usd"_s};
    change.weeklyCalls = 12;
    QVERIFY(rig.editor.update(rig.actor, u"starter_monthly"_s, change));
    QCOMPARE(rig.inForce(u"starter_monthly"_s)->price.minor, 1'999);
    QCOMPARE(rig.inForce(u"starter_monthly"_s)->calls->count, 12);
    QCOMPARE(rig.inForce(u"starter_monthly"_s)->name, u"Starter Monthly"_s);
    // An edited plan outlives a new start.
    QVERIFY(rig.editor.update(rig.actor, u"pro_monthly"_s, change));
    QVERIFY(rig.planStore.follow(core::PlanCatalogue::builtin()));
    QCOMPARE(rig.planStore.load()->find(u"pro_monthly"_s)->price.minor, 1'999);
    QCOMPARE(rig.editor.update(rig.actor, u"mobile_weekly"_s, change).error().fault,
             Fault::NotFound);
    QCOMPARE(rig.editor.update(rig.actor, u"nowhere"_s, change).error().fault, Fault::NotFound);
    const auto audited = scratch->database().session().execute(store::Sql(
        u"SELECT count(*) FROM audit_log WHERE action IN ('plan.created', 'plan.changed')"_s));
    QCOMPARE(audited->first().integer(0), 3);
}

void UsageRecordsTest::plansInUseAreHidden()
{
    SCRATCH_DATABASE(scratch);
    EditorRig rig(scratch->database());
    const QString id = u"starter_monthly"_s;
    QVERIFY(rig.editor.create(rig.actor, id, rig.starter()));
    QVERIFY(rig.rig.service.grant(rig.rig.user, rig.rig.user, id, 1, {}));
    QVERIFY(rig.editor.remove(rig.actor, id));
    QVERIFY(rig.inForce(id)->isHidden);
    QCOMPARE(rig.rig.standing(), u"active starter_monthly"_s);
    QCOMPARE(rig.editor.remove(rig.actor, id).error().fault, Fault::NotFound);
    QVERIFY(rig.editor.create(rig.actor, u"other"_s, rig.starter()));
    QVERIFY(rig.editor.remove(rig.actor, u"other"_s));
    QVERIFY(!rig.inForce(u"other"_s));
    QCOMPARE(rig.editor.remove(rig.actor, u"pro_monthly"_s).error().fault, Fault::Forbidden);
    const core::PlanEditor free({rig.planStore, rig.rig.plans, [] { return kUsageNow; }, true});
    QVERIFY(free.remove(rig.actor, u"pro_monthly"_s));
    QVERIFY(rig.inForce(u"pro_monthly"_s)->isHidden);
}

void UsageRecordsTest::plansThatMakeNoSense()
{
    SCRATCH_DATABASE(scratch);
    EditorRig rig(scratch->database());
    for (const QString &id : {u"a-b"_s, u"__"_s, QString(), u"ä"_s, u"a b"_s})
        QCOMPARE(rig.editor.create(rig.actor, id, rig.starter()).error().fault, Fault::Invalid);
    core::PlanEditor::Draft odd = rig.starter();
    odd.features = QJsonObject{{u"voice_minutes"_s, u"many"_s}};
    QCOMPARE(rig.editor.create(rig.actor, u"odd"_s, odd).error().fault, Fault::Invalid);
    odd.features = QJsonObject{{u"transcription_storage"_s, u"for_ever"_s}};
    QCOMPARE(rig.editor.create(rig.actor, u"odd"_s, odd).error().fault, Fault::Invalid);
    QVERIFY(!rig.inForce(u"odd"_s));
}

QTEST_GUILESS_MAIN(UsageRecordsTest)
#include "tst_usage_records.moc"
