// What becomes of a booking when the calendar's answer is lost, or its owner changes things.
#include "tests/server/core/calendar/booking_rig.h"

#include <QTest>

using namespace server::core;
using namespace tests;
using base::Fault;
using Mishap = FakeCalendar::Mishap;

class BookingRecoveryTest : public QObject
{
    Q_OBJECT
private slots:
    void aRefusalFreesTheTime();
    void aLostAnswerIsLookedUp_data();
    void aLostAnswerIsLookedUp();
    void whatNobodyKnowsKeepsItsTimeForAWhile();
    void theSameRequestIsOneEvent();
    void aMovedEventIsStillTheOne();
    void aDeletedEventIsMadeAnew_data();
    void aDeletedEventIsMadeAnew();
    void aDeletedEventFreesItsTime();
    void aRepeatedRequestSeesWhatCameBetween();
    void aSlowListDoesNotOutliveAReservation();
};

void BookingRecoveryTest::aRefusalFreesTheTime()
{
    Rig rig;
    rig.script("insert", {Mishap::Refused});
    const auto refused = rig.service.book(owner, haircutOf(QStringLiteral("A")));
    QCOMPARE(refused.error().fault, Fault::LimitReached);
    QCOMPARE(rig.reserved(), qsizetype(0));
    QVERIFY(madeOf(rig.service.book(owner, haircutOf(QStringLiteral("B")))));
}

void BookingRecoveryTest::aLostAnswerIsLookedUp_data()
{
    QTest::addColumn<int>("mishap");
    QTest::addColumn<int>("insertions");
    QTest::newRow("it was made") << int(Mishap::LostAfter) << 1;
    QTest::newRow("it was not") << int(Mishap::LostBefore) << 2;
}

void BookingRecoveryTest::aLostAnswerIsLookedUp()
{
    QFETCH(int, mishap);
    QFETCH(int, insertions);
    Rig rig;
    rig.script("insert", {Mishap(mishap)});
    QVERIFY(madeOf(rig.service.book(owner, haircut())));
    QCOMPARE(rig.calendar.insertions(), insertions);
    QCOMPARE(rig.calendar.all().size(), size_t(1));
    QVERIFY(rig.bookings.ofOwner(owner)->front().isConfirmed);
}

void BookingRecoveryTest::whatNobodyKnowsKeepsItsTimeForAWhile()
{
    for (const bool wasMade : {true, false}) {
        Rig rig;
        rig.calendar.mishap = [wasMade](const char *request) {
            if (qstrcmp(request, "insert") == 0)
                return wasMade ? Mishap::LostAfter : Mishap::LostBefore;
            return qstrcmp(request, "find") == 0 ? Mishap::LostBefore : Mishap::None;
        };
        const auto lost = rig.service.book(owner, haircutOf(QStringLiteral("A")));
        QCOMPARE(lost.error().fault, Fault::Timeout);
        rig.calendar.mishap = [](const char *) { return Mishap::None; };
        // Nobody else gets the time while it may have been made.
        QVERIFY(conflictOf(rig.service.book(owner, haircutOf(QStringLiteral("B")))));
        rig.now = rig.now.addSecs(299);
        QVERIFY(conflictOf(rig.service.book(owner, haircutOf(QStringLiteral("B")))));
        rig.now = rig.now.addSecs(2);
        if (wasMade) {
            QVERIFY(conflictOf(rig.service.book(owner, haircutOf(QStringLiteral("B")))));
            QVERIFY(madeOf(rig.service.book(owner, haircutOf(QStringLiteral("A")))));
        } else {
            QVERIFY(madeOf(rig.service.book(owner, haircutOf(QStringLiteral("B")))));
            QVERIFY(conflictOf(rig.service.book(owner, haircutOf(QStringLiteral("A")))));
        }
        QCOMPARE(rig.calendar.all().size(), size_t(1));
    }
}

