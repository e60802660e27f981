// Every request a stranger should not send, with its exact answer.
#include "tests/server/http/raw_client.h"
#include "tests/server/http/test_server.h"

#include <QTest>

using namespace test;

namespace {

QByteArray detail(const char *text)
{
    return QByteArray(R"({"detail":")") + text + R"("})";
}

} // namespace

class TestHostileRequests : public QObject
{
    Q_OBJECT

private slots:
    void refusedAndClosed_data();
    void refusedAndClosed();
    void answered_data();
    void answered();
    void drippedChunkedRequestWithTrailers();
};

void TestHostileRequests::refusedAndClosed_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<QByteArray>("status");
    const auto row = [](const char *name, const QByteArray &request, const char *status) {
        QTest::newRow(name) << request << QByteArray(status);
    };
    const QByteArray get = "GET /json HTTP/1.1\r\nHost: x\r\n";
    const QByteArray post = "POST /echo HTTP/1.1\r\nHost: x\r\n";
    const char *bad = "400 Bad Request";

    row("a TLS hello", QByteArray::fromHex("16030100f1010000ed0303"), bad);
    row("a line of garbage", "hello there\r\n\r\n", bad);
    row("no version", "GET /json\r\n\r\n", bad);
    row("two empty lines first", "\r\n\r\nGET /json HTTP/1.1\r\nHost: x\r\n\r\n", bad);
    row("bare line feeds", "GET /json HTTP/1.1\nHost: x\n\n", bad);
    row("bare line feed in a field", get + "A: b\nC: d\r\n\r\n", bad);
    row("bare carriage return in a field", get + "A: b\rC: d\r\n\r\n", bad);
    row("two spaces in the request line", "GET  /json HTTP/1.1\r\nHost: x\r\n\r\n", bad);
    row("a space in the target", "GET /js on HTTP/1.1\r\nHost: x\r\n\r\n", bad);
    row("a tab in the target", "GET /js\ton HTTP/1.1\r\nHost: x\r\n\r\n", bad);
    row("non-ASCII in the target", "GET /js\xc3\xb6n HTTP/1.1\r\nHost: x\r\n\r\n", bad);
    row("a fragment in the target", "GET /json#x HTTP/1.1\r\nHost: x\r\n\r\n", bad);
    row("a target that is no path", "GET json HTTP/1.1\r\nHost: x\r\n\r\n", bad);
    row("a star for GET", "GET * HTTP/1.1\r\nHost: x\r\n\r\n", bad);
    row("absolute form with user", "GET http://a@b/json HTTP/1.1\r\nHost: x\r\n\r\n", bad);
    row("absolute form without host", "GET http:///json HTTP/1.1\r\nHost: x\r\n\r\n", bad);
    row("lower-case protocol name", "GET /json http/1.1\r\nHost: x\r\n\r\n", bad);
    row("another protocol", "GET /json RTSP/1.0\r\nHost: x\r\n\r\n", bad);
    row("HTTP/9.9", "GET /json HTTP/9.9\r\nHost: x\r\n\r\n", "505 HTTP Version Not Supported");
    row("HTTP/2.0", "GET /json HTTP/2.0\r\nHost: x\r\n\r\n", "505 HTTP Version Not Supported");
    row("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505 HTTP Version Not Supported");
    row("unknown method", "BREW /json HTTP/1.1\r\nHost: x\r\n\r\n", "501 Not Implemented");
    row("lower-case method", "get /json HTTP/1.1\r\nHost: x\r\n\r\n", "501 Not Implemented");
    row("TRACE", "TRACE /json HTTP/1.1\r\nHost: x\r\n\r\n", "501 Not Implemented");
    row("CONNECT", "CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n", "501 Not Implemented");
    row("no Host", "GET /json HTTP/1.1\r\n\r\n", bad);
    row("two Hosts", get + "Host: y\r\n\r\n", bad);
    row("empty Host", "GET /json HTTP/1.1\r\nHost:\r\n\r\n", bad);
    row("Host with user and path", "GET /json HTTP/1.1\r\nHost: a:b@c/d\r\n\r\n", bad);
    row("folded field", get + "A: b\r\n c\r\n\r\n", bad);
    row("blank before the first field", "GET /json HTTP/1.1\r\n Host: x\r\n\r\n", bad);
    row("blank before the colon", get + "A : b\r\n\r\n", bad);
    row("field without a colon", get + "garbage\r\n\r\n", bad);
    row("field without a name", get + ": b\r\n\r\n", bad);
    row("NUL in a value", get + QByteArray("A: b\0c\r\n\r\n", 10), bad);
    row("control character in a value", get + "A: b\x01\r\n\r\n", bad);
    row("DEL in a value", get + "A: b\x7f\r\n\r\n", bad);
    row("NUL in a name", get + QByteArray("A\0: b\r\n\r\n", 9), bad);
    row("length and coding",
        post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", bad);
    row("coding and length",
        post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", bad);
    row("two different lengths", post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", bad);
    row("two equal lengths", post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", bad);
    row("a list of lengths", post + "Content-Length: 5, 5\r\n\r\nhello", bad);
    row("negative length", post + "Content-Length: -1\r\n\r\n", bad);
    row("signed length", post + "Content-Length: +5\r\n\r\nhello", bad);
    row("hexadecimal length", post + "Content-Length: 0x5\r\n\r\nhello", bad);
    row("empty length", post + "Content-Length:\r\n\r\n", bad);
    row("length of 2^64", post + "Content-Length: 18446744073709551616\r\n\r\n", bad);
    row("length of 2^64-1", post + "Content-Length: 18446744073709551615\r\n\r\n",
        "413 Content Too Large");
    row("length above the limit", post + "Content-Length: 1048577\r\n\r\n",
        "413 Content Too Large");
    row("coding that only contains chunked",
        post + "Transfer-Encoding: notchunkedreally\r\n\r\n0\r\n\r\n", "501 Not Implemented");
    row("unknown coding", post + "Transfer-Encoding: gzip\r\n\r\n", "501 Not Implemented");
    row("unknown coding and chunked", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "501 Not Implemented");
    row("chunked and then another", post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "501 Not Implemented");
    row("chunked twice", post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", bad);
    row("two coding fields",
        post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", bad);
    row("empty coding", post + "Transfer-Encoding:\r\n\r\n", bad);
    row("coding in HTTP/1.0", "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        bad);
    row("HTTP/1.0 body without length", "POST /echo HTTP/1.0\r\n\r\nhello", "411 Length Required");
    const QByteArray chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
    row("chunk size -1", chunked + "-1\r\nhello\r\n0\r\n\r\n", bad);
    row("chunk size zz", chunked + "zz\r\nhello\r\n0\r\n\r\n", bad);
    row("chunk size 0x5", chunked + "0x5\r\nhello\r\n0\r\n\r\n", bad);
    row("chunk size with a blank", chunked + " 5\r\nhello\r\n0\r\n\r\n", bad);
    row("empty chunk size", chunked + "\r\nhello\r\n0\r\n\r\n", bad);
    row("chunk size of 17 digits", chunked + "fffffffffffffffff\r\n", bad);
    row("chunk above the limit", chunked + "100001\r\n", "413 Content Too Large");
    row("chunk size of 2^64-1", chunked + "ffffffffffffffff\r\n", "413 Content Too Large");
    row("chunk longer than said", chunked + "5\r\nhello!\r\n0\r\n\r\n", bad);
    row("chunk ended by a line feed", chunked + "5\nhello\r\n0\r\n\r\n", bad);
    row("length as a trailer", chunked + "0\r\nContent-Length: 3\r\n\r\n", bad);
    row("trailer that is no field", chunked + "0\r\ngarbage\r\n\r\n", bad);
    row("unknown expectation", post + "Content-Length: 5\r\nExpect: tea\r\n\r\nhello",
        "417 Expectation Failed");
    row("target too long", "GET /" + QByteArray(9000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n",
        "414 URI Too Long");
    row("target without end", "GET /" + QByteArray(20'000, 'a'), "414 URI Too Long");
    row("one field too long", get + "A: " + QByteArray(20'000, 'a') + "\r\n\r\n",
        "431 Request Header Fields Too Large");
    row("many fields", get + QByteArray("A: b\r\n").repeated(4000) + "\r\n",
        "431 Request Header Fields Too Large");
}

void TestHostileRequests::refusedAndClosed()
{
    QFETCH(QByteArray, request);
    QFETCH(QByteArray, status);
    TestServer server;
    RawClient client(server.port());
    // The request behind it must not be taken for one.
    client.send((request + "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n").toStdString());
    const std::string answer = client.readAll();
    QCOMPARE(QByteArray::fromStdString(statusLine(answer)), "HTTP/1.1 " + status);
    QCOMPARE(QByteArray::fromStdString(bodyOf(answer)), detail(status.mid(4).constData()));
    QCOMPARE(headerOf(answer, "connection"), std::string("close"));
    QCOMPARE(headerOf(answer, "content-type"), std::string("application/json"));
    QCOMPARE(headerOf(answer, "x-frame-options"), std::string("DENY"));
    QVERIFY(headerOf(answer, "x-request-id") != "<none>");
    RawClient next(server.port());
    next.send("GET /json HTTP/1.1\r\nHost: x\r\n\r\n");
    QCOMPARE(statusLine(next.readAnswer()), std::string("HTTP/1.1 200 OK"));
}

void TestHostileRequests::answered_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<QByteArray>("status");
    QTest::addColumn<QByteArray>("body");
    const auto row = [](const char *name, const QByteArray &request, const char *status,
                        const QByteArray &body) {
        QTest::newRow(name) << request << QByteArray(status) << body;
    };
    const QByteArray end = " HTTP/1.1\r\nHost: x\r\n\r\n";
    const QByteArray post = "POST /echo HTTP/1.1\r\nHost: x\r\n";
    const QByteArray ok = R"({"ok":true})";

    row("plain", "GET /json" + end, "200 OK", ok);
    row("one empty line first", "\r\nGET /json" + end, "200 OK", ok);
    row("query", "GET /json?a=b&c" + end, "200 OK", ok);
    row("absolute form", "GET http://elsewhere:80/json?x HTTP/1.1\r\nHost: x\r\n\r\n", "200 OK",
        ok);
    row("encoded letters of a fixed segment", "GET /%6Ason" + end, "200 OK", ok);
    row("encoded slash stays in its segment", "GET /items/a%2Fb" + end, "200 OK", "a/b");
    row("encoded blank", "GET /items/a%20b" + end, "200 OK", "a b");
    row("plus is no blank in a path", "GET /items/a+b" + end, "200 OK", "a+b");
    row("encoded UTF-8", "GET /items/%C3%B6" + end, "200 OK", "\xc3\xb6");
    row("encoded NUL", "GET /items/a%00" + end, "400 Bad Request", detail("Bad Request"));
    row("encoded bytes that are no UTF-8", "GET /items/%FF" + end, "400 Bad Request",
        detail("Bad Request"));
    row("percent without digits", "GET /items/%zz" + end, "400 Bad Request", detail("Bad Request"));
    row("percent at the end", "GET /items/%4" + end, "400 Bad Request", detail("Bad Request"));
    row("three slashes", "GET ///json" + end, "404 Not Found", detail("Not Found"));
    row("slash inside", "GET /items//a" + end, "404 Not Found", detail("Not Found"));
    row("empty argument", "GET /items/" + end, "404 Not Found", detail("Not Found"));
    row("dots are no way up", "GET /items/../json" + end, "404 Not Found", detail("Not Found"));
    row("very deep path", "GET " + QByteArray("/a").repeated(500) + end, "404 Not Found",
        detail("Not Found"));
    row("unknown path", "GET /nothing" + end, "404 Not Found", detail("Not Found"));
    row("slash too many", "GET /json/" + end, "307 Temporary Redirect", "");
    row("wrong method", "DELETE /json" + end, "405 Method Not Allowed",
        detail("Method Not Allowed"));
    row("no token", "GET /me" + end, "401 Unauthorized", detail("Not authenticated"));
    row("scheme in any case", "GET /me HTTP/1.1\r\nHost: x\r\nauthorization: bEARER ann\r\n\r\n",
        "200 OK", "ann");
    row("another scheme", "GET /me HTTP/1.1\r\nHost: x\r\nAuthorization: Basic abc\r\n\r\n",
        "401 Unauthorized", detail("Not authenticated"));
    const QByteArray sorry = detail("An unexpected error occurred. Please try again later.");
    row("handler throws", "GET /throws" + end, "500 Internal Server Error", sorry);
    row("handler throws an int", "GET /throws-int" + end, "500 Internal Server Error", sorry);
    row("handler on a lane throws an int", "GET /throws-store" + end, "500 Internal Server Error",
        sorry);
    row("access check throws", "GET /me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer throw\r\n\r\n",
        "500 Internal Server Error", sorry);
    row("no length is no body", post + "\r\n", "200 OK", "");
    row("length zero", post + "Content-Length: 0\r\n\r\n", "200 OK", "");
    row("body", post + "Content-Length: 5\r\n\r\nhello", "200 OK", "hello");
    row("body of a GET", "GET /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
        "200 OK", "hello");
    row("leading zeros of a length", post + "Content-Length: 0005\r\n\r\nhello", "200 OK", "hello");
    row("chunks with extensions and trailers",
        post
            + "Transfer-Encoding: Chunked\r\n\r\n3;a=b\r\nhel\r\n2;c=\"d\"\r\nlo\r\n0\r\nX-Tail: "
              "1\r\n\r\n",
        "200 OK", "hello");
    row("upper-case chunk size",
        post + "Transfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n", "200 OK",
        "0123456789");
    row("bytes above ASCII in a value", "GET /json HTTP/1.1\r\nHost: x\r\nA: \xff\xfe\r\n\r\n",
        "200 OK", ok);
    row("line break in an answer's header", "GET /injected?v=a%0D%0ASet-Cookie:b" + end,
        "204 No Content", "");
    row("an upgrade to something else is ignored",
        "GET /json HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n", "200 OK",
        ok);
    row("an upgrade of a path without socket is ignored",
        "GET /json HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
        "200 OK", ok);
    row("GET on a socket's path", "GET /socket" + end, "426 Upgrade Required",
        detail("Upgrade Required"));
    row("POST on a socket's path", "POST /socket" + end, "405 Method Not Allowed",
        detail("Method Not Allowed"));
}

void TestHostileRequests::answered()
{
    QFETCH(QByteArray, request);
    QFETCH(QByteArray, status);
    QFETCH(QByteArray, body);
    TestServer server;
    RawClient client(server.port());
    // The connection stays usable: the request behind is answered too.
    client.send((request + "GET /items/next HTTP/1.1\r\nHost: x\r\n\r\n").toStdString());
    const std::string answer = client.readAnswer();
    QCOMPARE(QByteArray::fromStdString(statusLine(answer)), "HTTP/1.1 " + status);
    QCOMPARE(QByteArray::fromStdString(bodyOf(answer)), body);
    QCOMPARE(headerOf(answer, "x-frame-options"), std::string("DENY"));
    QCOMPARE(headerOf(answer, "set-cookie"), std::string("<none>"));
    QVERIFY(headerOf(answer, "x-request-id") != "<none>");
    QVERIFY(headerOf(answer, "date").ends_with(" GMT"));
    QCOMPARE(headerOf(answer, "server"), std::string("<none>"));
    QCOMPARE(bodyOf(client.readAnswer()), std::string("next"));
}

void TestHostileRequests::drippedChunkedRequestWithTrailers()
{
    TestServer server;
    RawClient client(server.port());
    QVERIFY(client.drip("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                        "5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nTail: a\r\nTail: b\r\n\r\n"
                        "GET /items/behind HTTP/1.1\r\nHost: x\r\n\r\n"));
    QCOMPARE(bodyOf(client.readAnswer()), std::string("hello!"));
    QCOMPARE(bodyOf(client.readAnswer()), std::string("behind"));
}

QTEST_GUILESS_MAIN(TestHostileRequests)
#include "tst_hostile_requests.moc"
