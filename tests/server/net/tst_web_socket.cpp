// A server's WebSockets over real sockets: Qt's client, silent peers, slow readers, moves and ends.
#include "tests/server/http/raw_client.h"
#include "tests/server/net/ws_bytes.h"
#include "tests/server/net/ws_peer.h"

#include <QSignalSpy>
#include <QTest>
#include <QWebSocket>

using namespace server::net;
using namespace test;

class TestWebSocket : public QObject
{
    Q_OBJECT

private slots:
    void qtClientOnOurServer();
    void hundredClientsLeaveAtOnce();
    void silentPeerIsAskedThenGivenUp();
    void listeningPeerIsKept();
    void movesToAnotherLoopInMidStream();
    void slowReaderMakesSendRefuse();
    void closeHandshake();
    void closeThatNobodyAnswers();
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

QTEST_GUILESS_MAIN(TestWebSocket)
#include "tst_web_socket.moc"
