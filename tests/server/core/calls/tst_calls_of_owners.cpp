// What calls have from their owners: number, calendar, way of taking turns; and what becomes of
// calls that machines answer, that are asked for twice, or that nobody told us of.
#include "tests/server/core/calls/call_rig.h"

#include "server/core/calendar/booking_tool.h"

#include <QObject>
#include <QTest>

using namespace server::core;
using namespace calls_test;
using base::Fault;

namespace {

const QString kCustom = QStringLiteral("custom_7_a");
const QString kCalendar = QStringLiteral("calendar");
const QString kTimes = QStringLiteral("Free: Monday at nine.");

bool mayBook(const Call &call)
{
    return call.brief.offers(bookingToolName());
}

} // namespace

class CallsOfOwnersTest : public QObject
{
    Q_OBJECT
private slots:
    void ownNumberComesFirst();
    void appsAndDesksHaveTheServicesNumber();
    void withoutAnyNumberNothingIsDialled();
    void calendarGoesWithCallsThatMayBook_data();
    void calendarGoesWithCallsThatMayBook();
    void calendarThatIsAwayStillTakesBookings();
    void calendarCallsNeedACalendar();
    void consentTakenBackIsSaidToTheAsker();
    void dialledNumberTellsTheOwner();
    void nobodysNumberBelongsToNobody();
    void customScenarioBehindTheServicesNumber();
    void ownTurnDetectionGoesBeforeTheScenarios();
    void repeatOfTheAppIsTheSameCall();
    void machinesAreHungUpOn();
    void peopleAreNot();
    void foreignCallsGetARowAtTheirEnd();
};

void CallsOfOwnersTest::ownNumberComesFirst()
{
    Rig rig;
    rig.numbers.hasNumber = true;
    QCOMPARE(rig.place()->ownNumber, kOwnNumber);
    QCOMPARE(rig.network.orders.at(0).from, kOwnNumber);
    QCOMPARE(rig.place(QStringLiteral("4155550124"), QStringLiteral("default"),
                       [](CallOrder &order) { order.owner = {8}; })
                 ->ownNumber,
             kServiceNumber);
}

void CallsOfOwnersTest::appsAndDesksHaveTheServicesNumber()
{
    Rig rig;
    rig.numbers.hasNumber = true;
    const auto fromApp = [](CallOrder &order) { order.isFromApp = true; };
    QCOMPARE(rig.place(QStringLiteral("4155550123"), QStringLiteral("default"), fromApp)->ownNumber,
             kServiceNumber);
    CallSettings desk = usualSettings();
    desk.usesOwnNumbers = false;
    Rig development(desk);
    development.numbers.hasNumber = true;
    QCOMPARE(development.place()->ownNumber, kServiceNumber);
}

void CallsOfOwnersTest::withoutAnyNumberNothingIsDialled()
{
    CallSettings settings = usualSettings();
    settings.ownNumber.clear();
    Rig rig(settings);
    QCOMPARE(rig.place().error().fault, Fault::Unavailable);
    QVERIFY(rig.network.orders.empty() && rig.calls.rows.empty());
    rig.numbers.hasNumber = true;
    QVERIFY(rig.place().has_value());
}

void CallsOfOwnersTest::calendarGoesWithCallsThatMayBook_data()
{
    QTest::addColumn<QString>("scenario");
    QTest::addColumn<bool>("isConnected");
    QTest::addColumn<bool>("may");
    QTest::newRow("built-in") << QStringLiteral("default") << true << false;
    QTest::newRow("one's own") << kCustom << true << true;
    QTest::newRow("one's own, no calendar") << kCustom << false << false;
    QTest::newRow("calendar") << kCalendar << true << true;
}

void CallsOfOwnersTest::calendarGoesWithCallsThatMayBook()
{
    QFETCH(QString, scenario);
    QFETCH(bool, isConnected);
    QFETCH(bool, may);
    Rig rig;
    rig.briefings.isConnected = isConnected;
    const auto call = rig.place(QStringLiteral("4155550123"), scenario);
    QVERIFY(call.has_value());
    QCOMPARE(mayBook(*call), may);
    QCOMPARE(call->brief.instructions.contains(kTimes), may);
    QCOMPARE(call->brief.instructions.contains(QStringLiteral("America/New_York")), may);
    // What was told is kept with the call, so that any server can carry it.
    QCOMPARE(CallBrief::fromJson(rig.calls.rows.at(0).brief.toJson()).instructions,
             call->brief.instructions);
}

