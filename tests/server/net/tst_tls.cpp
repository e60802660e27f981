// Outgoing TLS against Qt's server: who is trusted, and that nothing gets lost.
#include "tests/server/net/ws_peer.h"

#include <QFile>
#include <QProcess>
#include <QScopeGuard>
#include <QSignalSpy>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslKey>
#include <QSslServer>
#include <QSslSocket>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>
#include <QWebSocket>
#include <QWebSocketServer>

#include <sys/socket.h>

using namespace server::net;
using namespace test;

namespace {

/// Sends a block, counts and checks what comes back.
struct Bouncer final : Stream::Handler
{
    std::unique_ptr<Stream> stream;
    std::atomic<size_t> received{0};
    std::atomic<bool> isGood{true};
    std::atomic<bool> isGone{false};
    std::atomic<bool> isDrained{false};

    void onInput() override
    {
        for (const char byte : stream->input()) {
            if (byte != char('a' + received % 26))
                isGood = false;
            ++received;
        }
        stream->consume(stream->input().size());
    }
    void onDrained() override { isDrained = true; }
    void onGone() override { isGone = true; }
};

} // namespace

class TestTls : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void trust_data();
    void trust();
    void wssAgainstQtServer();
    void largeBlockComesBack();
    void peerThatSpeaksNoTls();

private:
    QSslConfiguration serverConfiguration() const;

    QTemporaryDir m_folder;
    QSslCertificate m_certificate;
    QSslKey m_key;
};

void TestTls::initTestCase()
{
    if (!QSslSocket::supportsSsl())
        QSKIP("Qt has no TLS here");
    const QString key = m_folder.filePath(QStringLiteral("key.pem"));
    const QString certificate = m_folder.filePath(QStringLiteral("certificate.pem"));
    QProcess openssl;
    openssl.start(QStringLiteral("openssl"),
                  {QStringLiteral("req"), QStringLiteral("-x509"), QStringLiteral("-newkey"),
                   QStringLiteral("rsa:2048"), QStringLiteral("-nodes"), QStringLiteral("-days"),
                   QStringLiteral("2"), QStringLiteral("-subj"), QStringLiteral("/CN=localhost"),
                   QStringLiteral("-addext"),
                   QStringLiteral("subjectAltName=DNS:localhost,IP:127.0.0.1"),
                   QStringLiteral("-keyout"), key, QStringLiteral("-out"), certificate});
    QVERIFY2(openssl.waitForFinished() && openssl.exitCode() == 0,
             openssl.readAllStandardError().constData());
    QFile keyFile(key);
    QVERIFY(keyFile.open(QIODevice::ReadOnly));
    m_key = QSslKey(keyFile.readAll(), QSsl::Rsa);
    m_certificate = QSslCertificate::fromPath(certificate).value(0);
    QVERIFY(!m_key.isNull() && !m_certificate.isNull());
}

QSslConfiguration TestTls::serverConfiguration() const
{
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setLocalCertificate(m_certificate);
    configuration.setPrivateKey(m_key);
    configuration.setPeerVerifyMode(QSslSocket::VerifyNone);
    return configuration;
}

void TestTls::trust_data()
{
    QTest::addColumn<bool>("isInStore");
    QTest::addColumn<QByteArray>("host");
    QTest::addColumn<bool>("isTrusted");
    QTest::newRow("not in the system's store") << false << QByteArray("localhost") << false;
    QTest::newRow("in the store") << true << QByteArray("localhost") << true;
    QTest::newRow("by address") << true << QByteArray("127.0.0.1") << true;
    QTest::newRow("another name") << true << QByteArray("example.org") << false;
    QTest::newRow("another address") << true << QByteArray("127.0.0.2") << false;
}

void TestTls::trust()
{
    QFETCH(bool, isInStore);
    QFETCH(QByteArray, host);
    QFETCH(bool, isTrusted);
    if (isInStore)
        qputenv("SSL_CERT_FILE",
                m_folder.filePath(QStringLiteral("certificate.pem")).toLocal8Bit());
    else
        qunsetenv("SSL_CERT_FILE");
    const auto context = TlsContext::create();
    QVERIFY(context);
    QWebSocketServer server(QStringLiteral("test"), QWebSocketServer::SecureMode);
    server.setSslConfiguration(serverConfiguration());
    QVERIFY(server.listen(QHostAddress::LocalHost));
    LoopThread thread("tls");
    const auto record = std::make_shared<Record>();
    thread.runAndWait([&] {
        UniqueFd fd = connectTo(server.serverPort());
        auto session = (*context)->clientSession(fd.get(), host.toStdString());
        std::make_shared<WsPeer>(record, false)
            ->call(thread.loop(), Detached{std::move(fd), {}, {}}, std::move(session), {},
                   {true, host.toStdString(), server.serverPort(), "/"}, {});
    });
    QTRY_COMPARE(record->events(),
                 std::string(isTrusted ? "open" : "closed:1006:the connection broke:0"));
    thread.runAndWait([&] { record->dropPeers(); });
}

