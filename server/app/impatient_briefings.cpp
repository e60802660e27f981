#include "server/app/impatient_briefings.h"

#include <future>
#include <memory>

namespace server::app {

base::Result<std::optional<core::CalendarBriefing>>
ImpatientBriefings::briefingFor(base::UserId owner, bool withTimes)
{
    if (!withTimes)
        return m_briefings.briefingFor(owner, false); // nobody outside is asked
    using Answer = base::Result<std::optional<core::CalendarBriefing>>;
    const auto promise = std::make_shared<std::promise<Answer>>();
    auto answer = promise->get_future();
    const bool isQueued = m_pool.submit([&briefings = m_briefings, owner, promise] {
        promise->set_value(briefings.briefingFor(owner, true));
    });
    if (!isQueued)
        return base::fail(base::Fault::Unavailable, QStringLiteral("The server is busy"));
    if (answer.wait_for(m_patience) != std::future_status::ready)
        return base::fail(base::Fault::Timeout,
                          QStringLiteral("The calendar did not answer in time"));
    return answer.get();
}

} // namespace server::app