void CallsOfOwnersTest::calendarThatIsAwayStillTakesBookings()
{
    Rig rig;
    rig.briefings.failsWith = Fault::Timeout;
    const auto call = rig.place(QStringLiteral("4155550123"), kCalendar);
    QVERIFY(call && mayBook(*call));
    QVERIFY(!call->brief.instructions.contains(kTimes));
    QCOMPARE(rig.briefings.asked, (std::vector{true, false}));
}

void CallsOfOwnersTest::calendarCallsNeedACalendar()
{
    Rig rig;
    rig.briefings.isConnected = false;
    const auto call = rig.place(QStringLiteral("4155550123"), kCalendar);
    QCOMPARE(call.error().fault, Fault::NotFound);
    QCOMPARE(call.error().message, QStringLiteral("Google Calendar not connected"));
    QVERIFY(rig.calls.rows.empty() && rig.network.orders.empty());
}

void CallsOfOwnersTest::consentTakenBackIsSaidToTheAsker()
{
    Rig rig;
    rig.briefings.failsWith = Fault::Internal;
    const auto call = rig.place(QStringLiteral("4155550123"), kCalendar);
    QVERIFY(call.error().message.contains(QStringLiteral("invalid_grant")));
    QVERIFY(rig.network.orders.empty());
    QVERIFY(rig.place(QStringLiteral("4155550123"), kCustom).has_value());
}

void CallsOfOwnersTest::dialledNumberTellsTheOwner()
{
    Rig rig;
    rig.numbers.hasNumber = true;
    const auto answer = [&](const QString &scenario, const QString &sid) {
        return rig.service.answerIncoming(sid, QStringLiteral("+14155550177"), kOwnNumber,
                                          scenario);
    };
    const auto usual = answer(QStringLiteral("default"), QStringLiteral("CA1"));
    QVERIFY(usual.has_value());
    QCOMPARE(usual->call.owner.value, 7);
    QCOMPARE(usual->call.ownNumber, kOwnNumber);
    QVERIFY(mayBook(usual->call) && usual->call.brief.instructions.contains(kTimes));
    QCOMPARE(answer(kCalendar, QStringLiteral("CA2"))->call.scenario, kCalendar);
    QCOMPARE(answer(kCustom, QStringLiteral("CA3"))->call.owner.value, 7);
    // Whose number it is, their scenarios count; nobody else's.
    QCOMPARE(answer(QStringLiteral("custom_8_a"), QStringLiteral("CA4")).error().fault,
             Fault::Invalid);
}

void CallsOfOwnersTest::nobodysNumberBelongsToNobody()
{
    Rig rig;
    const auto answer = [&](const QString &scenario) {
        return rig.service.answerIncoming(QStringLiteral("CA1"), QStringLiteral("+14155550177"),
                                          kServiceNumber, scenario);
    };
    QCOMPARE(answer(kCalendar).error().fault, Fault::NotFound); // never by guess
    const auto usual = answer(QStringLiteral("default"));
    QVERIFY(usual && !usual->call.owner.isValid() && !mayBook(usual->call));
}

void CallsOfOwnersTest::customScenarioBehindTheServicesNumber()
{
    Rig rig;
    const auto ticket = rig.service.answerIncoming(
        QStringLiteral("CA1"), QStringLiteral("+14155550177"), kServiceNumber, kCustom);
    QVERIFY(ticket.has_value());
    QCOMPARE(ticket->call.owner.value, 7);
    QCOMPARE(ticket->call.scenario, kCustom);
    for (const char *strange : {"custom_7_b", "custom_x_a", "custom_", "custom__a", "no_such"})
        QCOMPARE(
            rig.service
                .answerIncoming(QStringLiteral("CA2"), {}, kServiceNumber, QLatin1String(strange))
                .error()
                .fault,
            Fault::Invalid);
}

void CallsOfOwnersTest::ownTurnDetectionGoesBeforeTheScenarios()
{
    Rig rig;
    rig.vad.chosen = TurnDetection{.type = TurnDetection::Type::Server, .threshold = 0.25};
    const auto call = rig.place();
    QCOMPARE(call->brief.turnDetection.value(QStringLiteral("threshold")).toDouble(), 0.25);
}

