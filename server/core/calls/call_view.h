// A call as staff and owners are shown it.
#pragma once

#include "server/core/calls/call.h"
#include "shared/protocol/live.h"

namespace server::core {

/// The row of the Live page for a call that has no conversation yet or any more.
protocol::LiveCall liveViewOf(const Call &call);

/// The JSON of GET /calls and GET /calls/{id}: the owner's view, with the whole phone number.
QJsonObject ownerViewOf(const Call &call);

} // namespace server::core
