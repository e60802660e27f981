// What one user does at the same moment goes in turn.
#pragma once

#include "server/adapters/store/session.h"
#include "shared/base/ids.h"

namespace server::store {

/// Holds the user's row until the transaction ends; who comes later waits. The answer has no row
/// when there is no such user. Rows that only point at the user may still be added.
/// REQUIRES: a transaction. (SQLite locks the whole database when one begins.)
base::Result<Rows> lockUser(Session &session, base::UserId user);

} // namespace server::store
