#include "shared/base/money.h"

#include <QObject>
#include <QTest>

using base::Money;

class MoneyTest : public QObject
{
    Q_OBJECT
private slots:
    void decimalTextIsReadExactly_data();
    void decimalTextIsReadExactly();
    void otherTextIsNoMoney_data();
    void otherTextIsNoMoney();
    void showsItself();
};

void MoneyTest::decimalTextIsReadExactly_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<qint64>("minor");
    QTest::newRow("cents") << QStringLiteral("49.99") << qint64(4999);
    QTest::newRow("a float would say 28") << QStringLiteral("0.29") << qint64(29);
    QTest::newRow("a float would say 114") << QStringLiteral("1.15") << qint64(115);
    QTest::newRow("one digit is tens of cents") << QStringLiteral("5.0") << qint64(500);
    QTest::newRow("one digit again") << QStringLiteral("0.5") << qint64(50);
    QTest::newRow("whole") << QStringLiteral("25") << qint64(2500);
    QTest::newRow("nothing") << QStringLiteral("0.00") << qint64(0);
    QTest::newRow("a lot") << QStringLiteral("999999999999.99") << qint64(99'999'999'999'999);
}

void MoneyTest::decimalTextIsReadExactly()
{
    QFETCH(QString, text);
    QFETCH(qint64, minor);
    const auto money = Money::parse(text, QStringLiteral("USD"));
    QVERIFY(money.has_value());
    QCOMPARE(money->minor, minor);
    QCOMPARE(money->currency, QStringLiteral("usd"));
}

void MoneyTest::otherTextIsNoMoney_data()
{
    QTest::addColumn<QString>("text");
    for (const char *text : {"", "-1", "+1", "1.", ".5", "1.234", "1,50", "1e3", " 1", "1 ", "NaN",
                             "1234567890123", "٤٩"})
        QTest::newRow(qPrintable(QStringLiteral("'%1'").arg(QString::fromUtf8(text))))
            << QString::fromUtf8(text);
}

void MoneyTest::otherTextIsNoMoney()
{
    QFETCH(QString, text);
    QVERIFY(!Money::parse(text, QStringLiteral("usd")));
}

void MoneyTest::showsItself()
{
    QCOMPARE((Money{4999, QStringLiteral("usd")}.toDisplay()), QStringLiteral("$49.99"));
    QCOMPARE((Money{5, QStringLiteral("usd")}.toDecimal()), QStringLiteral("0.05"));
    QCOMPARE((Money{-105, QStringLiteral("usd")}.toDecimal()), QStringLiteral("-1.05"));
    QCOMPARE((Money{1000, QStringLiteral("eur")}.toDisplay()), QStringLiteral("10.00 EUR"));
}

QTEST_APPLESS_MAIN(MoneyTest)
#include "tst_money.moc"
