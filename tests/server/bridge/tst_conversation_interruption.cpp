// What the model is told, and what the caller still hears, when the caller speaks: one row per
// sequence.
#include "tests/server/bridge/script.h"

#include <QtTest>

using namespace bridge_test;

class TstConversationInterruption : public QObject
{
    Q_OBJECT

private slots:
    void interruption_data();
    void interruption();
    void modelThatDoesNotInterruptByItself_data();
    void modelThatDoesNotInterruptByItself();
    void lateAudioNeverReachesThePhone_data();
    void lateAudioNeverReachesThePhone();

private:
    static void simple();
    static void severalItems();
    static void marks();
    static void guard();
    static void lossAndTools();
};

namespace {

void row(const char *name, const char *steps, const char *expected)
{
    QTest::newRow(name) << QStringLiteral("0 ready; 0 start; ") + QLatin1String(steps)
                        << QString(QLatin1String(expected));
}

} // namespace

void TstConversationInterruption::simple()
{
    row("in the middle of an item",
        "0 created r1; 0 audio r1 i1 2000; 0 done r1 i1; 0 responded r1; 730 speech c1",
        "clear; truncate i1 0 730");
    row("while the item is still being made", "0 created r1; 0 audio r1 i1 1000; 400 speech c1",
        "clear; truncate i1 0 400");
    row("the audio came in small pieces",
        "0 audio r1 i1 20; 0 audio r1 i1 20; 0 audio r1 i1 160; 0 audio r1 i1 200; 350 speech c1",
        "clear; truncate i1 0 350");
    row("after all was heard and confirmed",
        "0 audio r1 i1 500; 0 done r1 i1; 0 responded r1; 501 speech c1", "");
    row("exactly at the end", "0 audio r1 i1 500; 0 done r1 i1; 0 responded r1; 500 speech c1", "");
    row("in the last moment", "0 audio r1 i1 500; 0 done r1 i1; 0 responded r1; 499 speech c1",
        "clear; truncate i1 0 499");
    row("with nothing ever said", "500 speech c1; 700 quiet c1", "");
    row("never past what was produced, though the phone plays padding",
        "0 audio r1 i1 161b; 0 audio r1 i1 2400b; 0 done r1 i1; 0 responded r1; 321 speech c1",
        "clear");
    row("a response that has no audio yet", "0 created r1; 200 speech c1", "");
    row("an item without audio", "0 created r1; 0 done r1 i1; 0 responded r1; 400 speech c1", "");
    row("response done long before playback ends",
        "0 created r1; 0 audio r1 i1 5000; 0 done r1 i1; 10 responded r1; 4321 speech c1",
        "clear; truncate i1 0 4321");
    row("the model pauses within an item, and the phone runs dry",
        "0 audio r1 i1 200; 1000 audio r1 i1 1000; 1350 speech c1", "clear; truncate i1 0 550");
    row("truncation is told in whole milliseconds",
        "0 audio r1 i1 3999b; 0 done r1 i1; 333 speech c1", "clear; truncate i1 0 333");
    row("content part of the deltas is the one truncated", "0 audio r1 i1 1000 2; 400 speech c1",
        "clear; truncate i1 2 400");
}

void TstConversationInterruption::severalItems()
{
    row("later items of the response were never heard",
        "0 created r1; 0 audio r1 i1 1000; 0 done r1 i1; 0 audio r1 i2 1000; 0 done r1 i2; 0 "
        "responded r1; 600 speech c1",
        "clear; truncate i1 0 600; delete i2");
    row("during the second item of a response",
        "0 created r1; 0 audio r1 i1 1000; 0 done r1 i1; 0 audio r1 i2 1000; 0 done r1 i2; 0 "
        "responded r1; 1450 speech c1",
        "clear; truncate i2 0 450");
    row("during the second of two responses",
        "0 audio r1 i1 1000; 0 done r1 i1; 0 responded r1; 0 audio r2 i2 1000; 1500 speech c1",
        "clear; truncate i2 0 500");
    row("during the first of two responses",
        "0 audio r1 i1 1000; 0 done r1 i1; 0 responded r1; 0 audio r2 i2 1000; 500 speech c1",
        "clear; truncate i1 0 500; delete i2");
    row("three items wait",
        "0 audio r1 i1 400; 0 audio r1 i2 400; 0 audio r1 i3 400; 610 speech c1",
        "clear; truncate i2 0 210; delete i3");
    row("two content parts of one item",
        "0 audio r1 i1 500 0; 0 audio r1 i1 500 1; 0 done r1 i1 0; 700 speech c1",
        "clear; truncate i1 1 200");
    row("an unheard part of an item that was heard is not deleted",
        "0 audio r1 i1 500 0; 0 audio r1 i1 500 1; 400 speech c1", "clear; truncate i1 0 400");
    row("an item that ends while the next is being made",
        "0 audio r1 i1 400; 0 audio r1 i2 400; 0 done r1 i1; 650 speech c1",
        "clear; truncate i2 0 250");
    row("two items taking turns",
        "0 audio r1 i1 200; 0 audio r1 i2 200; 0 audio r1 i1 200; 500 speech c1",
        "clear; truncate i1 0 300");
    row("second answer after an interrupted one",
        "0 created r1; 0 audio r1 i1 3000; 500 speech c1; 900 quiet c1; 901 responded r1; 1000 "
        "created r2; 1000 audio r2 i2 3000; "
        "1800 speech c2",
        "clear; truncate i1 0 500; clear; truncate i2 0 800");
    row("speech again while the first clear is on its way",
        "0 created r1; 0 audio r1 i1 3000; 500 speech c1; 501 quiet c1; 502 speech c2",
        "clear; truncate i1 0 500");
    row("an item whose first half the phone had played before a tick",
        "0 audio r1 i1 300; 0 done r1 i1; 320 tick; 400 audio r1 i2 2000; 1000 speech c1",
        "clear; truncate i2 0 600");
}

