#include "server/api/live_registry.h"

#include <QJsonDocument>
#include <QObject>
#include <QTest>

using namespace server;
using api::LiveRegistry;
using protocol::CallState;
using protocol::LiveCall;

namespace {

LiveCall call(qint64 id, CallState state)
{
    LiveCall live;
    live.id = id;
    live.state = state;
    return live;
}

/// Stops the loop at the first delta.
class Watcher final : public LiveRegistry::Audience
{
public:
    explicit Watcher(net::Loop &loop) : m_loop(loop) {}
    void onDelta(const std::string &message) override
    {
        delta = QJsonDocument::fromJson(QByteArray::fromStdString(message)).object();
        m_loop.stop();
    }
    void onTranscript(base::CallId, const protocol::TranscriptLine &) override {}
    void onTurn(base::CallId, const protocol::TurnLatency &) override {}
    void onTimeline(base::CallId, const protocol::TimelineEvent &) override {}
    void onEnded(base::CallId id) override { ended = id; }

    QJsonObject delta;
    base::CallId ended;

private:
    net::Loop &m_loop;
};

/// Tells the registry some news and returns what its audience heard of them in the next batch.
struct Rig
{
    QJsonObject hear(const std::function<void(LiveRegistry &)> &news)
    {
        registry.addAudience(&watcher);
        news(registry);
        loop.run();
        return watcher.delta;
    }
    LiveCall only() const
    {
        return *LiveCall::fromJson(
            watcher.delta.value(QLatin1String("changed")).toArray().at(0).toObject());
    }

    net::Loop loop;
    int outcomes = 0;
    LiveRegistry registry{loop, [this](const bridge::CallOutcome &) { ++outcomes; }};
    Watcher watcher{loop};
};

} // namespace

class LiveRegistryTest : public QObject
{
    Q_OBJECT
private slots:
    void newsOfOneBatchComeTogether();
    void networkDoesNotOverruleTheBridge();
    void networkEndsACallThatNeverTalked();
    void endIsToldWithItsReason();
    void endOfAnUnknownCallShowsNothing();
    void metersTravelWithTheDelta();
};

void LiveRegistryTest::newsOfOneBatchComeTogether()
{
    Rig rig;
    rig.hear([](LiveRegistry &registry) {
        registry.phoneStatusChanged(call(1, CallState::Ringing));
        registry.phoneStatusChanged(call(2, CallState::Ringing));
        registry.callChanged(call(1, CallState::Talking));
    });
    QCOMPARE(rig.watcher.delta.value(QLatin1String("changed")).toArray().size(), 2);
    QCOMPARE(rig.registry.talkingCount(), 1);
    const QJsonObject snapshot =
        QJsonDocument::fromJson(QByteArray::fromStdString(rig.registry.snapshot())).object();
    QCOMPARE(snapshot.value(QLatin1String("calls")).toArray().size(), 2);
}

void LiveRegistryTest::networkDoesNotOverruleTheBridge()
{
    Rig rig;
    rig.hear([](LiveRegistry &registry) {
        registry.callChanged(call(1, CallState::Talking));
        registry.phoneStatusChanged(call(1, CallState::Connecting));
    });
    QCOMPARE(rig.only().state, CallState::Talking);
}

void LiveRegistryTest::networkEndsACallThatNeverTalked()
{
    Rig rig;
    rig.hear([](LiveRegistry &registry) {
        registry.phoneStatusChanged(call(1, CallState::Ringing));
        LiveCall over = call(1, CallState::Ended);
        over.endReason = QStringLiteral("busy");
        registry.phoneStatusChanged(over);
        registry.phoneStatusChanged(call(1, CallState::Ringing)); // late news
    });
    QCOMPARE(rig.only().state, CallState::Ended);
    QCOMPARE(rig.only().endReason, QStringLiteral("busy"));
}

void LiveRegistryTest::endIsToldWithItsReason()
{
    Rig rig;
    rig.hear([](LiveRegistry &registry) {
        LiveCall live = call(1, CallState::Talking);
        live.lastWords = QStringLiteral("goodbye");
        registry.callChanged(live);
        bridge::CallOutcome outcome;
        outcome.id = {1};
        outcome.reason = bridge::EndReason::CallerHungUp;
        registry.callEnded(outcome);
    });
    QCOMPARE(rig.only().state, CallState::Ended);
    QCOMPARE(rig.only().endReason, toText(bridge::EndReason::CallerHungUp));
    QCOMPARE(rig.only().lastWords, QStringLiteral("goodbye"));
    QCOMPARE(rig.watcher.ended.value, qint64(1));
    QCOMPARE(rig.registry.talkingCount(), 0);
    QCOMPARE(rig.outcomes, 1);
}

void LiveRegistryTest::endOfAnUnknownCallShowsNothing()
{
    Rig rig;
    rig.hear([](LiveRegistry &registry) {
        registry.phoneStatusChanged(call(9, CallState::Ended));
        registry.phoneStatusChanged(call(1, CallState::Ringing));
    });
    QCOMPARE(rig.only().id, qint64(1));
    QVERIFY(!rig.registry.knows({9}));
}

void LiveRegistryTest::metersTravelWithTheDelta()
{
    Rig rig;
    const QJsonObject delta = rig.hear([](LiveRegistry &registry) {
        registry.levels({{1, 0.5F, 0.25F}});
    });
    const QJsonArray reading = delta.value(QLatin1String("levels")).toArray().at(0).toArray();
    QCOMPARE(reading, (QJsonArray{1, 0.5, 0.25}));
}

QTEST_APPLESS_MAIN(LiveRegistryTest)
#include "tst_live_registry.moc"
