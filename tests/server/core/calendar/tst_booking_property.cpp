// Random histories of one calendar: bookings, lost answers, an owner who adds, moves and deletes,
// and time that passes. Never more at a time than the policy allows; whatever is suggested is free.
// CALENDAR_SEED runs one history again, CALENDAR_HISTORIES another number.
#include "tests/server/core/calendar/calendar_fakes.h"
#include "tests/server/core/calendar/random_calendar.h"

#include <QTest>

using namespace server::core;
using tests::FakeCalendar;
using tests::RandomCalendar;
using Mishap = FakeCalendar::Mishap;

namespace {

const base::UserId owner{7};
constexpr int kSteps = 40;

struct Tally
{
    int made = 0;
    int conflicts = 0;
    int errors = 0;
    int suggestions = 0;
};

class History
{
public:
    explicit History(quint32 seed) : m_dice(seed)
    {
        m_configs.config = BookingConfig{m_dice.policy, m_dice.businessHours(),
                                         QString::fromLatin1(m_dice.zone.id())};
        m_now = m_dice.now;
        m_calendar.mishap = [this](const char *) { return mishap(); };
        m_calendar.onMade = [this](const CalendarEvent &made,
                                   const std::vector<CalendarEvent> &others) {
            const auto overlapping =
                std::count_if(others.begin(), others.end(), [&made](const CalendarEvent &other) {
                    return other.isBusy && other.range.overlaps(made.range);
                });
            if (!m_dice.policy.permits(int(overlapping)))
                m_fault = QStringLiteral("booked beyond the policy");
        };
    }

    QString run(Tally &tally)
    {
        for (int step = 0; step < kSteps && m_fault.isEmpty(); ++step) {
            switch (m_dice.upTo(9)) {
            case 0:
                m_now = m_now.addSecs(m_dice.upTo(600));
                break;
            case 1:
                m_calendar.put(ownersEvent());
                break;
            case 2:
                disturb();
                break;
            default:
                book(tally);
            }
        }
        return m_fault;
    }

private:
    Mishap mishap()
    {
        switch (m_isCalm ? 0 : m_dice.upTo(20)) {
        case 1:
            return Mishap::Refused;
        case 2:
            return Mishap::LostBefore;
        case 3:
            return Mishap::LostAfter;
        default:
            return Mishap::None;
        }
    }

    CalendarEvent ownersEvent()
    {
        CalendarEvent event =
            tests::eventOf(QStringLiteral("owner%1").arg(++m_number), m_dice.range());
        event.isBusy = m_dice.upTo(4) != 0;
        return event;
    }

    /// The owner deletes or moves something; a minute passes before anybody books.
    void disturb()
    {
        const auto events = m_calendar.all();
        if (events.empty())
            return;
        const QString id = events.at(size_t(m_dice.upTo(int(events.size()) - 1))).id;
        if (m_dice.upTo(1) == 0)
            m_calendar.cancel(id);
        else
            m_calendar.move(id, m_dice.range());
        m_now = m_now.addSecs(61);
    }

    void book(Tally &tally)
    {
        TimeRange range = m_dice.range();
        if (!m_wishes.empty() && m_dice.upTo(3) == 0) // the same again, or the same time
            range = m_wishes.at(size_t(m_dice.upTo(int(m_wishes.size()) - 1)));
        m_wishes.push_back(range);
        BookingRequest request;
        request.summary = QStringLiteral("Visit");
        request.start = toIsoText(range.start, m_dice.zone);
        request.end = toIsoText(range.end, m_dice.zone);
        request.customerName = QString::number(m_dice.upTo(3));
        const auto outcome = m_service.book(owner, request);
        if (!outcome) {
            ++tally.errors;
            return;
        }
        if (const auto *conflict = std::get_if<BookingConflict>(&*outcome)) {
            ++tally.conflicts;
            tally.suggestions += int(conflict->suggestions.size());
            check(range, *conflict);
            return;
        }
        ++tally.made;
        const CalendarEvent &event = std::get<BookingMade>(*outcome).event;
        const auto events = m_calendar.all();
        if (std::none_of(events.begin(), events.end(),
                         [&event](const CalendarEvent &other) { return other.id == event.id; }))
            m_fault = QStringLiteral("said to be made, and is not there");
    }

    void check(const TimeRange &range, const BookingConflict &conflict)
    {
        // Reservations of which nobody knows count beside what is in the calendar.
        const int there = int(m_calendar.busyIn(range).size());
        const int open = int(m_bookings.overlapping(owner, range)->size());
        if (m_dice.policy.permits(there + open))
            m_fault = QStringLiteral("refused for nothing");
        for (const TimeRange &other : conflict.suggestions) {
            if (!m_dice.policy.permits(int(m_calendar.busyIn(other).size())))
                m_fault = QStringLiteral("suggested a taken time");
            if (!m_dice.openDay(other).isValid())
                m_fault = QStringLiteral("suggested a time at which it is closed");
            if (other.start < m_now.addSecs(7'200))
                m_fault = QStringLiteral("suggested too early a time");
        }
        // Whoever takes a suggestion at once gets it.
        if (conflict.suggestions.empty())
            return;
        m_isCalm = true;
        BookingRequest request;
        request.summary = QStringLiteral("Taken");
        request.start = toIsoText(conflict.suggestions.front().start, m_dice.zone);
        request.end = toIsoText(conflict.suggestions.front().end, m_dice.zone);
        request.customerName = QString::number(++m_number);
        const auto taken = m_service.book(owner, request);
        if (!taken || !std::holds_alternative<BookingMade>(*taken))
            m_fault = QStringLiteral("a suggestion that cannot be booked");
        m_isCalm = false;
    }

    RandomCalendar m_dice;
    FakeCalendar m_calendar;
    tests::MemoryBookings m_bookings;
    tests::MemoryConfigs m_configs;
    QDateTime m_now;
    BookingService m_service{{m_calendar, m_bookings, m_configs, [this] { return m_now; }}};
    std::vector<TimeRange> m_wishes;
    QString m_fault;
    int m_number = 0;
    bool m_isCalm = false;
};

} // namespace

class BookingPropertyTest : public QObject
{
    Q_OBJECT
private slots:
    void neverBeyondThePolicy();
};

void BookingPropertyTest::neverBeyondThePolicy()
{
    const QByteArray only = qgetenv("CALENDAR_SEED");
    const int wanted = qEnvironmentVariableIntValue("CALENDAR_HISTORIES");
    const quint32 first = only.isEmpty() ? 1 : only.toUInt();
    const quint32 last = only.isEmpty() ? quint32(wanted > 0 ? wanted : 3000) : first;
    Tally tally;
    for (quint32 seed = first; seed <= last; ++seed) {
        const QString fault = History(seed).run(tally);
        QVERIFY2(fault.isEmpty(),
                 qPrintable(QStringLiteral("CALENDAR_SEED=%1: %2").arg(seed).arg(fault)));
    }
    qInfo("seeds %u to %u: %d made, %d conflicts with %d suggestions, %d errors", first, last,
          tally.made, tally.conflicts, tally.suggestions, tally.errors);
    if (only.isEmpty()) // it has tried everything
        QVERIFY(std::min({tally.made, tally.conflicts, tally.errors, tally.suggestions}) > wanted);
}

QTEST_GUILESS_MAIN(BookingPropertyTest)
#include "tst_booking_property.moc"