void TestTls::wssAgainstQtServer()
{
    qputenv("SSL_CERT_FILE", m_folder.filePath(QStringLiteral("certificate.pem")).toLocal8Bit());
    const auto context = TlsContext::create();
    QWebSocketServer server(QStringLiteral("test"), QWebSocketServer::SecureMode);
    server.setSslConfiguration(serverConfiguration());
    QVERIFY(server.listen(QHostAddress::LocalHost));
    LoopThread thread("tls");
    const auto record = std::make_shared<Record>();
    const auto client = std::make_shared<WsPeer>(record, false);
    // We hold the peer too: its loop must have stopped before the last hold on it may go.
    const auto stopped = qScopeGuard([&thread] { thread.stop(); });
    thread.runAndWait([&] {
        UniqueFd fd = connectTo(server.serverPort());
        auto session = (*context)->clientSession(fd.get(), "localhost");
        client->call(thread.loop(), Detached{std::move(fd), {}, {}}, std::move(session), {},
                     {true, "localhost", server.serverPort(), "/"}, {});
    });
    QTRY_VERIFY(server.hasPendingConnections());
    const std::unique_ptr<QWebSocket> peer(server.nextPendingConnection());
    QSignalSpy binary(peer.get(), &QWebSocket::binaryMessageReceived);
    QTRY_COMPARE(record->events(), std::string("open"));
    thread.runAndWait([&] { client->socket().sendBinary(std::string(500'000, 'b')); });
    QTRY_COMPARE(binary.count(), 1);
    QCOMPARE(binary[0][0].toByteArray().size(), 500'000);
    for (const int size : {1, 10'000, 16'384, 16'385, 70'000, 900'000})
        peer->sendTextMessage(QString(size, QLatin1Char('t')));
    QTRY_COMPARE(
        record->events(),
        std::string("open text:t text#10000 text#16384 text#16385 text#70000 text#900000"));
    peer->close();
    QTRY_VERIFY(record->events().ends_with("closed:1000::0"));
}

void TestTls::largeBlockComesBack()
{
    qputenv("SSL_CERT_FILE", m_folder.filePath(QStringLiteral("certificate.pem")).toLocal8Bit());
    const auto context = TlsContext::create();
    QSslServer server;
    server.setSslConfiguration(serverConfiguration());
    QVERIFY(server.listen(QHostAddress::LocalHost));
    constexpr size_t kSize = 5'000'000;
    LoopThread thread("tls");
    Bouncer bouncer;
    thread.runAndWait([&] {
        UniqueFd fd = connectTo(server.serverPort());
        auto session = (*context)->clientSession(fd.get(), "localhost");
        bouncer.stream = std::make_unique<Stream>(thread.loop(), Detached{std::move(fd), {}, {}},
                                                  bouncer, std::move(session));
        std::string block(kSize, ' ');
        for (size_t i = 0; i < kSize; ++i)
            block[i] = char('a' + i % 26);
        bouncer.stream->write(std::string_view(block).substr(0, 100),
                              std::string_view(block).substr(100));
    });
    QTRY_VERIFY(server.hasPendingConnections());
    auto *peer = qobject_cast<QSslSocket *>(server.nextPendingConnection());
    QVERIFY(peer);
    const auto bounce = [&] { peer->write(peer->readAll()); };
    connect(peer, &QSslSocket::readyRead, this, bounce);
    bounce();
    QTRY_COMPARE_WITH_TIMEOUT(bouncer.received.load(), kSize, 20'000);
    QVERIFY(bouncer.isGood);
    peer->disconnectFromHost();
    QTRY_VERIFY(bouncer.isGone);
    thread.runAndWait([&] { bouncer.stream.reset(); });
}

void TestTls::peerThatSpeaksNoTls()
{
    const auto context = TlsContext::create();
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    LoopThread thread("tls");
    Bouncer bouncer;
    thread.runAndWait([&] {
        UniqueFd fd = connectTo(server.serverPort());
        auto session = (*context)->clientSession(fd.get(), "localhost");
        bouncer.stream = std::make_unique<Stream>(thread.loop(), Detached{std::move(fd), {}, {}},
                                                  bouncer, std::move(session));
    });
    QTRY_VERIFY(server.hasPendingConnections());
    QTcpSocket *peer = server.nextPendingConnection();
    QTRY_VERIFY(peer->bytesAvailable() > 100); // the hello comes although nothing has been written
    peer->write("HTTP/1.1 400 Bad Request\r\n\r\n");
    QTRY_VERIFY(bouncer.isGone);
    QCOMPARE(bouncer.received.load(), size_t(0));
    thread.runAndWait([&] { bouncer.stream.reset(); });
}

QTEST_GUILESS_MAIN(TestTls)
#include "tst_tls.moc"
