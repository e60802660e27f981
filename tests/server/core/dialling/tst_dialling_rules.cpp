// Who may call whom, and what must be said.
#include "tests/server/core/calls/dialling_fakes.h"

#include <QTest>

using namespace calls_test;
using base::Fault;

namespace {

const QString kCalifornia = QStringLiteral("+14155550123");
const QString kTexas = QStringLiteral("+15125550123");
const QString kGermany = QStringLiteral("+493012345678");
const QString kTollFree = QStringLiteral("+18005550123");
constexpr base::UserId kOwner{7};

struct Rig
{
    QDateTime now = QDateTime::fromString(QStringLiteral("2026-01-15T04:30:00Z"), Qt::ISODate);
    FakeDialling dialling;
    FakeOptOuts optOuts;
    PlanBook plans{*PlanCatalogue::fromJson(PlanCatalogue::builtin())};
    CallingTables tables = *CallingTables::builtin();
    DiallingRules rules{{dialling, optOuts, plans, [this] { return now; }}, tables};
};

} // namespace

class DiallingRulesTest : public QObject
{
    Q_OBJECT
private slots:
    void whoHasOptedOutIsNotCalled();
    void quietTimeIsToldWithItsEnd();
    void numbersWithoutAPlaceGoByTheAccountsClock();
    void capsHold_data();
    void capsHold();
    void disclosureFollowsTheNearestWord_data();
    void disclosureFollowsTheNearestWord();
    void consentDecidesAboutRecording();
};

void DiallingRulesTest::whoHasOptedOutIsNotCalled()
{
    Rig rig;
    QVERIFY(rig.rules.check(kOwner, kTexas, rig.now).has_value());
    rig.optOuts.known = OptOut{1, kTexas, rig.now, OptOutWay::Voice, {}, {}};
    const auto refused = rig.rules.check(kOwner, kTexas, rig.now);
    QCOMPARE(refused.error().fault, Fault::Forbidden);
    QCOMPARE(refused.error().cause, QStringLiteral("opted_out"));
    rig.dialling.past.hasOptedOut = true;
    QCOMPARE(rig.rules.admit(kOwner, kTexas).error().cause, QStringLiteral("opted_out"));
}

