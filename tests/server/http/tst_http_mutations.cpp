// Requests bent at random: whatever arrives, the server lives, answers well-formed, and answers the
// next one.
#include "tests/server/http/raw_client.h"
#include "tests/server/http/test_server.h"

#include <QElapsedTimer>
#include <QTest>

#include <random>

#include <sys/socket.h>

using namespace test;

namespace {

constexpr int kRequests = 20'000;
constexpr qint64 kTimeBox = 20'000; // milliseconds; sanitised builds are slow
constexpr int kPerConnection = 5;   // most batches end at their first broken request

const std::vector<std::string> &seeds()
{
    static const std::string end = "\r\n\r\n";
    static const std::string post = "POST /echo HTTP/1.1\r\nHost: x\r\n";
    static const std::vector<std::string> all{
        "GET /json HTTP/1.1\r\nHost: x\r\nUser-Agent: y" + end,
        post + "Content-Length: 11" + end + "hello world",
        post + "Transfer-Encoding: chunked" + end + "5;a=b\r\nhello\r\n0\r\nX: y" + end,
        "GET /items/a%20b?q=1&r=%41 HTTP/1.1\r\nHost: x\r\nConnection: keep-alive" + end,
        "OPTIONS /json HTTP/1.1\r\nHost: x\r\nOrigin: https://app.example\r\n"
            + ("Access-Control-Request-Method: GET" + end),
        "GET /forbidden-socket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
            + ("Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
               + ("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==" + end)),
        "HEAD /big HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 0" + end,
    };
    return all;
}

class Mutator
{
public:
    std::string next()
    {
        std::string text = seeds()[below(seeds().size())];
        for (size_t i = below(4); i > 0; --i)
            mutate(text);
        return text;
    }

private:
    size_t below(size_t limit)
    {
        return std::uniform_int_distribution<size_t>(0, limit - 1)(m_random);
    }

    void mutate(std::string &text)
    {
        if (text.empty())
            return;
        const size_t at = below(text.size());
        static const std::vector<std::string> kTokens{"\r\n",
                                                      "\n",
                                                      "\r",
                                                      " ",
                                                      "\t",
                                                      ":",
                                                      "%",
                                                      "%00",
                                                      ";",
                                                      ",",
                                                      "Content-Length: 5\r\n",
                                                      "Transfer-Encoding: chunked\r\n",
                                                      "0\r\n\r\n",
                                                      "ffffffff\r\n",
                                                      "HTTP/1.1",
                                                      "*",
                                                      "http://x/",
                                                      "Host: y\r\n",
                                                      std::string(1, '\0'),
                                                      "\xff"};
        switch (below(6)) {
        case 0:
            text[at] = char(below(256));
            break;
        case 1:
            text.erase(at, 1 + below(8));
            break;
        case 2:
            text.insert(at, kTokens[below(kTokens.size())]);
            break;
        case 3:
            text.insert(at, text.substr(below(text.size()), below(40)));
            break;
        case 4:
            text[at] = char(text[at] ^ (1 << below(8)));
            break;
        default:
            text.resize(at);
            break;
        }
    }

    std::mt19937 m_random{20240611};
};

} // namespace

class TestHttpMutations : public QObject
{
    Q_OBJECT

private slots:
    void serverOutlivesThem();
};

void TestHttpMutations::serverOutlivesThem()
{
    server::http::Limits limits;
    limits.firstByte = limits.headTime = limits.requestTime = limits.idle = base::Millis(300);
    limits.lingering = base::Millis(100);
    TestServer server(limits, 1);
    Mutator mutator;
    QElapsedTimer watch;
    watch.start();
    int sent = 0;
    int answers = 0;
    while (sent < kRequests && watch.elapsed() < kTimeBox) {
        RawClient client(server.port());
        std::string batch;
        for (int i = 0; i < kPerConnection; ++i, ++sent)
            batch += mutator.next();
        client.send(batch);
        client.endOutput();
        const std::string all = client.readAll();
        for (size_t at = 0; (at = all.find("HTTP/1.1 ", at)) != std::string::npos; ++at)
            ++answers;
        QVERIFY2(all.empty() || all.starts_with("HTTP/1.1 "), all.substr(0, 60).c_str());
    }
    qInfo("%d requests, %d answers, %lld ms", sent, answers, watch.elapsed());
    QVERIFY(sent >= kRequests / 10);
    QVERIFY(answers > 0);
    RawClient last(server.port());
    last.send("GET /json HTTP/1.1\r\nHost: x\r\n\r\n");
    QCOMPARE(bodyOf(last.readAnswer()), std::string("{\"ok\":true}"));
    QTRY_VERIFY(server.server().connectionCount() <= 1);
}

QTEST_GUILESS_MAIN(TestHttpMutations)
#include "tst_http_mutations.moc"
