// The phone network: Twilio's REST API for calls, and the calls themselves.
#pragma once

#include "tests/sandbox/http_listener.h"
#include "tests/sandbox/phone_call.h"

#include <QObject>

#include <memory>
#include <vector>

namespace sandbox {

/// Stands in for Twilio. Entry point of the phone side; lives on the sandbox's loop.
class PhoneNetwork final : public QObject
{
    Q_OBJECT
public:
    PhoneNetwork(PhoneSettings settings, const SpeechLibrary &library, DialogueBook &book,
                 LineTags &tags, Journal &journal);

    base::Result<> listen(const QHostAddress &host, quint16 port);
    /// What the server gets as TWILIO_API_BASE_URL.
    QString baseUrl() const { return m_baseUrl; }

    /// Somebody dials a number whose voice URL is `url`; returns the call.
    PhoneCall &callIn(const QString &from, const QString &to, const QString &url,
                      const QString &dialogue);

    PhoneCall *call(const QString &sid) const;
    const std::vector<std::unique_ptr<PhoneCall>> &calls() const { return m_calls; }
    FaultPlan &faults() { return m_faults; }
    const PhoneSettings &settings() const { return m_settings; }
    /// Ends every call, as at shutdown.
    void hangUpAll();

signals:
    void callChanged(sandbox::PhoneCall *call);

private:
    HttpAnswer serve(const HttpRequest &request);
    HttpAnswer serveAccount(const HttpRequest &request, const QList<QByteArray> &path);
    HttpAnswer placeCall(const Form &order);
    HttpAnswer updateCall(PhoneCall &one, const Form &change);
    HttpAnswer recording(QByteArray sid) const;
    bool isAuthorised(const HttpRequest &request) const;
    PhoneCall &add(PhoneCall::Direction direction, const Form &order, const QString &dialogue);

    PhoneSettings m_settings;
    const SpeechLibrary &m_library;
    DialogueBook &m_book;
    LineTags &m_tags;
    Journal &m_journal;
    FaultPlan m_faults;
    Webhook m_webhook;
    HttpListener m_rest;
    QString m_baseUrl;
    std::vector<std::unique_ptr<PhoneCall>> m_calls;
};

} // namespace sandbox
