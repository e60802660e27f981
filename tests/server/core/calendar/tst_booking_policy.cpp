// How many appointments may lie at one time, and when a business is open.
#include "server/core/calendar/booking_policy.h"
#include "server/core/calendar/business_hours.h"
#include "server/core/calendar/civil_time.h"
#include "tests/server/core/calendar/calendar_fakes.h"

#include <QJsonDocument>
#include <QTest>

using namespace server::core;
using tests::at;

class BookingPolicyTest : public QObject
{
    Q_OBJECT
private slots:
    void permits_data();
    void permits();
    void checks_data();
    void checks();
    void rulesHaveTexts();
    void namesCompanies();
    void opens_data();
    void opens();
    void opensOnWeekdaysByDefault();
};

void BookingPolicyTest::permits_data()
{
    QTest::addColumn<BookingPolicy>("policy");
    QTest::addColumn<int>("most"); // overlapping at which one more may come; -1: any number
    QTest::newRow("strict") << BookingPolicy{1, 1, BookingRule::Strict, false} << 0;
    QTest::newRow("strict, whatever the number") // a row of a deployment before us
        << BookingPolicy{5, 5, BookingRule::Strict, false} << 0;
    QTest::newRow("flexible 1") << BookingPolicy{1, 1, BookingRule::Flexible, false} << 0;
    QTest::newRow("flexible 3") << BookingPolicy{2, 3, BookingRule::Flexible, false} << 2;
    QTest::newRow("unlimited") << BookingPolicy{1, 1, BookingRule::Unlimited, false} << -1;
    QTest::newRow("strict, overbooked") << BookingPolicy{1, 1, BookingRule::Strict, true} << -1;
    QTest::newRow("flexible, overbooked") << BookingPolicy{1, 2, BookingRule::Flexible, true} << -1;
}

void BookingPolicyTest::permits()
{
    QFETCH(BookingPolicy, policy);
    QFETCH(int, most);
    for (int overlapping = 0; overlapping < 100; ++overlapping)
        QCOMPARE(policy.permits(overlapping), most < 0 || overlapping <= most);
}

void BookingPolicyTest::checks_data()
{
    QTest::addColumn<BookingPolicy>("policy");
    QTest::addColumn<QString>("refusal");
    const QString strict =
        QStringLiteral("Strict policy only allows 1 concurrent booking per time slot");
    const QString flexible =
        QStringLiteral("Flexible policy should not exceed 2x the number of employees");
    QTest::newRow("default") << BookingPolicy{} << QString();
    QTest::newRow("strict 2") << BookingPolicy{4, 2, BookingRule::Strict, false} << strict;
    QTest::newRow("strict 2, overbooked")
        << BookingPolicy{4, 2, BookingRule::Strict, true} << strict;
    QTest::newRow("flexible 2x") << BookingPolicy{3, 6, BookingRule::Flexible, false} << QString();
    QTest::newRow("flexible beyond")
        << BookingPolicy{3, 7, BookingRule::Flexible, false} << flexible;
    QTest::newRow("unlimited") << BookingPolicy{1, 50, BookingRule::Unlimited, false} << QString();
}

void BookingPolicyTest::checks()
{
    QFETCH(BookingPolicy, policy);
    QFETCH(QString, refusal);
    const auto checked = policy.check();
    QCOMPARE(checked.has_value(), refusal.isEmpty());
    if (!checked) {
        QCOMPARE(checked.error().fault, base::Fault::Invalid);
        QCOMPARE(checked.error().message, refusal);
    }
}

void BookingPolicyTest::rulesHaveTexts()
{
    for (const auto &[rule, text] :
         {std::pair(BookingRule::Strict, "strict"), std::pair(BookingRule::Flexible, "flexible"),
          std::pair(BookingRule::Unlimited, "unlimited")}) {
        QCOMPARE(toText(rule), QString::fromLatin1(text));
        QCOMPARE(bookingRuleFromText(QString::fromLatin1(text)), std::optional(rule));
    }
    QVERIFY(!bookingRuleFromText(QStringLiteral("Strict")));
    QVERIFY(!bookingRuleFromText(QString()));
}

