// Who counts as the peer, and how many of one are let in.
#include "server/http/peers.h"

#include <QTest>

using namespace server::http;

class TestPeers : public QObject
{
    Q_OBJECT

private slots:
    void networks_data();
    void networks();
    void notNetworks();
    void forwarded_data();
    void forwarded();
    void admission();
};

void TestPeers::networks_data()
{
    QTest::addColumn<QByteArray>("network");
    QTest::addColumn<QByteArray>("address");
    QTest::addColumn<bool>("isIn");
    QTest::newRow("same") << QByteArray("127.0.0.1") << QByteArray("127.0.0.1") << true;
    QTest::newRow("other") << QByteArray("127.0.0.1") << QByteArray("127.0.0.2") << false;
    QTest::newRow("network") << QByteArray("10.0.0.0/8") << QByteArray("10.200.1.1") << true;
    QTest::newRow("beside the network")
        << QByteArray("10.0.0.0/8") << QByteArray("11.0.0.0") << false;
    QTest::newRow("odd prefix") << QByteArray("192.168.4.0/22") << QByteArray("192.168.7.255")
                                << true;
    QTest::newRow("beside the odd prefix")
        << QByteArray("192.168.4.0/22") << QByteArray("192.168.8.0") << false;
    QTest::newRow("everything") << QByteArray("0.0.0.0/0") << QByteArray("8.8.8.8") << true;
    QTest::newRow("IPv4 everything is not IPv6")
        << QByteArray("0.0.0.0/0") << QByteArray("2001:db8::1") << false;
    QTest::newRow("mapped") << QByteArray("127.0.0.1") << QByteArray("::ffff:127.0.0.1") << true;
    QTest::newRow("IPv6") << QByteArray("2001:db8::/32") << QByteArray("2001:db8:1::2") << true;
    QTest::newRow("zone") << QByteArray("fe80::/10") << QByteArray("fe80::1%eth0") << true;
    QTest::newRow("no address") << QByteArray("0.0.0.0/0") << QByteArray("unix") << false;
}

void TestPeers::networks()
{
    QFETCH(QByteArray, network);
    QFETCH(QByteArray, address);
    QFETCH(bool, isIn);
    QVERIFY(AddressSet::isNetwork(network.toStdString()));
    QCOMPARE(AddressSet({network.toStdString()}).contains(address.toStdString()), isIn);
}

void TestPeers::notNetworks()
{
    for (const char *text :
         {"", "x", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0/8", "::/129", "1.2.3.4/8x"})
        QVERIFY2(!AddressSet::isNetwork(text), text);
}

void TestPeers::forwarded_data()
{
    QTest::addColumn<QByteArray>("peer");
    QTest::addColumn<QByteArray>("chain");
    QTest::addColumn<QByteArray>("client");
    QTest::newRow("a stranger's word")
        << QByteArray("8.8.8.8") << QByteArray("1.1.1.1") << QByteArray("8.8.8.8");
    QTest::newRow("nothing forwarded")
        << QByteArray("10.0.0.1") << QByteArray("") << QByteArray("10.0.0.1");
    QTest::newRow("one hop") << QByteArray("10.0.0.1") << QByteArray("1.1.1.1")
                             << QByteArray("1.1.1.1");
    QTest::newRow("what the client wrote itself")
        << QByteArray("10.0.0.1") << QByteArray("6.6.6.6, 1.1.1.1") << QByteArray("1.1.1.1");
    QTest::newRow("two proxies") << QByteArray("10.0.0.1")
                                 << QByteArray("6.6.6.6, 1.1.1.1, 10.0.0.2")
                                 << QByteArray("1.1.1.1");
    QTest::newRow("garbage") << QByteArray("10.0.0.1") << QByteArray("1.1.1.1, <script>")
                             << QByteArray("10.0.0.1");
    QTest::newRow("garbage behind a proxy")
        << QByteArray("10.0.0.1") << QByteArray("unknown, 10.0.0.2") << QByteArray("10.0.0.2");
}

void TestPeers::forwarded()
{
    QFETCH(QByteArray, peer);
    QFETCH(QByteArray, chain);
    QFETCH(QByteArray, client);
    const AddressSet trusted({"10.0.0.0/8"});
    QCOMPARE(
        QByteArray::fromStdString(forwardedPeer(peer.toStdString(), chain.toStdString(), trusted)),
        client);
}

void TestPeers::admission()
{
    const AddressSet trusted({"10.0.0.1"});
    Admission admission(4, 2, trusted);
    const auto first = admission.admit("2001:db8:0:1::1");
    QVERIFY(first);
    QVERIFY(admission.admit("2001:db8:0:1:ffff::2"));
    QVERIFY(!admission.admit("2001:db8:0:1::3")); // the same /64
    QVERIFY(admission.admit("2001:db8:0:2::1"));
    admission.release(*first);
    QVERIFY(admission.admit("2001:db8:0:1::3"));
    const auto proxy = admission.admit("10.0.0.1");
    QVERIFY(proxy);
    QVERIFY(!admission.admit("9.9.9.9")); // full
    QCOMPARE(admission.count(), 4);
    QVERIFY(!admission.waitUntilEmpty(std::chrono::milliseconds(1)));
}

QTEST_APPLESS_MAIN(TestPeers)
#include "tst_peers.moc"
