// The console's end of /admin/live.
#pragma once

#include "console/api/backoff.h"
#include "console/api/live_message.h"
#include "shared/base/result.h"

#include <QDateTime>
#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <QUrl>
#include <QWebSocket>

#include <functional>
#include <memory>

namespace console::api {

/// Keeps one live-feed socket open and turns its frames into typed signals.
/// Reconnects by itself with growing waits; each connection takes a new ticket and begins with a
/// fresh snapshot, after which what was watched and listened to is asked for again.
/// GUI thread; never blocks. A silent connection is noticed by unanswered pings.
class LiveFeed final : public QObject
{
    Q_OBJECT

public:
    enum class State {
        Idle,       ///< not asked to connect
        Connecting, ///< on the way to the first snapshot
        Online,     ///< a snapshot has arrived on this connection
        Waiting,    ///< the next attempt is at retryAt()
        Refused     ///< the server will not let this user in; no further attempts
    };
    Q_ENUM(State)

    using TicketTaken = std::function<void(base::Result<QString>)>;
    /// Asks for a ticket; the callback may come at any later time, or never once `context` is gone.
    using TicketSource = std::function<void(QObject *context, TicketTaken)>;

    explicit LiveFeed(TicketSource tickets, QObject *parent = nullptr);
    ~LiveFeed() override;

    void start(const QUrl &server);
    void stop();
    void retryNow();

    State state() const { return m_state; }
    const QString &lastProblem() const { return m_problem; }
    QDateTime retryAt() const { return m_retryAt; }

    void watch(qint64 callId);
    void unwatch();
    void listen(qint64 callId);
    void unlisten();

signals:
    void stateChanged();
    void snapshotReceived(const console::api::LiveSnapshot &snapshot);
    void deltaReceived(const console::api::LiveDelta &delta);
    void detailReceived(const protocol::CallDetail &detail);
    void lineReceived(qint64 callId, const protocol::TranscriptLine &line);
    void turnReceived(qint64 callId, const protocol::TurnLatency &turn);
    void timelineReceived(qint64 callId, const protocol::TimelineEvent &event);
    void listeningStarted(qint64 callId);
    void listeningStopped(qint64 callId, const QString &reason);
    void requestRefused(const QString &request, qint64 callId, const QString &message);
    void audioReceived(const protocol::ListenFrame &frame);

private:
    void setState(State state);
    void connectNow();
    void openSocket(const QString &ticket);
    void abandonSocket();
    void onTicket(const base::Result<QString> &ticket);
    void onText(const QString &text);
    void onBinary(const QByteArray &bytes);
    void onLost(const QString &problem);
    void keepAlive();
    void send(const char *type, qint64 callId = 0);

    void deliver(const LiveSnapshot &snapshot);
    void deliver(const LiveDelta &delta);
    void deliver(const protocol::CallDetail &detail);
    void deliver(const LineNews &news);
    void deliver(const TurnNews &news);
    void deliver(const TimelineNews &news);
    void deliver(const ListeningNews &news);
    void deliver(const StoppedNews &news);
    void deliver(const RefusedNews &news);

    TicketSource m_tickets;
    QUrl m_server;
    State m_state = State::Idle;
    QString m_problem;
    std::unique_ptr<QWebSocket> m_socket;
    Backoff m_backoff;
    QTimer m_retry;
    QDateTime m_retryAt;
    QTimer m_pulse;           ///< pings, and the deadline for the first snapshot
    QElapsedTimer m_lastSign; ///< since anything came in
    int m_attempt = 0;        ///< tickets of an earlier attempt are ignored
    qint64 m_watched = 0;
    qint64 m_listened = 0;
};

} // namespace console::api
