// Sees in a running call that the person wants no more calls.
#pragma once

#include "server/bridge/bridge_ports.h"
#include "server/core/dialling/opt_out.h"

#include <mutex>
#include <unordered_map>

namespace server::app {

/// Stands between the bridge and whoever observes calls, and passes everything on. Keys and words
/// are recognised here, whatever the agent makes of them. Any thread.
class OptOutWatch final : public bridge::CallObserver
{
public:
    /// Told once of a call, on a bridge thread: must hand it on at once.
    using Handler = std::function<void(base::CallId, core::OptOutWay)>;

    /// What it is made with must outlive it.
    OptOutWatch(bridge::CallObserver &next, const core::OptOutPhrases &phrases, Handler handler)
        : m_next(next), m_phrases(phrases), m_handler(std::move(handler))
    {
    }

    void callChanged(const protocol::LiveCall &call) override { m_next.callChanged(call); }
    void levels(const QList<protocol::CallLevels> &levels) override { m_next.levels(levels); }
    void transcriptChanged(base::CallId call, const protocol::TranscriptLine &line) override;
    void turnMeasured(base::CallId call, const protocol::TurnLatency &turn) override
    {
        m_next.turnMeasured(call, turn);
    }
    void timelineGrew(base::CallId call, const protocol::TimelineEvent &event) override;
    void callEnded(const bridge::CallOutcome &outcome) override;

private:
    struct State
    {
        core::OptOutKeys keys;
        bool isTold = false;
    };
    bool isMeant(const protocol::TranscriptLine &line) const;
    void tell(base::CallId call, core::OptOutWay way);

    bridge::CallObserver &m_next;
    const core::OptOutPhrases &m_phrases;
    const Handler m_handler;
    std::mutex m_mutex;
    std::unordered_map<base::CallId, State> m_states; ///< of calls that gave a sign; guarded
};

} // namespace server::app
