#include "server/app/opt_out_watch.h"

#include <algorithm>

namespace server::app {

bool OptOutWatch::isMeant(const protocol::TranscriptLine &line) const
{
    return line.speaker == protocol::Speaker::Caller && m_phrases.isMeantBy(line.text);
}

void OptOutWatch::tell(base::CallId call, core::OptOutWay way)
{
    const bool wasTold = (std::lock_guard(m_mutex), std::exchange(m_states[call].isTold, true));
    if (!wasTold)
        m_handler(call, way);
}

void OptOutWatch::transcriptChanged(base::CallId call, const protocol::TranscriptLine &line)
{
    m_next.transcriptChanged(call, line);
    if (line.isFinal && isMeant(line))
        tell(call, core::OptOutWay::Voice);
}

void OptOutWatch::timelineGrew(base::CallId call, const protocol::TimelineEvent &event)
{
    m_next.timelineGrew(call, event);
    if (event.name != QLatin1String(bridge::kKeyEvent) || event.detail.isEmpty())
        return;
    const bool isMeant =
        (std::lock_guard(m_mutex), m_states[call].keys.press(event.detail.front(), event.atMs));
    if (isMeant)
        tell(call, core::OptOutWay::Key);
}

void OptOutWatch::callEnded(const bridge::CallOutcome &outcome)
{
    // Who hangs up with these words has them written down only now.
    const auto &lines = outcome.detail.transcript;
    if (std::any_of(lines.begin(), lines.end(), [this](const auto &line) { return isMeant(line); }))
        tell(outcome.id, core::OptOutWay::Voice);
    {
        const std::lock_guard lock(m_mutex);
        m_states.erase(outcome.id);
    }
    m_next.callEnded(outcome);
}

} // namespace server::app
