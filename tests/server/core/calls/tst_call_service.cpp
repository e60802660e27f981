#include "server/core/calls/call_service.h"

#include <QObject>
#include <QTest>

using namespace server::core;
using base::Fault;

namespace {

const QDateTime kNow = QDateTime::fromString(QStringLiteral("2026-03-01T12:00:00Z"), Qt::ISODate);

/// Calls in memory, with the same promises as the database.
class FakeCalls final : public CallStore
{
public:
    base::Result<Call> add(const Call &call) override
    {
        Call added = call;
        added.id = {qint64(rows.size()) + 1};
        rows.push_back(added);
        return added;
    }
    base::Result<void> setSid(base::CallId id, const QString &callSid, CallStatus status) override
    {
        row(id).callSid = callSid;
        row(id).status = status;
        return {};
    }
    base::Result<std::optional<Call>> byId(base::CallId id) override
    {
        return id.value >= 1 && id.value <= qint64(rows.size()) ? std::optional(row(id))
                                                                : std::nullopt;
    }
    base::Result<std::optional<Call>> bySid(const QString &callSid) override
    {
        for (const Call &call : rows) {
            if (!callSid.isEmpty() && call.callSid == callSid)
                return std::optional(call);
        }
        return std::optional<Call>();
    }
    base::Result<std::vector<Call>> ofOwner(base::UserId, int, int) override { return rows; }
    base::Result<void> setMediaToken(base::CallId id, const QByteArray &hash,
                                     const QDateTime &expires) override
    {
        token = {id, hash, expires};
        return {};
    }
    base::Result<std::optional<Call>> redeemMediaToken(const QByteArray &hash,
                                                       const QDateTime &now) override
    {
        if (hash != token.hash || now >= token.expires)
            return std::optional<Call>();
        token.hash.clear();
        return std::optional(row(token.id));
    }
    base::Result<bool> setStatus(base::CallId id, CallStatus status, const QDateTime &,
                                 std::optional<int>, const QString &reason) override
    {
        if (isFinal(row(id).status))
            return false;
        row(id).status = status;
        row(id).endReason = reason;
        return true;
    }
    base::Result<void> setEndReason(base::CallId id, const QString &reason) override
    {
        row(id).endReason = reason;
        return {};
    }
    base::Result<void> setRecordingSid(base::CallId id, const QString &sid) override
    {
        row(id).recordingSid = sid;
        return {};
    }
    base::Result<void> storeEnding(const CallEnding &) override { return {}; }
    base::Result<std::optional<protocol::CallDetail>> detail(base::CallId) override
    {
        return std::optional<protocol::CallDetail>();
    }
    base::Result<int> closeAbandoned(const QDateTime &, const QDateTime &) override { return 0; }

    Call &row(base::CallId id) { return rows[size_t(id.value) - 1]; }

    std::vector<Call> rows;
    struct
    {
        base::CallId id;
        QByteArray hash;
        QDateTime expires;
    } token;
};

/// Lets every call pass, and writes down its row; or refuses.
class FakeReserver final : public CallReserver
{
public:
    explicit FakeReserver(FakeCalls &calls) : m_calls(calls) {}
    base::Result<Call> reserve(const Call &call) const override
    {
        if (isRefusing)
            return base::fail(Fault::PaymentRequired, QStringLiteral("Upgrade to keep calling."),
                              QStringLiteral("trial_exhausted"));
        return m_calls.add(call);
    }
    bool isRefusing = false;

private:
    FakeCalls &m_calls;
};

/// One scenario of user 7's own.
class FakeCustomScenarios final : public CustomScenarioStore
{
public:
    base::Result<> add(const CustomScenario &, std::optional<int>) override { return {}; }
    base::Result<std::optional<CustomScenario>> find(base::UserId owner, const QString &id) override
    {
        if (owner.value != 7 || id != QLatin1String("custom_7_a"))
            return std::optional<CustomScenario>();
        CustomScenario own;
        own.id = id;
        own.persona = QStringLiteral("You are a lighthouse keeper.");
        own.prompt = QStringLiteral("Tell of the storm.");
        own.voiceType = QStringLiteral("sage");
        return std::optional(own);
    }
    base::Result<std::vector<CustomScenario>> ofOwner(base::UserId) override
    {
        return std::vector<CustomScenario>();
    }
    base::Result<bool> update(const CustomScenario &) override { return false; }
    base::Result<bool> remove(base::UserId, const QString &) override { return false; }
};

class FakeNetwork final : public Telephony
{
public:
    base::Result<DialledCall> dial(const DialOrder &order) override
    {
        orders.push_back(order);
        if (isRefusing)
            return base::fail(Fault::Invalid,
                              QStringLiteral("An error occurred with the phone service: no"));
        return DialledCall{QStringLiteral("CA%1").arg(orders.size()), CallStatus::Queued};
    }
    std::vector<DialOrder> orders;
    bool isRefusing = false;
};

class FakeEvents final : public CallEvents
{
public:
    void expected(const Call &call) override { awaited.push_back(call); }
    void statusChanged(const Call &call) override { changes.push_back(call.status); }
    std::vector<Call> awaited;
    std::vector<CallStatus> changes;
};

struct Rig
{
    explicit Rig(CallSettings settings = {QUrl(QStringLiteral("https://api.example.com/base")),
                                          QStringLiteral("+14155550100"), std::chrono::seconds(60),
                                          true})
        : service(
            {calls, reserver, network, events, catalogue, customScenarios, [this] { return now; }},
            std::move(settings))
    {
    }
    base::Result<Call> place(const QString &number = QStringLiteral("4155550123"),
                             const QString &scenario = QStringLiteral("default"))
    {
        return service.place(
            {{7}, QStringLiteral("ann@example.com"), QStringLiteral("Ann"), number, scenario, 0});
    }

