// How the agent of one's calls takes its turn.
#pragma once

#include "server/core/scenarios/vad_preferences.h"
#include "server/http/request.h"
#include "server/http/response.h"
#include "shared/base/clock.h"

namespace server::api {

/// Handlers of /api/vad-config/*. Thread-safe; the preferences must outlive it.
class VadApi
{
public:
    VadApi(core::VadPreferences &preferences, base::Clock now)
        : m_preferences(preferences), m_now(std::move(now))
    {
    }

    /// POST /api/vad-config/update: for the caller's own calls from now on.
    http::Response update(const http::Request &request);
    /// GET /api/vad-config/presets
    http::Response presets(const http::Request &request);

private:
    core::VadPreferences &m_preferences;
    const base::Clock m_now;
};

} // namespace server::api
