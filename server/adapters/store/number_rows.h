// Rows of user_phone_numbers, for the stores that write them.
#pragma once

#include "server/adapters/store/session.h"
#include "server/core/numbers/number_ports.h"

namespace server::store {

/// Makes the number its owner's, whether there has been a row of it or not; returns it with its id.
/// Nothing when it is somebody else's active one.
base::Result<std::optional<core::OwnedNumber>> takeNumber(Session &session,
                                                          const core::OwnedNumber &number);

} // namespace server::store