    FakeCalls calls;
    FakeReserver reserver{calls};
    FakeCustomScenarios customScenarios;
    FakeNetwork network;
    FakeEvents events;
    ScenarioCatalogue catalogue = *ScenarioCatalogue::builtin();
    QDateTime now = kNow;
    CallService service;
};

} // namespace

class CallServiceTest : public QObject
{
    Q_OBJECT
private slots:
    void placedCallIsDialledWithEverythingTheNetworkMustKnow();
    void refusedOrdersLeaveAFailedRow();
    void whatThePlanRefusesIsNotDialled();
    void onesOwnScenarioIsSpokenAsWritten();
    void badOrdersDialNothing_data();
    void badOrdersDialNothing();
    void mediaTokenOpensOneStreamOnce();
    void mediaTokenGrowsOld();
    void mediaTokenIsForItsOwnCall();
    void incomingCallGetsOneRowHoweverOftenAsked();
    void finishedCallIsNotConnected();
    void lateNewsChangeNothing();
    void strangersDoNotSeeACall();
};

void CallServiceTest::placedCallIsDialledWithEverythingTheNetworkMustKnow()
{
    Rig rig;
    const auto call = rig.place();
    QVERIFY(call.has_value());
    QCOMPARE(call->callSid, QStringLiteral("CA1"));
    QCOMPARE(call->phoneNumber, QStringLiteral("+14155550123"));
    const DialOrder &order = rig.network.orders.at(0);
    QCOMPARE(order.to, QStringLiteral("+14155550123"));
    QCOMPARE(order.from, QStringLiteral("+14155550100"));
    QCOMPARE(order.answerUrl,
             QStringLiteral(
                 "https://api.example.com/base/outgoing-call/default?direction=outbound&call=1"));
    QCOMPARE(order.statusUrl, QStringLiteral("https://api.example.com/base/twilio-callback"));
    QCOMPARE(order.recordingUrl, QStringLiteral("https://api.example.com/base/recording-callback"));
    QCOMPARE(order.timeLimit, std::chrono::seconds(65)); // the bridge's own limit comes first
    QCOMPARE(rig.events.awaited.size(), size_t(1));
    QVERIFY(rig.events.awaited.front().brief.instructions.contains(QStringLiteral("Ann")));
}

void CallServiceTest::refusedOrdersLeaveAFailedRow()
{
    Rig rig;
    rig.network.isRefusing = true;
    const auto call = rig.place();
    QVERIFY(!call);
    QCOMPARE(call.error().fault, Fault::Invalid);
    QCOMPARE(rig.calls.rows.at(0).status, CallStatus::Failed);
    QCOMPARE(rig.calls.rows.at(0).endReason, QStringLiteral("refused"));
    QVERIFY(rig.events.awaited.empty());
}

void CallServiceTest::whatThePlanRefusesIsNotDialled()
{
    Rig rig;
    rig.reserver.isRefusing = true;
    const auto call = rig.place();
    QCOMPARE(call.error().fault, Fault::PaymentRequired);
    QCOMPARE(call.error().cause, QStringLiteral("trial_exhausted"));
    QVERIFY(rig.network.orders.empty() && rig.calls.rows.empty() && rig.events.awaited.empty());
}

void CallServiceTest::onesOwnScenarioIsSpokenAsWritten()
{
    Rig rig;
    const QString own = QStringLiteral("custom_7_a");
    const auto call = rig.place(QStringLiteral("4155550123"), own);
    QVERIFY(call.has_value());
    QCOMPARE(call->scenario, own);
    QCOMPARE(call->brief.voice, QStringLiteral("sage"));
    QVERIFY(call->brief.instructions.contains(QLatin1String("lighthouse keeper")));
    const auto others = rig.service.place({{8}, {}, {}, QStringLiteral("4155550123"), own, 0});
    QCOMPARE(others.error().message, QStringLiteral("Invalid scenario"));
}

