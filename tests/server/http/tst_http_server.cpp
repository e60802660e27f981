// The front door over real sockets: order, early leavers, slow readers, limits, the end.
#include "tests/server/http/raw_client.h"
#include "tests/server/http/requests.h"
#include "tests/server/http/resident_memory.h"
#include "tests/server/http/test_server.h"

#include <QElapsedTimer>
#include <QTest>

#include <thread>

using namespace test;
using server::http::Limits;

class TestHttpServer : public QObject
{
    Q_OBJECT

private slots:
    void pipelinedAnswersComeInOrder();
    void manyPipelinedRequests();
    void earlyLeaversCostNothing();
    void halfClosedClientGetsItsAnswer();
    void answersNobodyReadAreBounded();
    void slowReaderGetsEverything();
    void stalledReaderIsGivenUp();
    void limitPerPeer();
    void trustedProxyForwardsThePeer();
    void fullQueueIs503();
    void stopFinishesAnswersUnderWay();
    void stopWithoutPatienceCloses();
    void portInUseIsAnError();
    void severalLoops();
};

void TestHttpServer::pipelinedAnswersComeInOrder()
{
    TestServer server;
    RawClient client(server.port());
    client.send(get("/slow") + get("/items/1") + get("/echo") + get("/items/2"));
    QTRY_COMPARE(server.waiting(), 1);
    server.release();
    QCOMPARE(bodyOf(client.readAnswer()), std::string("slow"));
    QCOMPARE(bodyOf(client.readAnswer()), std::string("1"));
    QCOMPARE(bodyOf(client.readAnswer()), std::string());
    QCOMPARE(bodyOf(client.readAnswer()), std::string("2"));
}

void TestHttpServer::manyPipelinedRequests()
{
    TestServer server;
    RawClient client(server.port());
    constexpr int kCount = 3000;
    std::thread sender([&] {
        for (int i = 0; i < kCount; ++i)
            client.send(get("/items/" + std::to_string(i)));
    });
    for (int i = 0; i < kCount; ++i)
        QCOMPARE(bodyOf(client.readAnswer()), std::to_string(i));
    sender.join();
}

void TestHttpServer::earlyLeaversCostNothing()
{
    Limits limits;
    limits.connectionsPerPeer = 500;
    TestServer server(limits);
    for (int i = 0; i < 200; ++i) {
        RawClient client(server.port());
        client.send(get("/slow"));
        if (i % 2 == 0)
            client.abort();
    }
    QTRY_VERIFY(server.waiting() > 0);
    server.release();
    QTRY_COMPARE(server.server().connectionCount(), 0);
    RawClient client(server.port());
    client.send(get("/json"));
    QCOMPARE(statusLine(client.readAnswer()), std::string("HTTP/1.1 200 OK"));
}

void TestHttpServer::halfClosedClientGetsItsAnswer()
{
    TestServer server;
    RawClient client(server.port());
    client.send(get("/slow") + get("/items/last"));
    client.endOutput();
    QTRY_COMPARE(server.waiting(), 1);
    server.release();
    QCOMPARE(bodyOf(client.readAnswer()), std::string("slow"));
    QCOMPARE(bodyOf(client.readAnswer()), std::string("last"));
    QVERIFY(client.isClosed());
}

void TestHttpServer::answersNobodyReadAreBounded()
{
    TestServer server;
    RawClient client(server.port(), 4096);
    const qint64 before = residentKiB();
    std::string requests;
    for (int i = 0; i < 30; ++i)
        requests += get("/big");
    client.send(requests);
    QTRY_COMPARE(server.servedWith(200), 1);
    RawClient other(
        server.port()); // one round trip later the second answer has still not been made
    other.send(get("/json"));
    other.readAnswer();
    QTRY_COMPARE(server.servedWith(200), 2);
    QCOMPARE(server.server().connectionCount(), 2);
    QVERIFY2(residentKiB() - before < 24'576 + kSanitizerKiB,
             "one answer of 8 MB may wait, not thirty");
}

void TestHttpServer::slowReaderGetsEverything()
{
    TestServer server;
    RawClient client(server.port(), 4096);
    client.send(get("/big") + get("/big", "Connection: close\r\n"));
    QCOMPARE(bodyOf(client.readAnswer()).size(), size_t(8) << 20U);
    QCOMPARE(bodyOf(client.readAnswer()).size(), size_t(8) << 20U);
    QVERIFY(client.isClosed());
}

void TestHttpServer::stalledReaderIsGivenUp()
{
    Limits limits;
    limits.idle = base::Millis(300);
    TestServer server(limits);
    RawClient client(server.port(), 4096);
    client.send(get("/big"));
    QTRY_COMPARE(server.server().connectionCount(), 1);
    QTRY_COMPARE(server.server().connectionCount(), 0);
}

void TestHttpServer::limitPerPeer()
{
    Limits limits;
    limits.connectionsPerPeer = 2;
    TestServer server(limits);
    RawClient first(server.port());
    RawClient second(server.port());
    first.send(get("/json"));
    first.readAnswer();
    second.send(get("/json"));
    second.readAnswer();
    {
        RawClient third(server.port());
        third.send(get("/json"));
        const std::string answer = third.readAnswer();
        QCOMPARE(statusLine(answer), std::string("HTTP/1.1 503 Service Unavailable"));
        QCOMPARE(bodyOf(answer), std::string(R"({"detail":"Service Unavailable"})"));
        QCOMPARE(headerOf(answer, "x-frame-options"), std::string("DENY"));
        QVERIFY(third.isClosed());
    }
    first.abort();
    QTRY_COMPARE(server.server().connectionCount(), 1);
    RawClient fourth(server.port());
    fourth.send(get("/json"));
    QCOMPARE(statusLine(fourth.readAnswer()), std::string("HTTP/1.1 200 OK"));
}