void BookingRecoveryTest::theSameRequestIsOneEvent()
{
    Rig rig;
    const auto first = rig.service.book(owner, haircut());
    BookingRequest again = haircut();
    again.summary = QStringLiteral(" haircut");
    again.start = QStringLiteral("2026-03-02T21:00:00Z"); // the same instant
    const auto second = rig.service.book(owner, again);
    QVERIFY(madeOf(first) && madeOf(second));
    QCOMPARE(madeOf(second)->event.id, madeOf(first)->event.id);
    QCOMPARE(rig.calendar.insertions(), 1);
    rig.now = rig.now.addDays(1); // and later, too
    QCOMPARE(madeOf(rig.service.book(owner, haircut()))->event.id, madeOf(first)->event.id);
    again.call = base::CallId{5}; // another call is another wish
    QVERIFY(conflictOf(rig.service.book(owner, again)));
}

void BookingRecoveryTest::aMovedEventIsStillTheOne()
{
    Rig rig;
    const QString id = madeOf(rig.service.book(owner, haircut()))->event.id;
    rig.calendar.move(id, hourFrom("2026-03-03T21:00:00Z"));
    rig.now = rig.now.addSecs(3600);
    const auto again = rig.service.book(owner, haircut());
    QCOMPARE(madeOf(again)->event.range, hourFrom("2026-03-03T21:00:00Z"));
    QVERIFY(madeOf(rig.service.book(owner, haircutOf(QStringLiteral("B"))))); // its place is free
}

void BookingRecoveryTest::aDeletedEventIsMadeAnew_data()
{
    QTest::addColumn<int>("secondsLater");
    QTest::newRow("at once") << 1;
    QTest::newRow("later") << 3600;
}

void BookingRecoveryTest::aDeletedEventIsMadeAnew()
{
    QFETCH(int, secondsLater);
    Rig rig;
    QStringList ids;
    for (int round = 0; round < 3; ++round) {
        const auto outcome = rig.service.book(owner, haircut());
        QVERIFY(madeOf(outcome));
        ids.append(madeOf(outcome)->event.id);
        rig.calendar.cancel(ids.last());
        rig.now = rig.now.addSecs(secondsLater);
    }
    QCOMPARE(ids.removeDuplicates(), 0);
    QVERIFY(rig.calendar.all().empty());
}

void BookingRecoveryTest::aDeletedEventFreesItsTime()
{
    Rig rig;
    rig.calendar.cancel(madeOf(rig.service.book(owner, haircutOf(QStringLiteral("A"))))->event.id);
    rig.now = rig.now.addSecs(61);
    QVERIFY(madeOf(rig.service.book(owner, haircutOf(QStringLiteral("B")))));
    // And the first one's customer has lost it.
    QVERIFY(conflictOf(rig.service.book(owner, haircutOf(QStringLiteral("A")))));
}

void BookingRecoveryTest::aRepeatedRequestSeesWhatCameBetween()
{
    Rig rig;
    rig.calendar.mishap = [](const char *request) {
        return qstrcmp(request, "events") == 0 ? Mishap::None : Mishap::LostBefore;
    };
    QVERIFY(!rig.service.book(owner, haircut()));
    rig.calendar.mishap = [](const char *) { return Mishap::None; };
    rig.calendar.put(eventOf(QStringLiteral("owner"), hourFrom("2026-03-02T21:30:00Z")));
    QVERIFY(conflictOf(rig.service.book(owner, haircut())));
    QCOMPARE(rig.calendar.all().size(), size_t(1));
}

void BookingRecoveryTest::aSlowListDoesNotOutliveAReservation()
{
    Rig rig;
    rig.calendar.mishap = [](const char *request) {
        return qstrcmp(request, "events") == 0 ? Mishap::None : Mishap::LostBefore;
    };
    QVERIFY(!rig.service.book(owner, haircutOf(QStringLiteral("A"))));
    // A list that was asked for while the time was reserved cannot show what came of it, however
    // late it is looked at.
    bool isFirst = true;
    rig.calendar.mishap = [&](const char *) {
        if (std::exchange(isFirst, false))
            rig.now = rig.now.addSecs(301);
        return Mishap::None;
    };
    QVERIFY(conflictOf(rig.service.book(owner, haircutOf(QStringLiteral("B")))));
    QVERIFY(madeOf(rig.service.book(owner, haircutOf(QStringLiteral("B")))));
}

QTEST_GUILESS_MAIN(BookingRecoveryTest)
#include "tst_booking_recovery.moc"
