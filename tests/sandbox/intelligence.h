// Transcripts of recordings: Twilio's Conversational Intelligence API, v2.
#pragma once

#include "tests/sandbox/dialogue.h"
#include "tests/sandbox/http_listener.h"
#include "tests/sandbox/webhook.h"

#include <QDateTime>
#include <QObject>

#include <functional>
#include <vector>

namespace sandbox {

/// Writes down what was said on a recorded call, a moment after it was asked to, and says so to the
/// service's webhook. It has not listened: it knows the call's script, of which an interrupted line
/// was said in part. Serves three sentences a page.
class Intelligence final : public QObject
{
    Q_OBJECT
public:
    struct Recording
    {
        QList<Turn> turns;
        bool isOutbound = true;
        int seconds = 0;
    };
    using FindRecording = std::function<std::optional<Recording>(const QString &sid)>;

    Intelligence(const PhoneSettings &settings, Webhook &webhook, FindRecording find)
        : m_settings(settings), m_webhook(webhook), m_find(std::move(find))
    {
    }

    /// REQUIRES: a path below /v2/, and that the request was let in.
    HttpAnswer serve(const HttpRequest &request);
    int count() const { return int(m_transcripts.size()); }

private:
    struct Transcript
    {
        QString sid;
        QString status;
        QString recording;
        QString customerKey;
        QJsonArray participants;
        QJsonArray sentences;
        int seconds = 0;
        QDateTime createdAt;
    };

    HttpAnswer create(const Form &order);
    HttpAnswer list(const QString &recording) const;
    HttpAnswer sentences(const Transcript &transcript, const Form &query) const;
    QJsonObject resource(const Transcript &transcript) const;
    Transcript *find(const QString &sid);
    void complete(const QString &sid);

    const PhoneSettings &m_settings;
    Webhook &m_webhook;
    const FindRecording m_find;
    std::vector<Transcript> m_transcripts; ///< newest first
};

} // namespace sandbox
