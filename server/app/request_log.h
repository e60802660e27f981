// One log line for each request.
#pragma once

#include "server/http/http_server.h"

namespace server::app {

/// Any thread.
void logRequest(const http::Served &served);

} // namespace server::app
