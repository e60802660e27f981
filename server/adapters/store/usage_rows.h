// Standings and charges as rows, for the stores that change them within their own transactions.
// Internal to this room.
#pragma once

#include "server/adapters/store/session.h"
#include "server/core/usage/usage_ports.h"

namespace server::store {

enum class RowLock { None, ForUpdate };

/// The user's standing, made when there is none yet; settled at `now`. With ForUpdate nobody else
/// changes it until the transaction is over. Fault::NotFound for an unknown user.
base::Result<core::Standing> readStanding(Session &session, base::UserId user,
                                          const core::PlanCatalogue &plans, const QDateTime &now,
                                          RowLock lock);
base::Result<> writeStanding(Session &session, const core::Standing &standing);

base::Result<> addCharge(Session &session, base::CallId call, base::UserId user,
                         const core::Charge &charge);
/// Gives a call's count back, if that has not happened yet and the call was charged at all.
/// REQUIRES: a transaction.
base::Result<> giveBackCall(Session &session, base::CallId call, const core::PlanCatalogue &plans,
                            const QDateTime &now);
/// Notes how long a charged call has lasted; a second word replaces the first. REQUIRES: a
/// transaction.
base::Result<> noteCallSeconds(Session &session, base::CallId call, int seconds,
                               const core::PlanCatalogue &plans, const QDateTime &now);

} // namespace server::store
