// Clock times and instants, against a table of known days and against the C library's own reading
// of the zone data.
#include "server/core/calendar/civil_time.h"
#include "tests/server/core/calendar/calendar_fakes.h"
#include "tests/server/core/calendar/test_zones.h"

#include <QTest>

#include <ctime>

using namespace server::core;
using tests::at;

namespace {

constexpr qint64 kMinute = 60;
constexpr qint64 kDay = 24 * (60 * kMinute);

QTimeZone zoneOf(const QString &name)
{
    return timeZoneNamed(name).value();
}

/// What the C library says clocks show: minutes since 1970 as if in UTC. REQUIRES: TZ is set.
qint64 wallMinutesByLibc(qint64 instant)
{
    const time_t seconds = instant;
    tm shown{};
    localtime_r(&seconds, &shown);
    shown.tm_isdst = 0;
    return timegm(&shown) / kMinute;
}

} // namespace

class CivilTimeTest : public QObject
{
    Q_OBJECT
private slots:
    void turnsClockTimesIntoInstants_data();
    void turnsClockTimesIntoInstants();
    void daysBeginAndLast_data();
    void daysBeginAndLast();
    void agreesWithTheCLibrary_data();
    void agreesWithTheCLibrary();
    void readsTimes_data();
    void readsTimes();
    void readsStretches_data();
    void readsStretches();
    void writesTimes();
    void knowsZones();
};

void CivilTimeTest::turnsClockTimesIntoInstants_data()
{
    QTest::addColumn<QString>("zone");
    QTest::addColumn<QString>("wall");
    QTest::addColumn<QString>("instant");
    const auto row = [](const char *name, const char *zone, const char *wall, const char *instant) {
        QTest::newRow(name) << QString::fromLatin1(zone) << QString::fromLatin1(wall)
                            << QString::fromLatin1(instant);
    };
    row("winter", "America/Denver", "2026-01-15T14:00", "2026-01-15T21:00:00Z");
    row("summer", "America/Denver", "2026-07-15T14:00", "2026-07-15T20:00:00Z");
    row("left out", "America/Denver", "2026-03-08T02:30", "2026-03-08T09:30:00Z");
    row("the gap's end", "America/Denver", "2026-03-08T03:00", "2026-03-08T09:00:00Z");
    row("twice", "America/Denver", "2026-11-01T01:30", "2026-11-01T07:30:00Z");
    row("after twice", "America/Denver", "2026-11-01T02:00", "2026-11-01T09:00:00Z");
    row("Paris, left out", "Europe/Paris", "2026-03-29T02:30", "2026-03-29T01:30:00Z");
    row("Paris, twice", "Europe/Paris", "2026-10-25T02:30", "2026-10-25T00:30:00Z");
    row("half an hour twice", "Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45:00Z");
    row("half an hour left out", "Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:45:00Z");
    row("a day left out", "Pacific/Apia", "2011-12-30T12:00", "2011-12-30T22:00:00Z");
    row("the day before it", "Pacific/Apia", "2011-12-29T20:00", "2011-12-30T06:00:00Z");
    row("the day after it", "Pacific/Apia", "2011-12-31T08:00", "2011-12-30T18:00:00Z");
    row("45 minutes", "Asia/Kathmandu", "2026-05-01T09:00", "2026-05-01T03:15:00Z");
    row("45 minutes and summer", "Pacific/Chatham", "2026-01-01T12:00", "2025-12-31T22:15:00Z");
    row("midnight left out", "America/Sao_Paulo", "2018-11-04T00:30", "2018-11-04T03:30:00Z");
    row("twice before midnight", "America/Sao_Paulo", "2018-02-17T23:30", "2018-02-18T01:30:00Z");
    row("winter time in Ramadan", "Africa/Casablanca", "2026-02-20T12:00", "2026-02-20T12:00:00Z");
    row("summer time else", "Africa/Casablanca", "2026-05-01T12:00", "2026-05-01T11:00:00Z");
    row("negative saving", "Europe/Dublin", "2026-07-01T12:00", "2026-07-01T11:00:00Z");
    row("half an hour", "Asia/Kolkata", "2026-07-01T12:00", "2026-07-01T06:30:00Z");
    row("far ahead", "America/New_York", "2060-07-01T12:00", "2060-07-01T16:00:00Z");
}

void CivilTimeTest::turnsClockTimesIntoInstants()
{
    QFETCH(QString, zone);
    QFETCH(QString, wall);
    QFETCH(QString, instant);
    const QDateTime expected = QDateTime::fromString(instant, Qt::ISODate);
    const auto civil = CivilTime::parse(wall);
    QVERIFY(civil);
    QCOMPARE(civil->instant(zoneOf(zone)), expected);
    QCOMPARE(instantOf(civil->date, civil->time, zoneOf(zone)).timeSpec(), Qt::UTC);
}

