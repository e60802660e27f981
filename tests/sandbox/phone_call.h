// One phone call, from queued to completed.
#pragma once

#include "tests/sandbox/line_tags.h"
#include "tests/sandbox/media_line.h"
#include "tests/sandbox/webhook.h"

#include <QDateTime>
#include <QObject>

#include <memory>
#include <vector>

namespace sandbox {

/// What a call borrows from the network it belongs to.
struct CallWorld
{
    const PhoneSettings &settings;
    const SpeechLibrary &library;
    DialogueBook &book;
    LineTags &tags;
    FaultPlan &faults;
    Journal &journal;
    Webhook &webhook;
    QString restBase; ///< "http://host:port", for the URLs of recordings
};

/// Rings, is answered, plays TwiML, reports every step by signed callbacks.
///
/// Owned by the phone network, which keeps finished calls for the report.
class PhoneCall final : public QObject
{
    Q_OBJECT
public:
    enum class Direction { Outbound, Inbound };

    /// `order` holds the parameters of Calls.json; an inbound call needs To, From and Url only.
    PhoneCall(Direction direction, Form order, QString dialogue, CallWorld world);

    void dial();
    /// Ends the call as the REST API, the caller or the network does.
    void complete(const QString &status);
    /// New TwiML for a call in progress: the stream ends and the new document is played.
    void redirect(const QByteArray &twiml);
    void redirectTo(const QString &url, const QString &method);

    const QString &sid() const { return m_sid; }
    const QString &status() const { return m_status; }
    bool isOver() const { return m_over; }
    bool isAnswered() const { return m_answeredAt.isValid(); }
    const QString &dialogueName() const { return m_dialogue; }
    /// The stream that is running or the last one; null before the first.
    MediaLine *line() const { return m_lines.empty() ? nullptr : m_lines.back().get(); }

    QJsonObject resource() const; ///< as the REST API shows it
    QJsonObject report() const;
    /// The recording as a two-channel WAV: what was heard left, what was said right.
    QByteArray recording() const;
    const QString &recordingSid() const { return m_recordingSid; }
    void deleteRecording() { m_recordingSid.clear(); }
    Direction direction() const { return m_direction; }
    const Form &order() const { return m_order; }
    int seconds() const;

signals:
    void changed();

private:
    void ring();
    void answer();
    QString whoAnswers() const;
    void tellWhoAnswered();
    void fetch(const QString &url, const QString &method);
    void play(const QByteArray &document);
    void nextVerb();
    void openStream(const Verb &stream);
    const Dialogue &chooseDialogue(const QString &streamUrl);
    void setStatus(const QString &status);
    void notify(const QString &event, const QString &status);
    void offerRecording();
    void post(const QByteArray &method, const QString &url, const Form &fields);
    void postNext();
    Form callbackFields(const QString &status) const;
    void later(std::chrono::milliseconds delay, void (PhoneCall::*step)());

    Direction m_direction;
    Form m_order;
    QString m_dialogue;
    CallWorld m_world;
    QString m_sid;
    QString m_status;
    QString m_recordingSid;
    QString m_answeredBy; ///< once it is known
    QDateTime m_createdAt, m_answeredAt, m_endedAt;
    QList<Verb> m_verbs;
    qsizetype m_verb = 0;
    int m_document = 0; ///< counts TwiML documents, so that a late timer of an old one does nothing
    struct Callback
    {
        QByteArray method;
        QString url;
        Form fields;
    };
    QList<Callback>
        m_outbox; ///< the first one is on its way; one after the other, so that order holds
    int m_callbacks = 0;
    bool m_over = false;
    QStringList m_said;
    std::vector<std::unique_ptr<MediaLine>> m_lines;
};

} // namespace sandbox
