// Frames, handshakes and base64 as rows.
#include "server/net/base64.h"
#include "server/net/ws_frame.h"
#include "server/net/ws_handshake.h"

#include <QTest>

#include <array>

using namespace server::net;

namespace {

std::string bytes(const char *hex)
{
    return QByteArray::fromHex(hex).toStdString();
}

} // namespace

class TestWsFrame : public QObject
{
    Q_OBJECT

private slots:
    void headers_data();
    void headers();
    void examplesOfTheRfc();
    void writtenHeadersAreRead_data();
    void writtenHeadersAreRead();
    void masksEveryLength();
    void utf8_data();
    void utf8();
    void closeCodes();
    void base64_data();
    void base64();
    void base64Garbage();
    void accept();
    void urls_data();
    void urls();
    void answers_data();
    void answers();
};

void TestWsFrame::headers_data()
{
    using enum HeaderVerdict::Kind;
    QTest::addColumn<QByteArray>("hex");
    QTest::addColumn<int>("kind");
    QTest::addColumn<quint64>("payload");
    QTest::addColumn<int>("size");
    const auto row = [](const char *name, const char *hex, HeaderVerdict::Kind kind,
                        quint64 payload = 0, int size = 0) {
        QTest::newRow(name) << QByteArray(hex) << int(kind) << payload << size;
    };
    row("nothing", "", NeedMore);
    row("one byte", "81", NeedMore);
    row("empty text", "8100", Ready, 0, 2);
    row("125 bytes", "827d", Ready, 125, 2);
    row("126 bytes", "827e007e", Ready, 126, 4);
    row("65535 bytes", "827effff", Ready, 65535, 4);
    row("65536 bytes", "827f0000000000010000", Ready, 65536, 10);
    row("longest", "827f7fffffffffffffff", Ready, 0x7fffffffffffffff, 10);
    row("half a length", "827e00", NeedMore);
    row("half a long length", "827f00000000000100", NeedMore);
    row("masked without its mask", "818537fa21", NeedMore);
    row("masked", "818537fa213d", Ready, 5, 6);
    row("masked and long", "82fe007e01020304", Ready, 126, 8);
    row("125 in two bytes", "827e007d", Broken);
    row("65535 in eight bytes", "827f000000000000ffff", Broken);
    row("negative length", "827f8000000000000000", Broken);
    row("first reserved bit", "c100", Broken);
    row("second reserved bit", "a100", Broken);
    row("third reserved bit", "9100", Broken);
    for (const char *opcode :
         {"8300", "8400", "8500", "8600", "8700", "8b00", "8c00", "8d00", "8e00", "8f00"})
        row(opcode, opcode, Broken);
    row("close", "8800", Ready, 0, 2);
    row("ping of 125", "897d", Ready, 125, 2);
    row("ping of 126", "897e007e", Broken);
    row("pong of 126, length not here yet", "8a7e", Broken);
    row("fragmented ping", "0900", Broken);
    row("fragmented close", "0800", Broken);
    row("continuation", "0000", Ready, 0, 2);
}

void TestWsFrame::headers()
{
    QFETCH(QByteArray, hex);
    QFETCH(int, kind);
    QFETCH(quint64, payload);
    QFETCH(int, size);
    const HeaderVerdict verdict = readFrameHeader(bytes(hex.constData()));
    QCOMPARE(int(verdict.kind), kind);
    if (verdict.kind == HeaderVerdict::Kind::Ready) {
        QCOMPARE(verdict.header.payloadBytes, payload);
        QCOMPARE(int(verdict.header.headerBytes), size);
    }
}

/// RFC 6455 5.7.
void TestWsFrame::examplesOfTheRfc()
{
    const auto plain = readFrameHeader(bytes("810548656c6c6f")).header;
    QVERIFY(plain.isFinal && plain.opcode == Opcode::Text && !plain.isMasked
            && plain.payloadBytes == 5);
    std::string masked = bytes("818537fa213d7f9f4d5158");
    const auto header = readFrameHeader(masked).header;
    QVERIFY(header.isMasked);
    applyMask(masked.data() + header.headerBytes, size_t(header.payloadBytes), header.mask);
    QCOMPARE(masked.substr(header.headerBytes), std::string("Hello"));
    const auto first = readFrameHeader(bytes("010348656c")).header;
    QVERIFY(!first.isFinal && first.opcode == Opcode::Text && first.payloadBytes == 3);
    const auto rest = readFrameHeader(bytes("80026c6f")).header;
    QVERIFY(rest.isFinal && rest.opcode == Opcode::Continuation && rest.payloadBytes == 2);
    QCOMPARE(readFrameHeader(bytes("890548656c6c6f")).header.opcode, Opcode::Ping);
    QCOMPARE(readFrameHeader(bytes("8a8537fa213d7f9f4d5158")).header.opcode, Opcode::Pong);
    QCOMPARE(readFrameHeader(bytes("827e0100")).header.payloadBytes, std::uint64_t(256));
    QCOMPARE(readFrameHeader(bytes("827f0000000000010000")).header.payloadBytes,
             std::uint64_t(65536));
}

