// Which app is asking.
#pragma once

#include "server/core/accounts/platform.h"
#include "server/http/request.h"

namespace server::api {

/// The path prefix /mobile, then X-App-Type (mobile or web), then a User-Agent of the mobile app,
/// else web. Only the creation of an account asks: afterwards the account itself knows.
core::Platform platformOf(const http::Request &request);

} // namespace server::api
