// The description of the API, as one document.
#pragma once

#include <QByteArray>

namespace server::api {

/// The OpenAPI 3.1 document: resources/api/openapi/base.json with the paths and schemas of the
/// files beside it, one for each group of routes. Assembled anew at each call.
QByteArray openApiDocument();

} // namespace server::api
