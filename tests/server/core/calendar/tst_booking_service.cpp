// Booking against a calendar that has moods: what is booked, refused, tried again and looked up.
#include "tests/server/core/calendar/booking_rig.h"

#include <QRegularExpression>
#include <QTest>

using namespace server::core;
using namespace tests;
using base::Fault;
using Mishap = FakeCalendar::Mishap;

class BookingServiceTest : public QObject
{
    Q_OBJECT
private slots:
    void booksAFreeTime();
    void refusesWhatMakesNoSense_data();
    void refusesWhatMakesNoSense();
    void readsTimesInTheRightZone_data();
    void readsTimesInTheRightZone();
    void saysWhatIsInTheWay();
    void namesTenAtMost();
    void countsWhatThePolicyCounts();
    void booksNothingWhenTheCheckFails_data();
    void booksNothingWhenTheCheckFails();
    void whatWasMadeASecondAgoCountsThoughNoListShowsIt();
    void eventIdsAreWhatCalendarsTake();
};

void BookingServiceTest::booksAFreeTime()
{
    Rig rig;
    BookingRequest request = haircut();
    request.customerPhone = QStringLiteral("+14155550123");
    request.location = QStringLiteral("Main St 1");
    request.notes = QStringLiteral("Short, please");
    const auto outcome = rig.service.book(owner, request);
    const auto *made = madeOf(outcome);
    QVERIFY(made);
    QCOMPARE(made->event.range, hourFrom("2026-03-02T21:00:00Z"));
    QCOMPARE(made->zone.id(), QByteArray("America/Denver"));
    const auto events = rig.calendar.all();
    QCOMPARE(events.size(), size_t(1));
    QCOMPARE(events.front().summary, QStringLiteral("Haircut"));
    QCOMPARE(events.front().location, QStringLiteral("Main St 1"));
    QCOMPARE(events.front().description,
             QStringLiteral("Appointment set by the voice agent.\nName: Zoë\nPhone: +14155550123\n"
                            "Notes: Short, please"));
    QVERIFY(rig.bookings.ofOwner(owner)->front().isConfirmed);
}

void BookingServiceTest::refusesWhatMakesNoSense_data()
{
    QTest::addColumn<QString>("start");
    QTest::addColumn<QString>("end");
    QTest::addColumn<bool>("connected");
    QTest::addColumn<QString>("message");
    const QString two = QStringLiteral("2026-03-02T14:00:00-07:00");
    QTest::newRow("no time") << QStringLiteral("at two") << two << true
                             << QStringLiteral("Invalid datetime format: at two");
    QTest::newRow("no end") << two << QString() << true
                            << QStringLiteral("Invalid datetime format: ");
    QTest::newRow("no length") << two << two << true
                               << QStringLiteral("End time must be after start time");
    QTest::newRow("backwards") << two << QStringLiteral("2026-03-02T20:59:59Z") << true
                               << QStringLiteral("End time must be after start time");
    QTest::newRow("for ever") << two << QStringLiteral("2027-03-02T14:00:00-07:00") << true
                              << QStringLiteral("An event must not be longer than 31 days");
    QTest::newRow("no calendar") << two << QStringLiteral("2026-03-02T15:00:00-07:00") << false
                                 << QStringLiteral("No Google Calendar access configured");
}

void BookingServiceTest::refusesWhatMakesNoSense()
{
    QFETCH(QString, start);
    QFETCH(QString, end);
    QFETCH(bool, connected);
    QFETCH(QString, message);
    Rig rig;
    rig.calendar.connected = connected;
    BookingRequest request = haircut();
    request.start = start;
    request.end = end;
    const auto outcome = rig.service.book(owner, request);
    QVERIFY(!outcome);
    QCOMPARE(outcome.error().fault, Fault::Invalid);
    QCOMPARE(outcome.error().message, message);
    QVERIFY(rig.calendar.all().empty());
    QCOMPARE(rig.reserved(), qsizetype(0));
}

