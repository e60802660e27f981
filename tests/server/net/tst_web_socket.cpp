// WebSockets over real sockets: against Qt's implementation in both roles, and against bytes that
// no good peer sends.
#include "tests/server/http/raw_client.h"
#include "tests/server/net/ws_peer.h"

#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <QWebSocket>
#include <QWebSocketServer>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>

using namespace server::net;
using namespace test;

namespace {

constexpr const char *kHandshake =
    "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// A masked frame; the mask is zero, so that the payload stands in the clear.
std::string frame(std::uint8_t first, const std::string &payload)
{
    std::string text{char(first)};
    if (payload.size() < 126) {
        text += char(0x80U | payload.size());
    } else if (payload.size() < 65536) {
        text += char(0xfe);
        text += char(payload.size() >> 8U);
        text += char(payload.size() & 0xffU);
    } else {
        text += char(0xff);
        for (int i = 7; i >= 0; --i)
            text += char(payload.size() >> (8U * unsigned(i)));
    }
    return text + std::string(4, '\0') + payload;
}

std::string closeFrame(std::uint16_t code, const std::string &reason = {})
{
    return frame(0x88, std::string{char(code >> 8U), char(code & 0xffU)} + reason);
}

UniqueFd connectTo(std::uint16_t port)
{
    UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
        return {};
    ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) | O_NONBLOCK);
    return fd;
}

/// Our client on a thread of its own.
struct Caller
{
    LoopThread thread{"caller"};
    std::shared_ptr<Record> record = std::make_shared<Record>();
    std::weak_ptr<WsPeer> peer;

    explicit Caller(std::uint16_t port, WebSocketLimits limits = {}, const HeaderList &headers = {})
    {
        auto socket = std::make_shared<Detached>();
        socket->fd = connectTo(port);
        thread.runAndWait([&] {
            const auto one = std::make_shared<WsPeer>(record, false);
            peer = one;
            one->call(thread.loop(), std::move(*socket), {}, limits,
                      {false, "localhost", port, "/path?query"}, headers);
        });
    }
    ~Caller()
    {
        thread.runAndWait([this] { record->dropPeers(); });
    }
    Caller(const Caller &) = delete;
    Caller &operator=(const Caller &) = delete;

    void with(const std::function<void(WebSocket &)> &task)
    {
        thread.runAndWait([&] {
            if (const auto one = peer.lock())
                task(one->socket());
        });
    }
};

} // namespace

class TestWebSocket : public QObject
{
    Q_OBJECT

private slots:
    void qtClientOnOurServer();
    void ourClientOnQtServer();
    void hundredClientsLeaveAtOnce();
    void frames_data();
    void frames();
    void frameInTheHandshakesPacket();
    void fragmentsDrippedByteByByte();
    void oversizeMessageGets1009();
    void pingBetweenLargeFragments();
    void silentPeerIsAskedThenGivenUp();
    void listeningPeerIsKept();
    void movesToAnotherLoopInMidStream();
    void slowReaderMakesSendRefuse();
    void closeHandshake();
    void closeThatNobodyAnswers();
    void clientRefusals_data();
    void clientRefusals();
};