void DiallingRulesTest::quietTimeIsToldWithItsEnd()
{
    Rig rig;
    rig.dialling.rules.quietHours = QuietHours{QTime(21, 0), QTime(8, 0)};
    const auto refused = rig.rules.admit(kOwner, kTexas); // 22:30 there
    QCOMPARE(refused.error().fault, Fault::Forbidden);
    QCOMPARE(refused.error().cause, QStringLiteral("quiet_hours"));
    QVERIFY2(refused.error().message.contains(QLatin1String("2026-01-15T08:00:00-06:00")),
             qPrintable(refused.error().message));
    QVERIFY(rig.rules.admit(kOwner, kCalifornia).has_value()); // 20:30 there
    QCOMPARE(*rig.rules.allowedFrom(kOwner, kTexas, rig.now), rig.now.addSecs(34'200));
    QVERIFY(rig.rules.check(kOwner, kTexas, rig.now.addSecs(36'000)).has_value());
}

void DiallingRulesTest::numbersWithoutAPlaceGoByTheAccountsClock()
{
    Rig rig;
    rig.dialling.rules.quietHours = QuietHours{QTime(21, 0), QTime(8, 0)};
    rig.dialling.rules.timeZone = QStringLiteral("Europe/Berlin"); // 05:30
    QCOMPARE(rig.rules.admit(kOwner, kTollFree).error().cause, QStringLiteral("quiet_hours"));
    rig.dialling.rules.timeZone = QStringLiteral("Asia/Tokyo"); // 13:30
    QVERIFY(rig.rules.admit(kOwner, kTollFree).has_value());
}

void DiallingRulesTest::capsHold_data()
{
    QTest::addColumn<int>("ownDay");
    QTest::addColumn<int>("ownWeek");
    QTest::addColumn<int>("allDay");
    QTest::addColumn<int>("perDay");  // of the account; 0: none
    QTest::addColumn<int>("perWeek"); // of the account; 0: none
    QTest::addColumn<bool>("isAllowed");
    QTest::newRow("first") << 0 << 0 << 0 << 0 << 0 << true;
    QTest::newRow("the service's last") << 5 << 5 << 5 << 0 << 0 << true;
    QTest::newRow("one too many") << 6 << 6 << 6 << 0 << 0 << false;
    QTest::newRow("others' calls") << 0 << 0 << 9 << 0 << 0 << true;
    QTest::newRow("too many of others") << 0 << 0 << 10 << 0 << 0 << false;
    QTest::newRow("the account's last") << 1 << 1 << 1 << 2 << 0 << true;
    QTest::newRow("beyond the account's") << 2 << 2 << 2 << 2 << 0 << false;
    QTest::newRow("no account lifts the cap") << 6 << 6 << 6 << 50 << 0 << false;
    QTest::newRow("the week's last") << 0 << 2 << 0 << 0 << 3 << true;
    QTest::newRow("beyond the week") << 0 << 3 << 0 << 0 << 3 << false;
}

void DiallingRulesTest::capsHold()
{
    QFETCH(int, ownDay);
    QFETCH(int, ownWeek);
    QFETCH(int, allDay);
    QFETCH(int, perDay);
    QFETCH(int, perWeek);
    QFETCH(bool, isAllowed);
    Rig rig;
    rig.dialling.past = {false, ownDay, ownWeek, allDay};
    if (perDay > 0)
        rig.dialling.rules.targetCallsPerDay = perDay;
    if (perWeek > 0)
        rig.dialling.rules.targetCallsPerWeek = perWeek;
    const auto admitted = rig.rules.admit(kOwner, kTexas);
    QCOMPARE(admitted.has_value(), isAllowed);
    if (!admitted) {
        QCOMPARE(admitted.error().fault, Fault::LimitReached);
        QVERIFY(!admitted.error().message.contains(QLatin1Char('{')));
    }
}

void DiallingRulesTest::disclosureFollowsTheNearestWord_data()
{
    using enum AiDisclosure;
    QTest::addColumn<int>("account");
    QTest::addColumn<int>("scenario"); // -1: none
    QTest::addColumn<QString>("number");
    QTest::addColumn<bool>("isDisclosed");
    const auto row = [](const char *name, AiDisclosure account, int scenario, const QString &number,
                        bool isDisclosed) {
        QTest::newRow(name) << int(account) << scenario << number << isDisclosed;
    };
    row("law of a state", ByNumber, -1, kCalifornia, true);
    row("no law there", ByNumber, -1, kTexas, false);
    row("law of a country", ByNumber, -1, kGermany, true);
    row("nobody knows where", ByNumber, -1, kTollFree, false);
    row("never", Never, -1, kCalifornia, false);
    row("always", Always, -1, kTexas, true);
    row("the scenario says always", Never, int(Always), kTexas, true);
    row("the scenario says never", Always, int(Never), kCalifornia, false);
    row("the scenario says by number", Never, int(ByNumber), kCalifornia, true);
}

void DiallingRulesTest::disclosureFollowsTheNearestWord()
{
    QFETCH(int, account);
    QFETCH(int, scenario);
    QFETCH(QString, number);
    QFETCH(bool, isDisclosed);
    Rig rig;
    rig.dialling.rules.aiDisclosure = AiDisclosure(account);
    const auto ofScenario = scenario < 0 ? std::nullopt : std::optional(AiDisclosure(scenario));
    QCOMPARE(
        rig.rules.termsFor(kOwner, CallDirection::Outbound, number, ofScenario)->mustDiscloseAi,
        isDisclosed);
    // Those who call us are told only where it is said always.
    const bool isAlways = ofScenario.value_or(AiDisclosure(account)) == AiDisclosure::Always;
    QCOMPARE(rig.rules.termsFor(kOwner, CallDirection::Inbound, number, ofScenario)->mustDiscloseAi,
             isAlways);
}

void DiallingRulesTest::consentDecidesAboutRecording()
{
    Rig rig;
    const auto terms = [&] {
        return *rig.rules.termsFor(kOwner, CallDirection::Outbound, kTexas, {});
    };
    QVERIFY(terms().isRecorded && !terms().mustAnnounceRecording);
    rig.dialling.rules.recordingConsent = RecordingConsent::Announce;
    QVERIFY(terms().isRecorded && terms().mustAnnounceRecording);
    rig.dialling.rules.recordingConsent = RecordingConsent::Off;
    QVERIFY(!terms().isRecorded && !terms().mustAnnounceRecording);
    // A call of nobody's.
    QVERIFY(rig.rules.termsFor({}, CallDirection::Inbound, {}, {})->isRecorded);
}

QTEST_APPLESS_MAIN(DiallingRulesTest)
#include "tst_dialling_rules.moc"
