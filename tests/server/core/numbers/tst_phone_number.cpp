#include "server/core/numbers/phone_number.h"

#include <QTest>

#include <atomic>
#include <thread>
#include <vector>

using server::core::PhoneNumber;

class TstPhoneNumber final : public QObject
{
    Q_OBJECT

private slots:
    void accepts_data();
    void accepts();
    void refuses_data();
    void refuses();
    void acceptsEverySandboxNumber();
    void theSameNumberIsEqualHoweverItWasTyped();
    void masksAllButTheEnds();
    void parsesOnManyThreadsAtOnce();
};

void TstPhoneNumber::accepts_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QString>("e164");

    QTest::newRow("E.164 stays as it is") << u"+14155550100"_qs << u"+14155550100"_qs;
    QTest::newRow("ten digits are North American") << u"4155550100"_qs << u"+14155550100"_qs;
    QTest::newRow("eleven digits beginning with 1") << u"14155550100"_qs << u"+14155550100"_qs;
    QTest::newRow("parentheses and hyphens") << u"(415) 555-0100"_qs << u"+14155550100"_qs;
    QTest::newRow("dots") << u"+1.415.555.0100"_qs << u"+14155550100"_qs;
    QTest::newRow("slash") << u"+49 30/901820"_qs << u"+4930901820"_qs;
    QTest::newRow("outer spaces, as a plus in a path may become one")
        << u" 14155550100 "_qs << u"+14155550100"_qs;
    QTest::newRow("no-break space and typographic hyphen")
        << u"+1\u00a0415\u2011555\u20110100"_qs << u"+14155550100"_qs;
    QTest::newRow("a parenthesis before the plus") << u"(+1) 4155550100"_qs << u"+14155550100"_qs;
    QTest::newRow("London") << u"+442079460000"_qs << u"+442079460000"_qs;
    QTest::newRow("London, with the trunk zero left in")
        << u"+44 (0)20 7946 0000"_qs << u"+442079460000"_qs;
    QTest::newRow("Italy keeps its leading zero") << u"+390612345678"_qs << u"+390612345678"_qs;
    QTest::newRow("eight digits, Iceland is short") << u"+3544101000"_qs << u"+3544101000"_qs;
    QTest::newRow("eight digits in all") << u"+2908266"_qs.append(u'0') << u"+29082660"_qs;
    QTest::newRow("a range that nobody has") << u"+15005550006"_qs << u"+15005550006"_qs;
    QTest::newRow("a test number that is busy") << u"+14155550001"_qs << u"+14155550001"_qs;
    QTest::newRow("a test number that does not answer") << u"+14155550002"_qs << u"+14155550002"_qs;
    QTest::newRow("a test number that fails") << u"+14155550003"_qs << u"+14155550003"_qs;
}

void TstPhoneNumber::accepts()
{
    QFETCH(QString, typed);
    QFETCH(QString, e164);
    const auto number = PhoneNumber::parse(typed);
    QVERIFY2(number.has_value(), qPrintable(typed));
    QCOMPARE(number->e164(), e164);
}

