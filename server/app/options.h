// What the parts are told, out of the configuration.
#pragma once

#include "server/api/phone_request.h"
#include "server/app/config.h"
#include "server/bridge/bridge.h"
#include "server/core/accounts/account_service.h"
#include "server/core/accounts/password_service.h"
#include "server/core/calls/call_service.h"
#include "server/core/secrets/secret_box.h"
#include "server/http/http_server.h"

namespace server::app {

core::AccountService::Options accountOptions(const Config &config);
core::PasswordService::Options passwordOptions(const Config &config);
/// Of DATA_ENCRYPTION_KEY, which readConfig() found good, else of SECRET_KEY.
core::SecretBox secretBox(const Config &config);
QString recordingsFolder(const Config &config);
/// False when there is no such recording here, or it cannot be deleted.
bool deleteRecording(const Config &config, const QString &file);
core::CallSettings callSettings(const Config &config);
api::PhoneSignature::Settings phoneSettings(const Config &config);
bridge::BridgeSettings bridgeSettings(const Config &config);
http::Headers httpHeaders(const Config &config);

} // namespace server::app
