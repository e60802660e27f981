// Calls that go wrong: nobody answers, the model goes away, the server dies.
#include "tests/journeys/stage.h"

#include <QObject>
#include <QTest>

using sandbox::FaultKind;
using tests::Stage;

namespace {

QString textOf(const QJsonObject &call, const char *name)
{
    return call.value(QLatin1String(name)).toString();
}

bool isTalking(const QJsonObject &call)
{
    return call.value(QLatin1String("status")).toString() == QLatin1String("in-progress");
}

bool hasEvent(const QJsonObject &call, const QString &word)
{
    const QJsonArray timeline = call.value(QLatin1String("timeline")).toArray();
    return std::any_of(timeline.begin(), timeline.end(), [&](const QJsonValue &event) {
        return event.toObject().value(QLatin1String("name")).toString().contains(word);
    });
}

} // namespace

class FailingJourney : public QObject
{
    Q_OBJECT
private slots:
    void unansweredCallsSayWhy_data();
    void unansweredCallsSayWhy();
    void phoneNetworkRefuses();
    void lostModelComesBack();
    void modelGoneForGoodEndsTheCall();
    void durationLimitEndsTheCall();
    void killedServerLeavesNoOpenCall();
    void stoppingServerStoresItsCalls();
};

void FailingJourney::unansweredCallsSayWhy_data()
{
    QTest::addColumn<QString>("number");
    QTest::addColumn<QString>("status");
    QTest::newRow("busy") << QStringLiteral("+14155550001") << QStringLiteral("busy");
    QTest::newRow("nobody answers")
        << QStringLiteral("+14155550002") << QStringLiteral("no-answer");
    QTest::newRow("the network fails")
        << QStringLiteral("+14155550003") << QStringLiteral("failed");
}

void FailingJourney::unansweredCallsSayWhy()
{
    QFETCH(QString, number);
    QFETCH(QString, status);
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    const QJsonObject call = stage.waitForEnd(stage.place(QStringLiteral("default"), number));
    QCOMPARE(textOf(call, "status"), status);
    QCOMPARE(textOf(call, "end_reason"), status);
    QVERIFY(call.value(QLatin1String("transcript")).toArray().isEmpty());
}

void FailingJourney::phoneNetworkRefuses()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    stage.sandbox().phone().faults().add({FaultKind::TooMany, {}, 1});
    const tests::Answer answer = stage.staff().get(QStringLiteral("/make-call/4155550123/default"));
    QCOMPARE(answer.status, 502);
    QVERIFY(answer.object().value(QLatin1String("detail")).isString());
    const QJsonArray calls = stage.staff().get(QStringLiteral("/calls")).array();
    QCOMPARE(calls.size(), 1);
    QCOMPARE(textOf(calls.first().toObject(), "end_reason"), QStringLiteral("refused"));
    QCOMPARE(stage.staff().get(QStringLiteral("/make-call/4155550123/default")).status, 200);
}

void FailingJourney::lostModelComesBack()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    stage.sandbox().model().faults().add({FaultKind::Drop, std::chrono::seconds(6), 1});
    const QJsonObject call =
        stage.waitForEnd(stage.place(QStringLiteral("birthday_wishes")), 120'000);
    QCOMPARE(textOf(call, "status"), QStringLiteral("completed"));
    QVERIFY2(textOf(call, "end_reason") != QLatin1String("model_lost"), "the call did not survive");
    QVERIFY(stage.sandbox().model().sessions().size() >= 2);
    QVERIFY(hasEvent(call, QStringLiteral("reconnected")));
}

void FailingJourney::modelGoneForGoodEndsTheCall()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    const qint64 id = stage.place(QStringLiteral("birthday_wishes"));
    QVERIFY(isTalking(stage.waitForCall(id, isTalking)));
    stage.sandbox().model().faults().add({FaultKind::Refuse, {}, -1});
    stage.sandbox().model().strikeAll(FaultKind::Drop);
    const QJsonObject call = stage.waitForEnd(id);
    QCOMPARE(textOf(call, "end_reason"), QStringLiteral("model_lost"));
    // The person on the phone was told, and the phone network's call is over too.
    const auto &phone = stage.sandbox().phone().calls().front();
    QVERIFY(QTest::qWaitFor([&] { return phone->isOver(); }, 10'000));
}

void FailingJourney::durationLimitEndsTheCall()
{
    Stage stage(Stage::Store::Sqlite,
                {{QStringLiteral("CALL_LIMIT_SECONDS"), QStringLiteral("10")}});
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    const QJsonObject call = stage.waitForEnd(stage.place(QStringLiteral("default")));
    QCOMPARE(textOf(call, "end_reason"), QStringLiteral("duration_limit"));
    QVERIFY(call.value(QLatin1String("duration_seconds")).toInt() <= 12);
}

void FailingJourney::killedServerLeavesNoOpenCall()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    const qint64 id = stage.place(QStringLiteral("default"));
    QVERIFY(isTalking(stage.waitForCall(id, isTalking)));
    stage.server().kill();
    QVERIFY2(stage.restart(), qPrintable(stage.why()));
    const QJsonObject call = stage.waitForEnd(id);
    QCOMPARE(textOf(call, "status"), QStringLiteral("failed"));
    QCOMPARE(textOf(call, "end_reason"), QStringLiteral("server_lost"));
}

void FailingJourney::stoppingServerStoresItsCalls()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    const qint64 id = stage.place(QStringLiteral("default"));
    QVERIFY(isTalking(stage.waitForCall(id, isTalking)));
    QCOMPARE(stage.server().terminate(), 0);
    QVERIFY2(stage.restart(), qPrintable(stage.why()));
    QCOMPARE(textOf(stage.waitForEnd(id), "end_reason"), QStringLiteral("shutdown"));
}

QTEST_GUILESS_MAIN(FailingJourney)
#include "tst_failing_journey.moc"
