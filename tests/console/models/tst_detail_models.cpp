// The three lists of the detail pane: transcript, latency, timeline.
#include "console/models/latency_model.h"
#include "console/models/timeline_model.h"
#include "console/models/transcript_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace console::models;
using protocol::TranscriptLine;

namespace {

constexpr auto kMode = QAbstractItemModelTester::FailureReportingMode::QtTest;

TranscriptLine makeLine(const QString &id, qint64 startMs, const QString &text = {})
{
    TranscriptLine line;
    line.itemId = id;
    line.speaker = protocol::Speaker::Agent;
    line.startMs = startMs;
    line.text = text;
    return line;
}

QStringList textsOf(const QAbstractItemModel &model)
{
    QStringList texts;
    for (int row = 0; row < model.rowCount(); ++row)
        texts.append(model.index(row, 0).data().toString());
    return texts;
}

} // namespace

class TstDetailModels final : public QObject
{
    Q_OBJECT

private slots:
    void aLineGrowsInPlace()
    {
        TranscriptModel model;
        QAbstractItemModelTester tester(&model, kMode);
        model.setLines({makeLine(u"a"_qs, 10, u"one"_qs), makeLine(u"b"_qs, 20, u"tw"_qs)});
        QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
        model.upsert(makeLine(u"b"_qs, 20, u"two"_qs));
        QCOMPARE(textsOf(model), (QStringList{u"one"_qs, u"two"_qs}));
        QCOMPARE(changes.count(), 1);
    }

    void aLateTranscriptTakesItsPlaceInTime()
    {
        TranscriptModel model;
        QAbstractItemModelTester tester(&model, kMode);
        model.upsert(makeLine(u"agent"_qs, 900, u"answer"_qs));
        model.upsert(makeLine(u"caller"_qs, 100, u"question"_qs));
        QCOMPARE(textsOf(model), (QStringList{u"question"_qs, u"answer"_qs}));
        model.upsert(makeLine(u"caller"_qs, 2000, u"question"_qs));
        QCOMPARE(textsOf(model), (QStringList{u"answer"_qs, u"question"_qs}));
    }

    void anotherListReplacesTheFirst()
    {
        TranscriptModel model;
        QAbstractItemModelTester tester(&model, kMode);
        model.setLines({makeLine(u"a"_qs, 1, u"a"_qs), makeLine(u"b"_qs, 2, u"b"_qs)});
        model.setLines({makeLine(u"b"_qs, 2, u"B"_qs), makeLine(u"c"_qs, 3, u"c"_qs)});
        QCOMPARE(textsOf(model), (QStringList{u"B"_qs, u"c"_qs}));
        model.clear();
        QCOMPARE(model.rowCount(), 0);
    }

    void wordsSayWhatWasNeverHeard()
    {
        TranscriptModel model;
        TranscriptLine line = makeLine(u"a"_qs, 1, u"Heard. Not heard."_qs);
        line.heardChars = 6;
        line.isFinal = true;
        model.upsert(line);
        QCOMPARE(model.index(0).data(Qt::AccessibleTextRole).toString(),
                 u"Agent: Heard. Never heard:  Not heard."_qs);
    }

    void turnsAreOrderedAndScaled()
    {
        LatencyModel model;
        QAbstractItemModelTester tester(&model, kMode);
        model.upsert({2, 1000, 1500, 1600});
        model.upsert({1, -1, 400, 450});
        QCOMPARE(textsOf(model), (QStringList{u"450 ms"_qs, u"600 ms"_qs}));
        QVERIFY(model.index(0).data(LatencyModel::IsGreetingRole).toBool());
        QCOMPARE(model.index(1).data(LatencyModel::ModelMsRole).toInt(), 500);
        QCOMPARE(model.index(0).data(LatencyModel::ScaleMsRole).toInt(), 1000);
        model.upsert({3, 2000, 3900, 4000});
        QCOMPARE(model.index(0).data(LatencyModel::ScaleMsRole).toInt(), 2000);
        QCOMPARE(model.medianMs(), 600);
    }

    void aTurnThatIsNotAnsweredHasNoNumber()
    {
        LatencyModel model;
        QAbstractItemModelTester tester(&model, kMode);
        QCOMPARE(model.medianMs(), -1);
        model.upsert({1, 1000, -1, -1});
        QCOMPARE(textsOf(model), QStringList{u"…"_qs});
        QCOMPARE(model.medianMs(), -1);
        model.upsert({1, 1000, 1300, 1310});
        QCOMPARE(textsOf(model), QStringList{u"310 ms"_qs});
    }

    void eventsStandInTheOrderOfTime()
    {
        TimelineModel model;
        QAbstractItemModelTester tester(&model, kMode);
        model.setEvents({{500, u"b"_qs, {}}, {0, u"a"_qs, {}}});
        model.append({200, u"between"_qs, u"why"_qs});
        model.append({500, u"c"_qs, {}});
        QCOMPARE(textsOf(model), (QStringList{u"a"_qs, u"between · why"_qs, u"b"_qs, u"c"_qs}));
        QCOMPARE(momentText(83450), u"1:23.4"_qs);
    }
};

QTEST_GUILESS_MAIN(TstDetailModels)
#include "tst_detail_models.moc"
