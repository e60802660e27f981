// Takes numbers off the list of those that may be dialled.
#pragma once

#include "server/core/dialling/dialling_ports.h"
#include "shared/base/clock.h"

namespace server::core {

/// Any thread; blocks. Ports must outlive it.
class OptOutService final
{
public:
    struct Ports
    {
        OptOutStore &store;
        base::Clock now;
    };

    explicit OptOutService(Ports ports) : m_ports(std::move(ports)) {}

    /// The person at `phoneNumber` said so during a call. Doing it twice is harmless.
    base::Result<> byCallee(const QString &phoneNumber, base::CallId call, OptOutWay way) const;

    // What members of staff do; audited in the same step.
    /// Fault::Unprocessable for what is no number; Fault::Conflict when it had opted out before.
    base::Result<OptOut> add(base::UserId actor, const QString &phoneNumber, const QString &note,
                             const QString &requestId) const;
    /// Fault::NotFound when the number had not opted out.
    base::Result<> remove(base::UserId actor, const QString &phoneNumber,
                          const QString &requestId) const;
    /// Newest first; only numbers with these digits in them, where there are any.
    base::Result<std::vector<OptOut>> search(const QString &digits, int limit, int offset) const
    {
        return m_ports.store.search(digits, limit, offset);
    }

private:
    Ports m_ports;
};

/// What the model is told when it does not know yet why it must say goodbye.
QString optOutFarewell();

} // namespace server::core
