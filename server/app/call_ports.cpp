#include "server/app/call_ports.h"

#include "server/core/calls/call_view.h"

namespace server::app {

bridge::CallPlan planFor(const core::Call &call, bool isRecorded)
{
    bridge::CallPlan plan;
    plan.id = call.id;
    plan.callSid = call.callSid;
    plan.direction = call.direction == core::CallDirection::Outbound ? bridge::Direction::Outbound
                                                                     : bridge::Direction::Inbound;
    plan.account = call.account;
    plan.phoneNumber = call.phoneNumber;
    plan.scenario = call.scenario;
    plan.scenarioTitle = call.scenarioTitle;
    plan.instructions = call.brief.instructions;
    plan.greeting = call.brief.greeting;
    plan.voice = call.brief.voice;
    plan.turnDetection = call.brief.turnDetection;
    plan.tools = call.brief.tools;
    plan.durationLimit = call.durationLimit;
    plan.isRecorded = isRecorded && call.brief.isRecorded;
    return plan;
}

void CallNews::expected(const core::Call &call)
{
    m_registry.phoneStatusChanged(core::liveViewOf(call));
    m_bridge->prepare(planFor(call, m_isRecorded));
}

void CallNews::statusChanged(const core::Call &call)
{
    m_registry.phoneStatusChanged(core::liveViewOf(call));
    if (core::isNeverConnected(call.status))
        m_bridge->forget(call.id);
}

void CallNews::machineAnswered(const core::Call &call)
{
    // No conversation yet, or carried elsewhere: the phone network ends it.
    if (!m_bridge->hangUp(call.id, bridge::EndReason::Machine))
        m_phone.hangUp(call.callSid);
}

void StoredCalls::redeem(std::string token, std::string callSid, std::string scenario,
                         Answer answer)
{
    const bool isQueued = m_store.submit([this, token, callSid, scenario, answer] {
        const QString sid = QString::fromStdString(callSid);
        const auto call = token.empty() && m_options.isOpen
                              ? m_calls.improvise(QString::fromStdString(scenario), sid)
                              : m_calls.redeem(QString::fromStdString(token), sid);
        if (!call)
            return answer(failed(call));
        answer(planFor(*call, m_options.isRecorded));
    });
    if (!isQueued)
        answer(base::fail(base::Fault::Unavailable, QStringLiteral("The server is busy")));
}

core::CallEnding endingOf(const bridge::CallOutcome &outcome)
{
    return {outcome.id,      toText(outcome.reason), outcome.answeredAt,
            outcome.endedAt, outcome.detail,         outcome.recordingFile};
}

} // namespace server::app
