// What the server holds and waits for has a bound, however long or slow the request.
#include "tests/server/http/raw_client.h"
#include "tests/server/http/resident_memory.h"
#include "tests/server/http/test_server.h"

#include <QTest>

using namespace test;
using server::http::Limits;

namespace {

Limits shortLimits()
{
    Limits limits;
    limits.firstByte = base::Millis(300);
    limits.headTime = base::Millis(400);
    limits.requestTime = base::Millis(700);
    limits.idle = base::Millis(500);
    limits.lingering = base::Millis(300);
    return limits;
}

} // namespace

class TestRequestLimits : public QObject
{
    Q_OBJECT

private slots:
    void hugeBodyIsRefusedAtOnce();
    void refusalArrivesWhateverTheClientStillSends();
    void endlessHeaders();
    void endlessTrailers();
    void endlessChunkExtension();
    void chunkedBodyAboveTheLimit();
    void slowHeadGets408();
    void slowBodyGets408();
    void silentConnectionIsClosed();
    void idleConnectionIsClosed();
};

void TestRequestLimits::hugeBodyIsRefusedAtOnce()
{
    TestServer server;
    const qint64 before = residentKiB();
    RawClient client(server.port());
    client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1073741824\r\n\r\n");
    const std::string answer = client.readAnswer();
    QCOMPARE(statusLine(answer), std::string("HTTP/1.1 413 Content Too Large"));
    QVERIFY2(residentKiB() - before < 4096 + kSanitizerKiB,
             "memory must not follow the announced length");
}

void TestRequestLimits::refusalArrivesWhateverTheClientStillSends()
{
    TestServer server;
    RawClient client(server.port());
    client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1073741824\r\n\r\n");
    const qint64 before = residentKiB();
    const std::string block(1 << 20, 'x');
    for (int i = 0; i < 32 && client.send(block); ++i) {
    }
    QCOMPARE(statusLine(client.readAnswer()), std::string("HTTP/1.1 413 Content Too Large"));
    QVERIFY(residentKiB() - before < 8192 + kSanitizerKiB);
}

void TestRequestLimits::endlessHeaders()
{
    TestServer server;
    RawClient client(server.port());
    client.send("GET /json HTTP/1.1\r\nHost: x\r\n");
    const qint64 before = residentKiB();
    const std::string filler = "X-Filler: " + std::string(1000, 'a') + "\r\n";
    for (int i = 0; i < 10'000 && client.send(filler); ++i) {
    }
    const std::string answer = client.readAnswer();
    QCOMPARE(statusLine(answer), std::string("HTTP/1.1 431 Request Header Fields Too Large"));
    QVERIFY(residentKiB() - before < 4096 + kSanitizerKiB);
}

void TestRequestLimits::endlessTrailers()
{
    TestServer server;
    RawClient client(server.port());
    client.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n");
    for (int i = 0; i < 100 && client.send("X-Filler: " + std::string(1000, 'a') + "\r\n"); ++i) {
    }
    QCOMPARE(statusLine(client.readAnswer()),
             std::string("HTTP/1.1 431 Request Header Fields Too Large"));
}

void TestRequestLimits::endlessChunkExtension()
{
    TestServer server;
    RawClient client(server.port());
    client.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;a=");
    for (int i = 0; i < 100 && client.send(std::string(1000, 'a')); ++i) {
    }
    QCOMPARE(statusLine(client.readAnswer()),
             std::string("HTTP/1.1 431 Request Header Fields Too Large"));
}

void TestRequestLimits::chunkedBodyAboveTheLimit()
{
    TestServer server;
    RawClient client(server.port());
    client.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string chunk = "4000\r\n" + std::string(0x4000, 'x') + "\r\n";
    for (int i = 0; i < 80 && client.send(chunk); ++i) {
    }
    QCOMPARE(statusLine(client.readAnswer()), std::string("HTTP/1.1 413 Content Too Large"));
}

void TestRequestLimits::slowHeadGets408()
{
    TestServer server(shortLimits());
    RawClient client(server.port());
    client.send("GET /json HTTP/1.1\r\nHost: x\r\n");
    const std::string answer = client.readAll();
    QCOMPARE(statusLine(answer), std::string("HTTP/1.1 408 Request Timeout"));
    QCOMPARE(bodyOf(answer), std::string(R"({"detail":"Request Timeout"})"));
}

void TestRequestLimits::slowBodyGets408()
{
    TestServer server(shortLimits());
    RawClient client(server.port());
    client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhel");
    QCOMPARE(statusLine(client.readAll()), std::string("HTTP/1.1 408 Request Timeout"));
}

void TestRequestLimits::silentConnectionIsClosed()
{
    TestServer server(shortLimits());
    RawClient client(server.port());
    QCOMPARE(client.readAll(), std::string());
    QTRY_COMPARE(server.server().connectionCount(), 0);
}

void TestRequestLimits::idleConnectionIsClosed()
{
    TestServer server(shortLimits());
    RawClient client(server.port());
    client.send("GET /json HTTP/1.1\r\nHost: x\r\n\r\n");
    QCOMPARE(statusLine(client.readAnswer()), std::string("HTTP/1.1 200 OK"));
    QCOMPARE(client.readAll(), std::string());
    QTRY_COMPARE(server.server().connectionCount(), 0);
}

QTEST_GUILESS_MAIN(TestRequestLimits)
#include "tst_request_limits.moc"
