// One media stream: the phone network's end of a bidirectional <Connect><Stream>.
#pragma once

#include "tests/sandbox/caller.h"
#include "tests/sandbox/fault_plan.h"
#include "tests/sandbox/gap_meter.h"
#include "tests/sandbox/journal.h"
#include "tests/sandbox/phone_settings.h"
#include "tests/sandbox/play_out.h"
#include "tests/sandbox/twiml.h"

#include <QJsonObject>
#include <QTimer>
#include <QWebSocket>

namespace sandbox {

/// Speaks Twilio Media Streams over a real WebSocket at real pace.
///
/// The n-th frame is due n x 20 ms after the start by the clock, so timers may be late but nothing
/// drifts. Owned by its call; lives on the sandbox's loop.
class MediaLine final : public QObject
{
    Q_OBJECT
public:
    struct Order
    {
        QString callSid;
        Verb stream;
        QByteArray noise; ///< 160 bytes that tell this line from all others
        std::optional<PlannedFault> fault;
    };

    MediaLine(Order order, Caller caller, const PhoneSettings &settings, Journal &journal);
    ~MediaLine() override;

    void open();
    /// The caller or the network ends the stream: `stop`, then the socket closes.
    void end();
    /// The network's own dial pad, for tests.
    void pressKey(const QString &digit);

    PlayOut &playOut() { return m_playOut; }
    const Caller &caller() const { return m_caller; }
    const QString &streamSid() const { return m_streamSid; }
    bool isOpen() const { return m_started; }
    /// The longest time that passed between two of our own frames: what this machine added.
    double longestSendGapMs() const { return m_sendGaps.longestMs(); }
    /// Everything that was sent as caller audio and everything that was heard, for the recording.
    const QByteArray &sentAudio() const { return m_sent; }
    const QByteArray &heardAudio() const { return m_heard; }

signals:
    void started();
    void callerHungUp();
    /// The stream is over, whoever ended it.
    void closed();

private:
    void begin();
    void tick();
    void sendFrame(PlayOut::Time due);
    void disturb(qint64 elapsedMs);
    void sendGarbage();
    void schedule(PlayOut::Time time);
    void returnMarks(const QStringList &names);
    void onText(const QString &text);
    void onMedia(const QJsonObject &message);
    void send(QJsonObject message);
    void breach(const QString &what) { m_journal.breach(m_order.callSid, what); }
    void finish();

    Order m_order;
    Caller m_caller;
    const PhoneSettings &m_settings;
    Journal &m_journal;
    QWebSocket m_socket;
    QTimer m_timer;
    PlayOut m_playOut;
    QString m_streamSid;
    PlayOut::Time m_begin;
    qint64 m_sequence = 0;
    qint64 m_chunk = 0;
    bool m_started = false;
    bool m_stopped = false;
    bool m_finished = false;
    bool m_stalled = false;
    GapMeter m_sendGaps;
    QByteArray m_sent;
    QByteArray m_heard;
};

} // namespace sandbox