void TestWebSocket::qtClientOnOurServer()
{
    WsServer server;
    QWebSocket client;
    QSignalSpy text(&client, &QWebSocket::textMessageReceived);
    QSignalSpy binary(&client, &QWebSocket::binaryMessageReceived);
    QSignalSpy pong(&client, &QWebSocket::pong);
    client.open(QUrl(QStringLiteral("ws://127.0.0.1:%1/x").arg(server.port())));
    QTRY_COMPARE(client.state(), QAbstractSocket::ConnectedState);
    client.sendTextMessage(QStringLiteral("Grüße 😀"));
    client.sendTextMessage(QString());
    client.sendBinaryMessage(QByteArray(200'000, 'x'));
    client.ping("hello");
    QTRY_COMPARE(text.count(), 2);
    QCOMPARE(text[0][0].toString(), QStringLiteral("Grüße 😀"));
    QCOMPARE(text[1][0].toString(), QString());
    QTRY_COMPARE(binary.count(), 1);
    QCOMPARE(binary[0][0].toByteArray(), QByteArray(200'000, 'x'));
    QTRY_COMPARE(pong.count(), 1);
    QCOMPARE(pong[0][1].toByteArray(), QByteArray("hello"));
    client.close(QWebSocketProtocol::CloseCodeGoingAway, QStringLiteral("bye"));
    QTRY_VERIFY(server.record().events().ends_with("closed:1001:bye:0"));
    QTRY_COMPARE(client.state(), QAbstractSocket::UnconnectedState);
    QCOMPARE(client.closeCode(), QWebSocketProtocol::CloseCodeGoingAway);
}

void TestWebSocket::ourClientOnQtServer()
{
    QWebSocketServer server(QStringLiteral("test"), QWebSocketServer::NonSecureMode);
    QVERIFY(server.listen(QHostAddress::LocalHost));
    Caller caller(server.serverPort(), {}, {{"Authorization", "Bearer x"}});
    QTRY_VERIFY(server.hasPendingConnections());
    const std::unique_ptr<QWebSocket> peer(server.nextPendingConnection());
    QCOMPARE(peer->request().rawHeader("Authorization"), QByteArray("Bearer x"));
    QCOMPARE(peer->requestUrl().query(), QStringLiteral("query"));
    QTRY_COMPARE(caller.record->events(), std::string("open"));
    QSignalSpy text(peer.get(), &QWebSocket::textMessageReceived);
    QSignalSpy binary(peer.get(), &QWebSocket::binaryMessageReceived);
    QSignalSpy pong(peer.get(), &QWebSocket::pong);
    caller.with([](WebSocket &socket) {
        QVERIFY(socket.sendText("Grüße"));
        QVERIFY(socket.sendBinary(std::string(100'000, 'y')));
        socket.loop().scratch() = "from the scratch buffer";
        QVERIFY(socket.sendText(socket.loop().scratch()));
    });
    QTRY_COMPARE(text.count(), 2);
    QCOMPARE(text[0][0].toString(), QStringLiteral("Grüße"));
    QCOMPARE(text[1][0].toString(), QStringLiteral("from the scratch buffer"));
    QTRY_COMPARE(binary.count(), 1);
    QCOMPARE(binary[0][0].toByteArray(), QByteArray(100'000, 'y'));
    peer->setOutgoingFrameSize(1000); // fragments
    peer->sendTextMessage(QString(5000, QLatin1Char('z')));
    peer->ping("p");
    QTRY_COMPARE(pong.count(), 1);
    QTRY_COMPARE(caller.record->events(), std::string("open text#5000"));
    peer->close(QWebSocketProtocol::CloseCodeNormal, QStringLiteral("done"));
    QTRY_COMPARE(caller.record->events(), std::string("open text#5000 closed:1000:done:0"));
}

void TestWebSocket::hundredClientsLeaveAtOnce()
{
    WsServer server;
    std::vector<RawClient> clients;
    for (int i = 0; i < 100; ++i) {
        clients.emplace_back(server.port());
        clients.back().send(kHandshake + frame(0x81, "hi"));
    }
    QTRY_COMPARE(server.record().count(), size_t(100));
    for (size_t i = 0; i < clients.size(); i += 2)
        clients[i].abort();
    clients.clear();
    QTRY_COMPARE(server.record().count(), size_t(200));
    RawClient next(server.port());
    next.send(kHandshake + frame(0x81, "still here"));
    next.readAnswer();
    QCOMPARE(next.readBytes(12), std::string("\x81\x0astill here"));
}

void TestWebSocket::frames_data()
{
    QTest::addColumn<QByteArray>("sent");
    QTest::addColumn<QByteArray>("answer"); // then the peer ends
    const auto row = [](const char *name, const std::string &sent, const std::string &answer) {
        QTest::newRow(name) << QByteArray::fromStdString(sent) << QByteArray::fromStdString(answer);
    };
    const auto close = [](std::uint16_t code, const std::string &reason) {
        return std::string{char(0x88), char(reason.size() + 2), char(code >> 8U),
                           char(code & 0xffU)}
               + reason;
    };
    const std::string malformed = close(1002, "malformed frame");
    const std::string disorder = close(1002, "fragments out of order");
    const std::string badClose = close(1002, "malformed close");
    const std::string badText = close(1007, "text that is not UTF-8");
    const std::string bye = closeFrame(1000);
    const std::string goodbye = close(1000, "");
    row("close without a code", frame(0x88, ""), goodbye);
    row("close is answered with its code", closeFrame(3333, "x"), close(3333, ""));
    row("nothing after the close counts", bye + frame(0x81, "late"), goodbye);
    row("echo", frame(0x81, "a") + frame(0x82, "b") + bye,
        "\x81\x01"
        "a"
        "\x82\x01"
        "b" + goodbye);
    row("fragments", frame(0x01, "a") + frame(0x00, "b") + frame(0x80, "c") + bye,
        "\x81\x03"
        "abc"
            + goodbye);
    row("empty fragments", frame(0x01, "") + frame(0x00, "") + frame(0x80, "") + bye,
        std::string("\x81\0", 2) + goodbye);
    row("ping between fragments", frame(0x01, "a") + frame(0x89, "p") + frame(0x80, "b") + bye,
        "\x8a\x01"
        "p"
        "\x81\x02"
        "ab" + goodbye);
    row("unasked pong", frame(0x8a, "p") + bye, goodbye);
    row("close between fragments", frame(0x01, "a") + bye, goodbye);
    row("a character in two fragments", frame(0x01, "\xc3") + frame(0x80, "\xa4") + bye,
        "\x81\x02\xc3\xa4" + goodbye);
    row("unmasked frame",
        std::string("\x81\x01"
                    "a"),
        malformed);
    row("reserved bit", frame(0xc1, "a"), malformed);
    row("unknown opcode", frame(0x83, "a"), malformed);
    row("unknown control opcode", frame(0x8b, "a"), malformed);
    row("long ping", frame(0x89, std::string(126, 'p')), malformed);
    row("fragmented ping", frame(0x09, "p"), malformed);
    row("length not in its shortest form", std::string("\x81\xfe\0\x01\0\0\0\0a", 9), malformed);
    row("continuation of nothing", frame(0x80, "a"), disorder);
    row("message within a message", frame(0x01, "a") + frame(0x81, "b"), disorder);
    row("text that is no UTF-8", frame(0x81, "\xff"), badText);
    row("surrogates", frame(0x81, "\xed\xa0\x80"), badText);
    row("fragments that are no UTF-8", frame(0x01, "\xc3") + frame(0x80, "x"), badText);
    row("binary may be anything", frame(0x82, "\xff") + bye, "\x82\x01\xff" + goodbye);
    row("close of one byte", frame(0x88, "x"), badClose);
    row("close with a reserved code", closeFrame(1005), badClose);
    row("close with 999", closeFrame(999), badClose);
    row("close with a reason that is no UTF-8", closeFrame(1000, "\xff"), badClose);
}

void TestWebSocket::frames()
{
    QFETCH(QByteArray, sent);
    QFETCH(QByteArray, answer);
    WsServer server;
    RawClient client(server.port());
    client.send(kHandshake);
    QVERIFY(client.readAnswer().starts_with("HTTP/1.1 101 "));
    client.send(sent.toStdString());
    QCOMPARE(QByteArray::fromStdString(client.readAll()).toHex(' '), answer.toHex(' '));
}

void TestWebSocket::frameInTheHandshakesPacket()
{
    WsServer server;
    RawClient client(server.port());
    client.send(kHandshake + frame(0x81, "early"));
    QVERIFY(client.readAnswer().starts_with("HTTP/1.1 101 "));
    QCOMPARE(client.readBytes(7), std::string("\x81\x05"
                                              "early"));
}

void TestWebSocket::fragmentsDrippedByteByByte()
{
    WsServer server;
    RawClient client(server.port());
    client.send(kHandshake);
    client.readAnswer();
    QVERIFY(client.drip(frame(0x01, "Hel") + frame(0x89, "p") + frame(0x80, "lo")));
    QCOMPARE(client.readBytes(10), std::string("\x8a\x01p\x81\x05Hello"));
}

void TestWebSocket::oversizeMessageGets1009()
{
    WebSocketLimits limits;
    limits.maxMessage = 1000;
    WsServer server(limits);
    const std::string tooBig = "\x88\x11\x03\xf1"
                               "message too big";
    RawClient whole(server.port());
    whole.send(kHandshake);
    whole.readAnswer();
    // The close arrives although most of the message is still under way.
    whole.send(frame(0x82, std::string(4 << 20, 'x')));
    QCOMPARE(whole.readAll(), tooBig);
    RawClient parts(server.port());
    parts.send(kHandshake);
    parts.readAnswer();
    parts.send(frame(0x02, std::string(600, 'x')) + frame(0x80, std::string(401, 'x')));
    QCOMPARE(parts.readAll(), tooBig);
    RawClient exact(server.port());
    exact.send(kHandshake);
    exact.readAnswer();
    exact.send(frame(0x02, std::string(600, 'x')) + frame(0x80, std::string(400, 'x')));
    QCOMPARE(exact.readBytes(1004).size(), size_t(1004));
    RawClient announced(server.port());
    announced.send(kHandshake);
    announced.readAnswer();
    announced.send(std::string("\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0", 14));
    QCOMPARE(announced.readAll(), tooBig);
}

void TestWebSocket::pingBetweenLargeFragments()
{
    WebSocketLimits limits;
    limits.maxMessage = 1000;
    WsServer server(limits);
    RawClient client(server.port());
    client.send(kHandshake);
    client.readAnswer();
    client.send(frame(0x02, std::string(990, 'x')) + frame(0x89, std::string(100, 'p'))
                + frame(0x80, "end"));
    QCOMPARE(client.readBytes(102),
             "\x8a\x64" + std::string(100, 'p')); // a ping is no part of the message
    QCOMPARE(client.readBytes(4).substr(0, 1), std::string("\x82"));
}

void TestWebSocket::silentPeerIsAskedThenGivenUp()
{
    WebSocketLimits limits;
    limits.pingEvery = base::Millis(100);
    WsServer server(limits);
    RawClient client(server.port());
    client.send(kHandshake);
    client.readAnswer();
    QCOMPARE(client.readAll(), std::string("\x89\0", 2)); // one ping, then the end
    QTRY_COMPARE(server.record().events(), std::string("closed:1006:the peer has fallen silent:0"));
}

void TestWebSocket::listeningPeerIsKept()
{
    WebSocketLimits limits;
    limits.pingEvery = base::Millis(50);
    WsServer server(limits);
    RawClient client(server.port());
    client.send(kHandshake);
    client.readAnswer();
    for (int i = 0; i < 8; ++i) { // it says nothing but that it hears
        QCOMPARE(client.readBytes(2), std::string("\x89\0", 2));
        client.send(frame(0x8a, ""));
    }
    QCOMPARE(server.record().events(), std::string());
}

void TestWebSocket::movesToAnotherLoopInMidStream()
{
    WsServer server({}, 10);
    RawClient client(server.port());
    std::string all = kHandshake;
    std::string expected;
    for (int i = 0; i < 2000; ++i) {
        const std::string text = std::to_string(i);
        all += frame(0x81, text);
        expected += std::string{char(0x81), char(text.size())} + text;
    }
    client.send(all + frame(0x88, ""));
    client.readAnswer();
    QCOMPARE(client.readAll(), expected + "\x88\x02\x03\xe8");
    QTRY_COMPARE(server.record().count(), size_t(2001));
    QVERIFY(server.record().events().ends_with("text:1999 closed:1005::0"));
}

void TestWebSocket::slowReaderMakesSendRefuse()
{
    WebSocketLimits limits;
    limits.maxPending = 100'000;
    WsServer server(limits);
    RawClient client(server.port(), 4096);
    client.send(kHandshake);
    client.readAnswer();
    QTRY_COMPARE(server.accepted(), 1);
    int sent = 0;
    size_t pending = 0;
    server.thread().runAndWait([&] {
        WebSocket &socket = server.newest()->socket();
        const std::string message(10'000, 'm');
        while (sent < 10'000 && socket.sendText(message))
            ++sent;
        pending = socket.pendingBytes();
    });
    QVERIFY(sent < 10'000);
    QVERIFY(pending > limits.maxPending && pending < limits.maxPending + 20'000);
    QCOMPARE(client.readBytes(size_t(sent) * 10'004).size(),
             size_t(sent) * 10'004); // nothing of it is lost
    bool isWillingAgain = false;
    const auto tryAgain = [&] {
        server.thread().runAndWait(
            [&] { isWillingAgain = server.newest()->socket().sendText("again"); });
        return isWillingAgain;
    };
    QTRY_VERIFY(tryAgain());
    QCOMPARE(client.readBytes(7), std::string("\x81\x05"
                                              "again"));
}

void TestWebSocket::closeHandshake()
{
    WsServer server;
    RawClient client(server.port());
    client.send(kHandshake);
    client.readAnswer();
    QTRY_COMPARE(server.accepted(), 1);
    server.thread().runAndWait([&] {
        WebSocket &socket = server.newest()->socket();
        socket.close(1008, std::string(119, 'a') + "\xc3\xa4"); // cut between characters
        QVERIFY(!socket.sendText("late"));
        socket.close(1000); // said once is enough
    });
    QCOMPARE(client.readBytes(123), "\x88\x79\x03\xf0" + std::string(119, 'a'));
    client.send(frame(0x81, "crossing") + closeFrame(1008));
    QCOMPARE(client.readAll(), std::string());
    QTRY_COMPARE(server.record().events(), std::string("closed:1008::0"));
}

void TestWebSocket::closeThatNobodyAnswers()
{
    WebSocketLimits limits;
    limits.closeWait = base::Millis(100);
    WsServer server(limits);
    RawClient client(server.port());
    client.send(kHandshake);
    client.readAnswer();
    QTRY_COMPARE(server.accepted(), 1);
    server.thread().runAndWait([&] { server.newest()->socket().close(1000); });
    QTRY_COMPARE(server.record().events(),
                 std::string("closed:1006:the peer did not answer the close:0"));
    QVERIFY(client.isClosed());
}

void TestWebSocket::clientRefusals_data()
{
    QTest::addColumn<QByteArray>("answer"); // %1: the right accept key
    QTest::addColumn<QByteArray>("events");
    const auto row = [](const char *name, const QByteArray &answer, const char *events) {
        QTest::newRow(name) << answer << QByteArray(events);
    };
    const QByteArray good = "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: "
                            "upgrade\r\nSec-WebSocket-Accept: %1\r\n\r\n";
    row("401", "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n",
        "closed:1006:the upgrade was refused:401");
    row("wrong key", "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: AAAA\r\n\r\n",
        "closed:1006:the upgrade was refused:101");
    row("no HTTP", "220 mail.example ESMTP\r\n\r\n", "closed:1006:the upgrade was refused:0");
    row("answer without end", "HTTP/1.1 101 x\r\n" + QByteArray("X: y\r\n").repeated(4000),
        "closed:1002:the answer to the upgrade has no end:0");
    row("frame with the answer", good + QByteArray("\x81\x02hi\x88\x00", 6),
        "open text:hi closed:1005::0");
    row("masked frame", good + QByteArray("\x81\x82\0\0\0\0hi", 8),
        "open closed:1002:malformed frame:0");
    row("garbage frame", good + QByteArray("\xff\xff"), "open closed:1002:malformed frame:0");
}

void TestWebSocket::clientRefusals()
{
    QFETCH(QByteArray, answer);
    QFETCH(QByteArray, events);
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    Caller caller(server.serverPort());
    QTRY_VERIFY(server.hasPendingConnections());
    QTcpSocket *peer = server.nextPendingConnection();
    QByteArray request;
    QTRY_VERIFY((request += peer->readAll()).endsWith("\r\n\r\n"));
    QVERIFY(request.startsWith("GET /path?query HTTP/1.1\r\nHost: localhost:"));
    const QByteArray key = request.mid(request.indexOf("Sec-WebSocket-Key: ") + 19, 24);
    peer->write(
        answer.replace("%1", QByteArray::fromStdString(webSocketAccept(key.toStdString()))));
    QTRY_COMPARE(QByteArray::fromStdString(caller.record->events()), events);
}

QTEST_GUILESS_MAIN(TestWebSocket)
#include "tst_web_socket.moc"
