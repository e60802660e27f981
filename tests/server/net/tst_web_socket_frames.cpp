// Frames byte by byte, among them those that no good peer sends, each with its exact answer.
#include "tests/server/http/raw_client.h"
#include "tests/server/net/ws_bytes.h"
#include "tests/server/net/ws_peer.h"

#include <QTest>

using namespace server::net;
using namespace test;

class TestWebSocketFrames : public QObject
{
    Q_OBJECT

private slots:
    void frames_data();
    void frames();
    void frameInTheHandshakesPacket();
    void fragmentsDrippedByteByByte();
    void oversizeMessageGets1009();
    void pingBetweenLargeFragments();
};

void TestWebSocketFrames::frames_data()
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

void TestWebSocketFrames::frames()
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

void TestWebSocketFrames::frameInTheHandshakesPacket()
{
    WsServer server;
    RawClient client(server.port());
    client.send(kHandshake + frame(0x81, "early"));
    QVERIFY(client.readAnswer().starts_with("HTTP/1.1 101 "));
    QCOMPARE(client.readBytes(7), std::string("\x81\x05"
                                              "early"));
}

void TestWebSocketFrames::fragmentsDrippedByteByByte()
{
    WsServer server;
    RawClient client(server.port());
    client.send(kHandshake);
    client.readAnswer();
    QVERIFY(client.drip(frame(0x01, "Hel") + frame(0x89, "p") + frame(0x80, "lo")));
    QCOMPARE(client.readBytes(10), std::string("\x8a\x01p\x81\x05Hello"));
}

void TestWebSocketFrames::oversizeMessageGets1009()
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

void TestWebSocketFrames::pingBetweenLargeFragments()
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

QTEST_GUILESS_MAIN(TestWebSocketFrames)
#include "tst_web_socket_frames.moc"
