// One response of the voice model, from response.created to response.done.
#pragma once

#include "tests/sandbox/agent_script.h"
#include "tests/sandbox/voice_settings.h"

#include <QElapsedTimer>
#include <QJsonObject>
#include <QObject>
#include <QTimer>

#include <functional>

namespace sandbox {

/// Sends the events of one response: audio in uneven pieces, faster than it is spoken, with its
/// transcript.
///
/// Owned by its session.
class SpokenResponse final : public QObject
{
    Q_OBJECT
public:
    using Send = std::function<void(const QString &type, const QJsonObject &fields)>;

    struct Ids
    {
        QString response, item, call;
        QString previousItem;
    };

    SpokenResponse(Ids ids, AgentScript::Saying saying, const VoiceSettings &settings, Send send);

    void begin();
    /// Ends it early; `reason` is turn_detected or client_cancelled.
    void cancel(const QString &reason);
    void slowDown() { m_speed = 0.5; }

    const Ids &ids() const { return m_ids; }
    bool isFunctionCall() const { return !m_saying.tool.isEmpty(); }
    /// The audio that has been sent so far.
    QByteArray produced() const { return m_saying.audio.first(m_sent); }
    /// Has the item been announced, so that the client may speak of it?
    bool hasItem() const { return m_announced; }
    bool isOver() const { return m_over; }

signals:
    void audioSent();
    void finished();

private:
    void announce();
    void tick();
    void sendPiece();
    void sendWords(qsizetype upTo);
    void callFunction();
    void close(const QString &status, const QJsonObject &details);
    void sendAudioDone(const QString &itemStatus);
    QJsonObject place() const;
    QJsonObject item(const QString &status) const;
    QJsonObject response(const QString &status, const QJsonValue &details) const;

    Ids m_ids;
    AgentScript::Saying m_saying;
    Send m_send;
    QTimer m_timer;
    QElapsedTimer m_clock;
    std::chrono::milliseconds m_thinking;
    double m_speed;
    qsizetype m_sent = 0;
    qsizetype m_words = 0; ///< characters of the transcript sent
    int m_piece = 0;
    bool m_announced = false;
    bool m_over = false;
};

} // namespace sandbox
