// From a reserved call to a ringing phone, once, whatever happens to the server between.
#include "tests/server/core/calls/call_rig.h"

#include <QObject>
#include <QTest>

using namespace calls_test;
using base::Fault;

namespace {

/// A scheduled call whose server was lost after it had reserved it.
base::CallId reserved(Rig &rig)
{
    rig.network.isSilent = true;
    const auto call = rig.place(QStringLiteral("4155550123"), QStringLiteral("default"),
                                [&](CallOrder &order) { order.dialUntil = rig.now.addSecs(15); });
    rig.network.isSilent = false;
    rig.network.orders.clear();
    return call || rig.calls.rows.empty() ? base::CallId() : rig.calls.rows.back().id;
}

} // namespace

class CallDiallingTest : public QObject
{
    Q_OBJECT
private slots:
    void silenceLeavesAScheduledCallOpen();
    void silenceEndsAnyOtherCall();
    void whoIsLateDoesNotDial();
    void aCallThatTheNetworkKnowsIsAdopted();
    void aCallThatNamedItselfIsAdopted();
    void aCallThatNobodyKnowsIsDialled();
    void anothersCallIsNotAdopted();
    void nobodyKnowsWhileTheNetworkIsSilent();
    void whoOptedOutMeanwhileIsNotDialled();
    void whatWasRefusedIsNotDialled();
    void consentDecidesAboutTheRecording();
    void theFirstSentenceIsAskedForByNumber();
    void everyOutgoingCallOffersToStop();
};

void CallDiallingTest::silenceLeavesAScheduledCallOpen()
{
    Rig rig;
    const auto id = reserved(rig);
    QVERIFY(id.isValid());
    QCOMPARE(rig.calls.row(id).status, CallStatus::Initiated);
}

void CallDiallingTest::silenceEndsAnyOtherCall()
{
    Rig rig;
    rig.network.isSilent = true;
    QCOMPARE(rig.place().error().fault, Fault::Timeout);
    QCOMPARE(rig.calls.rows.at(0).status, CallStatus::Failed);
}

void CallDiallingTest::whoIsLateDoesNotDial()
{
    Rig rig;
    const auto late = rig.place(QStringLiteral("4155550123"), QStringLiteral("default"),
                                [&](CallOrder &order) { order.dialUntil = rig.now.addSecs(-1); });
    QCOMPARE(late.error().fault, Fault::Timeout);
    QVERIFY(rig.network.orders.empty());
    const auto id = rig.calls.rows.at(0).id;
    QCOMPARE(rig.service.resume(id, rig.now.addSecs(-1)).error().fault, Fault::Timeout);
    QVERIFY(rig.network.orders.empty());
    QCOMPARE(rig.calls.row(id).status, CallStatus::Initiated); // for whoever comes next
}

void CallDiallingTest::aCallThatTheNetworkKnowsIsAdopted()
{
    Rig rig;
    const auto id = reserved(rig);
    rig.network.known = {{QStringLiteral("CA77"), CallStatus::Busy}};
    const auto resumed = rig.service.resume(id, rig.now.addSecs(15));
    QVERIFY(resumed.has_value());
    QCOMPARE(resumed->callSid, QStringLiteral("CA77"));
    QVERIFY(rig.network.orders.empty());
    QCOMPARE(rig.calls.row(id).callSid, QStringLiteral("CA77"));
    QCOMPARE(rig.calls.row(id).status, CallStatus::Busy); // its end was told to nobody
}

void CallDiallingTest::aCallThatNamedItselfIsAdopted()
{
    Rig rig;
    const auto id = reserved(rig);
    QVERIFY(rig.service.reportSid(id, QStringLiteral("CA77")).has_value());
    QVERIFY(rig.service.reportStatus(QStringLiteral("CA77"), CallStatus::Ringing, {}).has_value());
    QCOMPARE(rig.service.resume(id, rig.now.addSecs(15))->callSid, QStringLiteral("CA77"));
    QVERIFY(rig.network.orders.empty());
    // A second name changes nothing.
    QVERIFY(rig.service.reportSid(id, QStringLiteral("CA78")).has_value());
    QCOMPARE(rig.calls.row(id).callSid, QStringLiteral("CA77"));
}

void CallDiallingTest::aCallThatNobodyKnowsIsDialled()
{
    Rig rig;
    const auto id = reserved(rig);
    const auto resumed = rig.service.resume(id, rig.now.addSecs(15));
    QVERIFY(resumed.has_value());
    QCOMPARE(rig.network.orders.size(), size_t(1));
    QCOMPARE(rig.calls.rows.size(), size_t(1)); // no second reservation
    QCOMPARE(rig.calls.row(id).callSid, resumed->callSid);
    QCOMPARE(rig.service.resume(id, rig.now.addSecs(15))->callSid, resumed->callSid);
    QCOMPARE(rig.network.orders.size(), size_t(1));
}