void BookingServiceTest::readsTimesInTheRightZone_data()
{
    QTest::addColumn<QString>("calendarZone");
    QTest::addColumn<QString>("configuredZone");
    QTest::addColumn<QString>("requestZone");
    QTest::addColumn<QString>("start"); // of 14:00
    const auto row = [](const char *name, const char *calendar, const char *configured,
                        const char *request, const char *start) {
        QTest::newRow(name) << QString::fromLatin1(calendar) << QString::fromLatin1(configured)
                            << QString::fromLatin1(request) << QString::fromLatin1(start);
    };
    row("the request's", "Europe/Paris", "Asia/Tokyo", "Asia/Kathmandu", "2026-03-02T08:15:00Z");
    row("the owner's", "Europe/Paris", "Asia/Tokyo", "", "2026-03-02T05:00:00Z");
    row("unknown: the owner's", "Europe/Paris", "Asia/Tokyo", "Mars/Base", "2026-03-02T05:00:00Z");
    row("the calendar's", "Europe/Paris", "", "", "2026-03-02T13:00:00Z");
    row("nobody's", "", "", "", "2026-03-02T21:00:00Z");
    row("nobody's that exists", "Mars/Base", "Mars/Dome", "Mars", "2026-03-02T21:00:00Z");
}

void BookingServiceTest::readsTimesInTheRightZone()
{
    QFETCH(QString, calendarZone);
    QFETCH(QString, configuredZone);
    QFETCH(QString, requestZone);
    QFETCH(QString, start);
    Rig rig;
    rig.calendar.zone = calendarZone;
    rig.configs.config = BookingConfig{{}, {}, configuredZone};
    BookingRequest request = haircut();
    request.start = QStringLiteral("2026-03-02T14:00:00");
    request.end = QStringLiteral("2026-03-02T14:30:00");
    request.timeZone = requestZone;
    QVERIFY(madeOf(rig.service.book(owner, request)));
    QCOMPARE(rig.calendar.all().front().range.start, QDateTime::fromString(start, Qt::ISODate));
}

void BookingServiceTest::saysWhatIsInTheWay()
{
    Rig rig;
    rig.calendar.put(eventOf(QStringLiteral("a"), hourFrom("2026-03-02T20:30:00Z")));
    const auto outcome = rig.service.book(owner, haircut());
    const auto *conflict = conflictOf(outcome);
    QVERIFY(conflict);
    QCOMPARE(conflict->events, (std::vector{QStringLiteral("'Event a' at 2026-03-02T20:30:00Z")}));
    QCOMPARE(conflict->overlapping, 1);
    QCOMPARE(conflict->policy, BookingPolicy{});
    QCOMPARE(conflict->suggestions,
             (std::vector{hourFrom("2026-03-02T21:30:00Z"), hourFrom("2026-03-02T19:30:00Z"),
                          hourFrom("2026-03-02T22:30:00Z")}));
    QCOMPARE(rig.calendar.all().size(), size_t(1));
    QCOMPARE(rig.reserved(), qsizetype(0));

    // Without a second look there are no suggestions, but it stays a conflict.
    rig.script("events", {Mishap::None, Mishap::LostBefore});
    const auto again = rig.service.book(owner, haircut());
    QVERIFY(conflictOf(again));
    QVERIFY(conflictOf(again)->suggestions.empty());
}

void BookingServiceTest::namesTenAtMost()
{
    Rig rig;
    for (int i = 0; i < 12; ++i)
        rig.calendar.put(eventOf(QString::number(i), hourFrom("2026-03-02T21:00:00Z")));
    const auto outcome = rig.service.book(owner, haircut());
    QCOMPARE(conflictOf(outcome)->overlapping, 12);
    QCOMPARE(conflictOf(outcome)->events.size(), size_t(10));
}