void TestWsFrame::writtenHeadersAreRead_data()
{
    QTest::addColumn<quint64>("size");
    for (const quint64 size : {0ULL, 1ULL, 125ULL, 126ULL, 127ULL, 65535ULL, 65536ULL, 1ULL << 40U})
        QTest::addRow("%llu", size) << size;
}

void TestWsFrame::writtenHeadersAreRead()
{
    QFETCH(quint64, size);
    for (const auto mask :
         {std::optional<std::uint32_t>(), std::optional<std::uint32_t>(0x01020304)}) {
        std::array<char, 14> out{};
        const size_t written = writeFrameHeader(out.data(), Opcode::Binary, size, mask);
        const HeaderVerdict verdict = readFrameHeader({out.data(), written});
        QCOMPARE(verdict.kind, HeaderVerdict::Kind::Ready);
        QCOMPARE(verdict.header.payloadBytes, size);
        QCOMPARE(verdict.header.headerBytes, written);
        QCOMPARE(verdict.header.isMasked, mask.has_value());
        QCOMPARE(verdict.header.mask, mask.value_or(0));
        QCOMPARE(readFrameHeader({out.data(), written - 1}).kind, HeaderVerdict::Kind::NeedMore);
    }
}

void TestWsFrame::masksEveryLength()
{
    const std::string key = bytes("37fa213d");
    std::uint32_t mask = 0;
    std::memcpy(&mask, key.data(), 4);
    for (size_t size = 0; size < 40; ++size) {
        std::string text(size, 'x');
        applyMask(text.data(), text.size(), mask);
        for (size_t i = 0; i < size; ++i)
            QCOMPARE(text[i], char('x' ^ key[i % 4]));
    }
}

void TestWsFrame::utf8_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("isGood");
    const auto row = [](const char *name, const char *hex, bool isGood) {
        QTest::newRow(name) << QByteArray::fromHex(hex) << isGood;
    };
    row("empty", "", true);
    row("two bytes", "c3a4", true);
    row("three bytes", "e282ac", true);
    row("four bytes", "f09f9880", true);
    row("last code point", "f48fbfbf", true);
    row("behind the last", "f4908080", false);
    row("surrogate", "eda080", false);
    row("before the surrogates", "ed9fbf", true);
    row("overlong slash", "c0af", false);
    row("overlong in three", "e080af", false);
    row("overlong in four", "f08080af", false);
    row("alone", "80", false);
    row("cut", "e282", false);
    row("byte fe", "fe", false);
    row("NUL", "00", true);
    row("bad after eight good", "6161616161616161ff", false);
    row("good after eight good", "6161616161616161c3a4", true);
    row("cut after seven", "61616161616161c3", false);
}

void TestWsFrame::utf8()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, isGood);
    QCOMPARE(isUtf8(text.toStdString()), isGood);
}

void TestWsFrame::closeCodes()
{
    for (const std::uint16_t code :
         {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4999})
        QVERIFY2(isSendableCloseCode(code), QByteArray::number(code).constData());
    for (const std::uint16_t code : {0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535})
        QVERIFY2(!isSendableCloseCode(code), QByteArray::number(code).constData());
}

/// RFC 4648 section 10.
void TestWsFrame::base64_data()
{
    QTest::addColumn<QByteArray>("plain");
    QTest::addColumn<QByteArray>("encoded");
    const std::vector<std::pair<const char *, const char *>> rows{{"", ""},
                                                                  {"f", "Zg=="},
                                                                  {"fo", "Zm8="},
                                                                  {"foo", "Zm9v"},
                                                                  {"foob", "Zm9vYg=="},
                                                                  {"fooba", "Zm9vYmE="},
                                                                  {"foobar", "Zm9vYmFy"}};
    for (const auto &[plain, encoded] : rows)
        QTest::addRow("<%s>", plain) << QByteArray(plain) << QByteArray(encoded);
}

void TestWsFrame::base64()
{
    QFETCH(QByteArray, plain);
    QFETCH(QByteArray, encoded);
    const std::vector<std::uint8_t> raw(plain.begin(), plain.end());
    std::string out = "before:";
    appendBase64(out, raw);
    QCOMPARE(out, "before:" + encoded.toStdString());
    std::vector<std::uint8_t> decoded{1, 2, 3};
    QVERIFY(decodeBase64(encoded.toStdString(), decoded));
    QCOMPARE(decoded, raw);
}

