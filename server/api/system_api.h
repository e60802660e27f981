// Health, figures, and the description of the API itself.
#pragma once

#include "server/api/metrics.h"
#include "server/http/request.h"
#include "server/http/response.h"
#include "shared/base/secret.h"

#include <functional>

namespace server::api {

/// Handlers of /healthz, /readyz, /metrics, /openapi.json and /docs. Thread-safe.
class SystemApi
{
public:
    /// `isReady` may block; `metricsToken` empty: the figures are open to everybody who reaches the
    /// port.
    SystemApi(const Metrics &metrics, base::Secret metricsToken,
              std::function<base::Result<void>()> isReady);

    http::Response health(const http::Request &request);
    http::Response ready(const http::Request &request);
    http::Response metrics(const http::Request &request);
    http::Response openApi(const http::Request &request);
    http::Response docs(const http::Request &request);
    /// A file of the API browser.
    http::Response docsFile(const http::Request &request);

private:
    const Metrics &m_metrics;
    const base::Secret m_metricsToken;
    const std::function<base::Result<void>()> m_isReady;
    const QByteArray m_openApi;
};

} // namespace server::api
