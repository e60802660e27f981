// Free times and alternatives: rows of known days.
#include "server/core/calendar/civil_time.h"
#include "server/core/calendar/free_times.h"
#include "tests/server/core/calendar/calendar_fakes.h"

#include <QTest>

using namespace server::core;
using tests::at;
using tests::eventOf;

namespace {

/// "10:00-10:30 13:00-14:00" on Monday, 2 March 2026, in UTC.
std::vector<TimeRange> rangesOf(const QString &text)
{
    std::vector<TimeRange> ranges;
    for (const QString &part : text.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        const auto time = [](const QString &clock) {
            return QDateTime(QDate(2026, 3, 2), QTime::fromString(clock, QStringLiteral("HH:mm")),
                             Qt::UTC);
        };
        const QStringList ends = part.split(QLatin1Char('-'));
        ranges.push_back({time(ends.at(0)), time(ends.at(1))});
    }
    return ranges;
}

/// The same; other days with their date: "03T09:00-09:30".
QString textOf(const std::vector<TimeRange> &ranges, const QTimeZone &zone)
{
    QStringList texts;
    for (const TimeRange &range : ranges) {
        const QDateTime start = wallTimeOf(range.start, zone);
        const QString form = start.date() == QDate(2026, 3, 2) ? QStringLiteral("HH:mm")
                                                               : QStringLiteral("dd'T'HH:mm");
        texts << start.toString(form) + QLatin1Char('-')
                     + wallTimeOf(range.end, zone).toString(QStringLiteral("HH:mm"));
    }
    return texts.join(QLatin1Char(' '));
}

const QTimeZone &utc()
{
    static const QTimeZone zone("UTC");
    return zone;
}

} // namespace

class FreeTimesTest : public QObject
{
    Q_OBJECT
private slots:
    void merges_data();
    void merges();
    void onlyBusyEventsTakeTime();
    void findsGaps_data();
    void findsGaps();
    void findsGapsInTheOwnersZone();
    void offersAlternatives_data();
    void offersAlternatives();
    void offersTheSameLengthOnShortDays();
    void aPastWishIsAnsweredFromToday();
};

void FreeTimesTest::merges_data()
{
    QTest::addColumn<QString>("ranges");
    QTest::addColumn<QString>("expected");
    QTest::newRow("none") << QString() << QString();
    QTest::newRow("apart") << QStringLiteral("12:00-13:00 10:00-11:00")
                           << QStringLiteral("10:00-11:00 12:00-13:00");
    QTest::newRow("touching") << QStringLiteral("10:00-11:00 11:00-12:00")
                              << QStringLiteral("10:00-12:00");
    QTest::newRow("overlapping") << QStringLiteral("10:30-12:00 10:00-11:00")
                                 << QStringLiteral("10:00-12:00");
    QTest::newRow("within") << QStringLiteral("10:00-14:00 11:00-12:00 13:00-13:30")
                            << QStringLiteral("10:00-14:00");
}

void FreeTimesTest::merges()
{
    QFETCH(QString, ranges);
    QFETCH(QString, expected);
    QCOMPARE(textOf(merged(rangesOf(ranges)), utc()), expected);
}

void FreeTimesTest::onlyBusyEventsTakeTime()
{
    CalendarEvent free =
        eventOf(QStringLiteral("free"), rangesOf(QStringLiteral("10:00-11:00")).front());
    free.isBusy = false;
    CalendarEvent day =
        eventOf(QStringLiteral("day"), {at("2026-03-02T00:00:00Z"), at("2026-03-03T00:00:00Z")});
    day.isAllDay = true;
    const CalendarEvent busy =
        eventOf(QStringLiteral("busy"), rangesOf(QStringLiteral("12:00-13:00")).front());
    QCOMPARE(busyTimes({free, busy}), (std::vector{busy.range}));
    QCOMPARE(busyTimes({free, day, busy}), (std::vector{day.range}));
}

void FreeTimesTest::findsGaps_data()
{
    QTest::addColumn<QString>("now");
    QTest::addColumn<QString>("busy");
    QTest::addColumn<int>("minimum");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *name, const char *now, const char *busy, int minimum,
                        const char *expected) {
        QTest::newRow(name) << QString::fromLatin1(now) << QString::fromLatin1(busy) << minimum
                            << QString::fromLatin1(expected);
    };
    row("an empty day", "06:00", "", 30, "09:00-17:00");
    row("gaps come whole", "06:00", "10:00-11:00 13:00-13:30", 30,
        "09:00-10:00 11:00-13:00 13:30-17:00");
    row("the minimum counts", "06:00", "09:29-10:00 10:30-16:00", 30, "10:00-10:30 16:00-17:00");
    row("overlapping ones count once", "06:00", "09:00-12:00 10:00-11:00 11:30-15:00", 30,
        "15:00-17:00");
    row("from the next half hour", "10:01", "", 30, "10:30-17:00");
    row("on the half hour", "10:30", "", 30, "10:30-17:00");
    row("a busy one around now", "10:01", "09:00-10:45", 30, "10:45-17:00");
    row("a full day", "06:00", "08:00-18:00", 30, "");
    row("before and after hours", "06:00", "07:00-09:30 16:45-20:00", 30, "09:30-16:45");
    row("too late", "16:31", "", 30, "");
}