void CallServiceTest::badOrdersDialNothing_data()
{
    QTest::addColumn<QString>("number");
    QTest::addColumn<QString>("scenario");
    QTest::addColumn<int>("fault");
    QTest::newRow("too short a number")
        << QStringLiteral("12") << QStringLiteral("default") << int(Fault::Unprocessable);
    QTest::newRow("a word") << QStringLiteral("mother") << QStringLiteral("default")
                            << int(Fault::Unprocessable);
    QTest::newRow("unknown scenario")
        << QStringLiteral("4155550123") << QStringLiteral("no_such") << int(Fault::Invalid);
}

void CallServiceTest::badOrdersDialNothing()
{
    QFETCH(QString, number);
    QFETCH(QString, scenario);
    Rig rig;
    const auto call = rig.place(number, scenario);
    QVERIFY(!call);
    QTEST(int(call.error().fault), "fault");
    QVERIFY(rig.network.orders.empty());
    QVERIFY(rig.calls.rows.empty());
}

void CallServiceTest::mediaTokenOpensOneStreamOnce()
{
    Rig rig;
    const auto call = rig.place();
    const auto ticket = rig.service.answerOutgoing(call->id, {});
    QVERIFY(ticket.has_value());
    QVERIFY(rig.service.redeem(ticket->token, QStringLiteral("CA1")).has_value());
    const auto again = rig.service.redeem(ticket->token, QStringLiteral("CA1"));
    QVERIFY(!again);
    QCOMPARE(again.error().fault, Fault::Forbidden);
}

void CallServiceTest::mediaTokenGrowsOld()
{
    Rig rig;
    const auto ticket = rig.service.answerOutgoing(rig.place()->id, {});
    rig.now = kNow.addSecs(121);
    QVERIFY(!rig.service.redeem(ticket->token, QStringLiteral("CA1")));
}

void CallServiceTest::mediaTokenIsForItsOwnCall()
{
    Rig rig;
    const auto ticket = rig.service.answerOutgoing(rig.place()->id, {});
    QVERIFY(!rig.service.redeem(ticket->token, QStringLiteral("CA9")));
}

void CallServiceTest::incomingCallGetsOneRowHoweverOftenAsked()
{
    Rig rig;
    const auto ask = [&rig] {
        return rig.service.answerIncoming(QStringLiteral("CA5"), QStringLiteral("anonymous"),
                                          QStringLiteral("+14155550100"),
                                          QStringLiteral("default"));
    };
    const auto first = ask();
    const auto second = ask();
    QVERIFY(first && second);
    QCOMPARE(rig.calls.rows.size(), size_t(1));
    QCOMPARE(second->call.id, first->call.id);
    QCOMPARE(rig.calls.rows.at(0).phoneNumber, QStringLiteral("unknown"));
    QVERIFY(!rig.service.redeem(first->token,
                                QStringLiteral("CA5"))); // the second asking made it worthless
    QVERIFY(rig.service.redeem(second->token, QStringLiteral("CA5")).has_value());
}

void CallServiceTest::finishedCallIsNotConnected()
{
    Rig rig;
    const auto call = rig.place();
    QVERIFY(rig.service.reportStatus(call->callSid, CallStatus::Busy, {}).has_value());
    const auto ticket = rig.service.answerOutgoing(call->id, {});
    QVERIFY(!ticket);
    QCOMPARE(ticket.error().fault, Fault::Conflict);
}

void CallServiceTest::lateNewsChangeNothing()
{
    Rig rig;
    const auto call = rig.place();
    QVERIFY(rig.service.reportStatus(call->callSid, CallStatus::NoAnswer, {}).has_value());
    QVERIFY(rig.service.reportStatus(call->callSid, CallStatus::Ringing, {}).has_value());
    QCOMPARE(rig.calls.rows.at(0).status, CallStatus::NoAnswer);
    QCOMPARE(rig.events.changes, std::vector{CallStatus::NoAnswer});
    const auto unknown = rig.service.reportStatus(QStringLiteral("CA404"), CallStatus::Ringing, {});
    QCOMPARE(unknown.error().fault, Fault::NotFound);
}

void CallServiceTest::strangersDoNotSeeACall()
{
    Rig rig;
    const auto call = rig.place();
    QVERIFY(rig.service.ownCall({7}, call->id).has_value());
    QCOMPARE(rig.service.ownCall({8}, call->id).error().fault, Fault::NotFound);
    QCOMPARE(rig.service.ownCall({7}, {99}).error().fault, Fault::NotFound);
}

QTEST_APPLESS_MAIN(CallServiceTest)
#include "tst_call_service.moc"
