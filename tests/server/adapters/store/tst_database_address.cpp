#include "server/adapters/store/database_address.h"

#include <QTest>

using server::store::DatabaseAddress;
using server::store::Dialect;

class TestDatabaseAddress : public QObject
{
    Q_OBJECT

private slots:
    void readsPostgresUrl()
    {
        const auto address =
            DatabaseAddress::parse(QStringLiteral("postgresql://ann:p%40ss%2Fw@db.example:6543/"
                                                  "calls?sslmode=require&application_name=it's"));
        QVERIFY(address);
        QCOMPARE(address->dialect, Dialect::PostgreSql);
        QCOMPARE(address->host, QStringLiteral("db.example"));
        QCOMPARE(address->port, 6543);
        QCOMPARE(address->user, QStringLiteral("ann"));
        QCOMPARE(address->password.reveal(), QByteArray("p@ss/w"));
        QCOMPARE(address->name, QStringLiteral("calls"));
        QCOMPARE(
            address->options,
            QStringLiteral("sslmode='require';application_name='it\\'s';connect_timeout='5';"));
        QCOMPARE(address->toDisplay(), QStringLiteral("postgresql://db.example/calls"));
    }

    void readsSocketFolder()
    {
        const auto address =
            DatabaseAddress::parse(QStringLiteral("postgres://ann@/calls?host=/run/pg&port=7000"));
        QVERIFY(address);
        QCOMPARE(address->host, QStringLiteral("/run/pg"));
        QCOMPARE(address->port, 7000);
    }

    void ignoresForeignDriverName()
    {
        const auto address =
            DatabaseAddress::parse(QStringLiteral("postgresql+asyncpg://ann@db/calls"));
        QVERIFY(address);
        QCOMPARE(address->dialect, Dialect::PostgreSql);
    }

    void readsSqlitePaths_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("path");
        QTest::newRow("URL") << QStringLiteral("sqlite:///var/lib/a.db")
                             << QStringLiteral("/var/lib/a.db");
        QTest::newRow("URL with four slashes")
            << QStringLiteral("sqlite:////var/a.db") << QStringLiteral("/var/a.db");
        QTest::newRow("relative URL")
            << QStringLiteral("sqlite:///./a.db") << QStringLiteral("a.db");
        QTest::newRow("with a driver's name")
            << QStringLiteral("sqlite+aiosqlite:///a.db") << QStringLiteral("/a.db");
        QTest::newRow("encoded") << QStringLiteral("sqlite:///a%20b.db")
                                 << QStringLiteral("/a b.db");
        QTest::newRow("plain path") << QStringLiteral("/srv/a.db") << QStringLiteral("/srv/a.db");
        QTest::newRow("plain name") << QStringLiteral("a.db") << QStringLiteral("a.db");
    }

    void readsSqlitePaths()
    {
        QFETCH(QString, url);
        const auto address = DatabaseAddress::parse(url);
        QVERIFY(address);
        QCOMPARE(address->dialect, Dialect::Sqlite);
        QTEST(address->name, "path");
    }

    void refusesWhatItCannotUse_data()
    {
        QTest::addColumn<QString>("url");
        QTest::newRow("nothing") << QString();
        QTest::newRow("memory") << QStringLiteral("sqlite:///:memory:");
        QTest::newRow("no file") << QStringLiteral("sqlite://");
        QTest::newRow("no database") << QStringLiteral("postgresql://ann:secret@db");
        QTest::newRow("other system") << QStringLiteral("mysql://ann:secret@db/calls");
        QTest::newRow("unknown parameter")
            << QStringLiteral("postgresql://ann:secret@db/calls?pool=5");
        QTest::newRow("semicolon")
            << QStringLiteral("postgresql://ann:secret@db/calls?sslmode=a%3Bb");
        QTest::newRow("port") << QStringLiteral("postgresql://ann:secret@db/calls?port=99999");
        QTest::newRow("unencoded password") << QStringLiteral("postgresql://ann:secret/%@db/calls");
    }

    void refusesWhatItCannotUse()
    {
        QFETCH(QString, url);
        const auto address = DatabaseAddress::parse(url);
        QVERIFY(!address);
        QCOMPARE(address.error().fault, base::Fault::Invalid);
        QVERIFY(!address.error().message.isEmpty());
        QVERIFY(!address.error().message.contains(QStringLiteral("secret")));
    }
};

QTEST_APPLESS_MAIN(TestDatabaseAddress)
#include "tst_database_address.moc"
