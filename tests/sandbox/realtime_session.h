// One session of the Realtime API (GA) on one WebSocket.
#pragma once

#include "tests/sandbox/fault_plan.h"
#include "tests/sandbox/gap_meter.h"
#include "tests/sandbox/journal.h"
#include "tests/sandbox/session_config.h"
#include "tests/sandbox/spoken_response.h"
#include "tests/sandbox/voice_activity.h"

#include <QHash>
#include <QJsonObject>
#include <QObject>
#include <QTimer>
#include <QWebSocket>

#include <memory>
#include <vector>

namespace sandbox {

/// Speaks the server's side of the Realtime API.
///
/// Owned by the voice model, which keeps finished sessions for the report; lives on the sandbox's
/// loop.
class RealtimeSession final : public QObject
{
    Q_OBJECT
public:
    struct Truncation
    {
        QString item;
        qint64 audioEndMs = 0;
        double producedMs = 0;
        double atMs = 0;     ///< in the sandbox's time
        QByteArray produced; ///< the item's audio, so that it can be found where it was played
    };
    struct World
    {
        const VoiceSettings &settings;
        Journal &journal;
        std::optional<PlannedFault> fault;
    };

    /// Takes the socket.
    RealtimeSession(QWebSocket *socket, const QString &model, AgentScript script, World world);
    ~RealtimeSession() override;

    void begin();
    /// Makes a fault happen now.
    void strike(FaultKind kind);
    void close(QWebSocketProtocol::CloseCode code, const QString &reason);

    const QString &id() const { return m_id; }
    QString callSid() const { return m_script.callSid(); }
    bool isOpen() const { return m_open; }
    const QJsonObject &session() const { return m_session; }
    const std::vector<Truncation> &truncations() const { return m_truncations; }
    const QJsonArray &toolOutputs() const { return m_toolOutputs; }
    const QStringList &heard() const { return m_heard; }
    /// The longest time that passed between two pieces of the caller's audio.
    double longestInputGapMs() const { return m_inputGaps.longestMs(); }
    QJsonObject report() const;

signals:
    void truncated(const QString &itemId);
    void closed();

private:
    struct Item
    {
        QJsonObject json;
        QByteArray audio; ///< of the assistant
    };

    void onText(const QString &text);
    void dispatch(const QString &type, const QJsonObject &event);
    void onSessionUpdate(const QJsonObject &event);
    void onAppend(const QJsonObject &event);
    void onCommit(const QJsonObject &event);
    void onItemCreate(const QJsonObject &event);
    void onItemDelete(const QJsonObject &event);
    void onItemRetrieve(const QJsonObject &event);
    void onTruncate(const QJsonObject &event);
    void onResponseCreate(const QJsonObject &event);
    void onResponseCancel(const QJsonObject &event);

    void listen(const QByteArray &audio);
    void speechStarted(qint64 startMs);
    void speechStopped(qint64 endMs);
    void commit(const QByteArray &speech);
    void transcribe(const QString &itemId, const QString &words);
    void respond();
    void keepItem(const QString &itemId, const Item &item);
    void announceItem(const QString &itemId);
    void sendGarbage();

    void send(const QString &type, QJsonObject fields);
    void sendError(const ApiError &error, const QJsonObject &cause,
                   const QString &type = QStringLiteral("invalid_request_error"));
    bool isResponding() const { return m_response && !m_response->isOver(); }

    std::unique_ptr<QWebSocket> m_socket;
    AgentScript m_script;
    World m_world;
    QString m_id;
    QJsonObject m_session;
    VoiceActivity m_activity;
    GapMeter m_inputGaps;
    QByteArray m_input;       ///< audio not yet committed
    qint64 m_inputFromMs = 0; ///< position of its first byte
    QByteArray m_unfed;       ///< less than one frame for the turn detection
    qint64 m_speechFromMs = 0;
    QString m_speechItem;
    QHash<QString, Item> m_items;
    QString m_lastItem;
    std::unique_ptr<SpokenResponse> m_response;
    std::vector<Truncation> m_truncations;
    QStringList m_heard;
    QJsonArray m_toolOutputs;
    QTimer m_expiry;
    int m_event = 0;
    int m_responses = 0;
    int m_interrupted = 0;
    bool m_audioProduced = false;
    bool m_open = true;
    bool m_stalled = false;
    bool m_slow = false;
};

} // namespace sandbox
