// What tests of plans, usage and schedules need in a database before they begin.
#pragma once

#include "server/adapters/store/dialling_store.h"
#include "server/adapters/store/opt_out_store.h"
#include "server/adapters/store/plan_store.h"
#include "server/adapters/store/sql_account_store.h"
#include "server/adapters/store/sql_usage_store.h"
#include "server/core/usage/usage_service.h"

namespace tests {

extern const QDateTime kUsageNow;

/// The shipped catalogue, written into the database and read back.
server::core::PlanCatalogue plansIn(server::store::Database &database);

/// A new user of that platform.
base::UserId addUser(server::store::Database &database, const QString &name,
                     server::core::Platform platform, protocol::Role role = protocol::Role::None);

/// An outgoing call of that user, as it is before it is reserved, to a number of its own.
server::core::Call draftFor(base::UserId owner);

/// How a call ends on which people spoke for so long, from kUsageNow on.
server::core::CallEnding endingAfter(base::CallId id, int seconds);

/// The stores that count calls, on one database.
struct UsageRig
{
    explicit UsageRig(server::store::Database &database)
        : plans(plansIn(database)),
          calls(database, plans),
          store(database, calls, plans),
          dialling(database),
          optOuts(database)
    {
    }

    server::core::PlanBook plans;
    server::store::SqlCallStore calls;
    server::store::SqlUsageStore store;
    server::store::SqlDiallingStore dialling;
    server::store::SqlOptOutStore optOuts;
    QDateTime now = kUsageNow;
    server::core::CallingTables tables = *server::core::CallingTables::builtin();
    server::core::DiallingRules rules{{dialling, optOuts, plans, [this] { return now; }}, tables};
    server::core::UsageService service{{store, plans, rules, [this] { return now; }}};
};

} // namespace tests
