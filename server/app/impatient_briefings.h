// A calendar is asked no longer than somebody on the line would wait.
#pragma once

#include "server/core/calendar/calendar_briefing.h"
#include "shared/base/clock.h"
#include "shared/base/worker_pool.h"

namespace server::app {

/// Has others ask on a pool. When the provider takes too long, the call goes on without its answer
/// (Fault::Timeout): an answered phone hears nothing until the phone network has its document, and
/// that gives up after 15 s (Twilio Voice, "Webhooks: timeouts"). Thread-safe; what it is made with
/// must outlive it and the pool's tasks.
class ImpatientBriefings final : public core::CalendarBriefings
{
public:
    ImpatientBriefings(core::CalendarBriefings &briefings, base::WorkerPool &pool,
                       base::Millis patience)
        : m_briefings(briefings), m_pool(pool), m_patience(patience)
    {
    }

    base::Result<std::optional<core::CalendarBriefing>> briefingFor(base::UserId owner,
                                                                    bool withTimes) override;

private:
    core::CalendarBriefings &m_briefings;
    base::WorkerPool &m_pool;
    const base::Millis m_patience;
};

} // namespace server::app