void TstConversationInterruption::marks()
{
    row("before the first mark came back", "manual; 0 audio r1 i1 2000; 700 speech c1",
        "clear; truncate i1 0 60");
    row("the clock goes on from the last mark",
        "manual; 0 audio r1 i1 2000; 150 mark 1; 600 mark 2; 650 speech c1",
        "clear; truncate i1 0 170");
    row("never past the next mark", "manual; 0 audio r1 i1 2000; 150 mark 1; 900 speech c1",
        "clear; truncate i1 0 120");
    row("marks out of order",
        "manual; 0 audio r1 i1 2000; 400 mark 4; 410 mark 2; 410 mark 1; 430 speech c1",
        "clear; truncate i1 0 270");
    row("a mark twice", "manual; 0 audio r1 i1 2000; 400 mark 3; 700 mark 3; 700 speech c1",
        "clear; truncate i1 0 240");
    row("marks we never sent", "manual; 0 audio r1 i1 2000; 400 mark 99; 400 mark 0; 700 speech c1",
        "clear; truncate i1 0 60");
    row("marks that a clear returned say nothing of the next answer",
        "manual; 0 created r1; 0 audio r1 i1 1000; 400 speech c1; 401 mark 1; 401 mark 2; 401 mark "
        "10; 450 quiet c1; "
        "460 responded r1; 500 created r2; 500 audio r2 i2 1000; 501 mark 11; 1000 speech c2",
        "clear; truncate i1 0 60; clear; truncate i2 0 60");
    row("all marks but the last",
        "manual; 0 audio r1 i1 100; 0 audio r1 i1 100; 0 done r1 i1; 100 mark 1; 900 speech c1",
        "");
}

void TstConversationInterruption::guard()
{
    row("a click at the beginning of an answer is ignored",
        "0 created r1; 0 audio r1 i1 2000; 200 speech c1; 500 quiet c1; 1900 tick", "");
    row("the guard counts hearing, not making",
        "0 audio r1 i1 2000; 0 done r1 i1; 0 responded r1; 0 created r2; 0 audio r2 i2 2000; 2100 "
        "speech c1; 2400 quiet c1",
        "");
    row("the guard's last millisecond", "0 audio r1 i1 2000; 299 speech c1; 600 quiet c1", "");
    row("just after the guard", "0 audio r1 i1 2000; 300 speech c1", "clear; truncate i1 0 300");
    row("the second item of a response has no guard of its own",
        "0 audio r1 i1 1000; 0 done r1 i1; 0 audio r1 i2 1000; 1100 speech c1",
        "clear; truncate i2 0 100");
    row("somebody who goes on speaking is heard after all",
        "0 audio r1 i1 5000; 200 speech c1; 999 tick; 1000 tick", "clear; truncate i1 0 1000");
    row("the caller's own audio drives that too",
        "0 audio r1 i1 5000; 200 speech c1; 900 media; 1010 media", "clear; truncate i1 0 1010");
    row("an answer to the ignored sound does not queue behind the old one",
        "0 created r1; 0 audio r1 i1 5000; 200 speech c1; 600 quiet c1; 610 responded r1; 700 "
        "created r2; 700 audio r2 i2 500",
        "clear; truncate i1 0 700");
    row("and is itself not dropped",
        "0 created r1; 0 audio r1 i1 5000; 200 speech c1; 600 quiet c1; 610 responded r1; 700 "
        "created r2; 700 audio r2 i2 900; "
        "1200 speech c2",
        "clear; truncate i1 0 700; clear; truncate i2 0 500");
}

