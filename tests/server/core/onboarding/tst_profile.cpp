#include "server/core/onboarding/profile.h"

#include <QTest>

using namespace server::core;
using base::Fault;

class TestProfile : public QObject
{
    Q_OBJECT

private slots:
    void keepsTexts_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("kept"); // "!": refused
        QTest::newRow("plain") << u"Ann"_qs << u"Ann"_qs;
        QTest::newRow("blanks around") << u"  Ann Lee \n"_qs << u"Ann Lee"_qs;
        QTest::newRow("nothing") << QString() << QString();
        QTest::newRow("only blanks") << u" \t "_qs << QString();
        QTest::newRow("other scripts") << u"Zoë Юлия 📞"_qs << u"Zoë Юлия 📞"_qs;
        QTest::newRow("line break inside") << u"Ann\nLee"_qs << u"!"_qs;
        QTest::newRow("bell") << u"Ann\u0007Lee"_qs << u"!"_qs;
    }
    void keepsTexts()
    {
        QFETCH(QString, text);
        QFETCH(QString, kept);
        const auto result = keptText(text);
        QCOMPARE(result.has_value(), kept != u"!"_qs);
        if (result)
            QCOMPARE(result->value_or(QString()), kept);
        else
            QCOMPARE(result.error().fault, Fault::Unprocessable);
    }

    void keepsPhoneNumbers_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("isGood");
        for (const char *good : {"+14155550123", "4155550123", "+1 (415) 555-0123", "555.0123",
                                 "+1234567890", " +44 20 7946 0958 "})
            QTest::newRow(good) << QString::fromLatin1(good) << true;
        for (const char *bad : {"123456", "1234567890123456", "+", "415+5550123", "call me",
                                "4155550123x", "++4155550123"})
            QTest::newRow(bad) << QString::fromLatin1(bad) << false;
        QTest::newRow("other digits") << u"٤١٥٥٥٥٠١٢٣"_qs << false;
    }
    void keepsPhoneNumbers()
    {
        QFETCH(QString, text);
        QFETCH(bool, isGood);
        const auto kept = keptPhone(text);
        QCOMPARE(kept.has_value(), isGood);
        if (kept)
            QCOMPARE(**kept, text.trimmed());
        else
            QCOMPARE(kept.error().message, u"Invalid phone number"_qs);
    }

    void noNumberIsNoMistake()
    {
        for (const auto &nothing : {std::optional<QString>(), std::optional(u""_qs)}) {
            const auto kept = keptPhone(nothing);
            QVERIFY(kept && !*kept);
        }
    }
};

QTEST_GUILESS_MAIN(TestProfile)
#include "tst_profile.moc"