void TstPhoneNumber::refuses_data()
{
    QTest::addColumn<QString>("typed");

    QTest::newRow("nothing") << QString();
    QTest::newRow("a space") << u" "_qs;
    QTest::newRow("a plus") << u"+"_qs;
    QTest::newRow("words") << u"call me"_qs;
    QTest::newRow("letters of a keypad") << u"1-800-FLOWERS"_qs;
    QTest::newRow("a letter between digits") << u"415555o100"_qs;
    QTest::newRow("an extension") << u"4155550100x5"_qs;
    QTest::newRow("an e-mail address") << u"a4155550100@example.com"_qs;
    QTest::newRow("nine digits") << u"415555010"_qs;
    QTest::newRow("eleven digits not beginning with 1") << u"24155550100"_qs;
    QTest::newRow("twelve bare digits") << u"491701234567"_qs;
    QTest::newRow("plus and seven digits") << u"+1555010"_qs;
    QTest::newRow("plus and sixteen digits") << u"+1234567890123456"_qs;
    QTest::newRow("two plus signs") << u"++14155550100"_qs;
    QTest::newRow("a plus in the middle") << u"1+4155550100"_qs;
    QTest::newRow("a plus at the end") << u"14155550100+"_qs;
    QTest::newRow("no country has this code") << u"+99955501000"_qs;
    QTest::newRow("a country code of zero") << u"+04155550100"_qs;
    QTest::newRow("North America without area code") << u"+15550100"_qs;
    QTest::newRow("North America, one digit too many") << u"+141555501001"_qs;
    QTest::newRow("Arabic-Indic digits") << u"+١٤١٥٥٥٥٠١٠٠"_qs;
    QTest::newRow("full-width digits") << u"+１４１５５５５０１００"_qs;
    QTest::newRow("full-width plus") << u"＋14155550100"_qs;
    QTest::newRow("mathematical digits") << u"+1415555010𝟎"_qs;
    QTest::newRow("an emoji") << u"📞4155550100"_qs;
    QTest::newRow("NUL inside") << (u"+141555"_qs + QChar(0) + u"50100"_qs);
    QTest::newRow("NUL at the end") << (u"+14155550100"_qs + QChar(0));
    QTest::newRow("a line feed, as in header injection") << u"+14155550100\nX: y"_qs;
    QTest::newRow("SQL") << u"4155550100'; --"_qs;
    QTest::newRow("RFC 3966 phone context") << u"tel:0100;phone-context=+1415555"_qs;
    QTest::newRow("a right-to-left mark") << u"\u200f+14155550100"_qs;
    QTest::newRow("half a surrogate pair") << (u"+1415555010"_qs + QChar(0xd835));
    QTest::newRow("a million digits") << QString(1'000'000, u'1');
    QTest::newRow("a good number with a hundred spaces")
        << (QString(100, u' ') + u"+14155550100"_qs);
}

void TstPhoneNumber::refuses()
{
    QFETCH(QString, typed);
    const auto number = PhoneNumber::parse(typed);
    QVERIFY2(!number.has_value(), qPrintable(number ? number->e164() : QString()));
    QCOMPARE(number.error().fault, base::Fault::Unprocessable);
    QCOMPARE(number.error().message, u"Invalid phone number"_qs);
}

void TstPhoneNumber::acceptsEverySandboxNumber()
{
    for (int last = 100; last <= 199; ++last) {
        const QString text = u"+1415555%1"_qs.arg(last, 4, 10, QLatin1Char('0'));
        const auto number = PhoneNumber::parse(text);
        QVERIFY2(number.has_value(), qPrintable(text));
        QCOMPARE(number->e164(), text);
    }
}

void TstPhoneNumber::theSameNumberIsEqualHoweverItWasTyped()
{
    const auto bare = PhoneNumber::parse(u"4155550100");
    const auto dressed = PhoneNumber::parse(u"+1 (415) 555-0100");
    const auto other = PhoneNumber::parse(u"+14155550101");
    QVERIFY(bare && dressed && other);
    QVERIFY(*bare == *dressed);
    QVERIFY(*bare != *other);
    QVERIFY(*bare < *other);
}

void TstPhoneNumber::masksAllButTheEnds()
{
    const auto number = PhoneNumber::parse(u"+14155550123");
    QVERIFY(number);
    QCOMPARE(number->masked(), u"+1*******123"_qs);
    QCOMPARE(number->national(), u"(415) 555-0123"_qs);
    QCOMPARE(PhoneNumber::parse(u"+442079460018")->national(), u"020 7946 0018"_qs);
}

void TstPhoneNumber::parsesOnManyThreadsAtOnce()
{
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&wrong, thread] {
            for (int i = 0; i < 250; ++i) {
                const QString text =
                    u"+4420794%1"_qs.arg(thread * 1000 + i, 5, 10, QLatin1Char('0'));
                const auto number = PhoneNumber::parse(text);
                if (!number || number->e164() != text)
                    ++wrong;
                if (PhoneNumber::parse(u"+999123456789"))
                    ++wrong;
            }
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    QCOMPARE(wrong.load(), 0);
}

QTEST_APPLESS_MAIN(TstPhoneNumber)
#include "tst_phone_number.moc"