void TestHttpServer::trustedProxyForwardsThePeer()
{
    const std::string forwarded =
        "X-Forwarded-For: 6.6.6.6, 203.0.113.9\r\nX-Forwarded-For: 10.1.2.3\r\n";
    {
        TestServer server;
        RawClient client(server.port());
        client.send(get("/json", forwarded));
        client.readAnswer();
        QTRY_COMPARE(server.lastPeer(), std::string("127.0.0.1"));
    }
    Limits limits;
    limits.trustedProxies = {"127.0.0.1", "10.0.0.0/8"};
    limits.connectionsPerPeer = 1;
    TestServer server(limits);
    RawClient other(server.port());
    RawClient client(server.port());
    client.send(get("/json", forwarded));
    QCOMPARE(statusLine(client.readAnswer()), std::string("HTTP/1.1 200 OK"));
    QTRY_COMPARE(server.lastPeer(), std::string("203.0.113.9"));
}

void TestHttpServer::fullQueueIs503()
{
    TestServer server({}, 1, 2);
    std::vector<std::unique_ptr<RawClient>> waiting;
    for (int i = 0; i < 4; ++i) { // one for each thread of the lane
        waiting.push_back(std::make_unique<RawClient>(server.port()));
        waiting.back()->send(get("/slow"));
        QTRY_COMPARE(server.waiting(), i + 1);
    }
    std::vector<std::unique_ptr<RawClient>> queued;
    for (int i = 0; i < 3; ++i) {
        queued.push_back(std::make_unique<RawClient>(server.port()));
        queued.back()->send(get("/slow"));
    }
    QTRY_COMPARE(server.servedWith(503), 1);
    server.release();
    int refused = 0;
    for (const auto &client : queued) {
        const std::string answer = client->readAnswer();
        if (statusLine(answer) == "HTTP/1.1 200 OK")
            continue;
        ++refused;
        QCOMPARE(statusLine(answer), std::string("HTTP/1.1 503 Service Unavailable"));
        QCOMPARE(bodyOf(answer),
                 std::string(R"({"detail":"The service is busy. Please try again."})"));
        QCOMPARE(headerOf(answer, "retry-after"), std::string("1"));
        QCOMPARE(headerOf(answer, "x-frame-options"), std::string("DENY"));
    }
    QCOMPARE(refused, 1);
}

void TestHttpServer::stopFinishesAnswersUnderWay()
{
    TestServer server;
    RawClient busy(server.port());
    RawClient idle(server.port());
    idle.send(get("/json"));
    idle.readAnswer();
    busy.send(get("/slow"));
    QTRY_COMPARE(server.waiting(), 1);
    std::thread stopper([&] { server.server().stop(base::Millis(10'000)); });
    QVERIFY(idle.isClosed());
    server.release();
    const std::string answer = busy.readAnswer();
    QCOMPARE(bodyOf(answer), std::string("slow"));
    QCOMPARE(headerOf(answer, "connection"), std::string("close"));
    QVERIFY(busy.isClosed());
    stopper.join();
    QCOMPARE(RawClient(server.port()).send(get("/json")), false);
}

void TestHttpServer::stopWithoutPatienceCloses()
{
    TestServer server;
    RawClient client(server.port());
    client.send("GET /json HTTP/1.1\r\n");
    QTRY_COMPARE(server.server().connectionCount(), 1);
    QElapsedTimer watch;
    watch.start();
    server.server().stop(base::Millis(0));
    QVERIFY(watch.elapsed() < 2000);
    QVERIFY(client.isClosed());
}

void TestHttpServer::portInUseIsAnError()
{
    TestServer server;
    base::WorkerPool pool("unused", 1, 1);
    server::http::HttpServer second(server::http::RouteTable({}, {}), {}, {}, {}, {pool, pool});
    const auto result = second.start("127.0.0.1", server.port(), 1);
    QVERIFY(!result);
    QVERIFY(result.error().message.contains(QStringLiteral("127.0.0.1:%1").arg(server.port())));
}

void TestHttpServer::severalLoops()
{
    TestServer server({}, 3);
    std::vector<std::thread> clients;
    clients.reserve(12);
    std::atomic<int> good{0};
    for (int i = 0; i < 12; ++i) {
        clients.emplace_back([&, i] {
            RawClient client(server.port());
            for (int k = 0; k < 50; ++k) {
                client.send(get(k % 2 ? "/items/" + std::to_string(i) : "/me",
                                "Authorization: Bearer " + std::to_string(i) + "\r\n"));
                good += bodyOf(client.readAnswer()) == std::to_string(i);
            }
        });
    }
    for (std::thread &client : clients)
        client.join();
    QCOMPARE(good.load(), 600);
}

QTEST_GUILESS_MAIN(TestHttpServer)
#include "tst_http_server.moc"
