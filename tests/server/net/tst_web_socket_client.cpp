// Our WebSocket client over real sockets: against Qt's server, and against servers that are none.
#include "tests/server/net/ws_peer.h"

#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <QWebSocket>
#include <QWebSocketServer>

#include <sys/socket.h>

using namespace server::net;
using namespace test;

namespace {

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

class TestWebSocketClient : public QObject
{
    Q_OBJECT

private slots:
    void ourClientOnQtServer();
    void clientRefusals_data();
    void clientRefusals();
};

void TestWebSocketClient::ourClientOnQtServer()
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

void TestWebSocketClient::clientRefusals_data()
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

void TestWebSocketClient::clientRefusals()
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

QTEST_GUILESS_MAIN(TestWebSocketClient)
#include "tst_web_socket_client.moc"
