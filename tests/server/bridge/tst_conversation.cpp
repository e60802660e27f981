// The course of a call apart from interruption: greeting, framing, gaps, loss of the model,
// transcript, latency, end.
#include "tests/server/bridge/script.h"

#include <QtTest>

using namespace bridge_test;
using server::bridge::ConversationSettings;

class TstConversation : public QObject
{
    Q_OBJECT

private slots:
    void course_data();
    void course();
    void framing_data();
    void framing();
    void callerAudio_data();
    void callerAudio();
    void transcriptTellsWhatWasHeard();
    void wordsWithoutAudioWereNotHeard();
    void callerLinesStandWhereTheyWereSpoken();
    void latencyOfTurns();
    void earlyAudioIsBounded();
};

void TstConversation::course_data()
{
    QTest::addColumn<QString>("steps");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *name, const char *steps, const char *expected) {
        QTest::newRow(name) << QString(QLatin1String(steps)) << QString(QLatin1String(expected));
    };
    row("greeting once both sides are there", "0 ready; 5000 start; 5001 tick", "tell Hi; respond");
    row("greeting also when the model comes last", "0 start; 900 ready", "tell Hi; respond");
    row("not before the phone is there", "0 ready; 9000 tick", "");
    row("not twice", "0 ready; 1 start; 2 start", "tell Hi; respond");
    row("a greeting that went down with its session is asked for again",
        "0 ready; 0 start; 10 lost; 2000 ready", "tell Hi; respond; tell Hi; respond");
    row("reconnected in the middle of a talk",
        "0 ready; 0 start; 0 created r1; 0 audio r1 i1 500; 0 say i1 Good day; 0 done r1 i1; 0 "
        "responded r1; 900 speech c1; "
        "1500 quiet c1; 1600 heard c1 I want cake; 1700 lost; 3700 ready",
        "tell Hi; respond; said Good day; tell I want cake; respond");
    row("reconnected while nobody waits for an answer",
        "0 ready; 0 start; 0 created r1; 0 audio r1 i1 500; 0 say i1 Good day; 0 done r1 i1; 0 "
        "responded r1; 900 lost; 3000 ready",
        "tell Hi; respond; said Good day");
    row("only what was heard is replayed",
        "0 ready; 0 start; 0 created r1; 0 audio r1 i1 1000; 0 say i1 abcdefghij; 500 speech c1; "
        "600 quiet c1; 601 responded r1; "
        "700 lost; 900 ready",
        "tell Hi; respond; clear; truncate i1 0 500; said abcde; respond");
    row("a tool's answer waits for the response to be done",
        "0 ready; 0 start; 0 created r1; 0 tool book t1; 5 result t1; 9 responded r1",
        "tell Hi; respond; run book; result t1; respond");
    row("a tool call told twice runs once",
        "0 ready; 0 start; 0 created r1; 0 tool book t1; 0 tool book t1",
        "tell Hi; respond; run book");
    row("a tool's answer for a session that is gone is told to the next in words",
        "0 ready; 0 start; 0 tool book t1; 1 lost; 5 result t1; 9 ready",
        "tell Hi; respond; run book; tell (The function book has answered: {}); tell Hi; respond");
    row("a tool's answer after the session has changed",
        "0 ready; 0 start; 0 created r1; 0 audio r1 i1 500; 0 say i1 Good day; 0 done r1 i1; 0 "
        "tool book t1; 1 responded r1; 900 lost; 3000 ready; 3500 result t1",
        "tell Hi; respond; run book; said Good day; tell (The function book has answered: {}); "
        "respond");
    row("a tool that never answers is given up after 20 s, and what it says later is ignored",
        "0 ready; 0 start; 0 created r1; 5 tool book t1; 9 responded r1; 20004 tick; 20005 tick; "
        "20006 result t1",
        "tell Hi; respond; run book; result t1; respond");
    row("one answer a call", "0 ready; 0 start; 0 tool book t1; 5 result t1; 6 result t1",
        "tell Hi; respond; run book; result t1; respond");
    row("no more than eight tools at a time",
        "0 ready; 0 start; 0 created r1; 0 tool a t1; 0 tool a t2; 0 tool a t3; 0 tool a t4; 0 "
        "tool a t5; 0 tool a t6; 0 tool a t7; 0 tool a t8; 0 tool a t9; 1 responded r1",
        "tell Hi; respond; run a; run a; run a; run a; run a; run a; run a; run a; result t9; "
        "respond");
    row("the end waits for a tool's answer",
        "0 ready; 0 start; 0 created r1; 0 tool book t1; 0 tool end_call t2; 1 responded r1; 100 "
        "tick; 200 result t1; 300 tick",
        "tell Hi; respond; run book; result t1; respond; end 1");
    row("no new response into the caller's speech",
        "0 ready; 0 start; 0 created r1; 0 tool book t1; 1 responded r1; 2 speech c1; 5 result t1",
        "tell Hi; respond; run book; result t1");
    row("a failed response is asked for again, then the model is given up",
        "0 ready; 0 start; 0 created r1; 1 failed r1; 2 created r2; 3 failed r2; 4 created r3; 5 "
        "failed r3",
        "tell Hi; respond; respond; respond; give up");
    row("the model ends the call once its last words were heard",
        "0 ready; 0 start; 0 created r1; 0 audio r1 i1 500; 0 done r1 i1; 0 tool end_call t1; 1 "
        "responded r1; 400 tick; 510 tick",
        "tell Hi; respond; end 1");
    row("and no later than 15 s after, whatever the phone does",
        "manual; 0 ready; 0 start; 0 audio r1 i1 500; 0 tool end_call t1; 14999 tick; 15000 tick",
        "tell Hi; respond; end 1");
    row("an apology is heard to its end",
        "0 ready; 0 start; 5 lost; 10 apologise; 100 tick; 209 tick; 211 tick",
        "tell Hi; respond; end 4");
}