void CallsOfOwnersTest::repeatOfTheAppIsTheSameCall()
{
    Rig rig;
    const auto order = [&](const char *number, const char *scenario, bool isFromApp = true) {
        return rig.place(QLatin1String(number), QLatin1String(scenario),
                         [&](CallOrder &one) { one.isFromApp = isFromApp; });
    };
    const auto first = order("4155550123", "default");
    rig.now = kNow.addSecs(9);
    QCOMPARE(order("+1 415 555 0123", "default")->id, first->id);
    QCOMPARE(rig.network.orders.size(), size_t(1));
    // Another number, another scenario, the web app, and later: calls of their own.
    QVERIFY(order("4155550124", "default")->id != first->id);
    QVERIFY(order("4155550123", "fake_boss")->id != first->id);
    QVERIFY(order("4155550123", "default", false)->id != first->id);
    rig.now = kNow.addSecs(30);
    const auto later = order("4155550123", "default");
    QVERIFY(later->id != first->id);
    // One that is over is not the same; one that is still being dialled has no answer yet.
    QVERIFY(rig.service.reportStatus(later->callSid, CallStatus::Busy, {}).has_value());
    const auto again = order("4155550123", "default");
    QVERIFY(again->id != later->id);
    rig.calls.row(again->id).callSid.clear();
    QCOMPARE(order("4155550123", "default").error().fault, Fault::Conflict);
}

void CallsOfOwnersTest::machinesAreHungUpOn()
{
    CallSettings settings = usualSettings();
    settings.machineDetection = MachineDetection::Enable;
    Rig rig(settings);
    const auto call = rig.place();
    QCOMPARE(rig.network.orders.at(0).machineDetection, MachineDetection::Enable);
    QCOMPARE(rig.network.orders.at(0).machineUrl,
             QStringLiteral("https://api.example.com/base/amd-callback"));
    QVERIFY(rig.service.reportAnswerer(call->callSid, QStringLiteral("machine_start")).has_value());
    QCOMPARE(rig.calls.rows.at(0).answeredBy, QStringLiteral("machine_start"));
    QCOMPARE(rig.calls.rows.at(0).endReason, QStringLiteral("machine"));
    QCOMPARE(rig.events.machines, std::vector{call->id});

    settings.hangsUpOnMachines = false;
    Rig patient(settings);
    const QString sid = patient
                            .place(QStringLiteral("4155550123"), QStringLiteral("default"),
                                   [](CallOrder &order) {
                                       order.machineDetection = MachineDetection::DetectMessageEnd;
                                   })
                            ->callSid;
    QCOMPARE(patient.network.orders.at(0).machineDetection, MachineDetection::DetectMessageEnd);
    QVERIFY(patient.service.reportAnswerer(sid, QStringLiteral("machine_end_beep")).has_value());
    QVERIFY(patient.events.machines.empty() && patient.calls.rows.at(0).endReason.isEmpty());
}

void CallsOfOwnersTest::peopleAreNot()
{
    Rig rig;
    const auto call = rig.place();
    QCOMPARE(rig.network.orders.at(0).machineDetection, MachineDetection::Off);
    QVERIFY(rig.network.orders.at(0).machineUrl.isEmpty());
    for (const char *who : {"human", "unknown"})
        QVERIFY(rig.service.reportAnswerer(call->callSid, QLatin1String(who)).has_value());
    QVERIFY(rig.events.machines.empty());
    QCOMPARE(
        rig.service.reportAnswerer(QStringLiteral("CA404"), QStringLiteral("human")).error().fault,
        Fault::NotFound);
}

void CallsOfOwnersTest::foreignCallsGetARowAtTheirEnd()
{
    Rig rig;
    rig.numbers.hasNumber = true;
    ForeignCall news{QStringLiteral("CA7"),          CallStatus::Ringing, CallDirection::Inbound,
                     QStringLiteral("+14155550177"), kOwnNumber,          std::nullopt};
    QVERIFY(rig.service.reportForeign(news).has_value());
    QVERIFY(rig.calls.rows.empty());
    news.status = CallStatus::Completed;
    news.durationSeconds = 12;
    QVERIFY(rig.service.reportForeign(news).has_value());
    QVERIFY(rig.service.reportForeign(news).has_value()); // told twice
    QCOMPARE(rig.calls.rows.size(), size_t(1));
    const Call &row = rig.calls.rows.at(0);
    QCOMPARE(row.owner.value, 7);
    QCOMPARE(row.scenario, QStringLiteral("Inbound Call"));
    QCOMPARE(row.phoneNumber, QStringLiteral("+14155550177"));
    QCOMPARE(row.status, CallStatus::Completed);

    // One that we know is only told of.
    const auto own = rig.place();
    QVERIFY(rig.service
                .reportForeign({own->callSid, CallStatus::NoAnswer, CallDirection::Outbound,
                                kServiceNumber, own->phoneNumber, std::nullopt})
                .has_value());
    QCOMPARE(rig.calls.row(own->id).status, CallStatus::NoAnswer);
    QCOMPARE(rig.calls.rows.size(), size_t(2));
}

QTEST_APPLESS_MAIN(CallsOfOwnersTest)
#include "tst_calls_of_owners.moc"
