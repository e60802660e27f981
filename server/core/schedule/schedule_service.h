// Calls that wait for their time.
#pragma once

#include "server/core/calls/call_service.h"
#include "server/core/dialling/dialling_rules.h"
#include "server/core/schedule/schedule_ports.h"
#include "server/core/usage/usage_service.h"

namespace server::core {

/// Takes orders, and places what is due: each once, by whichever server claims it.
///
/// A claim is for one call and short, and whoever holds it does not dial after its first half. When
/// its server is lost, another takes over: a call that was reserved is asked for at the phone
/// network before it is dialled, so no phone rings twice, and none is forgotten.
/// Thread-safe; blocks. Ports must outlive it.
class ScheduleService final
{
public:
    struct Ports
    {
        ScheduleStore &store;
        CallService &calls;
        const UsageService &usage;
        const DiallingRules &rules;
        base::Clock now;
    };

    explicit ScheduleService(Ports ports) : m_ports(std::move(ports)) {}

    /// Fault::Unprocessable for a number or time that cannot be, quiet time among them;
    /// Fault::Invalid "Invalid scenario"; Fault::PaymentRequired (with the gate's word in `cause`)
    /// for somebody who could not make the call now either; Fault::Forbidden for a number that
    /// wants no calls. Nothing is counted until the call is placed.
    base::Result<ScheduledCall> schedule(base::UserId owner, const QString &phoneNumber,
                                         const QString &scenario, const QDateTime &dueAt) const;
    base::Result<std::vector<ScheduledCall>> ofOwner(base::UserId owner, int limit,
                                                     int offset) const;
    /// Fault::NotFound unless it is the owner's own and still waits.
    base::Result<> cancel(base::UserId owner, qint64 id) const;

    /// Claims one call that is due and places it; false when none is. Of any number of servers and
    /// threads.
    base::Result<bool> placeNext() const;

private:
    base::Result<> place(const ScheduledCall &call, const QDateTime &now) const;
    base::Result<> resume(const ScheduledCall &call, const QDateTime &now) const;
    base::Result<> settle(const ScheduledCall &call, const base::Result<Call> &placed,
                          const QDateTime &now) const;
    base::Result<> tryAgain(const ScheduledCall &call, const QString &note,
                            const QDateTime &now) const;
    QDateTime latestFor(const ScheduledCall &call) const;

    Ports m_ports;
};

} // namespace server::core
