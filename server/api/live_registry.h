// What staff can see of all calls right now: one picture, and what changed in it.
#pragma once

#include "server/bridge/bridge_ports.h"
#include "server/net/loop.h"

#include <QSet>

#include <map>
#include <vector>

namespace server::api {

/// Collects news of calls from any thread and tells its audience in batches.
/// State and audience live on one loop; the observer's methods only post there.
class LiveRegistry final : public bridge::CallObserver
{
public:
    /// Somebody who watches the picture. Called on the registry's loop.
    class Audience
    {
    public:
        virtual ~Audience() = default;
        /// The changes of the last 100 ms as the feed's `delta` message.
        virtual void onDelta(const std::string &message) = 0;
        virtual void onTranscript(base::CallId call, const protocol::TranscriptLine &line) = 0;
        virtual void onTurn(base::CallId call, const protocol::TurnLatency &turn) = 0;
        virtual void onTimeline(base::CallId call, const protocol::TimelineEvent &event) = 0;
        virtual void onEnded(base::CallId call) = 0;
    };
    using OutcomeHandler = std::function<void(const bridge::CallOutcome &)>;

    /// `outcome` is told of each ended call, on the thread that reports it; it must hand it on at
    /// once.
    LiveRegistry(net::Loop &loop, OutcomeHandler outcome);
    ~LiveRegistry() override;

    void callChanged(const protocol::LiveCall &call) override;
    void levels(const QList<protocol::CallLevels> &levels) override;
    void transcriptChanged(base::CallId call, const protocol::TranscriptLine &line) override;
    void turnMeasured(base::CallId call, const protocol::TurnLatency &turn) override;
    void timelineGrew(base::CallId call, const protocol::TimelineEvent &event) override;
    void callEnded(const bridge::CallOutcome &outcome) override;

    /// What the phone network says of a call that has no conversation yet, or never gets one. Any
    /// thread.
    void phoneStatusChanged(const protocol::LiveCall &call);

    // On the registry's loop only:
    void addAudience(Audience *audience);
    void removeAudience(Audience *audience);
    /// The whole picture as the feed's `snapshot` message.
    std::string snapshot() const;
    bool knows(base::CallId call) const { return m_calls.contains(call.value); }
    void setListeners(base::CallId call, int change);

    /// Calls with a conversation under way. Any thread.
    int talkingCount() const { return m_talking.load(std::memory_order_relaxed); }

private:
    struct Entry
    {
        protocol::LiveCall call;
        bool isBridged =
            false; ///< the bridge has spoken: it knows better than the phone network's callbacks
    };
    void update(const protocol::LiveCall &call, bool fromBridge);
    void forgetLater(qint64 id);
    void flushSoon();
    void flush();

    net::Loop &m_loop;
    const OutcomeHandler m_outcome;
    std::map<qint64, Entry> m_calls;
    QSet<qint64> m_changed;
    std::vector<qint64> m_removed;
    std::map<qint64, protocol::CallLevels> m_levels;
    std::vector<Audience *> m_audience;
    net::Loop::TimerId m_flushTimer = 0;
    std::atomic<int> m_talking{0};
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace server::api
