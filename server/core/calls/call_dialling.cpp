// CallService: from a reserved call to a ringing phone, once.
#include "server/core/calls/call_service.h"
#include "shared/base/log.h"

namespace server::core {

using base::Fault;
using base::Result;

namespace {

// The phone network writes whole seconds, and its clock is not ours.
constexpr qint64 kClockSkewSeconds = 60;

} // namespace

Result<Call> CallService::dial(Call call, MachineDetection detection, const QDateTime &until)
{
    // Whoever was held up for so long must not dial: others may have taken over meanwhile.
    if (until.isValid() && m_ports.now() > until)
        return base::fail(Fault::Timeout, QStringLiteral("It is too late to place this call"));
    const auto dialled = m_ports.telephony.dial(dialOrderFor(call, detection));
    if (!dialled) {
        const base::Error &error = dialled.error();
        base::log::warning("call.refused", {{QStringLiteral("call"), call.id.value},
                                            {QStringLiteral("cause"), error.cause}});
        if (error.fault == Fault::Timeout && until.isValid())
            return failed(dialled); // it may ring: resume() finds out
        const auto stored = abandon(call.id, QStringLiteral("refused"));
        return stored ? failed(dialled) : failed(stored);
    }
    call.callSid = dialled->callSid;
    call.status = dialled->status;
    if (const auto stored = m_ports.calls.setSid(call.id, call.callSid, call.status); !stored)
        return failed(stored);
    base::log::info("call.placed",
                    {{QStringLiteral("call"), call.id.value},
                     {QStringLiteral("call_sid"), call.callSid},
                     {QStringLiteral("scenario"), call.scenario},
                     {QStringLiteral("to"), base::log::maskedPhone(call.phoneNumber)}});
    m_ports.events.expected(call);
    return call;
}

Result<Call> CallService::resume(base::CallId id, const QDateTime &until)
{
    auto call = required(m_ports.calls.byId(id));
    if (!call || !call->callSid.isEmpty())
        return call;
    if (isFinal(call->status))
        return base::fail(Fault::NotFound, QStringLiteral("The call was not placed"),
                          call->endReason);
    // Its news may have been lost with the server that they were for: the network knows.
    const auto known = m_ports.telephony.dialled(call->ownNumber, call->phoneNumber,
                                                 call->createdAt.addSecs(-kClockSkewSeconds));
    if (!known)
        return base::fail(Fault::Timeout, known.error().message, known.error().cause);
    for (const DialledCall &one : *known) {
        const auto owned = m_ports.calls.bySid(one.callSid);
        if (!owned)
            return failed(owned);
        if (*owned)
            continue; // another call to that number
        call->callSid = one.callSid;
        if (const auto stored = m_ports.calls.setSid(id, one.callSid, CallStatus::Queued); !stored)
            return failed(stored);
        const auto told = reportStatus(one.callSid, one.status, {});
        return told ? call : failed(told);
    }
    if (const auto allowed = m_ports.rules.check(call->owner, call->phoneNumber, m_ports.now());
        !allowed) {
        const auto stored = abandon(id, allowed.error().cause);
        return stored ? failed(allowed) : failed(stored);
    }
    return dial(std::move(*call), m_settings.machineDetection, until);
}

Result<void> CallService::abandon(base::CallId id, const QString &reason)
{
    const auto stored = m_ports.calls.setStatus(id, CallStatus::Failed, m_ports.now(), 0, reason);
    return stored ? Result<void>() : failed(stored);
}

Result<void> CallService::reportSid(base::CallId id, const QString &callSid)
{
    if (!id.isValid() || callSid.isEmpty())
        return {};
    const auto adopted = m_ports.calls.adoptSid(id, callSid);
    if (!adopted && adopted.error().fault != Fault::Conflict)
        return failed(adopted);
    return {};
}

} // namespace server::core
