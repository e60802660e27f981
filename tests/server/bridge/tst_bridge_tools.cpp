// Functions that the model calls during a call, through a whole bridge.
#include "tests/server/bridge/rig.h"

#include <QJsonArray>
#include <QtTest>

#include <thread>

using namespace bridge_test;
using namespace server::bridge;

namespace {

const QString kToolRespond = QStringLiteral("response.create");
const QByteArray kCreated = R"({"type":"response.created","response":{"id":"r1"}})";
const QByteArray kDone = R"({"type":"response.done","response":{"id":"r1","status":"completed"}})";

CallPlan bookingPlan(Rig &rig)
{
    CallPlan plan = rig.plan(1);
    plan.tools = {QJsonObject{{QStringLiteral("type"), QStringLiteral("function")},
                              {QStringLiteral("name"), QStringLiteral("book")}}};
    return plan;
}

QByteArray callOf(const QByteArray &name, const QByteArray &id)
{
    return R"({"type":"response.function_call_arguments.done","response_id":"r1","item_id":"f1",)"
           R"("call_id":")"
           + id + R"(","name":")" + name + R"(","arguments":"{not json"})";
}

/// The outputs of functions that the model was given.
QList<QJsonObject> outputs(const Rig &rig)
{
    QList<QJsonObject> found;
    for (const QJsonObject &message : rig.model.received(0)) {
        const QJsonObject item = message.value(QStringLiteral("item")).toObject();
        if (item.value(QStringLiteral("type")) == QStringLiteral("function_call_output"))
            found.append(item);
    }
    return found;
}

} // namespace

class TstBridgeTools : public QObject
{
    Q_OBJECT

private slots:
    void answerIsSpokenOnceTheResponseIsDone();
    void soundFlowsWhileAToolThinks();
    void inventedToolGetsAnErrorAndAResponse();
    void answerOfACallThatIsOverIsDropped();
};

void TstBridgeTools::answerIsSpokenOnceTheResponseIsDone()
{
    Rig rig;
    const auto phone = rig.phone(bookingPlan(rig));
    QTRY_COMPARE(rig.model.count(kToolRespond, 0), 1);
    rig.model.say(kCreated);
    rig.model.say(callOf("book", "t1"));
    QTRY_COMPARE(rig.witness.with([&] { return rig.witness.tools.size(); }), size_t(1));
    const Witness::Tool asked = rig.witness.with([&] { return rig.witness.tools.front(); });
    QCOMPARE(asked.name, QStringLiteral("book"));
    QCOMPARE(asked.arguments, QStringLiteral("{not json")); // judged by whoever runs it
    std::thread elsewhere([&] { asked.answer(QStringLiteral(R"({"status":"created"})")); });
    elsewhere.join();
    QTRY_COMPARE(outputs(rig).size(), 1);
    QCOMPARE(outputs(rig).first().value(QStringLiteral("call_id")).toString(),
             QStringLiteral("t1"));
    QCOMPARE(outputs(rig).first().value(QStringLiteral("output")).toString(),
             QStringLiteral(R"({"status":"created"})"));
    QCOMPARE(rig.model.count(kToolRespond, 0), 1); // the old response is still going on
    rig.model.say(kDone);
    QTRY_COMPARE(rig.model.count(kToolRespond, 0), 2);
    QTRY_VERIFY(rig.witness.saw(QStringLiteral("tool answered")));
}

void TstBridgeTools::soundFlowsWhileAToolThinks()
{
    Rig rig;
    const auto phone = rig.phone(bookingPlan(rig));
    QTRY_COMPARE(rig.model.count(kToolRespond, 0), 1);
    rig.model.say(kCreated);
    rig.model.say(callOf("book", "t1"));
    QTRY_COMPARE(rig.witness.with([&] { return rig.witness.tools.size(); }), size_t(1));
    const qint64 before = rig.model.audioBytes(0);
    rig.model.sayAudio("r1", "i1", 500);
    QTRY_COMPARE(phone->mediaBytes(), 4'000);
    QTRY_VERIFY(rig.model.audioBytes(0) >= before + 8'000); // a second more of the caller
    QVERIFY(outputs(rig).isEmpty());
}

void TstBridgeTools::inventedToolGetsAnErrorAndAResponse()
{
    Rig rig;
    const auto phone = rig.phone(bookingPlan(rig));
    QTRY_COMPARE(rig.model.count(kToolRespond, 0), 1);
    rig.model.say(kCreated);
    rig.model.say(callOf("sell_house", "t1"));
    rig.model.say(kDone);
    QTRY_COMPARE(outputs(rig).size(), 1);
    QVERIFY(outputs(rig)
                .first()
                .value(QStringLiteral("output"))
                .toString()
                .contains(QStringLiteral("no such tool")));
    QTRY_COMPARE(rig.model.count(kToolRespond, 0), 2);
    QVERIFY(rig.witness.with([&] { return rig.witness.tools.empty(); }));
}

void TstBridgeTools::answerOfACallThatIsOverIsDropped()
{
    Rig rig;
    const auto phone = rig.phone(bookingPlan(rig));
    QTRY_COMPARE(rig.model.count(kToolRespond, 0), 1);
    rig.model.say(kCreated);
    rig.model.say(callOf("book", "t1"));
    rig.model.say(callOf("book", "t2"));
    QTRY_COMPARE(rig.witness.with([&] { return rig.witness.tools.size(); }), size_t(2));
    phone->stop();
    QTRY_COMPARE(rig.witness.outcomeCount(), 1);
    rig.witness.tools.front().answer(QStringLiteral("{}"));
    QTRY_COMPARE(rig.bridge->callCount(), 0);
    QVERIFY(outputs(rig).isEmpty());
    rig.bridge.reset();
    rig.witness.tools.back().answer(QStringLiteral("{}")); // nobody is there any more
    QCOMPARE(rig.witness.outcomeCount(), 1);
}

QTEST_GUILESS_MAIN(TstBridgeTools)
#include "tst_bridge_tools.moc"
