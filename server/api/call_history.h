// One's own calls, as both apps list them.
#pragma once

#include "server/core/calls/call_ports.h"
#include "server/http/request.h"
#include "server/http/response.h"

namespace server::api {

/// `{"call_history": [...], "total_calls": n}` for the caller, newest first; `limit` and `offset`
/// in the query. The iOS app decodes `call_sid` as a text that is always there.
http::Response callHistory(const http::Request &request, core::CallStore &calls);

} // namespace server::api
