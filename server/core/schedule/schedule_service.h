// Calls that wait for their time.
#pragma once

#include "server/core/calls/call_service.h"
#include "server/core/schedule/schedule_ports.h"
#include "server/core/usage/usage_service.h"

namespace server::core {

/// Takes orders, and places what is due: each once, by whichever server claims it.
/// Thread-safe; blocks. Ports must outlive it.
class ScheduleService final
{
public:
    struct Ports
    {
        ScheduleStore &store;
        CallService &calls;
        const UsageService &usage;
        base::Clock now;
    };

    explicit ScheduleService(Ports ports) : m_ports(std::move(ports)) {}

    /// Fault::Unprocessable for a number or time that cannot be, Fault::Invalid "Invalid scenario",
    /// Fault::PaymentRequired (with the gate's word in `cause`) for somebody who could not make the
    /// call now either. Nothing is counted until the call is placed.
    base::Result<ScheduledCall> schedule(base::UserId owner, const QString &phoneNumber,
                                         const QString &scenario, const QDateTime &dueAt) const;
    base::Result<std::vector<ScheduledCall>> ofOwner(base::UserId owner, int limit,
                                                     int offset) const;
    /// Fault::NotFound unless it is the owner's own and still waits.
    base::Result<> cancel(base::UserId owner, qint64 id) const;

    /// Claims what is due and places it; how many were claimed. Called every second by a server.
    base::Result<int> placeDue() const;

private:
    base::Result<> place(const ScheduledCall &call, const QDateTime &now) const;

    Ports m_ports;
};

} // namespace server::core
