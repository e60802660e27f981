// What agents can do during a call, and what they are told before it, when others take their time.
#include "server/app/call_tools.h"
#include "server/app/impatient_briefings.h"
#include "tests/server/core/calls/call_fakes.h"

#include <QJsonDocument>
#include <QObject>
#include <QTest>

#include <future>

using namespace server;
using app::CallTools;

namespace {

const QString kBook = QStringLiteral("book");

/// Runs one tool and waits for its answer.
QJsonObject answerOf(CallTools &tools, base::CallId call, const QString &name,
                     const QString &arguments = {})
{
    std::promise<QString> promise;
    auto answer = promise.get_future();
    tools.run(call, name, arguments, [&](const QString &text) { promise.set_value(text); });
    return QJsonDocument::fromJson(answer.get().toUtf8()).object();
}

QString errorOf(const QJsonObject &answer)
{
    return answer.value(QLatin1String("error")).toString();
}

/// Answers when it is told to.
class SlowBriefings final : public core::CalendarBriefings
{
public:
    base::Result<std::optional<core::CalendarBriefing>> briefingFor(base::UserId,
                                                                    bool withTimes) override
    {
        if (withTimes)
            gate.get_future().wait();
        return std::optional(core::CalendarBriefing{QStringLiteral("America/Denver"), {}});
    }
    std::promise<void> gate;
};

} // namespace

class CallToolsTest : public QObject
{
    Q_OBJECT
private slots:
    void toolIsGivenTheStoredCall();
    void whatCannotBeRunIsAnError();
    void fullPoolIsAnErrorAtOnce();
    void slowCalendarIsNotWaitedFor();
    void quickCalendarIs();
};

void CallToolsTest::toolIsGivenTheStoredCall()
{
    calls_test::FakeCalls calls;
    core::Call call;
    call.owner = {7};
    const base::CallId id = calls.add(call)->id;
    base::WorkerPool pool("tools", 2, 10);
    CallTools tools({{kBook,
                      [](const core::Call &asked, const QString &arguments) {
                          return QStringLiteral(R"({"owner":%1,"said":"%2"})")
                              .arg(asked.owner.value)
                              .arg(arguments);
                      }}},
                    calls, pool);
    const QJsonObject answer = answerOf(tools, id, kBook, QStringLiteral("user_id 8"));
    QCOMPARE(answer.value(QLatin1String("owner")).toInt(), 7);
    QCOMPARE(answer.value(QLatin1String("said")).toString(), QStringLiteral("user_id 8"));
}

void CallToolsTest::whatCannotBeRunIsAnError()
{
    calls_test::FakeCalls calls;
    base::WorkerPool pool("tools", 1, 10);
    CallTools tools({{kBook, [](const core::Call &, const QString &) { return QString(); }}}, calls,
                    pool);
    QVERIFY(errorOf(answerOf(tools, {1}, QStringLiteral("sell"))).contains(u"no such tool"));
    QVERIFY(errorOf(answerOf(tools, {1}, kBook)).contains(u"not known"));
}

void CallToolsTest::fullPoolIsAnErrorAtOnce()
{
    calls_test::FakeCalls calls;
    const base::CallId id = calls.add({})->id;
    base::WorkerPool pool("tools", 1, 1);
    std::promise<void> begun;
    std::promise<void> gate;
    CallTools tools({{kBook,
                      [&](const core::Call &, const QString &arguments) {
                          if (arguments == QLatin1String("first")) {
                              begun.set_value();
                              gate.get_future().wait();
                          }
                          return QStringLiteral("{}");
                      }}},
                    calls, pool);
    int answered = 0;
    const auto count = [&](const QString &) { ++answered; }; // both on the pool's one thread
    tools.run(id, kBook, QStringLiteral("first"), count);
    begun.get_future().wait();
    tools.run(id, kBook, QStringLiteral("waits"), count);
    QVERIFY(errorOf(answerOf(tools, id, kBook)).contains(u"too much to do"));
    gate.set_value();
    pool.stop();
    QCOMPARE(answered, 2);
}

void CallToolsTest::slowCalendarIsNotWaitedFor()
{
    SlowBriefings slow;
    base::WorkerPool pool("tools", 1, 10);
    app::ImpatientBriefings briefings(slow, pool, base::Millis(20));
    const auto withTimes = briefings.briefingFor({7}, true);
    QCOMPARE(withTimes.error().fault, base::Fault::Timeout);
    QVERIFY(briefings.briefingFor({7}, false).has_value());
    slow.gate.set_value();
}

void CallToolsTest::quickCalendarIs()
{
    SlowBriefings slow;
    slow.gate.set_value();
    base::WorkerPool pool("tools", 1, 10);
    app::ImpatientBriefings briefings(slow, pool, base::Millis(60'000));
    const auto told = briefings.briefingFor({7}, true);
    QVERIFY(told && *told);
    QCOMPARE((*told)->timeZone, QStringLiteral("America/Denver"));
}

QTEST_APPLESS_MAIN(CallToolsTest)
#include "tst_call_tools.moc"
