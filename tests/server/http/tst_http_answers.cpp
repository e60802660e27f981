// What an answer says by the rules of HTTP, whichever handler made it.
#include "tests/server/http/raw_client.h"
#include "tests/server/http/requests.h"
#include "tests/server/http/test_server.h"

#include <QTest>

using namespace test;

class TestHttpAnswers : public QObject
{
    Q_OBJECT

private slots:
    void head();
    void http10();
    void connectionClose();
    void expectContinue();
    void options();
    void handlerReplacesACommonHeader();
    void requestIds();
    void redirectKeepsTheQuery();
    void allowNamesTheMethods();
};

void TestHttpAnswers::head()
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

void TestHttpAnswers::http10()
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

void TestHttpAnswers::connectionClose()
{
    TestServer server;
    RawClient client(server.port());
    client.send(get("/json", "Connection: close\r\n") + get("/json"));
    const std::string all = client.readAll();
    QCOMPARE(headerOf(all, "connection"), std::string("close"));
    QCOMPARE(bodyOf(all), std::string(R"({"ok":true})"));
}

void TestHttpAnswers::expectContinue()
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

void TestHttpAnswers::options()
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

void TestHttpAnswers::handlerReplacesACommonHeader()
{
    TestServer server;
    RawClient client(server.port());
    client.send(get("/cached"));
    const std::string answer = client.readAnswer();
    QCOMPARE(headerOf(answer, "cache-control"), std::string("max-age=60"));
    QCOMPARE(answer.find("no-store"), std::string::npos);
    QCOMPARE(headerOf(answer, "x-frame-options"), std::string("DENY"));
}

void TestHttpAnswers::requestIds()
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

void TestHttpAnswers::redirectKeepsTheQuery()
{
    TestServer server;
    RawClient client(server.port());
    client.send(get("/json/?a=b") + get("//evil.example/"));
    QCOMPARE(headerOf(client.readAnswer(), "location"), std::string("/json?a=b"));
    QCOMPARE(statusLine(client.readAnswer()), std::string("HTTP/1.1 404 Not Found"));
}

void TestHttpAnswers::allowNamesTheMethods()
{
    TestServer server;
    RawClient client(server.port());
    client.send("PUT /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi" + get("/only-post"));
    QCOMPARE(headerOf(client.readAnswer(), "allow"), std::string("GET, HEAD, POST"));
    QCOMPARE(headerOf(client.readAnswer(), "allow"), std::string("POST"));
}

QTEST_GUILESS_MAIN(TestHttpAnswers)
#include "tst_http_answers.moc"
