// The whole API in one table.
#pragma once

#include "server/api/admin_api.h"
#include "server/api/auth_api.h"
#include "server/api/calls_api.h"
#include "server/api/phone_api.h"
#include "server/api/system_api.h"
#include "server/http/route.h"

namespace server::api {

struct Apis
{
    SystemApi &system;
    AuthApi &auth;
    CallsApi &calls;
    PhoneApi &phone;
    AdminApi &admin;
    bridge::Bridge &bridge;
};

/// Every path of the service; nothing else registers one. `apis` must outlive the table.
http::RouteTable routeTable(Apis apis);

/// One line per row: method, path, access.
QString describe(const http::RouteTable &table);

} // namespace server::api
