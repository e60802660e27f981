// A member function of an API as a row's handler.
#pragma once

#include "server/http/route.h"

namespace server::api {

/// `api` must outlive the row.
template <typename Api, typename Handler>
http::Handler to(Api &api, Handler handler)
{
    return [&api, handler](const http::Request &request) { return (api.*handler)(request); };
}

} // namespace server::api