void TstConversation::course()
{
    QFETCH(QString, steps);
    QFETCH(QString, expected);
    ConversationSettings settings;
    settings.greeting = QStringLiteral("Hi");
    Script script(settings);
    script.run(steps);
    QCOMPARE(script.log(), expected);
    QVERIFY(script.isWellFramed());
}

void TstConversation::framing_data()
{
    QTest::addColumn<QString>("steps");
    QTest::addColumn<qint64>("bytes");
    const auto row = [](const char *name, const char *steps, qint64 bytes) {
        QTest::newRow(name) << QStringLiteral("0 ready; 0 start; ") + QLatin1String(steps) << bytes;
    };
    row("whole frames", "0 audio r1 i1 20; 0 audio r1 i1 100; 0 audio r1 i1 740", 6880);
    row("less than a frame waits", "0 audio r1 i1 159b", 0);
    row("and goes with the next", "0 audio r1 i1 159b; 0 audio r1 i1 1b", 160);
    row("a rest is padded at the end of the item", "0 audio r1 i1 161b; 0 done r1 i1", 320);
    row("at the end of the response", "0 audio r1 i1 161b; 0 responded r1", 320);
    row("when another item begins", "0 audio r1 i1 161b; 0 audio r1 i2 160b", 480);
    row("when the model is lost", "0 audio r1 i1 161b; 0 lost", 320);
    row("not twice", "0 audio r1 i1 161b; 0 done r1 i1; 0 done r1 i1; 0 responded r1; 0 lost", 320);
    row("long and odd", "0 audio r1 i1 12345b; 0 audio r1 i1 54321b; 0 done r1 i1", 66720);
    row("empty", "0 audio r1 i1 0b; 0 done r1 i1", 0);
}

void TstConversation::framing()
{
    QFETCH(QString, steps);
    QFETCH(qint64, bytes);
    Script script;
    script.run(steps);
    QCOMPARE(script.mediaBytes(), bytes);
    QVERIFY(script.isWellFramed());
}

void TstConversation::callerAudio_data()
{
    QTest::addColumn<QString>("steps");
    QTest::addColumn<qint64>("frames");
    const auto row = [](const char *name, const char *steps, qint64 frames) {
        QTest::newRow(name) << QStringLiteral("0 start; ") + QLatin1String(steps) << frames;
    };
    row("passes", "0 ready; 0 media 0; 20 media 20; 40 media 40", 3);
    row("a lost frame becomes silence", "0 ready; 0 media 0; 40 media 40", 3);
    row("five lost frames", "0 ready; 0 media 100; 120 media 220", 7);
    row("rounding is no loss", "0 ready; 0 media 0; 20 media 21; 40 media 59", 3);
    row("at most ten seconds", "0 ready; 0 media 0; 60000 media 60000", 502);
    row("timestamps that go back", "0 ready; 0 media 5000; 20 media 20; 40 media 40", 3);
    row("timestamps that lie do not flood the model",
        "0 ready; 0 media 0; 1 media 20000; 2 media 40000; 3 media 60000; 4 media 80000", 504);
    row("no timestamps", "0 ready; 0 media; 500 media; 900 media", 3);
    row("absurd timestamps", "0 ready; 0 media -5; 0 media 2147483647; 0 media 20", 3);
    row("kept until the model is ready", "0 media 0; 20 media 20; 40 media 40; 50 ready", 3);
    row("kept while it reconnects", "0 ready; 0 lost; 0 media 0; 20 media 20; 40 ready", 2);
    row("not sent to nobody", "0 media 0; 20 media 20", 0);
}

