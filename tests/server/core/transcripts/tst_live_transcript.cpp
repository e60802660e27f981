// What was heard in a live session, as sentences.
#include "server/core/transcripts/live_transcript.h"

#include <QTest>

using namespace server::core;
using namespace Qt::StringLiterals;
using protocol::CallDetail;
using protocol::Speaker;
using protocol::TranscriptLine;

namespace {

TranscriptLine line(Speaker speaker, const QString &text, qint64 startMs, qint64 heardMs = 0,
                    int heardChars = -1)
{
    TranscriptLine one;
    one.itemId = u"item-%1"_s.arg(startMs);
    one.speaker = speaker;
    one.text = text;
    one.startMs = startMs;
    one.producedMs = heardMs;
    one.heardMs = heardMs;
    one.heardChars = heardChars;
    return one;
}

protocol::TurnLatency silence(qint64 atMs)
{
    return {2, atMs, atMs + 300, atMs + 400};
}

} // namespace

class TestLiveTranscript : public QObject
{
    Q_OBJECT

private slots:
    void onlyWhatWasHeardCounts_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("heardChars");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char *name, const char *text, int heard, const char *expected) {
            QTest::newRow(name) << QString::fromUtf8(text) << heard << QString::fromUtf8(expected);
        };
        row("all of it", "Half is too much.", -1, "Half is too much.");
        row("to the end", "Half is too much.", 17, "Half is too much.");
        row("more than there is", "Half is too much.", 99, "Half is too much.");
        row("in a word", "Half is too much.", 9, "Half is");
        row("at the end of a word", "Half is too much.", 7, "Half is");
        row("at the start of a word", "Half is too much.", 8, "Half is");
        row("in the first word", "Half is too much.", 3, "");
        row("nothing", "Half is too much.", 0, "");
        row("beyond ASCII", "Grüße aus Köln", 7, "Grüße");
        row("white space", "  Half \n is  ", -1, "Half is");
    }
    void onlyWhatWasHeardCounts()
    {
        QFETCH(QString, text);
        QFETCH(int, heardChars);
        QTEST(heardText(line(Speaker::Agent, text, 0, 900, heardChars)), "expected");
    }

    void noDatabaseMustMeetANul()
    {
        const QString text = u"one"_s + QChar(u'\0') + u" two"_s;
        QCOMPARE(heardText(line(Speaker::Caller, text, 0)), u"one two"_s);
    }

    void sidesKeepTheirChannelsAndTimes()
    {
        CallDetail detail;
        detail.transcript = {line(Speaker::Agent, u"Hello, who is there?"_s, 200, 1'800),
                             line(Speaker::Caller, u"It is me."_s, 2'600),
                             line(Speaker::Agent, u"Ah, good."_s, 4'000, 700)};
        detail.turns = {silence(3'400)};
        const QList<Sentence> expected{{u"Hello, who is there?"_s, kAgentChannel, 200, 2'000},
                                       {u"It is me."_s, kCustomerChannel, 2'600, 3'400},
                                       {u"Ah, good."_s, kAgentChannel, 4'000, 4'700}};
        QCOMPARE(sentencesOf(detail), expected);
    }

    void whatNobodyHeardIsNotThere()
    {
        CallDetail detail;
        detail.transcript = {
            line(Speaker::Agent, u"The papers cost a hundred thousand."_s, 0, 1'000, 14),
            line(Speaker::Caller, u"Stop."_s, 900),
            line(Speaker::Agent, u"Never spoken at all."_s, 1'500, 0, 0)};
        const auto sentences = sentencesOf(detail);
        QCOMPARE(sentences.size(), 2);
        QCOMPARE(sentences[0].text, u"The papers"_s);
        QCOMPARE(sentences[0].endMs, 1'000);
        QCOMPARE(fullText(sentences), u"The papers\nStop."_s);
    }

    void callersEndWhenTheyWereSeenToStop_data()
    {
        QTest::addColumn<QList<qint64>>("silences");
        QTest::addColumn<qint64>("nextAt"); // -1: nobody speaks again
        QTest::addColumn<qint64>("end");
        const auto row = [](const char *name, const QList<qint64> &silences, qint64 nextAt,
                            qint64 end) { QTest::newRow(name) << silences << nextAt << end; };
        row("seen", {1'900}, -1, 1'900);
        row("the last of several", {1'200, 1'900}, -1, 1'900);
        row("a silence of the next line", {1'900, 9'000}, 5'000, 1'900);
        row("none: three words take 1.2 s", {}, -1, 2'200);
        row("one before it", {500}, -1, 2'200);
        row("not beyond the next line", {}, 1'500, 1'500);
        row("a silence as the next one begins", {5'000}, 5'000, 5'000);
    }
    void callersEndWhenTheyWereSeenToStop()
    {
        QFETCH(QList<qint64>, silences);
        QFETCH(qint64, nextAt);
        CallDetail detail;
        detail.transcript = {line(Speaker::Caller, u"It is me"_s, 1'000)};
        if (nextAt >= 0)
            detail.transcript.append(line(Speaker::Caller, u"again"_s, nextAt));
        for (const qint64 at : silences)
            detail.turns.append(silence(at));
        const auto sentences = sentencesOf(detail);
        QCOMPARE(sentences[0].startMs, 1'000);
        QTEST(sentences[0].endMs, "end");
    }

    void nothingSaidIsNoSentence()
    {
        QVERIFY(sentencesOf(CallDetail{}).isEmpty());
        CallDetail detail;
        detail.transcript = {line(Speaker::Caller, u" \n"_s, 10)};
        QVERIFY(sentencesOf(detail).isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestLiveTranscript)
#include "tst_live_transcript.moc"
