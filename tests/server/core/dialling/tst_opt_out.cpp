// What people say and press who want no more calls, and what only sounds like it.
#include "server/core/dialling/calling_tables.h"

#include <QTest>

using namespace server::core;

namespace {

constexpr const char *kMeant[] = {
    "Please stop calling me.",
    "Stop calling me!",
    "Would you please stop calling this number, okay?",
    "Can you quit phoning us already?",
    "Do not call me again.",
    "Don't ever call me again!",
    "I told you not to call me again.",
    "Never call here again, you hear me?",
    "Please don't call this number anymore.",
    "Don’t call us any more.",
    "Do not call me.",
    "I don't want you to call me anymore.",
    "I do not want to be called again.",
    "We don't want any more calls from you.",
    "Take me off your list.",
    "Please take my number off of your calling list.",
    "Remove us from your database, please.",
    "Put me on your do not call list.",
    "I want to opt out.",
    "I'd like to opt out of these calls.",
    "Lose my number.",
    "No more calls, please.",
    "Look, I am busy. Stop calling me. Goodbye.",
    "No me vuelva a llamar.",
    "Dejen de llamarme, por favor.",
    "No me llame más.",
    "Rufen Sie mich bitte nicht mehr an.",
    "Hören Sie auf, mich anzurufen!",
    "Ne m'appelez plus.",
    "Arrêtez de m'appeler.",
    "Supprimez mon numéro de votre liste.",
};

constexpr const char *kNotMeant[] = {
    "Please call me again tomorrow.",
    "You can call me again any time.",
    "Do not stop calling me, I like it.",
    "You never call me anymore.",
    "Stop calling me names.",
    "Stop. Call me a taxi.",
    "If you stop calling me I will be sad.",
    "My sister told me to stop calling her.",
    "She said never to call me again, and then she did.",
    "Do not call me again before nine.",
    "Don't call me again today, I am at work.",
    "Don't call me Jimmy.",
    "Don't call me, I'll call you.",
    "I was not going to call you again.",
    "Take me off the hook.",
    "I put your number on my list.",
    "I lost my number.",
    "Did you lose my number?",
    "There were no more calls after that.",
    "Why did you not call me?",
    "Please do not hang up.",
    "He wants to opt out of the deal.",
    "Can you take milk off the shopping list?",
    "What happens when I say stop calling me?",
    "Half is still too much.",
    "Wait, wait. Stop for a second.",
    "Rufen Sie mich morgen wieder an.",
    "Llámeme mañana otra vez.",
    "Appelez-moi demain.",
    "Hold on a second.",
};

} // namespace

class OptOutTest : public QObject
{
    Q_OBJECT
private slots:
    void wordsAreUnderstood_data();
    void wordsAreUnderstood();
    void badExpressionsAreNamed();
    void endlessWordsAreNoTrouble();
    void keysAreCounted_data();
    void keysAreCounted();
};

void OptOutTest::wordsAreUnderstood_data()
{
    QTest::addColumn<QString>("words");
    QTest::addColumn<bool>("isMeant");
    for (const char *words : kMeant)
        QTest::newRow(words) << QString::fromUtf8(words) << true;
    for (const char *words : kNotMeant)
        QTest::newRow(words) << QString::fromUtf8(words) << false;
}

void OptOutTest::wordsAreUnderstood()
{
    static const auto tables = CallingTables::builtin();
    QVERIFY2(tables.has_value(), qPrintable(tables ? QString() : tables.error().message));
    QFETCH(QString, words);
    QFETCH(bool, isMeant);
    QCOMPARE(tables->optOutPhrases.isMeantBy(words), isMeant);
    // As a part of more.
    const QString more = QStringLiteral("Well. ") + words + QStringLiteral(" Thank you.");
    QCOMPARE(tables->optOutPhrases.isMeantBy(more), isMeant);
}

void OptOutTest::badExpressionsAreNamed()
{
    const auto phrases = OptOutPhrases::load(R"({"meant":["(stop"],"not_meant":[]})");
    QVERIFY(!phrases);
    QVERIFY(phrases.error().message.contains(QLatin1String("(stop")));
    QVERIFY(!OptOutPhrases::load("{}"));
}

void OptOutTest::endlessWordsAreNoTrouble()
{
    const auto tables = CallingTables::builtin();
    QVERIFY(tables.has_value());
    const QString words = QStringLiteral("do not you ever call ").repeated(20'000);
    QVERIFY(!tables->optOutPhrases.isMeantBy(words));
}

void OptOutTest::keysAreCounted_data()
{
    QTest::addColumn<QString>("keys"); // one a second, a space is a second without one
    QTest::addColumn<bool>("isMeant");
    QTest::newRow("twice") << QStringLiteral("99") << true;
    QTest::newRow("once") << QStringLiteral("9") << false;
    QTest::newRow("another between") << QStringLiteral("919") << false;
    QTest::newRow("after another") << QStringLiteral("199") << true;
    QTest::newRow("slowly") << QStringLiteral("9    9") << true;
    QTest::newRow("too slowly") << QStringLiteral("9     9") << false;
    QTest::newRow("too slowly at first") << QStringLiteral("9     99") << true;
}

void OptOutTest::keysAreCounted()
{
    QFETCH(QString, keys);
    QFETCH(bool, isMeant);
    OptOutKeys pressed;
    int times = 0;
    for (qsizetype second = 0; second < keys.size(); ++second) {
        if (keys[second] != u' ' && pressed.press(keys[second], second * 1'000))
            ++times;
    }
    QCOMPARE(times, isMeant ? 1 : 0);
}

QTEST_APPLESS_MAIN(OptOutTest)
#include "tst_opt_out.moc"
