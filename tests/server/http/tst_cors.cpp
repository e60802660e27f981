// Which pages of other origins a browser may let in: preflights, and the headers of every answer.
#include "tests/server/http/raw_client.h"
#include "tests/server/http/requests.h"
#include "tests/server/http/test_server.h"

#include <QTest>

using namespace test;

class TestCors : public QObject
{
    Q_OBJECT

private slots:
    void preflight_data();
    void preflight();
    void corsOnEveryAnswer();
};

void TestCors::preflight_data()
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

void TestCors::preflight()
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

void TestCors::corsOnEveryAnswer()
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

QTEST_GUILESS_MAIN(TestCors)
#include "tst_cors.moc"