void CivilTimeTest::daysBeginAndLast_data()
{
    QTest::addColumn<QString>("zone");
    QTest::addColumn<QDate>("day");
    QTest::addColumn<QString>("begin");
    QTest::addColumn<int>("minutes");
    const auto row = [](const char *name, const char *zone, QDate day, const char *begin,
                        int minutes) {
        QTest::newRow(name) << QString::fromLatin1(zone) << day << QString::fromLatin1(begin)
                            << minutes;
    };
    row("usual", "America/Denver", {2026, 6, 1}, "2026-06-01T06:00:00Z", 24 * 60);
    row("short", "America/Denver", {2026, 3, 8}, "2026-03-08T07:00:00Z", 23 * 60);
    row("long", "America/Denver", {2026, 11, 1}, "2026-11-01T06:00:00Z", 25 * 60);
    row("half an hour short", "Australia/Lord_Howe", {2026, 10, 4}, "2026-10-03T13:30:00Z",
        23 * 60 + 30);
    row("half an hour long", "Australia/Lord_Howe", {2026, 4, 5}, "2026-04-04T13:00:00Z",
        24 * 60 + 30);
    row("without midnight", "America/Sao_Paulo", {2018, 11, 4}, "2018-11-04T03:00:00Z", 23 * 60);
    row("hour before midnight twice", "America/Sao_Paulo", {2018, 2, 17}, "2018-02-17T02:00:00Z",
        25 * 60);
    row("midnight twice", "America/Havana", {2026, 11, 1}, "2026-11-01T04:00:00Z", 25 * 60);
    row("not at all", "Pacific/Apia", {2011, 12, 30}, "2011-12-30T10:00:00Z", 0);
}

void CivilTimeTest::daysBeginAndLast()
{
    QFETCH(QString, zone);
    QFETCH(QDate, day);
    QFETCH(QString, begin);
    QFETCH(int, minutes);
    const QDateTime start = startOfDay(day, zoneOf(zone));
    QCOMPARE(start, QDateTime::fromString(begin, Qt::ISODate));
    QCOMPARE(start.secsTo(startOfDay(day.addDays(1), zoneOf(zone))), qint64(minutes * 60));
}

void CivilTimeTest::agreesWithTheCLibrary_data()
{
    QTest::addColumn<QString>("name");
    for (const QString &name : tests::zoneNames())
        QTest::newRow(qPrintable(name)) << name;
}

/// Every minute of three days around every change of a zone in ten years, both ways.
void CivilTimeTest::agreesWithTheCLibrary()
{
    QFETCH(QString, name);
    const QTimeZone zone = zoneOf(name);
    qputenv("TZ", name.toLatin1());
    tzset();
    for (const QDateTime &change : tests::interestingInstants(zone)) {
        const qint64 first = (change.toSecsSinceEpoch() / kMinute) * kMinute - 2 * kDay;
        const qint64 last = first + 4 * kDay;
        QHash<qint64, qint64> earliest; // by what clocks show
        for (qint64 instant = first; instant < last; instant += kMinute) {
            const qint64 wall = wallMinutesByLibc(instant);
            if (!earliest.contains(wall))
                earliest.insert(wall, instant);
            const QDateTime shown =
                wallTimeOf(QDateTime::fromSecsSinceEpoch(instant, Qt::UTC), zone);
            QCOMPARE((shown.toSecsSinceEpoch() + shown.offsetFromUtc()) / kMinute, wall);
        }
        qint64 offsetBefore = wallMinutesByLibc(first) * kMinute - first;
        const qint64 from = wallMinutesByLibc(first + kDay);
        for (qint64 wall = from; wall < wallMinutesByLibc(last - kDay); ++wall) {
            const QDateTime shown = QDateTime::fromSecsSinceEpoch(wall * kMinute, Qt::UTC);
            const auto known = earliest.constFind(wall);
            if (known != earliest.constEnd())
                offsetBefore = wall * kMinute - *known;
            QCOMPARE(instantOf(shown.date(), shown.time(), zone).toSecsSinceEpoch(),
                     wall * kMinute - offsetBefore);
        }
    }
    qunsetenv("TZ");
    tzset();
}