void BookingServiceTest::countsWhatThePolicyCounts()
{
    Rig rig;
    CalendarEvent touching = eventOf(QStringLiteral("touching"), hourFrom("2026-03-02T20:00:00Z"));
    CalendarEvent free = eventOf(QStringLiteral("free"), hourFrom("2026-03-02T21:00:00Z"));
    free.isBusy = false;
    rig.calendar.put(touching);
    rig.calendar.put(free);
    QVERIFY(madeOf(rig.service.book(owner, haircutOf(QStringLiteral("A")))));
    QVERIFY(conflictOf(rig.service.book(owner, haircutOf(QStringLiteral("B")))));
    rig.setPolicy({2, 3, BookingRule::Flexible, false});
    QVERIFY(madeOf(rig.service.book(owner, haircutOf(QStringLiteral("B")))));
    QVERIFY(madeOf(rig.service.book(owner, haircutOf(QStringLiteral("C")))));
    const auto fourth = rig.service.book(owner, haircutOf(QStringLiteral("D")));
    QVERIFY(conflictOf(fourth));
    QCOMPARE(conflictOf(fourth)->overlapping, 3);
    rig.setPolicy({1, 1, BookingRule::Strict, true});
    QVERIFY(madeOf(rig.service.book(owner, haircutOf(QStringLiteral("D")))));
    rig.setPolicy({1, 1, BookingRule::Unlimited, false});
    QVERIFY(madeOf(rig.service.book(owner, haircutOf(QStringLiteral("E")))));
    QCOMPARE(rig.calendar.busyIn(hourFrom("2026-03-02T21:00:00Z")).size(), size_t(5));
}

void BookingServiceTest::booksNothingWhenTheCheckFails_data()
{
    QTest::addColumn<bool>("isStoreBroken");
    QTest::addColumn<int>("mishap");
    QTest::addColumn<int>("fault");
    QTest::newRow("no answer") << false << int(Mishap::LostBefore) << int(Fault::Timeout);
    QTest::newRow("quota") << false << int(Mishap::Refused) << int(Fault::LimitReached);
    QTest::newRow("no database") << true << int(Mishap::None) << int(Fault::Unavailable);
}

void BookingServiceTest::booksNothingWhenTheCheckFails()
{
    QFETCH(bool, isStoreBroken);
    QFETCH(int, mishap);
    QFETCH(int, fault);
    Rig rig;
    rig.bookings.isBroken = isStoreBroken;
    rig.script("events", {Mishap(mishap)});
    rig.setPolicy({1, 1, BookingRule::Unlimited, false}); // not even then
    const auto outcome = rig.service.book(owner, haircut());
    QVERIFY(!outcome);
    QCOMPARE(int(outcome.error().fault), fault);
    QVERIFY(outcome.error().message.startsWith(QLatin1String("Failed to create calendar event: ")));
    QCOMPARE(rig.calendar.insertions(), 0);
}

void BookingServiceTest::whatWasMadeASecondAgoCountsThoughNoListShowsIt()
{
    // A calendar whose lists lag: it lists nothing at all.
    class Lagging : public FakeCalendar
    {
    public:
        base::Result<std::vector<CalendarEvent>> events(base::UserId, const TimeRange &,
                                                        int) override
        {
            return std::vector<CalendarEvent>();
        }
    };
    Lagging calendar;
    MemoryBookings bookings;
    MemoryConfigs configs;
    QDateTime now = at("2026-03-02T15:00:00Z");
    BookingService service({calendar, bookings, configs, [&now] { return now; }});
    QVERIFY(madeOf(service.book(owner, haircutOf(QStringLiteral("A")))));
    now = now.addSecs(1);
    const auto second = service.book(owner, haircutOf(QStringLiteral("B")));
    const auto *conflict = conflictOf(second);
    QVERIFY(conflict);
    QCOMPARE(conflict->events,
             (std::vector{QStringLiteral("'Haircut' at 2026-03-02T14:00:00-07:00")}));
    QCOMPARE(conflict->suggestions.size(), size_t(3));
    for (const TimeRange &range : conflict->suggestions)
        QVERIFY(!range.overlaps(hourFrom("2026-03-02T21:00:00Z")));
}

void BookingServiceTest::eventIdsAreWhatCalendarsTake()
{
    const TimeRange range = hourFrom("2026-03-02T21:00:00Z");
    const QRegularExpression form(QStringLiteral("\\A[a-v0-9]{32}\\z"));
    QStringList ids;
    for (int user = 1; user <= 20; ++user) {
        for (int generation = 0; generation < 3; ++generation)
            ids.append(eventIdOf(hashOf(base::UserId{user}, haircut(), range), generation));
    }
    for (const QString &id : ids)
        QVERIFY(form.match(id).hasMatch());
    QCOMPARE(ids.removeDuplicates(), 0);
    QCOMPARE(hashOf(owner, haircut(), range), hashOf(owner, haircut(), range));
}

QTEST_GUILESS_MAIN(BookingServiceTest)
#include "tst_booking_service.moc"