void TestWsFrame::base64Garbage()
{
    for (const char *text : {"Z", "Zg", "Zg=", "Zg===", "=", "====", "Z===", "Zg==Zg==", " Zm9v",
                             "Zm9v\n", "Zm 9", "Zm9v----", "Zm9-", "Zm9_", "\xc3\xa4Zg", "Zm=v"}) {
        std::vector<std::uint8_t> out{1};
        QVERIFY2(!decodeBase64(text, out), text);
        QVERIFY(out.empty());
    }
    std::vector<std::uint8_t> out;
    QVERIFY(!decodeBase64(std::string_view("Zm\0v", 4), out));
}

/// RFC 6455 1.3.
void TestWsFrame::accept()
{
    QCOMPARE(webSocketAccept("dGhlIHNhbXBsZSBub25jZQ=="),
             std::string("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    QVERIFY(isWebSocketKey("dGhlIHNhbXBsZSBub25jZQ=="));
    for (const char *key :
         {"", "dGhlIHNhbXBsZSBub25j", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZSEhISEh"})
        QVERIFY2(!isWebSocketKey(key), key);
}

void TestWsFrame::urls_data()
{
    QTest::addColumn<QByteArray>("url");
    QTest::addColumn<QByteArray>("parts"); // empty: refused
    const auto row = [](const char *url, const char *parts) {
        QTest::newRow(url) << QByteArray(url) << QByteArray(parts);
    };
    row("ws://a", "plain a 80 /");
    row("wss://a", "secure a 443 /");
    row("wss://a.b:8443/c/d?e=f", "secure a.b 8443 /c/d?e=f");
    row("ws://a?b", "plain a 80 /?b");
    row("ws://[::1]:81/x", "plain ::1 81 /x");
    row("ws://[::1]", "plain ::1 80 /");
    row("http://a", "");
    row("a", "");
    row("ws://", "");
    row("ws://:80/", "");
    row("ws://a:0/", "");
    row("ws://a:65536/", "");
    row("ws://a:x/", "");
    row("ws://a:/", "");
    row("ws://u@a/", "");
    row("ws://a/b c", "");
    row("ws://a/b\r\nX: y", "");
}

void TestWsFrame::urls()
{
    QFETCH(QByteArray, url);
    QFETCH(QByteArray, parts);
    const auto found = parseSocketUrl(url.toStdString());
    QByteArray text;
    if (found) {
        text = QByteArray(found->isSecure ? "secure " : "plain ")
               + QByteArray::fromStdString(found->host) + ' ' + QByteArray::number(found->port)
               + ' ' + QByteArray::fromStdString(found->target);
    }
    QCOMPARE(text, parts);
}

void TestWsFrame::answers_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<int>("status"); // -1: not complete
    QTest::addColumn<bool>("isAccepted");
    const auto row = [](const char *name, const QByteArray &answer, int status, bool isAccepted) {
        QTest::newRow(name) << answer << status << isAccepted;
    };
    const QByteArray accept = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";
    row("ours", QByteArray::fromStdString(acceptAnswer("dGhlIHNhbXBsZSBub25jZQ==")), 101, true);
    row("other case",
        "HTTP/1.1 101 x\r\nupgrade: WebSocket\r\nsec-websocket-accept:s3pPLMBiTxaQ9kYGzzhZRbK+xOo= "
        "\r\n\r\n",
        101, true);
    row("no end", "HTTP/1.1 101 x\r\nUpgrade: websocket\r\n" + accept, -1, false);
    row("wrong key",
        "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: "
        "s3pPLMBiTxaQ9kYGzzhZRbK+xOO=\r\n\r\n",
        101, false);
    row("no key", "HTTP/1.1 101 x\r\nUpgrade: websocket\r\n\r\n", 101, false);
    row("no upgrade", "HTTP/1.1 101 x\r\n" + accept + "\r\n", 101, false);
    row("refused", "HTTP/1.1 401 no\r\nUpgrade: websocket\r\n" + accept + "\r\n", 401, false);
    row("garbage", "garbage\r\n\r\n", 0, false);
}

void TestWsFrame::answers()
{
    QFETCH(QByteArray, answer);
    QFETCH(int, status);
    QFETCH(bool, isAccepted);
    const auto found =
        readUpgradeAnswer((answer + "rest").toStdString(), "dGhlIHNhbXBsZSBub25jZQ==");
    QCOMPARE(found ? found->status : -1, status);
    QCOMPARE(found && found->isAccepted, isAccepted);
    if (found)
        QCOMPARE(found->bytes, size_t(answer.size()));
}

QTEST_APPLESS_MAIN(TestWsFrame)
#include "tst_ws_frame.moc"
