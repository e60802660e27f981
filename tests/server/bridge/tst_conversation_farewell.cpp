// A call that is ended from outside, with the agent's goodbye.
#include "tests/server/bridge/script.h"

#include <QtTest>

using namespace bridge_test;
using server::bridge::ConversationSettings;
using server::bridge::EndReason;

namespace {

const QString kOptedOut = QStringLiteral("end %1").arg(int(EndReason::OptedOut));

base::SteadyTime at(int ms)
{
    return base::SteadyTime(std::chrono::hours(1)) + base::Millis(ms);
}

} // namespace

class TstConversationFarewell : public QObject
{
    Q_OBJECT
private slots:
    void course_data();
    void course();
    void whatItWasSayingIsCutOff();
};

void TstConversationFarewell::course_data()
{
    QTest::addColumn<QString>("before");
    QTest::addColumn<int>("windUpAt");
    QTest::addColumn<QString>("instruction");
    QTest::addColumn<QString>("after");
    QTest::addColumn<QString>("expected"); // from the winding up on
    const auto row = [](const char *name, const char *before, int windUpAt, const char *instruction,
                        const char *after, const QString &expected) {
        QTest::newRow(name) << QString::fromLatin1(before) << windUpAt
                            << QString::fromLatin1(instruction) << QString::fromLatin1(after)
                            << expected;
    };
    const QString asked = QStringLiteral("tell bye; respond; ");
    row("the goodbye is heard to its end", "0 ready; 0 start; 0 created r0; 1 responded r0", 100,
        "bye",
        "101 tick; 200 created r1; 210 audio r1 i1 500; 220 done r1 i1; 230 responded r1; 600 tick;"
        "900 tick",
        asked + kOptedOut);
    row("not before its last word", "0 ready; 0 start; 0 created r0; 1 responded r0", 100, "bye",
        "200 created r1; 210 audio r1 i1 500; 220 done r1 i1; 230 responded r1; 600 tick",
        QStringLiteral("tell bye; respond"));
    row("silence is no goodbye", "0 ready; 0 start; 0 created r0; 1 responded r0", 100, "bye",
        "101 tick; 5000 tick", QStringLiteral("tell bye; respond"));
    row("a model that says nothing does not hold the line",
        "0 ready; 0 start; 0 created r0; 1 responded r0", 100, "bye", "15100 tick",
        asked + kOptedOut);
    row("without a model there is nothing to wait for", "0 start", 100, "bye", "101 tick",
        kOptedOut);
    row("an answer under way is dropped, and the goodbye comes after it",
        "0 ready; 0 start; 0 created r0", 100, "bye",
        "110 responded r0; 200 created r1; 210 audio r1 i1 100; 211 done r1 i1; 212 responded r1; "
        "400 tick",
        QStringLiteral("cancel r0; tell bye; respond; ") + kOptedOut);
    row("the answer to a function is the goodbye",
        "0 ready; 0 start; 0 created r0; 1 tool stop t1; 2 responded r0", 100, "",
        "101 tick; 102 result t1; 103 tick; 200 created r1; 210 audio r1 i1 100; 211 done r1 i1; "
        "212 responded r1; 400 tick",
        QStringLiteral("result t1; respond; ") + kOptedOut);
    row("the caller speaking does not stop it",
        "0 ready; 0 start; 0 created r0; 1 responded r0; 50 speech c1", 100, "bye",
        "200 created r1; 210 audio r1 i1 100; 211 done r1 i1; 212 responded r1; 400 tick",
        asked + kOptedOut);
}

void TstConversationFarewell::course()
{
    QFETCH(QString, before);
    QFETCH(int, windUpAt);
    QFETCH(QString, instruction);
    QFETCH(QString, after);
    QFETCH(QString, expected);
    ConversationSettings settings;
    Script script(settings);
    script.run(before);
    const QString start = script.log();
    script.conversation().windUp(EndReason::OptedOut, instruction, at(windUpAt));
    script.run(after);
    QString rest = script.log().mid(start.size());
    if (rest.startsWith(QLatin1String("; ")))
        rest = rest.mid(2);
    QCOMPARE(rest, expected);
}

void TstConversationFarewell::whatItWasSayingIsCutOff()
{
    Script script;
    script.run(QStringLiteral("0 ready; 0 start; 0 created r0; 10 audio r0 i0 3000; 20 done r0 i0; "
                              "30 responded r0; 1000 tick"));
    script.conversation().windUp(EndReason::OptedOut, QStringLiteral("bye"), at(1010));
    QVERIFY2(script.log().contains(QLatin1String("clear; truncate i0 0 ")),
             qPrintable(script.log()));
    QVERIFY(script.log().endsWith(QLatin1String("tell bye; respond")));
    // A second reason changes nothing.
    script.conversation().windUp(EndReason::Shutdown, QStringLiteral("now"), at(1020));
    script.run(QStringLiteral("1100 created r1; 1110 audio r1 i1 100; 1111 done r1 i1; 1112 "
                              "responded r1; 1400 tick"));
    QVERIFY2(script.log().endsWith(QStringLiteral("tell bye; respond; ") + kOptedOut),
             qPrintable(script.log()));
}

QTEST_GUILESS_MAIN(TstConversationFarewell)
#include "tst_conversation_farewell.moc"
