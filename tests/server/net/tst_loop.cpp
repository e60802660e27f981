// Timers, tasks and outgoing connections.
#include "server/net/acceptor.h"
#include "server/net/dialer.h"
#include "server/net/loop.h"

#include <QTest>

#include <atomic>
#include <future>

#include <arpa/inet.h>
#include <sys/socket.h>

using namespace server::net;

class TestLoop : public QObject
{
    Q_OBJECT

private slots:
    void postsOfManyThreadsAllRunInOrder();
    void postsBeforeStopRun();
    void timersRunInOrder();
    void cancelledTimersDoNot();
    void timersInsideTimers();
    void disposedObjectsDieAfterTheHandler();
    void dialerConnects();
    void dialerTells_data();
    void dialerTells();
    void dialerForgetsWhoIsGone();
    void listenerNamesItsTrouble();
    void unwatchSilencesEventsAlreadyFetched();
};

void TestLoop::postsOfManyThreadsAllRunInOrder()
{
    LoopThread thread("test");
    constexpr int kThreads = 4;
    constexpr int kPosts = 5000;
    std::array<std::vector<int>, kThreads> seen;
    std::vector<std::thread> posters;
    posters.reserve(kThreads);
    for (int who = 0; who < kThreads; ++who) {
        posters.emplace_back([&, who] {
            for (int i = 0; i < kPosts; ++i)
                thread.loop().post([&seen, who, i] { seen[size_t(who)].push_back(i); });
        });
    }
    for (std::thread &poster : posters)
        poster.join();
    thread.runAndWait([] {});
    for (const std::vector<int> &one : seen) {
        QCOMPARE(one.size(), size_t(kPosts));
        QVERIFY(std::is_sorted(one.begin(), one.end()));
    }
}

void TestLoop::postsBeforeStopRun()
{
    std::atomic<int> ran{0};
    for (int round = 0; round < 50; ++round) {
        LoopThread thread("test");
        thread.loop().post([&] { ++ran; });
        thread.loop().post([&] { ++ran; });
        thread.stop();
    }
    QCOMPARE(ran.load(), 100);
}

void TestLoop::timersRunInOrder()
{
    LoopThread thread("test");
    std::promise<std::string> done;
    thread.loop().post([&] {
        auto order = std::make_shared<std::string>();
        Loop &loop = thread.loop();
        loop.startTimer(base::Millis(30), [&, order] { done.set_value(*order + 'd'); });
        loop.startTimer(base::Millis(10), [order] { *order += 'b'; });
        loop.startTimer(base::Millis(20), [order] { *order += 'c'; });
        loop.startTimer(base::Millis(0), [order] { *order += 'a'; });
    });
    QCOMPARE(done.get_future().get(), std::string("abcd"));
}

void TestLoop::cancelledTimersDoNot()
{
    LoopThread thread("test");
    std::promise<std::string> done;
    thread.loop().post([&] {
        auto order = std::make_shared<std::string>();
        auto victim = std::make_shared<Loop::TimerId>(0);
        Loop &loop = thread.loop();
        Loop::TimerId at_once = loop.startTimer(base::Millis(5), [order] { *order += 'x'; });
        loop.cancelTimer(at_once);
        if (at_once != 0)
            *order += '!';
        loop.cancelTimer(at_once); // none: nothing happens
        *victim = loop.startTimer(base::Millis(10), [order] { *order += 'y'; });
        loop.startTimer(base::Millis(10), [order] { *order += 'b'; });
        loop.startTimer(base::Millis(5), [&loop, victim, order] {
            loop.cancelTimer(*victim);
            *order += 'a';
        });
        loop.startTimer(base::Millis(20), [&, order] { done.set_value(*order); });
    });
    QCOMPARE(done.get_future().get(), std::string("ab"));
}

void TestLoop::timersInsideTimers()
{
    LoopThread thread("test");
    std::promise<int> done;
    int rounds = 0;
    Loop::Task again = [&] {
        if (++rounds == 20)
            done.set_value(rounds);
        else
            thread.loop().startTimer(base::Millis(0), again);
    };
    thread.loop().post(again);
    QCOMPARE(done.get_future().get(), 20);
}

void TestLoop::disposedObjectsDieAfterTheHandler()
{
    LoopThread thread("test");
    auto object = std::make_shared<int>(1);
    const std::weak_ptr<int> weak = object;
    bool wasAlive = false;
    thread.runAndWait([&] {
        thread.loop().disposeLater(std::move(object));
        wasAlive = !weak.expired();
    });
    QVERIFY(wasAlive);
    QTRY_VERIFY(weak.expired());
}

void TestLoop::dialerConnects()
{
    LoopThread thread("test");
    base::WorkerPool resolver("resolver", 1, 8);
    Dialer dialer(resolver);
    std::unique_ptr<Acceptor> acceptor;
    std::promise<std::string> accepted;
    thread.runAndWait([&] {
        acceptor = std::move(*Acceptor::listen(
            thread.loop(), "127.0.0.1", 0,
            [&](UniqueFd, const std::string &peer) { accepted.set_value(peer); }));
    });
    // Where "localhost" has two addresses, nobody listens on the first, ::1.
    std::promise<bool> connected;
    const auto owner = std::make_shared<int>();
    dialer.connect(thread.loop(), "localhost", acceptor->port(), base::Millis(5000), owner,
                   [&](base::Result<UniqueFd> result) { connected.set_value(result && *result); });
    QVERIFY(connected.get_future().get());
    QCOMPARE(accepted.get_future().get(), std::string("127.0.0.1"));
    thread.runAndWait([&] { acceptor.reset(); });
}

