// Quiet hours by the clock of one zone, of several, and on days that daylight saving changes.
#include "server/core/dialling/calling_rules.h"

#include <QTest>

using namespace server::core;

namespace {

QDateTime at(const char *text)
{
    return QDateTime::fromString(QLatin1String(text), Qt::ISODate);
}

QList<QTimeZone> zonesOf(const QString &names)
{
    QList<QTimeZone> zones;
    for (const QString &name : names.split(QLatin1Char(' ')))
        zones.append(QTimeZone(name.toLatin1()));
    return zones;
}

} // namespace

class CallingRulesTest : public QObject
{
    Q_OBJECT
private slots:
    void quietHoursEndByTheClockOfThePlace_data();
    void quietHoursEndByTheClockOfThePlace();
    void theHourThatIsLeftOutEndsThemToo();
    void placesThatLeaveNoTimeGoByTheirFirstZone();
};

void CallingRulesTest::quietHoursEndByTheClockOfThePlace_data()
{
    QTest::addColumn<QString>("zones");
    QTest::addColumn<QString>("from");
    QTest::addColumn<QString>("to");
    QTest::addColumn<QDateTime>("now");
    QTest::addColumn<QDateTime>("allowed");
    const auto row = [](const char *name, const char *zones, const char *from, const char *to,
                        const char *now, const char *allowed) {
        QTest::newRow(name) << QString::fromLatin1(zones) << QString::fromLatin1(from)
                            << QString::fromLatin1(to) << at(now) << at(allowed);
    };
    const char *const denver = "America/Denver"; // UTC-7 in winter, UTC-6 in summer
    row("in the evening", denver, "21:00", "08:00", "2026-01-15T04:30:00Z", "2026-01-15T15:00:00Z");
    row("after midnight", denver, "21:00", "08:00", "2026-01-15T14:59:59Z", "2026-01-15T15:00:00Z");
    row("the first minute", denver, "21:00", "08:00", "2026-01-15T04:00:00Z",
        "2026-01-15T15:00:00Z");
    row("the minute before", denver, "21:00", "08:00", "2026-01-15T03:59:59Z",
        "2026-01-15T03:59:59Z");
    row("the minute they end", denver, "21:00", "08:00", "2026-01-15T15:00:00Z",
        "2026-01-15T15:00:00Z");
    row("within one day", denver, "12:00", "14:00", "2026-01-15T19:30:00Z", "2026-01-15T21:00:00Z");
    row("summer", denver, "21:00", "08:00", "2026-07-15T04:30:00Z", "2026-07-15T14:00:00Z");
    row("the night to summer time", denver, "21:00", "08:00", "2026-03-08T05:00:00Z",
        "2026-03-08T14:00:00Z");
    row("the night to winter time", denver, "21:00", "08:00", "2026-11-01T04:00:00Z",
        "2026-11-01T15:00:00Z");
    // Florida's west: eight o'clock must have struck in both of its zones.
    row("two zones", "America/New_York America/Chicago", "21:00", "08:00", "2026-01-15T02:30:00Z",
        "2026-01-15T14:00:00Z");
    row("quiet in one of two", "America/New_York America/Chicago", "21:00", "08:00",
        "2026-01-15T13:30:00Z", "2026-01-15T14:00:00Z");
    row("no zone", "UTC", "21:00", "08:00", "2026-01-15T12:00:00Z", "2026-01-15T12:00:00Z");
}

void CallingRulesTest::quietHoursEndByTheClockOfThePlace()
{
    QFETCH(QString, zones);
    QFETCH(QString, from);
    QFETCH(QString, to);
    QFETCH(QDateTime, now);
    const QuietHours hours{clockFromText(from), clockFromText(to)};
    QTEST(allowedFrom(hours, zonesOf(zones), now), "allowed");
}

void CallingRulesTest::theHourThatIsLeftOutEndsThemToo()
{
    // On that night there is no 02:30 in Denver.
    const QuietHours hours{QTime(1, 0), QTime(2, 30)};
    const QDateTime now = at("2026-03-08T08:30:00Z"); // 01:30
    const QDateTime allowed = allowedFrom(hours, {QTimeZone("America/Denver")}, now);
    QVERIFY(allowed > now && allowed <= at("2026-03-08T10:30:00Z"));
    const QTime clock = allowed.toTimeZone(QTimeZone("America/Denver")).time();
    QVERIFY2(clock >= QTime(2, 30), qPrintable(clock.toString()));
}

void CallingRulesTest::placesThatLeaveNoTimeGoByTheirFirstZone()
{
    const QuietHours hours{QTime(20, 0), QTime(10, 0)};
    const QDateTime now = at("2026-01-15T12:00:00Z"); // 14:00 in Kaliningrad, 24:00 in Kamchatka
    QCOMPARE(allowedFrom(hours, zonesOf(QStringLiteral("Europe/Kaliningrad Asia/Kamchatka")), now),
             now);
}

QTEST_APPLESS_MAIN(CallingRulesTest)
#include "tst_calling_rules.moc"