void TstConversation::callerAudio()
{
    QFETCH(QString, steps);
    QFETCH(qint64, frames);
    Script script;
    script.run(steps);
    QCOMPARE(script.callerBytes(), frames * 160);
    QVERIFY(script.gapBytes() <= script.callerBytes());
}

void TstConversation::transcriptTellsWhatWasHeard()
{
    Script script;
    script.run(QStringLiteral(
        "0 ready; 0 start; 0 audio r1 i1 500; 0 say i1 Good day; 0 done r1 i1; 0 responded r1; "
        "600 created r2; 600 audio r2 i2 1000; 600 say i2 abcdefghij; 1100 speech c1; 1200 audio "
        "r2 i2 1000"));
    const auto lines = script.conversation().story().transcript();
    QCOMPARE(lines.size(), 2);
    QCOMPARE(lines[0].heardChars, -1);
    QCOMPARE(lines[0].heardMs, 500);
    QVERIFY(lines[0].isFinal && !lines[0].wasInterrupted);
    QCOMPARE(lines[1].producedMs, 2000);
    QCOMPARE(lines[1].heardMs, 500);
    QCOMPARE(lines[1].heardChars, 2);
    QVERIFY(lines[1].isFinal && lines[1].wasInterrupted);
    QCOMPARE(script.conversation().story().interruptions(), 1);
}

void TstConversation::wordsWithoutAudioWereNotHeard()
{
    Script script;
    script.run(QStringLiteral(
        "0 ready; 0 start; 0 created r1; 0 say i1 Good day; 1 responded r1; 900 hangup"));
    const auto lines = script.conversation().story().transcript();
    QCOMPARE(lines.size(), 1);
    QCOMPARE(lines[0].heardChars, 0);
    QVERIFY(lines[0].isFinal);
}

void TstConversation::callerLinesStandWhereTheyWereSpoken()
{
    Script script;
    script.run(QStringLiteral(
        "0 ready; 0 start; 100 speech c1; 900 quiet c1; 1000 audio r1 i1 500; 1000 say i1 Yes; "
        "1500 heard c1 Are you there; 1600 hangup"));
    const auto lines = script.conversation().story().transcript();
    QCOMPARE(lines.size(), 2);
    QCOMPARE(lines[0].text, QStringLiteral("Are you there"));
    QCOMPARE(lines[0].startMs, 100);
    QCOMPARE(lines[1].startMs, 1000);
}

void TstConversation::latencyOfTurns()
{
    ConversationSettings settings;
    settings.greeting = QStringLiteral("Hi");
    Script script(settings);
    script.run(QStringLiteral(
        "0 ready; 0 start; 300 audio r1 i1 500; 400 responded r1; 1000 speech c1; 2000 quiet c1; "
        "2450 audio r2 i2 500; 2460 responded r2; 3000 audio r3 i3 500"));
    const auto &turns = script.conversation().story().turns();
    QCOMPARE(turns.size(), 2); // the third answer answers nobody
    QCOMPARE(turns[0].responseMs(), 300);
    QCOMPARE(turns[1].callerStoppedMs, 2000);
    QCOMPARE(turns[1].responseMs(), 450);
}

void TstConversation::earlyAudioIsBounded()
{
    Script script;
    script.run(QStringLiteral(
        "0 ready; 0 audio r1 i1 4000; 0 audio r1 i1 4000; 0 audio r1 i1 4000; 10 start"));
    QCOMPARE(script.mediaBytes(), 64'000);
    QVERIFY(script.isWellFramed());
}

QTEST_APPLESS_MAIN(TstConversation)
#include "tst_conversation.moc"
