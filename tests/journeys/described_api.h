// Answers held against the API's own description.
#pragma once

#include "tests/journeys/rest_client.h"

namespace tests {

/// What is wrong with an answer that should have that status and the form that `api` (an OpenAPI
/// document) describes for it; empty when nothing is. `method` in lower case, `path` as described.
QString objectionTo(const Answer &answer, const QJsonObject &api, const char *method,
                    const char *path, int status);

} // namespace tests
