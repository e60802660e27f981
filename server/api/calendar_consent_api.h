// Connecting a calendar, and letting it go.
#pragma once

#include "server/core/calendar/calendar_connections.h"
#include "server/http/request.h"
#include "server/http/response.h"

namespace server::api {

/// Handlers of /google-calendar/auth, its callbacks, and the connection itself. Thread-safe.
class CalendarConsentApi
{
public:
    struct Options
    {
        bool isConfigured = false; ///< this server is known to the provider
        QString frontendUrl;       ///< of the web app, without a trailing slash
    };
    CalendarConsentApi(core::CalendarConnections &connections, Options options)
        : m_connections(connections), m_options(std::move(options))
    {
    }

    http::Response begin(const http::Request &request);
    /// The browser, back from the provider: a page that leads on to the web app.
    http::Response callback(const http::Request &request);
    /// The same, for those who ask for JSON.
    http::Response callbackAsJson(const http::Request &request);
    http::Response disconnect(const http::Request &request);

private:
    base::Result<> finish(const http::Request &request);

    core::CalendarConnections &m_connections;
    const Options m_options;
};

} // namespace server::api
