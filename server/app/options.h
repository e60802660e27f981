// What the parts are told, out of the configuration.
#pragma once

#include "server/app/config.h"
#include "server/bridge/bridge.h"
#include "server/core/accounts/account_service.h"
#include "server/http/http_server.h"

namespace server::app {

core::AccountService::Options accountOptions(const Config &config);
bridge::BridgeSettings bridgeSettings(const Config &config);
http::Headers httpHeaders(const Config &config);

} // namespace server::app