void TstConversationInterruption::lossAndTools()
{
    row("a lost model's item is not truncated in the new session",
        "0 created r1; 0 audio r1 i1 3000; 0 say i1 hello; 100 lost; 200 ready; 700 speech c1",
        "said hello; respond; clear");
    row("only the new session's item after a reconnect",
        "0 audio r1 i1 500; 10 lost; 20 ready; 30 created r2; 30 audio r2 i2 2000; 1000 speech c1",
        "clear; truncate i2 0 500");
    row("a function call between two spoken items",
        "0 created r1; 0 audio r1 i1 500; 0 done r1 i1; 0 tool book t1; 10 responded r1; 400 "
        "result t1; 410 created r2; "
        "420 audio r2 i2 2000; 1500 speech c1",
        "run book; result t1; respond; clear; truncate i2 0 1000");
    row("speech during the apology changes nothing", "0 lost; 10 apologise; 150 speech c1", "");
}

void TstConversationInterruption::interruption_data()
{
    QTest::addColumn<QString>("steps");
    QTest::addColumn<QString>("expected");
    simple();
    severalItems();
    marks();
    guard();
    lossAndTools();
}

void TstConversationInterruption::interruption()
{
    QFETCH(QString, steps);
    QFETCH(QString, expected);
    Script script;
    script.run(steps);
    QCOMPARE(script.log(), expected);
    QVERIFY(script.isWellFramed());
}

void TstConversationInterruption::modelThatDoesNotInterruptByItself_data()
{
    QTest::addColumn<QString>("steps");
    QTest::addColumn<QString>("expected");
    row("the running response is cancelled", "0 created r1; 0 audio r1 i1 2000; 400 speech c1",
        "clear; cancel r1; truncate i1 0 400");
    row("one that is done is not",
        "0 created r1; 0 audio r1 i1 2000; 1 responded r1; 400 speech c1",
        "clear; truncate i1 0 400");
    row("one that made no audio yet is", "0 created r1; 400 speech c1", "cancel r1");
    row("what the guard ignores is not cancelled",
        "0 created r1; 0 audio r1 i1 2000; 100 speech c1; 300 quiet c1", "");
}

void TstConversationInterruption::modelThatDoesNotInterruptByItself()
{
    QFETCH(QString, steps);
    QFETCH(QString, expected);
    server::bridge::ConversationSettings settings;
    settings.modelInterrupts = false;
    Script script(settings);
    script.run(steps);
    QCOMPARE(script.log(), expected);
}

void TstConversationInterruption::lateAudioNeverReachesThePhone_data()
{
    QTest::addColumn<QString>("steps");
    QTest::addColumn<qint64>("mediaMs");
    const auto late = [](const char *name, const char *steps, qint64 ms) {
        QTest::newRow(name) << QStringLiteral("0 ready; 0 start; ") + QLatin1String(steps) << ms;
    };
    late("of the same item",
         "0 created r1; 0 audio r1 i1 1000; 400 speech c1; 401 audio r1 i1 1000", 1000);
    late("of a new item of the same response",
         "0 created r1; 0 audio r1 i1 1000; 400 speech c1; 401 audio r1 i9 1000; 402 done r1 i9",
         1000);
    late("of the same item without a response id",
         "0 audio r1 i1 1000; 400 speech c1; 401 audio - i1 1000", 1000);
    late("of a response that was cut before its first audio",
         "0 created r1; 400 speech c1; 401 audio r1 i1 500", 0);
    late("but the next response is heard",
         "0 created r1; 0 audio r1 i1 1000; 400 speech c1; 401 audio r1 i1 1000; 500 created r2; "
         "500 audio r2 i2 700",
         1700);
    late("even much later",
         "0 created r1; 0 audio r1 i1 1000; 400 speech c1; 500 created r2; 500 audio r2 i2 100; "
         "9000 audio r1 i1 1000",
         1100);
    late("what the framer held back of it is gone too",
         "0 created r1; 0 audio r1 i1 8100b; 400 speech c1; 500 created r2; 500 audio r2 i2 1000; "
         "500 responded r2",
         2000);
}

void TstConversationInterruption::lateAudioNeverReachesThePhone()
{
    QFETCH(QString, steps);
    QFETCH(qint64, mediaMs);
    Script script;
    script.run(steps);
    QCOMPARE(script.mediaBytes(), mediaMs * 8);
}

QTEST_APPLESS_MAIN(TstConversationInterruption)
#include "tst_conversation_interruption.moc"
