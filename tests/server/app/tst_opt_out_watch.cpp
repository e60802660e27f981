// Keys and words of a running call, as the watch sees them.
#include "server/app/opt_out_watch.h"
#include "server/core/dialling/calling_tables.h"

#include <QObject>
#include <QTest>

using namespace server;
using core::OptOutWay;
using protocol::Speaker;

namespace {

/// Counts what it is told.
class Counter final : public bridge::CallObserver
{
public:
    void callChanged(const protocol::LiveCall &) override { ++news; }
    void levels(const QList<protocol::CallLevels> &) override { ++news; }
    void transcriptChanged(base::CallId, const protocol::TranscriptLine &) override { ++news; }
    void turnMeasured(base::CallId, const protocol::TurnLatency &) override { ++news; }
    void timelineGrew(base::CallId, const protocol::TimelineEvent &) override { ++news; }
    void callEnded(const bridge::CallOutcome &) override { ++news; }
    int news = 0;
};

struct Rig
{
    core::CallingTables tables = *core::CallingTables::builtin();
    Counter next;
    QStringList told;
    app::OptOutWatch watch{next, tables.optOutPhrases, [this](base::CallId call, OptOutWay way) {
                               told << QStringLiteral("%1 %2").arg(call.value).arg(toText(way));
                           }};

    void press(qint64 call, char key, qint64 atMs)
    {
        watch.timelineGrew({call}, {atMs, QStringLiteral("dtmf"), QString(QLatin1Char(key))});
    }
    static protocol::TranscriptLine line(const char *words, Speaker speaker = Speaker::Caller,
                                         bool isFinal = true)
    {
        protocol::TranscriptLine line;
        line.speaker = speaker;
        line.text = QString::fromUtf8(words);
        line.isFinal = isFinal;
        return line;
    }
    void end(qint64 call, const QList<protocol::TranscriptLine> &lines = {})
    {
        bridge::CallOutcome outcome;
        outcome.id = {call};
        outcome.detail.transcript = lines;
        watch.callEnded(outcome);
    }
};

} // namespace

class OptOutWatchTest : public QObject
{
    Q_OBJECT
private slots:
    void keysOfOneCallCountTogether();
    void onlyWholeWordsOfTheCallerCount();
    void aCallIsToldOnce();
    void lastWordsCountToo();
    void everythingIsPassedOn();
};

void OptOutWatchTest::keysOfOneCallCountTogether()
{
    Rig rig;
    rig.press(1, '9', 1'000);
    rig.press(2, '9', 1'000);
    rig.watch.timelineGrew({1}, {1'100, QStringLiteral("barge-in"), QStringLiteral("9")});
    QVERIFY(rig.told.isEmpty());
    rig.press(2, '9', 1'300);
    QCOMPARE(rig.told, QStringList{QStringLiteral("2 key")});
}

void OptOutWatchTest::onlyWholeWordsOfTheCallerCount()
{
    Rig rig;
    rig.watch.transcriptChanged({1}, Rig::line("Stop calling me", Speaker::Caller, false));
    rig.watch.transcriptChanged({1}, Rig::line("Stop calling me.", Speaker::Agent));
    rig.watch.transcriptChanged({1}, Rig::line("Stop calling me names."));
    QVERIFY(rig.told.isEmpty());
    rig.watch.transcriptChanged({1}, Rig::line("Please stop calling me."));
    QCOMPARE(rig.told, QStringList{QStringLiteral("1 voice")});
}

void OptOutWatchTest::aCallIsToldOnce()
{
    Rig rig;
    const auto words = Rig::line("Never call me again.");
    rig.watch.transcriptChanged({1}, words);
    rig.watch.transcriptChanged({1}, words);
    rig.press(1, '9', 1'000);
    rig.press(1, '9', 1'300);
    rig.end(1, {words});
    QCOMPARE(rig.told.size(), 1);
}

void OptOutWatchTest::lastWordsCountToo()
{
    Rig rig;
    rig.end(1, {Rig::line("Good day."), Rig::line("Do not call me again", Speaker::Caller, false)});
    QCOMPARE(rig.told, QStringList{QStringLiteral("1 voice")});
    rig.end(2, {Rig::line("Good day.")});
    QCOMPARE(rig.told.size(), 1);
}

void OptOutWatchTest::everythingIsPassedOn()
{
    Rig rig;
    rig.watch.callChanged({});
    rig.watch.levels({});
    rig.watch.transcriptChanged({1}, Rig::line("Hello."));
    rig.watch.turnMeasured({1}, {});
    rig.press(1, '5', 0);
    rig.end(1);
    QCOMPARE(rig.next.news, 6);
}

QTEST_APPLESS_MAIN(OptOutWatchTest)
#include "tst_opt_out_watch.moc"
