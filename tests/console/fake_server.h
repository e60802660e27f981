// A small server that speaks what the console speaks, on one real port.
#pragma once

#include "shared/protocol/account.h"
#include "shared/protocol/call.h"
#include "shared/protocol/live.h"

#include <QHash>
#include <QJsonArray>
#include <QJsonObject>
#include <QList>
#include <QObject>
#include <QSet>
#include <QTcpServer>
#include <QUrl>
#include <QWebSocket>
#include <QWebSocketServer>

#include <map>

namespace tests {

/// Requests over HTTP and the live feed over WebSocket. Counts what it is asked and has knobs for
/// what goes wrong. Lives on the test's thread.
class FakeServer final : public QObject
{
    Q_OBJECT

public:
    FakeServer();
    ~FakeServer() override;

    QUrl url() const;

    // Knobs.
    QString password = QStringLiteral("correct horse");
    protocol::User user{7,    QStringLiteral("sam@example.com"), QStringLiteral("Sam Keller"), true,
                        true, protocol::Role::Supervisor};
    bool refusesRefresh = false;
    bool refusesTickets = false;
    int hangUpStatus = 200;
    std::map<qint64, protocol::LiveCall> calls;
    std::map<qint64, protocol::CallDetail> details;

    /// The access token in use stops being good.
    void expireAccess() { m_access.clear(); }
    /// Refuses connections until comeBack().
    void goAway();
    void comeBack();
    void dropSockets();

    void send(const QJsonObject &message);
    void sendDelta(const QList<qint64> &changed, const QList<qint64> &removed = {},
                   const QJsonArray &levels = {});
    void sendLine(qint64 callId, const protocol::TranscriptLine &line);
    void sendAudio(const protocol::ListenFrame &frame);

    // What has happened.
    QStringList requests; ///< "POST /auth/login"
    QByteArray lastBody;
    QList<QJsonObject> feedRequests; ///< what consoles sent on the feed
    int snapshots = 0;
    int refreshes = 0;
    QStringList usedTickets;
    int consoles() const { return int(m_sockets.size()); }
    qint64 watched = 0;
    qint64 listened = 0;

signals:
    void hangUpAsked(qint64 callId);

private:
    struct Answer
    {
        int status = 200;
        QJsonObject body;
    };

    void onConnection();
    void onBytes(QTcpSocket *socket);
    Answer answer(const QString &verb, const QString &path, const QByteArray &body,
                  const QByteArray &token);
    Answer answerSession(const QString &path, const QByteArray &body);
    Answer answerCall(const QString &path);
    QJsonObject newTokens();
    void onFeed();
    void onFeedText(QWebSocket *socket, const QString &text);

    QTcpServer m_listener;
    QWebSocketServer m_upgrade;
    QHash<QTcpSocket *, QByteArray> m_pending;
    QList<QWebSocket *> m_sockets;
    QSet<QString> m_tickets;
    QByteArray m_access;
    QByteArray m_refresh;
    quint16 m_port = 0;
    int m_count = 0;
};

} // namespace tests
