// CallService: what the phone network and the bridge report.
#include "server/core/calls/call_service.h"
#include "shared/base/log.h"

namespace server::core {

base::Result<void> CallService::reportStatus(const QString &callSid, CallStatus status,
                                             std::optional<int> durationSeconds)
{
    auto call = required(m_ports.calls.bySid(callSid));
    if (!call)
        return failed(call);
    const QDateTime now = m_ports.now();
    const QString reason = isNeverConnected(status) ? toText(status) : QString();
    const auto changed = m_ports.calls.setStatus(call->id, status, now, durationSeconds, reason);
    if (!changed)
        return failed(changed);
    if (*changed) {
        call->status = status;
        call->endReason = reason;
        m_ports.events.statusChanged(*call);
    }
    return {};
}

base::Result<void> CallService::reportRecording(const QString &callSid, const QString &recordingSid)
{
    const auto call = required(m_ports.calls.bySid(callSid));
    if (!call)
        return failed(call);
    auto stored = m_ports.calls.setRecordingSid(call->id, recordingSid);
    if (stored)
        m_ports.events.recordingReady(*call, recordingSid);
    return stored;
}

base::Result<void> CallService::reportEnding(const CallEnding &ending)
{
    base::log::info("call.ended", {{QStringLiteral("call"), ending.id.value},
                                   {QStringLiteral("reason"), ending.reason},
                                   {QStringLiteral("turns"), int(ending.detail.turns.size())}});
    return m_ports.calls.storeEnding(ending);
}

base::Result<void> CallService::reportAnswerer(const QString &callSid, const QString &answeredBy)
{
    auto call = required(m_ports.calls.bySid(callSid));
    if (!call)
        return failed(call);
    if (auto stored = m_ports.calls.setAnsweredBy(call->id, answeredBy); !stored)
        return stored;
    if (!isMachine(answeredBy) || !m_settings.hangsUpOnMachines || isFinal(call->status))
        return {};
    // First the reason: between the answer and the conversation nobody else could tell it later.
    call->endReason = QStringLiteral("machine");
    if (auto stored = m_ports.calls.setEndReason(call->id, call->endReason); !stored)
        return stored;
    m_ports.events.machineAnswered(*call);
    return {};
}

base::Result<void> CallService::reportForeign(const ForeignCall &news)
{
    auto known = m_ports.calls.bySid(news.callSid);
    if (!known)
        return failed(known);
    if (*known)
        return reportStatus(news.callSid, news.status, news.durationSeconds);
    if (news.status != CallStatus::Completed)
        return {}; // nobody spoke, or somebody will yet
    const bool isInbound = news.direction == CallDirection::Inbound;
    const auto number = m_ports.numbers.findActive(isInbound ? news.to : news.from);
    if (!number)
        return failed(number);
    const QDateTime now = m_ports.now();
    const int seconds = news.durationSeconds.value_or(0);
    Call call;
    call.owner = *number ? (*number)->owner : base::UserId{};
    call.scenario = isInbound ? QStringLiteral("Inbound Call") : QStringLiteral("Unknown");
    call.scenarioTitle = call.scenario;
    call.direction = news.direction;
    call.phoneNumber = isInbound ? news.from : news.to;
    call.ownNumber = isInbound ? news.to : news.from;
    call.callSid = news.callSid;
    call.status = CallStatus::InProgress;
    call.createdAt = now.addSecs(-seconds);
    const auto added = m_ports.calls.add(call);
    if (!added && added.error().fault == base::Fault::Conflict)
        return {}; // told twice at a time
    if (!added)
        return failed(added);
    const auto closed = m_ports.calls.setStatus(added->id, news.status, now, seconds, {});
    return closed ? base::Result<void>() : failed(closed);
}

} // namespace server::core
