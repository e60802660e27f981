// What the Live page works with: the calls, the watched call, listening and hanging up.
#pragma once

#include "console/api/api_client.h"
#include "console/api/live_feed.h"
#include "console/models/latency_model.h"
#include "console/models/live_calls_model.h"
#include "console/models/timeline_model.h"
#include "console/models/transcript_model.h"

#include <QObject>
#include <QSet>

#include <optional>

namespace console::models {

/// Fills the models from the feed and carries the page's commands out; problems come as failed().
/// Why it exists: pages see models and commands, never requests or frames.
/// GUI thread; client and feed must outlive it.
class LiveDesk final : public QObject
{
    Q_OBJECT

public:
    enum class Link { Offline, Connecting, Online, Waiting, Refused };
    Q_ENUM(Link)

    LiveDesk(api::ApiClient &client, api::LiveFeed &feed, QObject *parent = nullptr);

    LiveCallsModel &calls() { return m_calls; }
    TranscriptModel &transcript() { return m_transcript; }
    LatencyModel &latency() { return m_latency; }
    TimelineModel &timeline() { return m_timeline; }

    Link link() const;
    const QString &linkProblem() const { return m_feed.lastProblem(); }
    int secondsToRetry() const;
    /// A snapshot has been seen since sign-in, so an empty table means that there are no calls.
    bool hasSnapshot() const { return m_hasSnapshot; }
    void retryNow() { m_feed.retryNow(); }

    /// Opens the feed for the user who just signed in, and closes it again.
    void open();
    void close();
    bool may(protocol::Permission permission) const;

    void watch(qint64 callId); ///< 0 to watch none
    qint64 watchedId() const { return m_watchedId; }
    /// The watched call, as last seen: it stays readable after its end.
    const std::optional<protocol::LiveCall> &watchedCall() const { return m_watchedCall; }

    void listen(qint64 callId);
    void stopListening();
    qint64 listenedId() const { return m_listenedId; }
    /// The server has agreed, so sound is on its way.
    bool isHearing() const { return m_isHearing; }

    void hangUp(qint64 callId);
    /// The call can be hung up and nobody has asked for it yet.
    bool mayHangUp(qint64 callId) const;
    bool mayListen(qint64 callId) const;

signals:
    void linkChanged();
    void snapshotTaken();
    void watchedChanged();     ///< another call is watched
    void watchedCallUpdated(); ///< its row has changed
    void listeningChanged();
    void commandsChanged(); ///< what may be listened to or hung up
    void audioReceived(const protocol::ListenFrame &frame);
    void failed(const QString &message);

private:
    void onLinkChanged();
    void onSnapshot(const api::LiveSnapshot &snapshot);
    void onDelta(const api::LiveDelta &delta);
    void onDetail(const protocol::CallDetail &detail);
    void onListening(qint64 callId);
    void onStopped(qint64 callId, const QString &reason);
    void onRefused(const QString &request, qint64 callId, const QString &message);
    void refreshWatched();
    void showDetail(const protocol::CallDetail &detail);
    void fetchFinalDetail(qint64 callId);
    void forgetListening();

    api::ApiClient &m_client;
    api::LiveFeed &m_feed;
    LiveCallsModel m_calls;
    TranscriptModel m_transcript;
    LatencyModel m_latency;
    TimelineModel m_timeline;
    qint64 m_watchedId = 0;
    std::optional<protocol::LiveCall> m_watchedCall;
    qint64 m_listenedId = 0;
    bool m_isHearing = false;
    bool m_hasSnapshot = false;
    QSet<qint64> m_hangingUp;
};

} // namespace console::models