void CivilTimeTest::readsTimes_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("instant"); // empty: refused
    const auto row = [](const char *text, const char *instant = "") {
        QTest::newRow(text) << QString::fromUtf8(text) << QString::fromLatin1(instant);
    };
    row("2026-03-02T14:00:00-07:00", "2026-03-02T21:00:00.000Z");
    row("2026-03-02T14:00:00Z", "2026-03-02T14:00:00.000Z");
    row("2026-03-02t14:00:00z", "2026-03-02T14:00:00.000Z");
    row("2026-03-02 14:00", "2026-03-02T21:00:00.000Z");
    row("2026-03-02T14:00", "2026-03-02T21:00:00.000Z");
    row(" 2026-03-02T14:00:00.5+05:45 ", "2026-03-02T08:15:00.500Z");
    row("2026-03-02T14:00:00.123456789+0545", "2026-03-02T08:15:00.123Z");
    row("2028-02-29T00:00:00Z", "2028-02-29T00:00:00.000Z");
    row("");
    row("tomorrow at two");
    row("2026-03-02");
    row("2026-02-29T14:00:00Z");
    row("2026-13-02T14:00:00Z");
    row("2026-03-02T24:00:00Z");
    row("2026-03-02T14:60:00Z");
    row("2026-03-02T14:00:00+24:00");
    row("2026-03-02T14:00:00+05:60");
    row("2026-03-02T14:00:00 MST");
    row("2026-03-02T14:00:00Z\n2026-03-02T14:00:00Z");
    row("26-03-02T14:00:00Z");
    row("２０２６-03-02T14:00:00Z");
}

void CivilTimeTest::readsTimes()
{
    QFETCH(QString, text);
    QFETCH(QString, instant);
    const auto civil = CivilTime::parse(text);
    QCOMPARE(civil.has_value(), !instant.isEmpty());
    if (civil)
        QCOMPARE(civil->instant(defaultTimeZone()).toString(Qt::ISODateWithMs), instant);
}

void CivilTimeTest::readsStretches_data()
{
    QTest::addColumn<QString>("start");
    QTest::addColumn<QString>("end");
    QTest::addColumn<QString>("from");
    QTest::addColumn<int>("minutes");
    const auto row = [](const char *name, const char *start, const char *end, const char *from,
                        int minutes) {
        QTest::newRow(name) << QString::fromLatin1(start) << QString::fromLatin1(end)
                            << QString::fromLatin1(from) << minutes;
    };
    row("usual", "2026-03-02T14:00", "2026-03-02T14:30", "2026-03-02T21:00:00Z", 30);
    row("begins in the gap", "2026-03-08T02:30", "2026-03-08T03:00", "2026-03-08T09:30:00Z", 30);
    row("lies in the gap", "2026-03-08T02:15", "2026-03-08T02:45", "2026-03-08T09:15:00Z", 30);
    row("across the gap", "2026-03-08T01:30", "2026-03-08T03:30", "2026-03-08T08:30:00Z", 60);
    row("across the hour that comes twice", "2026-11-01T00:30", "2026-11-01T02:30",
        "2026-11-01T06:30:00Z", 180);
    row("says its offset", "2026-11-01T01:30-07:00", "2026-11-01T02:00-07:00",
        "2026-11-01T08:30:00Z", 30);
}

void CivilTimeTest::readsStretches()
{
    QFETCH(QString, start);
    QFETCH(QString, end);
    QFETCH(QString, from);
    QFETCH(int, minutes);
    const TimeRange range =
        rangeOf(*CivilTime::parse(start), *CivilTime::parse(end), defaultTimeZone());
    QCOMPARE(range.start, QDateTime::fromString(from, Qt::ISODate));
    QCOMPARE(range.start.secsTo(range.end), qint64(minutes * 60));
}

void CivilTimeTest::writesTimes()
{
    const QTimeZone &denver = defaultTimeZone();
    QCOMPARE(toIsoText(at("2026-09-01T20:00:00Z"), denver),
             QStringLiteral("2026-09-01T14:00:00-06:00"));
    QCOMPARE(toIsoText(at("2026-03-02T14:00:00Z"), zoneOf(QStringLiteral("Asia/Kathmandu"))),
             QStringLiteral("2026-03-02T19:45:00+05:45"));
    QCOMPARE(toSpokenText(at("2025-09-02T20:00:00Z"), denver),
             QStringLiteral("Tuesday, September 02 at 02:00 PM"));
    QCOMPARE(toSpokenText(at("2025-09-02T06:05:00Z"), denver),
             QStringLiteral("Tuesday, September 02 at 12:05 AM"));
    // The hour that comes twice is told apart by its offset.
    QCOMPARE(toIsoText(at("2026-11-01T07:30:00Z"), denver),
             QStringLiteral("2026-11-01T01:30:00-06:00"));
    QCOMPARE(toIsoText(at("2026-11-01T08:30:00Z"), denver),
             QStringLiteral("2026-11-01T01:30:00-07:00"));
}

void CivilTimeTest::knowsZones()
{
    QCOMPARE(defaultTimeZone().id(), QByteArray("America/Denver"));
    QVERIFY(timeZoneNamed(QStringLiteral("Europe/Paris")));
    QVERIFY(timeZoneNamed(QStringLiteral("UTC")));
    for (const char *name :
         {"", "Mars/Olympus", "EST5EDT4,M3.2.0,M11.1.0", "../../etc/passwd", "America/", "Zürich"})
        QVERIFY2(!timeZoneNamed(QString::fromUtf8(name)), name);
}

QTEST_GUILESS_MAIN(CivilTimeTest)
#include "tst_civil_time.moc"
