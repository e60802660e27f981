// The front door over real sockets: order, early leavers, limits, preflights, upgrades, the end.
#include "tests/server/http/raw_client.h"
#include "tests/server/http/test_server.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTest>

#include <thread>

using namespace test;
using server::http::Limits;

namespace {

std::string get(const std::string &path, const std::string &fields = {})
{
    return "GET " + path + " HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n";
}

std::string upgrade(const std::string &path, const std::string &version = "13",
                    const std::string &key = "dGhlIHNhbXBsZSBub25jZQ==",
                    const std::string &more = {})
{
    return get(path,
               "Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Version: "
                   + version + "\r\nSec-WebSocket-Key: " + key + "\r\n" + more);
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr qint64 kSanitizerKiB = 512 * 1024; // sanitizers keep what has been freed
#else
constexpr qint64 kSanitizerKiB = 0;
#endif

qint64 residentKiB()
{
    QFile file(QStringLiteral("/proc/self/status"));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    for (const QByteArray &line : file.readAll().split('\n')) {
        if (line.startsWith("VmRSS:"))
            return line.mid(6).trimmed().split(' ').first().toLongLong();
    }
    return 0;
}

} // namespace

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
    void head();
    void http10();
    void connectionClose();
    void expectContinue();
    void options();
    void preflight_data();
    void preflight();
    void corsOnEveryAnswer();
    void handlerReplacesACommonHeader();
    void requestIds();
    void redirectKeepsTheQuery();
    void allowNamesTheMethods();
    void fullQueueIs503();
    void upgradeRefused_data();
    void upgradeRefused();
    void upgradeKeepsBytesOfTheSamePacket_data();
    void upgradeKeepsBytesOfTheSamePacket();
    void leaverDuringTheCheckOfASocket();
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

void TestHttpServer::head()
{
    TestServer server;
    RawClient client(server.port());
    client.send("HEAD /json HTTP/1.1\r\nHost: x\r\n\r\nHEAD /nothing HTTP/1.1\r\nHost: x\r\n\r\n"
                + get("/items/next"));
    const std::string found = client.readAnswer(true);
    QCOMPARE(statusLine(found), std::string("HTTP/1.1 200 OK"));
    QCOMPARE(headerOf(found, "content-length"), std::string("11"));
    const std::string missing = client.readAnswer(true);
    QCOMPARE(statusLine(missing), std::string("HTTP/1.1 404 Not Found"));
    QCOMPARE(headerOf(missing, "content-length"), std::string("22"));
    QCOMPARE(bodyOf(client.readAnswer()), std::string("next"));
}

void TestHttpServer::http10()
{
    TestServer server;
    RawClient plain(server.port());
    plain.send("GET /json HTTP/1.0\r\n\r\n");
    const std::string answer = plain.readAll();
    QCOMPARE(statusLine(answer), std::string("HTTP/1.1 200 OK"));
    QCOMPARE(headerOf(answer, "connection"), std::string("close"));
    RawClient keeping(server.port());
    for (int i = 0; i < 2; ++i) {
        keeping.send("GET /json HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        QCOMPARE(headerOf(keeping.readAnswer(), "connection"), std::string("keep-alive"));
    }
}

void TestHttpServer::connectionClose()
{
    TestServer server;
    RawClient client(server.port());
    client.send(get("/json", "Connection: close\r\n") + get("/json"));
    const std::string all = client.readAll();
    QCOMPARE(headerOf(all, "connection"), std::string("close"));
    QCOMPARE(bodyOf(all), std::string(R"({"ok":true})"));
}

void TestHttpServer::expectContinue()
{
    TestServer server;
    RawClient client(server.port());
    client.send(
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-Continue\r\n\r\n");
    QCOMPARE(client.readAnswer(), std::string("HTTP/1.1 100 Continue\r\n\r\n"));
    client.send("hello");
    QCOMPARE(bodyOf(client.readAnswer()), std::string("hello"));
    // Whoever sends the body at once needs no invitation.
    client.send(
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nhi");
    QCOMPARE(bodyOf(client.readAnswer()), std::string("hi"));
}

void TestHttpServer::options()
{
    TestServer server;
    RawClient client(server.port());
    client.send("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\nOPTIONS /json HTTP/1.1\r\nHost: x\r\n\r\n"
                "OPTIONS /nothing HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string all = client.readAnswer();
    QCOMPARE(statusLine(all), std::string("HTTP/1.1 204 No Content"));
    QCOMPARE(headerOf(all, "allow"), std::string("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"));
    QCOMPARE(headerOf(all, "content-length"), std::string("<none>"));
    QCOMPARE(headerOf(client.readAnswer(), "allow"), std::string("GET, HEAD, OPTIONS"));
    QCOMPARE(statusLine(client.readAnswer()), std::string("HTTP/1.1 404 Not Found"));
}

void TestHttpServer::preflight_data()
{
    QTest::addColumn<QByteArray>("origin");
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("headers");
    QTest::addColumn<QByteArray>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("allowedOrigin");
    const auto row = [](const char *name, const char *origin, const char *method,
                        const char *headers, const char *body, bool isOriginAllowed) {
        QTest::newRow(name) << QByteArray(origin) << QByteArray(method) << QByteArray(headers)
                            << QByteArray(body == QByteArray("OK") ? "200 OK" : "400 Bad Request")
                            << QByteArray(body) << QByteArray(isOriginAllowed ? origin : "<none>");
    };
    const char *app = "https://app.example";
    row("plain", app, "GET", "", "OK", true);
    row("PATCH", app, "PATCH", "authorization,content-type", "OK", true);
    row("X-App-Type", app, "POST", "X-App-Type, x-captcha", "OK", true);
    row("Idempotency-Key", app, "POST", "authorization,content-type,idempotency-key", "OK", true);
    row("second origin", "http://localhost:5173", "DELETE", "Accept", "OK", true);
    row("unknown origin", "https://evil.example", "GET", "", "Disallowed CORS origin", false);
    row("origin with a suffix", "https://app.example.evil", "GET", "", "Disallowed CORS origin",
        false);
    row("null origin", "null", "GET", "", "Disallowed CORS origin", false);
    row("unknown method", app, "BREW", "", "Disallowed CORS method", true);
    row("unknown header", app, "GET", "X-Secret", "Disallowed CORS headers", true);
    row("everything wrong", "null", "BREW", "X-Secret", "Disallowed CORS origin, method, headers",
        false);
}

void TestHttpServer::preflight()
{
    QFETCH(QByteArray, origin);
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, headers);
    QFETCH(QByteArray, status);
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, allowedOrigin);
    TestServer server;
    RawClient client(server.port());
    QByteArray request = "OPTIONS /whatever HTTP/1.1\r\nHost: x\r\nOrigin: " + origin
                         + "\r\nAccess-Control-Request-Method: " + method + "\r\n";
    if (!headers.isEmpty())
        request += "Access-Control-Request-Headers: " + headers + "\r\n";
    client.send((request + "\r\n").toStdString());
    const std::string answer = client.readAnswer();
    QCOMPARE(QByteArray::fromStdString(statusLine(answer)), "HTTP/1.1 " + status);
    QCOMPARE(QByteArray::fromStdString(bodyOf(answer)), body);
    QCOMPARE(QByteArray::fromStdString(headerOf(answer, "access-control-allow-origin")),
             allowedOrigin);
    QCOMPARE(headerOf(answer, "access-control-allow-methods"),
             std::string("GET, POST, PUT, PATCH, DELETE, OPTIONS"));
    QCOMPARE(headerOf(answer, "access-control-allow-headers"),
             std::string("Accept, Accept-Language, Authorization, Content-Language, Content-Type, "
                         "Idempotency-Key, X-App-Type, X-Captcha"));
    QCOMPARE(headerOf(answer, "access-control-max-age"), std::string("600"));
    QCOMPARE(headerOf(answer, "content-type"), std::string("text/plain; charset=utf-8"));
}

void TestHttpServer::corsOnEveryAnswer()
{
    TestServer server;
    RawClient client(server.port());
    const std::string origin = "Origin: https://app.example\r\n";
    for (const char *path : {"/json", "/nothing", "/throws", "/me", "/socket"}) {
        client.send(get(path, origin));
        const std::string answer = client.readAnswer();
        QCOMPARE(headerOf(answer, "access-control-allow-origin"),
                 std::string("https://app.example"));
        QCOMPARE(headerOf(answer, "access-control-allow-credentials"), std::string("true"));
        QCOMPARE(headerOf(answer, "access-control-expose-headers"),
                 std::string("RateLimit, RateLimit-Policy, Retry-After, X-Request-Id"));
        QCOMPARE(headerOf(answer, "vary"), std::string("Origin"));
        QCOMPARE(headerOf(answer, "x-frame-options"), std::string("DENY"));
    }
    client.send(get("/json", "Origin: https://evil.example\r\n"));
    QCOMPARE(headerOf(client.readAnswer(), "access-control-allow-origin"), std::string("<none>"));
}

void TestHttpServer::handlerReplacesACommonHeader()
{
    TestServer server;
    RawClient client(server.port());
    client.send(get("/cached"));
    const std::string answer = client.readAnswer();
    QCOMPARE(headerOf(answer, "cache-control"), std::string("max-age=60"));
    QCOMPARE(answer.find("no-store"), std::string::npos);
    QCOMPARE(headerOf(answer, "x-frame-options"), std::string("DENY"));
}

void TestHttpServer::requestIds()
{
    TestServer server;
    RawClient client(server.port());
    client.send(get("/json") + get("/json", "X-Request-Id: trace-7.a_B\r\n")
                + get("/json", "X-Request-Id: a b\r\n"));
    const std::string own = headerOf(client.readAnswer(), "x-request-id");
    QCOMPARE(own.size(), size_t(16));
    QCOMPARE(headerOf(client.readAnswer(), "x-request-id"), std::string("trace-7.a_B"));
    const std::string other = headerOf(client.readAnswer(), "x-request-id");
    QCOMPARE(other.size(), size_t(16));
    QVERIFY(other != own);
}

void TestHttpServer::redirectKeepsTheQuery()
{
    TestServer server;
    RawClient client(server.port());
    client.send(get("/json/?a=b") + get("//evil.example/"));
    QCOMPARE(headerOf(client.readAnswer(), "location"), std::string("/json?a=b"));
    QCOMPARE(statusLine(client.readAnswer()), std::string("HTTP/1.1 404 Not Found"));
}

void TestHttpServer::allowNamesTheMethods()
{
    TestServer server;
    RawClient client(server.port());
    client.send("PUT /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi" + get("/only-post"));
    QCOMPARE(headerOf(client.readAnswer(), "allow"), std::string("GET, HEAD, POST"));
    QCOMPARE(headerOf(client.readAnswer(), "allow"), std::string("POST"));
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

void TestHttpServer::upgradeRefused_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<QByteArray>("status");
    QTest::addColumn<QByteArray>("body");
    const auto row = [](const char *name, const std::string &request, const char *status,
                        const char *body) {
        QTest::newRow(name) << QByteArray::fromStdString(request) << QByteArray(status)
                            << QByteArray(body);
    };
    const char *bad = R"({"detail":"Bad Request"})";
    row("no key",
        get("/socket",
            "Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"),
        "400 Bad Request", bad);
    row("key of 15 bytes", upgrade("/socket", "13", "dGhlIHNhbXBsZSBub25j"), "400 Bad Request",
        bad);
    row("key that is no base64", upgrade("/socket", "13", "dGhlIHNhbXBsZSBub25jZ---"),
        "400 Bad Request", bad);
    row("two keys",
        upgrade("/socket", "13",
                "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"),
        "400 Bad Request", bad);
    row("with a body",
        upgrade("/socket", "13", "dGhlIHNhbXBsZSBub25jZQ==", "Content-Length: 1\r\n") + "x",
        "400 Bad Request", bad);
    row("old version", upgrade("/socket", "8"), "426 Upgrade Required",
        R"({"detail":"Upgrade Required"})");
    row("no version", get("/socket", "Connection: upgrade\r\nUpgrade: websocket\r\n"),
        "426 Upgrade Required", R"({"detail":"Upgrade Required"})");
    row("the check says no", upgrade("/forbidden-socket"), "403 Forbidden",
        R"({"detail":"Not for you"})");
    row("the check on a lane says no", upgrade("/forbidden-stored-socket"), "403 Forbidden",
        R"({"detail":"Not for you"})");
    row("the check on a lane throws", upgrade("/throwing-stored-socket"),
        "500 Internal Server Error",
        R"({"detail":"An unexpected error occurred. Please try again later."})");
    row("the check throws", upgrade("/throwing-socket"), "500 Internal Server Error",
        R"({"detail":"An unexpected error occurred. Please try again later."})");
    row("unknown path", upgrade("/nothing"), "404 Not Found", R"({"detail":"Not Found"})");
    row("another method", "POST" + upgrade("/socket").substr(3), "405 Method Not Allowed",
        R"({"detail":"Method Not Allowed"})");
}

void TestHttpServer::upgradeRefused()
{
    QFETCH(QByteArray, request);
    QFETCH(QByteArray, status);
    QFETCH(QByteArray, body);
    TestServer server;
    RawClient client(server.port());
    client.send(request.toStdString());
    const std::string answer = client.readAnswer();
    QCOMPARE(QByteArray::fromStdString(statusLine(answer)), "HTTP/1.1 " + status);
    QCOMPARE(QByteArray::fromStdString(bodyOf(answer)), body);
    if (status.startsWith("426")) {
        QCOMPARE(headerOf(answer, "sec-websocket-version"), std::string("13"));
        QCOMPARE(headerOf(answer, "upgrade"), std::string("websocket"));
    }
}

void TestHttpServer::upgradeKeepsBytesOfTheSamePacket_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::newRow("checked inline") << QByteArray("/socket");
    QTest::newRow("checked on a lane") << QByteArray("/stored-socket");
}

void TestHttpServer::upgradeKeepsBytesOfTheSamePacket()
{
    QFETCH(QByteArray, path);
    TestServer server;
    RawClient client(server.port());
    client.send(get("/items/before") + upgrade(path.toStdString()) + "frame");
    QCOMPARE(bodyOf(client.readAnswer()), std::string("before"));
    const std::string answer = client.readAnswer();
    QCOMPARE(statusLine(answer), std::string("HTTP/1.1 101 Switching Protocols"));
    QCOMPARE(headerOf(answer, "sec-websocket-accept"), std::string("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    client.send("more");
    QCOMPARE(server.socketBytes(9), std::string("framemore"));
    QTRY_COMPARE(server.server().connectionCount(), 0); // a socket is no longer the front door's
}

void TestHttpServer::leaverDuringTheCheckOfASocket()
{
    TestServer server;
    for (int i = 0; i < 3; ++i) {
        RawClient client(server.port());
        client.send(upgrade("/slow-socket") + "frame");
        QTRY_COMPARE(server.waiting(), i + 1);
        client.abort();
        QTRY_COMPARE(server.server().connectionCount(), 0);
    }
    server.release();
    QTRY_COMPARE(server.slowDone(), 3);
    QCOMPARE(server.servedWith(101), 0);
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
