// Many callers want one time at one moment, on one server and on two: as many get it as the policy
// says, and never one more.
#include "server/adapters/store/booking_store.h"
#include "tests/server/adapters/store/store_backends.h"
#include "tests/server/adapters/store/usage_fixture.h"
#include "tests/server/core/calendar/booking_rig.h"

#include <QTest>

#include <atomic>
#include <latch>

using namespace server;
using namespace tests;
using core::BookingPolicy;
using core::BookingRule;

namespace {

constexpr int kCallers = 50;

/// Answers slowly: nobody's first look is answered before all have asked, so that everybody sees
/// the calendar as it was before anybody booked; and no entry before several are under way.
class SlowCalendar : public FakeCalendar
{
public:
    base::Result<std::vector<core::CalendarEvent>>
    events(base::UserId user, const core::TimeRange &window, int limit) override
    {
        auto listed = FakeCalendar::events(user, window, limit);
        if (m_looks++ < kCallers)
            m_allHaveLooked.arrive_and_wait();
        return listed;
    }

private:
    std::atomic<int> m_looks = 0;
    std::latch m_allHaveLooked{kCallers};
};

struct Server
{
    Server(store::Database &database, FakeCalendar &calendar)
        : bookings(database),
          configs(database),
          service({calendar, bookings, configs, base::utcNow})
    {
    }

    store::SqlBookingStore bookings;
    store::SqlBookingConfigStore configs;
    core::BookingService service;
};

struct Count
{
    std::atomic<int> made = 0;
    std::atomic<int> conflicts = 0;
    std::atomic<int> errors = 0;
};

/// All at once, each with the request that `request` makes of its number.
template <typename MakeRequest>
void bookAtOnce(const std::vector<Server *> &servers, base::UserId user, MakeRequest request,
                Count &count)
{
    std::vector<std::thread> threads;
    threads.reserve(kCallers);
    for (int caller = 0; caller < kCallers; ++caller) {
        threads.emplace_back([&, caller] {
            Server &server = *servers.at(size_t(caller) % servers.size());
            const auto outcome = server.service.book(user, request(caller));
            if (!outcome)
                ++count.errors;
            else if (std::holds_alternative<core::BookingMade>(*outcome))
                ++count.made;
            else
                ++count.conflicts;
        });
    }
    for (std::thread &thread : threads)
        thread.join();
}

void addPolicyRows()
{
    QTest::addColumn<int>("dialect");
    QTest::addColumn<BookingPolicy>("policy");
    QTest::addColumn<int>("expected");
    const auto row = [](const char *name, const BookingPolicy &policy, int expected) {
        for (const auto dialect : {store::Dialect::Sqlite, store::Dialect::PostgreSql})
            QTest::addRow("%s, %s", name,
                          dialect == store::Dialect::Sqlite ? "SQLite" : "PostgreSQL")
                << int(dialect) << policy << expected;
    };
    row("strict", {1, 1, BookingRule::Strict, false}, 1);
    row("flexible", {2, 3, BookingRule::Flexible, false}, 3);
    row("unlimited", {1, 1, BookingRule::Unlimited, false}, kCallers);
    row("overbooking", {1, 1, BookingRule::Strict, true}, kCallers);
}

} // namespace

Q_DECLARE_METATYPE(server::core::BookingPolicy)

class BookingRacesTest : public QObject
{
    Q_OBJECT
private slots:
    void oneServer_data() { addPolicyRows(); }
    void oneServer() { race(1); }
    void twoServers_data() { addPolicyRows(); }
    void twoServers() { race(2); }
    void overlappingTimes_data() { addPolicyRows(); }
    void overlappingTimes();
    void theSameRequestFifty_data() { tests::addBackendRows(); }
    void theSameRequestFifty();
    void withLostAnswers_data() { addPolicyRows(); }
    void withLostAnswers();

private:
    static void race(int servers);
};

