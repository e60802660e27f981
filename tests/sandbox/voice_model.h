// The voice model: OpenAI's Realtime API (GA) as a WebSocket server.
#pragma once

#include "tests/sandbox/realtime_session.h"

#include "shared/base/result.h"

#include <QHostAddress>
#include <QObject>
#include <QTcpServer>
#include <QWebSocketServer>

#include <memory>
#include <vector>

namespace sandbox {

/// Stands in for OpenAI. Entry point of the model side; lives on the sandbox's loop.
class VoiceModel final : public QObject
{
    Q_OBJECT
public:
    VoiceModel(VoiceSettings settings, const SpeechLibrary &library, DialogueBook &book,
               const LineTags &tags, Journal &journal);

    base::Result<> listen(const QHostAddress &host, quint16 port);
    /// What the server gets as OPENAI_REALTIME_URL.
    QString url() const { return m_url; }

    const std::vector<std::unique_ptr<RealtimeSession>> &sessions() const { return m_sessions; }
    FaultPlan &faults() { return m_faults; }
    /// Makes a fault happen to every running session, now.
    void strikeAll(FaultKind kind);
    void closeAll();

signals:
    void sessionOpened(sandbox::RealtimeSession *session);

private:
    void accept(QTcpSocket *socket);
    /// The answer to a handshake that is not let in; empty: let it in.
    QByteArray refusal(const QByteArray &head);
    void open(QWebSocket *socket);

    VoiceSettings m_settings;
    const SpeechLibrary &m_library;
    DialogueBook &m_book;
    const LineTags &m_tags;
    Journal &m_journal;
    FaultPlan m_faults;
    QTcpServer m_tcp;
    QWebSocketServer m_upgrade;
    QString m_url;
    std::vector<std::unique_ptr<RealtimeSession>> m_sessions;
};

} // namespace sandbox
