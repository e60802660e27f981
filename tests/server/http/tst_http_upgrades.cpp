// From a request to a socket: who is refused, and that no byte is lost on the way.
#include "tests/server/http/raw_client.h"
#include "tests/server/http/requests.h"
#include "tests/server/http/test_server.h"

#include <QTest>

using namespace test;

namespace {

std::string upgrade(const std::string &path, const std::string &version = "13",
                    const std::string &key = "dGhlIHNhbXBsZSBub25jZQ==",
                    const std::string &more = {})
{
    return get(path,
               "Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Version: "
                   + version + "\r\nSec-WebSocket-Key: " + key + "\r\n" + more);
}

} // namespace

class TestHttpUpgrades : public QObject
{
    Q_OBJECT

private slots:
    void upgradeRefused_data();
    void upgradeRefused();
    void upgradeKeepsBytesOfTheSamePacket_data();
    void upgradeKeepsBytesOfTheSamePacket();
    void leaverDuringTheCheckOfASocket();
};

void TestHttpUpgrades::upgradeRefused_data()
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

void TestHttpUpgrades::upgradeRefused()
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

void TestHttpUpgrades::upgradeKeepsBytesOfTheSamePacket_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::newRow("checked inline") << QByteArray("/socket");
    QTest::newRow("checked on a lane") << QByteArray("/stored-socket");
}

void TestHttpUpgrades::upgradeKeepsBytesOfTheSamePacket()
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

void TestHttpUpgrades::leaverDuringTheCheckOfASocket()
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

QTEST_GUILESS_MAIN(TestHttpUpgrades)
#include "tst_http_upgrades.moc"
