#include "console/models/live_calls_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using console::models::LiveCallsModel;
using protocol::CallState;
using protocol::LiveCall;
using namespace std::chrono_literals;

namespace {

LiveCall makeCall(qint64 id, CallState state = CallState::Talking)
{
    LiveCall call;
    call.id = id;
    call.state = state;
    call.phoneNumber = QStringLiteral("+1*%1").arg(id);
    return call;
}

QList<qint64> idsOf(const LiveCallsModel &model)
{
    QList<qint64> ids;
    for (int row = 0; row < model.rowCount(); ++row)
        ids.append(model.callAt(row).id);
    return ids;
}

} // namespace

class TstLiveCallsModel final : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_model = std::make_unique<LiveCallsModel>();
        m_tester = std::make_unique<QAbstractItemModelTester>(
            m_model.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    }

    void cleanup()
    {
        m_tester.reset();
        m_model.reset();
    }

    void keepsRowsInTheOrderOfIds()
    {
        m_model->applySnapshot({makeCall(9), makeCall(3), makeCall(5)});
        QCOMPARE(idsOf(*m_model), (QList<qint64>{3, 5, 9}));
        m_model->applyDelta({makeCall(4), makeCall(12)}, {5}, {});
        QCOMPARE(idsOf(*m_model), (QList<qint64>{3, 4, 9, 12}));
    }

    void mergesASnapshotWithoutReset()
    {
        m_model->applySnapshot({makeCall(1), makeCall(2), makeCall(3)});
        QSignalSpy resets(m_model.get(), &QAbstractItemModel::modelReset);
        const QPersistentModelIndex kept = m_model->index(1, 0);
        m_model->applySnapshot({makeCall(2, CallState::Ending), makeCall(7)});
        QCOMPARE(idsOf(*m_model), (QList<qint64>{2, 7}));
        QCOMPARE(resets.count(), 0);
        QVERIFY(kept.isValid());
        QCOMPARE(kept.data(LiveCallsModel::CallIdRole).toLongLong(), 2);
        QCOMPARE(kept.data().toString(), QStringLiteral("Ending"));
    }

    void tellsLevelsInOneRange()
    {
        m_model->applySnapshot({makeCall(1), makeCall(2), makeCall(3), makeCall(4)});
        QSignalSpy changes(m_model.get(), &QAbstractItemModel::dataChanged);
        m_model->applyDelta({}, {}, {{2, 0.5F, 0.0F}, {4, 0.0F, 1.0F}, {99, 1.0F, 1.0F}});
        QCOMPARE(changes.count(), 1);
        QCOMPARE(changes[0][0].toModelIndex(), m_model->index(1, LiveCallsModel::CallerColumn));
        QCOMPARE(changes[0][1].toModelIndex(), m_model->index(3, LiveCallsModel::AgentColumn));
        QCOMPARE(
            m_model->index(3, LiveCallsModel::AgentColumn).data(LiveCallsModel::BarRole).toDouble(),
            1.0);
    }

    void saysNothingWhenNothingChanged()
    {
        m_model->applySnapshot({makeCall(1)});
        QSignalSpy changes(m_model.get(), &QAbstractItemModel::dataChanged);
        m_model->applyDelta({makeCall(1)}, {42}, {});
        QCOMPARE(changes.count(), 0);
    }

    void durationTicksOncePerSecond()
    {
        const QDateTime start =
            QDateTime::fromString(QStringLiteral("2026-01-02T03:04:05.000Z"), Qt::ISODateWithMs);
        LiveCall call = makeCall(1);
        call.answeredAt = start;
        call.durationLimitSeconds = 60;
        m_model->applySnapshot({call});
        m_model->advance(start.addSecs(10), 50ms);
        const QModelIndex duration = m_model->index(0, LiveCallsModel::DurationColumn);
        QCOMPARE(duration.data().toString(), QStringLiteral("0:10 of 1:00"));
        QVERIFY(!duration.data(LiveCallsModel::NearLimitRole).toBool());
        QSignalSpy changes(m_model.get(), &QAbstractItemModel::dataChanged);
        m_model->advance(start.addMSecs(10100), 50ms);
        QCOMPARE(changes.count(), 0);
        m_model->advance(start.addSecs(55), 50ms);
        QCOMPARE(changes.count(), 1);
        QVERIFY(duration.data(LiveCallsModel::NearLimitRole).toBool());
    }

    void wordsForScreenReaders()
    {
        LiveCall call = makeCall(1);
        call.lastWords = QStringLiteral("hello");
        call.lastSpeaker = QStringLiteral("agent");
        m_model->applySnapshot({call});
        QCOMPARE(m_model->index(0, LiveCallsModel::LastWordsColumn)
                     .data(Qt::AccessibleTextRole)
                     .toString(),
                 QStringLiteral("Agent: hello"));
        m_model->setListened(1);
        QCOMPARE(
            m_model->index(0, LiveCallsModel::StateColumn).data(Qt::AccessibleTextRole).toString(),
            QStringLiteral("Talking, listening"));
    }

    void clockText_data()
    {
        QTest::addColumn<qint64>("seconds");
        QTest::addColumn<QString>("text");
        QTest::newRow("none") << qint64(0) << QStringLiteral("0:00");
        QTest::newRow("minutes") << qint64(127) << QStringLiteral("2:07");
        QTest::newRow("hours") << qint64(3727) << QStringLiteral("1:02:07");
    }

    void clockText()
    {
        QFETCH(qint64, seconds);
        QTEST(console::models::clockText(seconds), "text");
    }

private:
    std::unique_ptr<LiveCallsModel> m_model;
    std::unique_ptr<QAbstractItemModelTester> m_tester;
};

QTEST_GUILESS_MAIN(TstLiveCallsModel)
#include "tst_live_calls_model.moc"