void FreeTimesTest::findsGaps()
{
    QFETCH(QString, now);
    QFETCH(QString, busy);
    QFETCH(int, minimum);
    QFETCH(QString, expected);
    FreeTimeSearch search{{at("2026-03-02T00:00:00Z"), at("2026-03-03T00:00:00Z")},
                          rangesOf(now + QLatin1Char('-') + now).front().start,
                          BusinessHours::everyDay(9, 17),
                          utc(),
                          std::chrono::minutes(minimum)};
    QCOMPARE(textOf(freeTimes(search, rangesOf(busy)), utc()), expected);
    search.limit = 1;
    QCOMPARE(textOf(freeTimes(search, rangesOf(busy)), utc()),
             expected.section(QLatin1Char(' '), 0, 0));
}

void FreeTimesTest::findsGapsInTheOwnersZone()
{
    // Two days in Denver over the change to summer time.
    const FreeTimeSearch search{{at("2026-03-07T07:00:00Z"), at("2026-03-09T06:00:00Z")},
                                at("2026-03-01T00:00:00Z"),
                                BusinessHours::everyDay(9, 17),
                                defaultTimeZone()};
    QCOMPARE(freeTimes(search, {}),
             (std::vector<TimeRange>{{at("2026-03-07T16:00:00Z"), at("2026-03-08T00:00:00Z")},
                                     {at("2026-03-08T15:00:00Z"), at("2026-03-08T23:00:00Z")}}));
}

void FreeTimesTest::offersAlternatives_data()
{
    QTest::addColumn<QString>("now");
    QTest::addColumn<QString>("wanted");
    QTest::addColumn<QString>("taken");
    QTest::addColumn<int>("most");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *name, const char *now, const char *wanted, const char *taken,
                        int most, const char *expected) {
        QTest::newRow(name) << QString::fromLatin1(now) << QString::fromLatin1(wanted)
                            << QString::fromLatin1(taken) << most << QString::fromLatin1(expected);
    };
    row("nearest first", "06:00", "14:00-15:00", "14:00-15:00", 1,
        "13:00-14:00 15:00-16:00 12:00-13:00");
    row("none overlaps another", "06:00", "14:10-14:40", "14:00-15:00", 1,
        "13:30-14:00 15:00-15:30 13:00-13:30");
    row("around an odd one", "06:00", "14:00-14:30", "13:40-14:40", 1,
        "14:45-15:15 13:00-13:30 15:15-15:45");
    row("two hours ahead", "11:05", "14:00-15:00", "14:00-15:00", 1,
        "15:00-16:00 16:00-17:00 03T09:00-10:00");
    row("inside hours", "06:00", "16:30-17:30", "16:30-17:30", 1,
        "15:30-16:30 14:30-15:30 13:30-14:30");
    row("beside others", "06:00", "14:00-15:00", "14:00-15:00 14:00-15:00 13:00-14:00 15:00-17:00",
        2, "13:00-14:00 15:00-16:00 12:00-13:00");
    row("a full day", "06:00", "14:00-15:00", "00:00-23:59", 1,
        "03T09:00-10:00 03T10:00-11:00 03T11:00-12:00");
    row("the whole day", "06:00", "09:00-17:00", "10:00-11:00", 1,
        "03T09:00-17:00 04T09:00-17:00 05T09:00-17:00");
    row("longer than the day", "06:00", "09:00-18:00", "10:00-11:00", 1, "");
}

void FreeTimesTest::offersAlternatives()
{
    QFETCH(QString, now);
    QFETCH(QString, wanted);
    QFETCH(QString, taken);
    QFETCH(int, most);
    QFETCH(QString, expected);
    const AlternativeSearch search{rangesOf(wanted).front(),
                                   rangesOf(now + QLatin1Char('-') + now).front().start,
                                   BusinessHours::everyDay(9, 17), utc(),
                                   BookingPolicy{most, most, BookingRule::Flexible, false}};
    QCOMPARE(textOf(alternatives(search, rangesOf(taken)), utc()), expected);
}

void FreeTimesTest::offersTheSameLengthOnShortDays()
{
    // Open over the gap of a Sunday: 01:00 to 04:00 are two hours.
    const BusinessHours hours = BusinessHours::everyDay(1, 4);
    const TimeRange wanted{at("2026-03-07T08:00:00Z"), at("2026-03-07T10:00:00Z")};
    const auto found =
        alternatives({wanted, at("2026-03-07T00:00:00Z"), hours, defaultTimeZone(), {}},
                     {wanted, {at("2026-03-07T10:00:00Z"), at("2026-03-07T11:00:00Z")}});
    QVERIFY(!found.empty());
    QCOMPARE(found.front(), (TimeRange{at("2026-03-08T08:00:00Z"), at("2026-03-08T10:00:00Z")}));
}

void FreeTimesTest::aPastWishIsAnsweredFromToday()
{
    const TimeRange wanted{at("2025-03-03T14:00:00Z"), at("2025-03-03T15:00:00Z")};
    const AlternativeSearch search{
        wanted, at("2026-03-02T10:00:00Z"), BusinessHours::everyDay(9, 17), utc(), {}};
    QCOMPARE(textOf(alternatives(search, {}), utc()),
             QStringLiteral("12:00-13:00 13:00-14:00 14:00-15:00"));
}

QTEST_GUILESS_MAIN(FreeTimesTest)
#include "tst_free_times.moc"
