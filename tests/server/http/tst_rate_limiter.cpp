// Windows, counts given back, whom a count is for, and what happens when there are too many.
#include "server/http/rate_limiter.h"

#include <QTest>

#include <atomic>
#include <map>
#include <random>
#include <thread>

using namespace server::http;
using namespace std::chrono_literals;
using Key = RateLimiter::Key;
using Ticket = RateLimiter::Ticket;

namespace {

/// A limiter whose time stands still until it is told otherwise.
struct Desk
{
    base::SteadyTime now{1'000s};
    RateLimiter limiter;

    explicit Desk(size_t capacity = RateLimiter::kCapacity)
        : limiter([this] { return now; }, capacity)
    {
    }
    Ticket take(const Key &key, const RateLimit &limit = perMinute(2))
    {
        return limiter.take(key, limit);
    }
};

Request from(const char *peer, qint64 user = 0)
{
    Request request;
    request.peer = peer;
    request.caller.id = user;
    return request;
}

Key user(std::uint64_t id, size_t row = 0)
{
    return {row, Key::Kind::User, id};
}

Key peer(std::uint64_t address, size_t row = 0)
{
    return {row, Key::Kind::Version4, address};
}

} // namespace

class TestRateLimiter : public QObject
{
    Q_OBJECT

private slots:
    void texts_data();
    void texts();
    void fields();
    void windowBeginsWithTheFirstRequest();
    void refusedRequestsDoNotProlong();
    void givenBackIsFreeAgain();
    void nothingCountedMeansNoWindow();
    void givenBackTooLateChangesNothing();
    void refusedHasNothingToGiveBack();
    void whoIsTheSame_data();
    void whoIsTheSame();
    void rowsAreCountedApart();
    void capacityIsKept();
    void strangersDoNotDisplaceUsers();
    void windowThatEndsFirstMakesRoom();
    void windowsThatAreOverAreDropped();
    void randomHistories();
    void threadsShareOneCount();
    void threadsGiveBack();
};

void TestRateLimiter::texts_data()
{
    QTest::addColumn<int>("count");
    QTest::addColumn<int>("seconds");
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("a minute") << 5 << 60 << QByteArray("5 per 1 minute");
    QTest::newRow("seconds") << 1 << 1 << QByteArray("1 per 1 second");
    QTest::newRow("no whole minutes") << 3 << 90 << QByteArray("3 per 90 second");
    QTest::newRow("minutes") << 20 << 600 << QByteArray("20 per 10 minute");
    QTest::newRow("an hour") << 100 << 3'600 << QByteArray("100 per 1 hour");
    QTest::newRow("a day") << 4 << 86'400 << QByteArray("4 per 1 day");
}

void TestRateLimiter::texts()
{
    QFETCH(int, count);
    QFETCH(int, seconds);
    QFETCH(QByteArray, text);
    QCOMPARE(QByteArray::fromStdString(toText(RateLimit{count, std::chrono::seconds(seconds)})),
             text);
}

void TestRateLimiter::fields()
{
    Desk desk;
    QCOMPARE(policyField({10, 1h}), std::string(R"("default";q=10;w=3600)"));
    desk.take(peer(1));
    desk.now += 3'001ms;
    QCOMPARE(stateField(desk.take(peer(1))), std::string(R"("default";r=0;t=57)"));
}

void TestRateLimiter::windowBeginsWithTheFirstRequest()
{
    Desk desk;
    desk.now += 17s; // the clock's minutes mean nothing
    const Ticket first = desk.take(peer(1));
    QVERIFY(first.isAllowed);
    QCOMPARE(first.left, 1);
    QCOMPARE(first.untilEnd, 60s);
    desk.now += 59s;
    const Ticket second = desk.take(peer(1));
    QVERIFY(second.isAllowed);
    QCOMPARE(second.left, 0);
    QCOMPARE(second.untilEnd, 1s);
    desk.now += 999ms;
    const Ticket third = desk.take(peer(1));
    QVERIFY(!third.isAllowed);
    QCOMPARE(third.left, 0);
    QCOMPARE(third.untilEnd, 1s); // rounded up: whoever waits so long is let in
    desk.now += 1ms;
    const Ticket fourth = desk.take(peer(1));
    QVERIFY(fourth.isAllowed);
    QCOMPARE(fourth.left, 1);
    QCOMPARE(fourth.untilEnd, 60s);
}

void TestRateLimiter::refusedRequestsDoNotProlong()
{
    Desk desk;
    desk.take(peer(1));
    desk.take(peer(1));
    for (int second = 1; second < 60; ++second) {
        desk.now += 1s;
        const Ticket refused = desk.take(peer(1));
        QVERIFY(!refused.isAllowed);
        QCOMPARE(refused.untilEnd, std::chrono::seconds(60 - second));
    }
    desk.now += 1s;
    QVERIFY(desk.take(peer(1)).isAllowed);
}

void TestRateLimiter::givenBackIsFreeAgain()
{
    Desk desk;
    desk.take(peer(1));
    desk.now += 10s;
    Ticket wrong = desk.take(peer(1));
    QVERIFY(!desk.take(peer(1)).isAllowed);
    desk.limiter.giveBack(wrong);
    QCOMPARE(wrong.left, 1);
    QCOMPARE(wrong.untilEnd, 50s);
    QVERIFY(desk.take(peer(1)).isAllowed);
    QVERIFY(!desk.take(peer(1)).isAllowed);
}

void TestRateLimiter::nothingCountedMeansNoWindow()
{
    Desk desk;
    Ticket wrong = desk.take(peer(1));
    desk.now += 30s;
    desk.limiter.giveBack(wrong);
    QCOMPARE(wrong.left, 2);
    QCOMPARE(wrong.untilEnd, 60s);
    QCOMPARE(desk.limiter.countsKept(), size_t(0));
    QCOMPARE(desk.take(peer(1)).untilEnd, 60s);
}

void TestRateLimiter::givenBackTooLateChangesNothing()
{
    Desk desk;
    Ticket late = desk.take(peer(1));
    desk.now += 60s;
    desk.take(peer(1)); // the next window
    desk.limiter.giveBack(late);
    QCOMPARE(late.left, 1);
    desk.take(peer(1));
    QVERIFY(!desk.take(peer(1)).isAllowed);
}

void TestRateLimiter::refusedHasNothingToGiveBack()
{
    Desk desk;
    desk.take(peer(1));
    desk.take(peer(1));
    Ticket refused = desk.take(peer(1));
    desk.limiter.giveBack(refused);
    QVERIFY(!desk.take(peer(1)).isAllowed);
}

void TestRateLimiter::whoIsTheSame_data()
{
    QTest::addColumn<QByteArray>("onePeer");
    QTest::addColumn<int>("oneUser");
    QTest::addColumn<QByteArray>("otherPeer");
    QTest::addColumn<int>("otherUser");
    QTest::addColumn<bool>("isSame");
    const auto row = [](const char *name, const char *onePeer, int oneUser, const char *otherPeer,
                        int otherUser, bool isSame) {
        QTest::newRow(name) << QByteArray(onePeer) << oneUser << QByteArray(otherPeer) << otherUser
                            << isSame;
    };
    row("one address", "203.0.113.9", 0, "203.0.113.9", 0, true);
    row("two addresses", "203.0.113.9", 0, "203.0.113.10", 0, false);
    row("IPv4 in IPv6", "203.0.113.9", 0, "::ffff:203.0.113.9", 0, true);
    row("one /64", "2001:db8:0:1::1", 0, "2001:db8:0:1:ffff:ffff:ffff:ffff", 0, true);
    row("two /64 of one /48", "2001:db8:0:1::1", 0, "2001:db8:0:2::1", 0, false);
    row("with a zone", "fe80::1%eth0", 0, "fe80::1%eth1", 0, true);
    row("one user in two places", "203.0.113.9", 7, "2001:db8::1", 7, true);
    row("two users behind one address", "203.0.113.9", 7, "203.0.113.9", 8, false);
    row("a user and a stranger", "203.0.113.9", 7, "203.0.113.9", 0, false);
    row("a user's id like an address", "0.0.0.7", 0, "0.0.0.7", 7 << 24, false);
    row("an IPv6 network like an address", "1.2.3.4", 0, "102:304::", 0, false);
    row("no address", "unix", 0, "unix", 0, true);
    row("no address, another", "unix", 0, "", 0, false);
}

void TestRateLimiter::whoIsTheSame()
{
    QFETCH(QByteArray, onePeer);
    QFETCH(int, oneUser);
    QFETCH(QByteArray, otherPeer);
    QFETCH(int, otherUser);
    QFETCH(bool, isSame);
    Desk desk;
    desk.take(RateLimiter::keyOf(3, from(onePeer.constData(), oneUser)), perMinute(1));
    const Ticket other =
        desk.take(RateLimiter::keyOf(3, from(otherPeer.constData(), otherUser)), perMinute(1));
    QCOMPARE(!other.isAllowed, isSame);
}

void TestRateLimiter::rowsAreCountedApart()
{
    Desk desk;
    const Request request = from("203.0.113.9");
    QVERIFY(desk.take(RateLimiter::keyOf(0, request), perMinute(1)).isAllowed);
    QVERIFY(desk.take(RateLimiter::keyOf(1, request), perMinute(1)).isAllowed);
    QVERIFY(!desk.take(RateLimiter::keyOf(0, request), perMinute(1)).isAllowed);
}

void TestRateLimiter::capacityIsKept()
{
    Desk desk(1'000);
    for (std::uint64_t i = 0; i < 50'000; ++i) {
        QVERIFY(desk.take(i % 2 == 0 ? user(i) : peer(i)).isAllowed);
        QVERIFY(desk.limiter.countsKept() <= 1'000);
    }
    QVERIFY(desk.limiter.countsKept() > 900);
    QCOMPARE(desk.take(peer(49'999)).left, 0); // the newest is not the one that goes
}

void TestRateLimiter::strangersDoNotDisplaceUsers()
{
    Desk desk(64);
    desk.take(user(7));
    desk.take(user(7));
    desk.now += 1s;
    for (std::uint64_t i = 0; i < 10'000; ++i)
        desk.take(peer(i));
    QVERIFY(!desk.take(user(7)).isAllowed);
}

void TestRateLimiter::windowThatEndsFirstMakesRoom()
{
    Desk desk(64); // two for each shard
    desk.take(peer(0), {1, 1h});
    desk.take(peer(1), {1, 60s});
    desk.now += 1s;
    for (std::uint64_t i = 2; i < 10'000; ++i)
        desk.take(peer(i), {1, 60s});
    QVERIFY(!desk.take(peer(0), {1, 1h}).isAllowed);
    QVERIFY(desk.take(peer(1), {1, 60s}).isAllowed);
}

void TestRateLimiter::windowsThatAreOverAreDropped()
{
    Desk desk;
    for (std::uint64_t i = 0; i < 1'000; ++i)
        desk.take(peer(i));
    QCOMPARE(desk.limiter.countsKept(), size_t(1'000));
    desk.now += 60s;
    for (std::uint64_t i = 1'000; i < 3'000; ++i)
        desk.take(peer(i));
    QCOMPARE(desk.limiter.countsKept(), size_t(2'000));
}

void TestRateLimiter::randomHistories()
{
    // Windows as an onlooker knows them: by caller and end. Nobody is let in who is one too many,
    // nobody refused while there is room, and windows in which something counted do not overlap.
    constexpr int kHistories = 3'000;
    constexpr int kSteps = 60;
    for (unsigned seed = 0; seed < kHistories; ++seed) {
        std::mt19937 random(seed);
        const auto below = [&random](unsigned most) { return random() % most; };
        Desk desk;
        const RateLimit limit{int(1 + below(4)), std::chrono::seconds(1 + below(5))};
        std::map<std::pair<std::uint64_t, base::SteadyTime>, int> counted;
        std::vector<Ticket> open;
        for (int step = 0; step < kSteps; ++step) {
            desk.now += std::chrono::milliseconds(below(3) == 0 ? below(2'000) : 0);
            if (!open.empty() && below(3) == 0) {
                std::swap(open[below(unsigned(open.size()))], open.back());
                --counted[{open.back().key.value, open.back().end}];
                desk.limiter.giveBack(open.back());
                open.pop_back();
                continue;
            }
            const Ticket ticket = desk.take(peer(below(3)), limit);
            int &inWindow = counted[{ticket.key.value, ticket.end}];
            QCOMPARE(ticket.isAllowed, inWindow < limit.count);
            inWindow += ticket.isAllowed ? 1 : 0;
            QCOMPARE(ticket.left, limit.count - inWindow);
            QVERIFY(ticket.end > desk.now && ticket.end <= desk.now + limit.window);
            if (ticket.isAllowed && below(2) == 0)
                open.push_back(ticket);
        }
        std::erase_if(counted, [](const auto &window) { return window.second == 0; });
        for (auto it = counted.begin(); it != counted.end(); ++it) {
            QVERIFY(it->second > 0 && it->second <= limit.count);
            const auto next = std::next(it);
            if (next != counted.end() && next->first.first == it->first.first)
                QVERIFY(next->first.second - limit.window >= it->first.second);
        }
    }
}

void TestRateLimiter::threadsShareOneCount()
{
    constexpr int kThreads = 64;
    constexpr int kEach = 50;
    RateLimiter limiter;
    std::atomic<int> waiting{kThreads};
    std::atomic<int> passed{0};
    std::vector<std::thread> threads;
    threads.reserve(kThreads);
    for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&] {
            for (--waiting; waiting > 0;)
                std::this_thread::yield();
            for (int k = 0; k < kEach; ++k)
                passed += limiter.take(peer(1), {1'000, 24h}).isAllowed ? 1 : 0;
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    QCOMPARE(passed.load(), 1'000);
}

void TestRateLimiter::threadsGiveBack()
{
    // A small table under callers who come, give back, and are displaced.
    RateLimiter limiter({}, 320);
    std::atomic<bool> isTooMany{false};
    std::vector<std::thread> threads;
    threads.reserve(8);
    for (unsigned i = 0; i < 8; ++i) {
        threads.emplace_back([&, i] {
            std::mt19937 random(i);
            for (int k = 0; k < 20'000; ++k) {
                const Key stranger = peer(random() % 2'000);
                Ticket one = limiter.take(stranger, {3, 24h});
                Ticket two = limiter.take(user(7), {1'000, 24h});
                if (k % 2 == 0)
                    limiter.giveBack(one);
                limiter.giveBack(two);
                if (one.left < 0 || one.left > 3 || !two.isAllowed)
                    isTooMany = true;
            }
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    QVERIFY(!isTooMany);
    QVERIFY(limiter.countsKept() <= 160);
    QCOMPARE(limiter.take(user(7), {1'000, 24h}).left, 999); // all was given back
}

QTEST_APPLESS_MAIN(TestRateLimiter)
#include "tst_rate_limiter.moc"
