// Signed requests from the phone network to the server under test.
#pragma once

#include "tests/sandbox/form.h"
#include "tests/sandbox/journal.h"
#include "tests/sandbox/phone_settings.h"

#include <QJsonObject>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QObject>

#include <functional>

namespace sandbox {

/// Sends webhooks and notes every answer that the real network would complain about.
class Webhook final : public QObject
{
    Q_OBJECT
public:
    struct Answer
    {
        int status = 0; ///< 0: no answer at all
        QByteArray body;
    };
    using Then = std::function<void(const Answer &)>;

    Webhook(const PhoneSettings &settings, Journal &journal)
        : m_settings(settings), m_journal(journal)
    {
    }

    /// `context` guards `then`: it is not called once the context is gone.
    void send(const QByteArray &method, const QString &url, const Form &form, QObject *context,
              const Then &then);
    /// A JSON body, whose hash stands in the signed URL.
    void sendJson(const QString &url, const QJsonObject &body);

private:
    QNetworkRequest prepared(const QByteArray &written, const Form &form) const;
    void watch(QNetworkReply *reply, const QString &url, const QString &where);

    const PhoneSettings &m_settings;
    Journal &m_journal;
    QNetworkAccessManager m_network;
};

} // namespace sandbox