void TestLoop::dialerTells_data()
{
    QTest::addColumn<QByteArray>("host");
    QTest::addColumn<QByteArray>("beginning");
    QTest::newRow("refused") << QByteArray("127.0.0.1")
                             << QByteArray("cannot connect to 127.0.0.1:");
    QTest::newRow("all addresses refused")
        << QByteArray("localhost") << QByteArray("cannot connect to localhost:");
    QTest::newRow("unresolvable") << QByteArray("nowhere.invalid")
                                  << QByteArray("cannot find nowhere.invalid:");
    QTest::newRow("no name") << QByteArray("a b") << QByteArray("cannot find a b:");
}

void TestLoop::dialerTells()
{
    QFETCH(QByteArray, host);
    QFETCH(QByteArray, beginning);
    // A port that was just ours and is closed again.
    const UniqueFd taken(::socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    QCOMPARE(::bind(taken.get(), reinterpret_cast<const sockaddr *>(&address), size), 0);
    ::getsockname(taken.get(), reinterpret_cast<sockaddr *>(&address), &size);

    LoopThread thread("test");
    base::WorkerPool resolver("resolver", 1, 8);
    Dialer dialer(resolver);
    std::promise<QString> message;
    const auto owner = std::make_shared<int>();
    dialer.connect(thread.loop(), host.toStdString(), ntohs(address.sin_port), base::Millis(5000),
                   owner, [&](base::Result<UniqueFd> result) {
                       message.set_value(result ? QStringLiteral("connected")
                                                : result.error().message);
                   });
    const QString text = message.get_future().get();
    QVERIFY2(text.toUtf8().startsWith(beginning), qPrintable(text));
    thread.stop();
}

void TestLoop::dialerForgetsWhoIsGone()
{
    LoopThread thread("test");
    base::WorkerPool resolver("resolver", 1, 8);
    Dialer dialer(resolver);
    std::atomic<bool> wasTold{false};
    auto owner = std::make_shared<int>();
    const std::weak_ptr<void> weak = owner;
    owner.reset();
    dialer.connect(thread.loop(), "127.0.0.1", 1, base::Millis(200), weak,
                   [&](const base::Result<UniqueFd> &) { wasTold = true; });
    std::promise<void> later;
    thread.loop().post(
        [&] { thread.loop().startTimer(base::Millis(300), [&] { later.set_value(); }); });
    later.get_future().wait();
    QVERIFY(!wasTold);
}

void TestLoop::listenerNamesItsTrouble()
{
    LoopThread thread("test");
    thread.runAndWait([&] {
        const auto first = Acceptor::listen(thread.loop(), "127.0.0.1", 0,
                                            [](const UniqueFd &, const std::string &) {});
        QVERIFY(first);
        const auto second = Acceptor::listen(thread.loop(), "127.0.0.1", (*first)->port(), {});
        QVERIFY(!second);
        QVERIFY(second.error().message.startsWith(
            QStringLiteral("cannot listen on 127.0.0.1:%1: ").arg((*first)->port())));
        QVERIFY(!Acceptor::listen(thread.loop(), "localhost", 0, {})); // a name is no address
    });
}

void TestLoop::unwatchSilencesEventsAlreadyFetched()
{
    struct Silencer final : Loop::Watcher
    {
        Loop *loop = nullptr;
        int ownFd = -1;
        Silencer *other = nullptr;
        int calls = 0;
        void ready(std::uint32_t) override
        {
            ++calls;
            loop->unwatch(other->ownFd, other);
            loop->unwatch(ownFd, this);
        }
    };
    std::array<int, 2> first{};
    std::array<int, 2> second{};
    QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM, 0, first.data()), 0);
    QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM, 0, second.data()), 0);
    const std::array guards{UniqueFd(first[0]), UniqueFd(first[1]), UniqueFd(second[0]),
                            UniqueFd(second[1])};
    QCOMPARE(::send(first[1], "x", 1, 0), ssize_t(1));
    QCOMPARE(::send(second[1], "x", 1, 0), ssize_t(1));
    LoopThread thread("test");
    Silencer a;
    Silencer b;
    thread.runAndWait([&] {
        a.loop = b.loop = &thread.loop();
        a.ownFd = first[0];
        b.ownFd = second[0];
        a.other = &b;
        b.other = &a;
        thread.loop().watch(first[0], 1 /* EPOLLIN */, &a);
        thread.loop().watch(second[0], 1 /* EPOLLIN */, &b);
    });
    for (int i = 0; i < 3; ++i) {
        std::promise<void> turn;
        thread.loop().post(
            [&] { thread.loop().startTimer(base::Millis(5), [&] { turn.set_value(); }); });
        turn.get_future().wait();
    }
    thread.stop();
    QCOMPARE(a.calls + b.calls, 1);
}

QTEST_GUILESS_MAIN(TestLoop)
#include "tst_loop.moc"
