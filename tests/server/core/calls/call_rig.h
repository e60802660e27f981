// A call service with everything around it in memory.
#pragma once

#include "tests/server/core/calls/call_fakes.h"
#include "tests/server/core/calls/dialling_fakes.h"
#include "tests/server/core/calls/owner_fakes.h"

namespace calls_test {

inline const QDateTime kNow =
    QDateTime::fromString(QStringLiteral("2026-03-01T12:00:00Z"), Qt::ISODate);
inline const QString kServiceNumber = QStringLiteral("+14155550100");

class FakeEvents final : public CallEvents
{
public:
    void expected(const Call &call) override { awaited.push_back(call); }
    void statusChanged(const Call &call) override { changes.push_back(call.status); }
    void machineAnswered(const Call &call) override { machines.push_back(call.id); }
    std::vector<Call> awaited;
    std::vector<CallStatus> changes;
    std::vector<base::CallId> machines;
};

class FakeNetwork final : public Telephony
{
public:
    base::Result<DialledCall> dial(const DialOrder &order) override
    {
        orders.push_back(order);
        if (isSilent)
            return base::fail(base::Fault::Timeout, QStringLiteral("The service did not answer"));
        if (isAway)
            return base::fail(base::Fault::Upstream, QStringLiteral("The service is away"));
        if (isRefusing)
            return base::fail(base::Fault::Invalid,
                              QStringLiteral("An error occurred with the phone service: no"));
        return DialledCall{QStringLiteral("CA%1").arg(orders.size()), CallStatus::Queued};
    }
    base::Result<std::vector<DialledCall>> dialled(const QString &, const QString &,
                                                   const QDateTime &) override
    {
        if (isSilent)
            return base::fail(base::Fault::Timeout, QStringLiteral("The service did not answer"));
        return known;
    }
    std::vector<DialledCall> known;
    bool isSilent = false; ///< may take an order, does not say
    bool isAway = false;
    std::vector<DialOrder> orders;
    bool isRefusing = false;
};

inline CallSettings usualSettings()
{
    CallSettings settings;
    settings.publicUrl = QUrl(QStringLiteral("https://api.example.com/base"));
    settings.ownNumber = kServiceNumber;
    settings.durationLimit = std::chrono::seconds(60);
    return settings;
}

struct Rig
{
    explicit Rig(CallSettings settings = usualSettings())
        : service({.calls = calls,
                   .reserver = reserver,
                   .telephony = network,
                   .events = events,
                   .scenarios = catalogue,
                   .customScenarios = customScenarios,
                   .briefings = briefings,
                   .numbers = numbers,
                   .vadPreferences = vad,
                   .rules = rules,
                   .now = [this] { return now; }},
                  std::move(settings))
    {
    }
    base::Result<Call> place(const QString &number = QStringLiteral("4155550123"),
                             const QString &scenario = QStringLiteral("default"),
                             const std::function<void(CallOrder &)> &change = {})
    {
        CallOrder order{
            {7}, QStringLiteral("ann@example.com"), QStringLiteral("Ann"), number, scenario};
        if (change)
            change(order);
        return service.place(order);
    }

    FakeCalls calls;
    FakeReserver reserver{calls};
    FakeCustomScenarios customScenarios;
    FakeNetwork network;
    FakeEvents events;
    FakeBriefings briefings;
    FakeNumbers numbers;
    FakeVadPreferences vad;
    ScenarioCatalogue catalogue = *ScenarioCatalogue::builtin();
    QDateTime now = kNow;
    PlanBook plans{*PlanCatalogue::fromJson(PlanCatalogue::builtin())};
    FakeDialling dialling;
    FakeOptOuts optOuts;
    CallingTables tables = *CallingTables::builtin();
    DiallingRules rules{{dialling, optOuts, plans, [this] { return now; }}, tables};
    CallService service;
};

} // namespace calls_test