void CallDiallingTest::anothersCallIsNotAdopted()
{
    Rig rig;
    const auto id = reserved(rig);
    Call other = rig.calls.row(id);
    other.callSid = QStringLiteral("CA5");
    QVERIFY(rig.calls.add(other).has_value());
    rig.network.known = {{QStringLiteral("CA5"), CallStatus::InProgress}};
    QVERIFY(rig.service.resume(id, rig.now.addSecs(15)).has_value());
    QCOMPARE(rig.network.orders.size(), size_t(1));
    QVERIFY(rig.calls.row(id).callSid != QStringLiteral("CA5"));
}

void CallDiallingTest::nobodyKnowsWhileTheNetworkIsSilent()
{
    Rig rig;
    const auto id = reserved(rig);
    rig.network.isSilent = true;
    QCOMPARE(rig.service.resume(id, rig.now.addSecs(15)).error().fault, Fault::Timeout);
    QVERIFY(rig.network.orders.empty());
    QCOMPARE(rig.calls.row(id).status, CallStatus::Initiated);
}

void CallDiallingTest::whoOptedOutMeanwhileIsNotDialled()
{
    Rig rig;
    const auto id = reserved(rig);
    rig.optOuts.known =
        OptOut{1, QStringLiteral("+14155550123"), rig.now, OptOutWay::Staff, {}, {}};
    const auto resumed = rig.service.resume(id, rig.now.addSecs(15));
    QCOMPARE(resumed.error().fault, Fault::Forbidden);
    QVERIFY(rig.network.orders.empty());
    QCOMPARE(rig.calls.row(id).status, CallStatus::Failed);
    QCOMPARE(rig.calls.row(id).endReason, QStringLiteral("opted_out"));
}

void CallDiallingTest::whatWasRefusedIsNotDialled()
{
    Rig rig;
    const auto id = reserved(rig);
    QVERIFY(rig.service.abandon(id, QStringLiteral("refused")).has_value());
    QCOMPARE(rig.service.resume(id, rig.now.addSecs(15)).error().fault, Fault::NotFound);
    QVERIFY(rig.network.orders.empty());
}

void CallDiallingTest::consentDecidesAboutTheRecording()
{
    Rig rig;
    QVERIFY(rig.place()->brief.isRecorded);
    QVERIFY(!rig.network.orders.back().recordingUrl.isEmpty());
    rig.dialling.rules.recordingConsent = RecordingConsent::Off;
    const auto call = rig.place();
    QVERIFY(!call->brief.isRecorded);
    QVERIFY(rig.network.orders.back().recordingUrl.isEmpty());
    QVERIFY(!CallBrief::fromJson(call->brief.toJson()).isRecorded);
    QVERIFY(CallBrief::fromJson({}).isRecorded); // rows from before
}

void CallDiallingTest::theFirstSentenceIsAskedForByNumber()
{
    Rig rig;
    const QString disclosure = QStringLiteral("AI voice");
    const QString recording = QStringLiteral("recorded");
    QVERIFY(rig.place()->brief.greeting.contains(disclosure)); // California
    const auto texan = rig.place(QStringLiteral("5125550123"));
    QVERIFY(!texan->brief.greeting.contains(disclosure));
    QVERIFY(!texan->brief.greeting.contains(recording));
    rig.dialling.rules.recordingConsent = RecordingConsent::Announce;
    const auto told = rig.place();
    QVERIFY(told->brief.greeting.contains(disclosure) && told->brief.greeting.contains(recording));
    // A scenario of the catalogue that says it always.
    QVERIFY(rig.place(QStringLiteral("5125550123"), QStringLiteral("sales_pitch"))
                ->brief.greeting.contains(disclosure));
}

void CallDiallingTest::everyOutgoingCallOffersToStop()
{
    Rig rig;
    const auto call = rig.place();
    QVERIFY(call->brief.offers(QLatin1String(kStopCallingTool)));
    QVERIFY(call->brief.instructions.contains(QLatin1String(kStopCallingTool)));
    const auto incoming =
        rig.service.answerIncoming(QStringLiteral("CA5"), QStringLiteral("+14155550177"),
                                   kServiceNumber, QStringLiteral("default"));
    QVERIFY(!incoming->call.brief.offers(QLatin1String(kStopCallingTool)));
    QVERIFY(!incoming->call.brief.instructions.contains(QLatin1String(kStopCallingTool)));
}

QTEST_APPLESS_MAIN(CallDiallingTest)
#include "tst_call_dialling.moc"
