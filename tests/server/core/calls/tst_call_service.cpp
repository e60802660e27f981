#include "tests/server/core/calls/call_rig.h"

#include <QObject>
#include <QTest>

using namespace server::core;
using base::Fault;
using calls_test::kNow;
using calls_test::Rig;

class CallServiceTest : public QObject
{
    Q_OBJECT
private slots:
    void placedCallIsDialledWithEverythingTheNetworkMustKnow();
    void refusedOrdersLeaveAFailedRow();
    void whatThePlanRefusesIsNotDialled();
    void onesOwnScenarioIsSpokenAsWritten();
    void badOrdersDialNothing_data();
    void badOrdersDialNothing();
    void mediaTokenOpensOneStreamOnce();
    void mediaTokenGrowsOld();
    void mediaTokenIsForItsOwnCall();
    void incomingCallGetsOneRowHoweverOftenAsked();
    void finishedCallIsNotConnected();
    void lateNewsChangeNothing();
    void strangersDoNotSeeACall();
};

void CallServiceTest::placedCallIsDialledWithEverythingTheNetworkMustKnow()
{
    Rig rig;
    const auto call = rig.place();
    QVERIFY(call.has_value());
    QCOMPARE(call->callSid, QStringLiteral("CA1"));
    QCOMPARE(call->phoneNumber, QStringLiteral("+14155550123"));
    const DialOrder &order = rig.network.orders.at(0);
    QCOMPARE(order.to, QStringLiteral("+14155550123"));
    QCOMPARE(order.from, QStringLiteral("+14155550100"));
    QCOMPARE(order.answerUrl,
             QStringLiteral(
                 "https://api.example.com/base/outgoing-call/default?direction=outbound&call=1"));
    QCOMPARE(order.statusUrl,
             QStringLiteral("https://api.example.com/base/twilio-callback?call=1"));
    QCOMPARE(order.recordingUrl, QStringLiteral("https://api.example.com/base/recording-callback"));
    QCOMPARE(order.timeLimit, std::chrono::seconds(65)); // the bridge's own limit comes first
    QCOMPARE(rig.events.awaited.size(), size_t(1));
    QVERIFY(rig.events.awaited.front().brief.instructions.contains(QStringLiteral("Ann")));
}

void CallServiceTest::refusedOrdersLeaveAFailedRow()
{
    Rig rig;
    rig.network.isRefusing = true;
    const auto call = rig.place();
    QVERIFY(!call);
    QCOMPARE(call.error().fault, Fault::Invalid);
    QCOMPARE(rig.calls.rows.at(0).status, CallStatus::Failed);
    QCOMPARE(rig.calls.rows.at(0).endReason, QStringLiteral("refused"));
    QVERIFY(rig.events.awaited.empty());
}

void CallServiceTest::whatThePlanRefusesIsNotDialled()
{
    Rig rig;
    rig.reserver.isRefusing = true;
    const auto call = rig.place();
    QCOMPARE(call.error().fault, Fault::PaymentRequired);
    QCOMPARE(call.error().cause, QStringLiteral("trial_exhausted"));
    QVERIFY(rig.network.orders.empty() && rig.calls.rows.empty() && rig.events.awaited.empty());
}

void CallServiceTest::onesOwnScenarioIsSpokenAsWritten()
{
    Rig rig;
    const QString own = QStringLiteral("custom_7_a");
    const auto call = rig.place(QStringLiteral("4155550123"), own);
    QVERIFY(call.has_value());
    QCOMPARE(call->scenario, own);
    QCOMPARE(call->brief.voice, QStringLiteral("sage"));
    QVERIFY(call->brief.instructions.contains(QLatin1String("lighthouse keeper")));
    const auto others = rig.service.place({{8}, {}, {}, QStringLiteral("4155550123"), own, 0});
    QCOMPARE(others.error().message, QStringLiteral("Invalid scenario"));
}

void CallServiceTest::badOrdersDialNothing_data()
{
    QTest::addColumn<QString>("number");
    QTest::addColumn<QString>("scenario");
    QTest::addColumn<int>("fault");
    QTest::newRow("too short a number")
        << QStringLiteral("12") << QStringLiteral("default") << int(Fault::Unprocessable);
    QTest::newRow("a word") << QStringLiteral("mother") << QStringLiteral("default")
                            << int(Fault::Unprocessable);
    QTest::newRow("unknown scenario")
        << QStringLiteral("4155550123") << QStringLiteral("no_such") << int(Fault::Invalid);
}

