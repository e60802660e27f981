// What usage needs from the world outside the core.
#pragma once

#include "server/core/accounts/account_ports.h"
#include "server/core/calls/call.h"
#include "server/core/usage/standing.h"

#include <functional>

namespace server::core {

/// Decides about a call that is about to be reserved: it may change the standing it is given (which
/// is settled and locked) and the call, and returns what the call took; an error refuses it.
using CallGate = std::function<base::Result<Charge>(Standing &, Call &)>;

/// Standings, charges and subscriptions. Thread-safe; every call blocks. Everybody who has an
/// account has a standing: it is made when it is first asked for.
class UsageStore
{
public:
    virtual ~UsageStore() = default;

    /// As it is at `now`: settled. Fault::NotFound for a user that does not exist.
    virtual base::Result<Standing> standing(base::UserId user, const QDateTime &now) = 0;

    /// Asks `gate`, and stores what it did to the standing, the call and its charge, all in one
    /// step that no other reservation of the same user can slip into.
    virtual base::Result<Call> reserve(const Call &call, const QDateTime &now,
                                       const CallGate &gate) = 0;

    /// Replaces the user's subscription, with the audit entry in the same step.
    virtual base::Result<Standing> subscribe(base::UserId user, const Subscription &subscription,
                                             const AuditEntry &entry) = 0;
    /// Adds calls that are used when a quota is spent; the expiry moves for all of them.
    virtual base::Result<Standing>
    addAddon(base::UserId user, int calls, const QDateTime &expiresAt, const AuditEntry &entry) = 0;
    /// Ends the current subscription: at once, or at the end of what is paid. Fault::NotFound when
    /// there is none.
    virtual base::Result<Standing> endSubscription(base::UserId user, bool atPeriodEnd,
                                                   const QDateTime &now,
                                                   const AuditEntry &entry) = 0;
};

} // namespace server::core
