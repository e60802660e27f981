// The phone network: Twilio's REST API for calls, and the calls themselves.
#pragma once

#include "tests/sandbox/http_listener.h"
#include "tests/sandbox/intelligence.h"
#include "tests/sandbox/number_market.h"
#include "tests/sandbox/phone_accounts.h"
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
    NumberMarket &market() { return m_market; }
    FaultPlan &faults() { return m_faults; }
    const Intelligence &intelligence() const { return m_intelligence; }
    /// What the server gets as TWILIO_INTELLIGENCE_BASE_URL.
    QString intelligenceUrl() const { return m_baseUrl + QStringLiteral("/v2"); }
    void setIntelligenceWebhook(const QString &url) { m_settings.intelligenceWebhook = url; }
    const PhoneSettings &settings() const { return m_settings; }
    /// Ends every call, as at shutdown.
    void hangUpAll();

signals:
    void callChanged(sandbox::PhoneCall *call);
    /// Rings, though whoever ordered it has not been told yet.
    void callDialled(sandbox::PhoneCall *call);

private:
    HttpAnswer serve(const HttpRequest &request);
    HttpAnswer serveAccount(const HttpRequest &request, const QList<QByteArray> &path);
    HttpAnswer placeCall(const Form &order, const QByteArray &account);
    HttpAnswer listCalls(const Form &wanted, const QByteArray &account) const;
    HttpAnswer updateCall(PhoneCall &one, const Form &change);
    HttpAnswer recording(QByteArray sid) const;
    HttpAnswer deleteRecording(QByteArray sid);
    PhoneCall *recordedCall(const QString &recordingSid) const;
    std::optional<Intelligence::Recording> scriptOf(const QString &recordingSid) const;
    bool hasNumber(const QByteArray &account, const QString &number) const;
    PhoneCall &add(PhoneCall::Direction direction, const Form &order, const QString &dialogue,
                   const QByteArray &account);

    PhoneSettings m_settings;
    const SpeechLibrary &m_library;
    DialogueBook &m_book;
    LineTags &m_tags;
    Journal &m_journal;
    FaultPlan m_faults;
    Webhook m_webhook;
    PhoneAccounts m_accounts;
    NumberMarket m_market;
    Intelligence m_intelligence;
    HttpListener m_rest;
    QString m_baseUrl;
    std::vector<std::unique_ptr<PhoneCall>> m_calls;
};

} // namespace sandbox