void CallServiceTest::badOrdersDialNothing()
{
    QFETCH(QString, number);
    QFETCH(QString, scenario);
    Rig rig;
    const auto call = rig.place(number, scenario);
    QVERIFY(!call);
    QTEST(int(call.error().fault), "fault");
    QVERIFY(rig.network.orders.empty());
    QVERIFY(rig.calls.rows.empty());
}

void CallServiceTest::mediaTokenOpensOneStreamOnce()
{
    Rig rig;
    const auto call = rig.place();
    const auto ticket = rig.service.answerOutgoing(call->id, {});
    QVERIFY(ticket.has_value());
    QVERIFY(rig.service.redeem(ticket->token, QStringLiteral("CA1")).has_value());
    const auto again = rig.service.redeem(ticket->token, QStringLiteral("CA1"));
    QVERIFY(!again);
    QCOMPARE(again.error().fault, Fault::Forbidden);
}

void CallServiceTest::mediaTokenGrowsOld()
{
    Rig rig;
    const auto ticket = rig.service.answerOutgoing(rig.place()->id, {});
    rig.now = kNow.addSecs(121);
    QVERIFY(!rig.service.redeem(ticket->token, QStringLiteral("CA1")));
}

void CallServiceTest::mediaTokenIsForItsOwnCall()
{
    Rig rig;
    const auto ticket = rig.service.answerOutgoing(rig.place()->id, {});
    QVERIFY(!rig.service.redeem(ticket->token, QStringLiteral("CA9")));
}

void CallServiceTest::incomingCallGetsOneRowHoweverOftenAsked()
{
    Rig rig;
    const auto ask = [&rig] {
        return rig.service.answerIncoming(QStringLiteral("CA5"), QStringLiteral("anonymous"),
                                          QStringLiteral("+14155550100"),
                                          QStringLiteral("default"));
    };
    const auto first = ask();
    const auto second = ask();
    QVERIFY(first && second);
    QCOMPARE(rig.calls.rows.size(), size_t(1));
    QCOMPARE(second->call.id, first->call.id);
    QCOMPARE(rig.calls.rows.at(0).phoneNumber, QStringLiteral("unknown"));
    QVERIFY(!rig.service.redeem(first->token,
                                QStringLiteral("CA5"))); // the second asking made it worthless
    QVERIFY(rig.service.redeem(second->token, QStringLiteral("CA5")).has_value());
}

void CallServiceTest::finishedCallIsNotConnected()
{
    Rig rig;
    const auto call = rig.place();
    QVERIFY(rig.service.reportStatus(call->callSid, CallStatus::Busy, {}).has_value());
    const auto ticket = rig.service.answerOutgoing(call->id, {});
    QVERIFY(!ticket);
    QCOMPARE(ticket.error().fault, Fault::Conflict);
}

void CallServiceTest::lateNewsChangeNothing()
{
    Rig rig;
    const auto call = rig.place();
    QVERIFY(rig.service.reportStatus(call->callSid, CallStatus::NoAnswer, {}).has_value());
    QVERIFY(rig.service.reportStatus(call->callSid, CallStatus::Ringing, {}).has_value());
    QCOMPARE(rig.calls.rows.at(0).status, CallStatus::NoAnswer);
    QCOMPARE(rig.events.changes, std::vector{CallStatus::NoAnswer});
    const auto unknown = rig.service.reportStatus(QStringLiteral("CA404"), CallStatus::Ringing, {});
    QCOMPARE(unknown.error().fault, Fault::NotFound);
}

void CallServiceTest::strangersDoNotSeeACall()
{
    Rig rig;
    const auto call = rig.place();
    QVERIFY(rig.service.ownCall({7}, call->id).has_value());
    QCOMPARE(rig.service.ownCall({8}, call->id).error().fault, Fault::NotFound);
    QCOMPARE(rig.service.ownCall({7}, {99}).error().fault, Fault::NotFound);
}

QTEST_APPLESS_MAIN(CallServiceTest)
#include "tst_call_service.moc"