void BookingPolicyTest::namesCompanies()
{
    QCOMPARE(defaultCompanyName(QStringLiteral("ann@example.com")), QStringLiteral("Ann Company"));
    QCOMPARE(defaultCompanyName(QStringLiteral("john.DOE@example.com")),
             QStringLiteral("John.doe Company"));
}

void BookingPolicyTest::opens_data()
{
    QTest::addColumn<QString>("hours");
    QTest::addColumn<QString>("zone");
    QTest::addColumn<QDate>("day");
    QTest::addColumn<QString>("opening"); // "from to" in UTC; empty: closed
    const auto row = [](const char *name, const char *hours, const char *zone, QDate day,
                        const char *opening) {
        QTest::newRow(name) << QString::fromLatin1(hours) << QString::fromLatin1(zone) << day
                            << QString::fromLatin1(opening);
    };
    const char *monday = R"({"monday":{"start":"08:30","end":"12:15"}})";
    row("said", monday, "America/Denver", {2026, 3, 2},
        "2026-03-02T15:30:00Z 2026-03-02T19:15:00Z");
    row("the others are closed", monday, "America/Denver", {2026, 3, 3}, "");
    row("null", R"({"monday":null})", "America/Denver", {2026, 3, 2}, "");
    row("nonsense", R"({"monday":{"start":"nine","end":17}})", "America/Denver", {2026, 3, 2}, "");
    row("no such minute", R"({"monday":{"start":"09:60","end":"17:00"}})", "America/Denver",
        {2026, 3, 2}, "");
    row("to the end of the day", R"({"monday":{"start":"9:00","end":"24:00"}})", "America/Denver",
        {2026, 3, 2}, "2026-03-02T16:00:00Z 2026-03-03T07:00:00Z");
    row("over midnight", R"({"monday":{"start":"22:00","end":"02:00"}})", "America/Denver",
        {2026, 3, 2}, "2026-03-03T05:00:00Z 2026-03-03T09:00:00Z");
    row("over a gap", R"({"sunday":{"start":"01:00","end":"04:00"}})", "America/Denver",
        {2026, 3, 8}, "2026-03-08T08:00:00Z 2026-03-08T10:00:00Z");
    row("over an hour that comes twice", R"({"sunday":{"start":"01:00","end":"04:00"}})",
        "America/Denver", {2026, 11, 1}, "2026-11-01T07:00:00Z 2026-11-01T11:00:00Z");
    row("a day left out", R"({"friday":{"start":"09:00","end":"17:00"}})", "Pacific/Apia",
        {2011, 12, 30}, "");
}

void BookingPolicyTest::opens()
{
    QFETCH(QString, hours);
    QFETCH(QString, zone);
    QFETCH(QDate, day);
    QFETCH(QString, opening);
    const auto json = QJsonDocument::fromJson(hours.toUtf8()).object();
    QVERIFY(!json.isEmpty());
    QStringList found;
    for (const TimeRange &range :
         BusinessHours::fromJson(json).openings(day, day, timeZoneNamed(zone).value()))
        found << range.start.toString(Qt::ISODate) << range.end.toString(Qt::ISODate);
    QCOMPARE(found.join(QLatin1Char(' ')), opening);
}

void BookingPolicyTest::opensOnWeekdaysByDefault()
{
    for (const BusinessHours &hours : {BusinessHours(), BusinessHours::fromJson({})}) {
        const auto week = hours.openings(QDate(2026, 3, 2), QDate(2026, 3, 8),
                                         timeZoneNamed(QStringLiteral("UTC")).value());
        QCOMPARE(week.size(), size_t(5));
        QCOMPARE(week.front(), (TimeRange{at("2026-03-02T09:00:00Z"), at("2026-03-02T17:00:00Z")}));
        QCOMPARE(week.back(), (TimeRange{at("2026-03-06T09:00:00Z"), at("2026-03-06T17:00:00Z")}));
    }
    QCOMPARE(BusinessHours::everyDay(9, 17)
                 .openings(QDate(2026, 3, 2), QDate(2026, 3, 8), defaultTimeZone())
                 .size(),
             size_t(7));
}

QTEST_GUILESS_MAIN(BookingPolicyTest)
#include "tst_booking_policy.moc"