void BookingRacesTest::race(int servers)
{
    QFETCH(BookingPolicy, policy);
    QFETCH(int, expected);
    SCRATCH_DATABASE(scratch);
    const auto otherDatabase = scratch->another();
    const auto user = addUser(scratch->database(), QStringLiteral("ann"), core::Platform::Web);
    SlowCalendar calendar;
    Server first(scratch->database(), calendar);
    Server second(*otherDatabase, calendar);
    QVERIFY(first.service.changePolicy(user, policy));
    std::vector<Server *> all{&first};
    if (servers == 2)
        all.push_back(&second);
    Count count;
    bookAtOnce(
        all, user, [](int caller) { return haircutOf(QString::number(caller)); }, count);
    QCOMPARE(count.errors.load(), 0);
    QCOMPARE(count.made.load(), expected);
    QCOMPARE(count.conflicts.load(), kCallers - expected);
    QCOMPARE(int(calendar.all().size()), expected);
    QCOMPARE(int(first.bookings.ofOwner(user)->size()), expected);
}

void BookingRacesTest::overlappingTimes()
{
    QFETCH(BookingPolicy, policy);
    SCRATCH_DATABASE(scratch);
    const auto user = addUser(scratch->database(), QStringLiteral("ann"), core::Platform::Web);
    SlowCalendar calendar;
    std::atomic<bool> isBeyond = false;
    calendar.onMade = [&](const core::CalendarEvent &made, const auto &others) {
        const auto overlapping =
            std::count_if(others.begin(), others.end(),
                          [&made](const auto &other) { return other.range.overlaps(made.range); });
        if (!policy.permits(int(overlapping)))
            isBeyond = true;
    };
    Server server(scratch->database(), calendar);
    QVERIFY(server.service.changePolicy(user, policy));
    Count count;
    bookAtOnce(
        {&server}, user,
        [](int caller) { // an hour each, ten minutes apart
            core::BookingRequest request = haircut();
            const QDateTime start = at("2026-03-02T16:00:00Z").addSecs(qint64(600) * caller);
            request.start = start.toString(Qt::ISODate);
            request.end = start.addSecs(3600).toString(Qt::ISODate);
            return request;
        },
        count);
    QCOMPARE(count.errors.load(), 0);
    QVERIFY(!isBeyond);
    QVERIFY(count.made.load() >= 5); // there is room for that many, whoever comes first
    QCOMPARE(int(calendar.all().size()), count.made.load());
}

void BookingRacesTest::theSameRequestFifty()
{
    SCRATCH_DATABASE(scratch);
    const auto otherDatabase = scratch->another();
    const auto user = addUser(scratch->database(), QStringLiteral("ann"), core::Platform::Web);
    SlowCalendar calendar;
    Server first(scratch->database(), calendar);
    Server second(*otherDatabase, calendar);
    Count count;
    bookAtOnce(
        {&first, &second}, user, [](int) { return haircut(); }, count);
    QCOMPARE(count.made.load(), kCallers); // everybody hears of the one
    QCOMPARE(calendar.all().size(), size_t(1));
}

void BookingRacesTest::withLostAnswers()
{
    QFETCH(BookingPolicy, policy);
    QFETCH(int, expected);
    SCRATCH_DATABASE(scratch);
    const auto user = addUser(scratch->database(), QStringLiteral("ann"), core::Platform::Web);
    SlowCalendar calendar;
    std::atomic<int> asked = 0;
    calendar.mishap = [&asked](const char *request) {
        if (qstrcmp(request, "events") == 0)
            return FakeCalendar::Mishap::None;
        const int turn = asked++ % 5;
        return turn == 0   ? FakeCalendar::Mishap::LostAfter
               : turn == 1 ? FakeCalendar::Mishap::LostBefore
                           : FakeCalendar::Mishap::None;
    };
    Server server(scratch->database(), calendar);
    QVERIFY(server.service.changePolicy(user, policy));
    Count count;
    const auto request = [](int caller) { return haircutOf(QString::number(caller)); };
    bookAtOnce({&server}, user, request, count);
    QVERIFY(int(calendar.all().size()) <= expected);
    QVERIFY(count.made.load() <= int(calendar.all().size()));
    // Whoever asks again learns what became of it; nobody is booked twice.
    for (int caller = 0; caller < kCallers; ++caller)
        server.service.book(user, request(caller));
    QCOMPARE(int(calendar.all().size()), expected);
}

QTEST_GUILESS_MAIN(BookingRacesTest)
#include "tst_booking_races.moc"
