// The payment provider: Stripe's REST API and its webhooks.
#pragma once

#include "tests/sandbox/http_listener.h"
#include "tests/sandbox/journal.h"
#include "tests/sandbox/stripe_ledger.h"

#include <QNetworkAccessManager>

namespace sandbox {

struct StripeSettings
{
    QByteArray secretKey = "sk_test_sandbox";
    QByteArray publishableKey = "pk_test_sandbox";
    QByteArray webhookSecret = "whsec_sandbox";
};

struct StripeFault
{
    enum class Kind {
        Failing, ///< 500
        Drop,    ///< the connection ends without an answer, nothing was done
        Lost     ///< it was done, but the connection ends without an answer
    };
    Kind kind = Kind::Failing;
    int count = 1;   ///< how many requests it hits; -1: all until faults are cleared
    QByteArray only; ///< hits only requests that begin so: "POST /v1/subscriptions"; empty: all
};

/// Stands in for Stripe. Lives on the sandbox's loop. Requests need the secret key and a version;
/// of those with one Idempotency-Key the first is carried out and the others get its answer.
class StripeService final : public QObject
{
    Q_OBJECT
public:
    StripeService(StripeSettings settings, Journal &journal);

    base::Result<> listen(const QHostAddress &host, quint16 port);
    /// What the server gets as STRIPE_API_BASE_URL.
    QString baseUrl() const { return m_baseUrl; }
    const StripeSettings &settings() const { return m_settings; }
    StripeLedger &ledger() { return m_ledger; }

    void addFault(const StripeFault &fault) { m_faults.push_back(fault); }
    void clearFaults() { m_faults.clear(); }
    /// "METHOD path" of every request.
    const QList<QByteArray> &requests() const { return m_requests; }

    /// An event of that type about an object, as of now or of that time.
    QJsonObject event(const QString &type, const QJsonObject &object, qint64 created = 0);
    /// The header Stripe-Signature of a body, as of now or of that time.
    QByteArray signature(const QByteArray &body, qint64 at = 0) const;
    /// Where events are sent from now on.
    void setWebhook(const QString &url) { m_webhook = url; }
    /// Sends an event. What the server answers other than 200 is a breach.
    void send(const QJsonObject &event);

    QJsonObject report() const;

private:
    struct Remembered
    {
        QByteArray request;
        HttpAnswer answer;
    };
    HttpAnswer serve(const HttpRequest &request);
    HttpAnswer serveOnce(const HttpRequest &request);
    HttpAnswer serveNow(const HttpRequest &request);
    StripeLedger::Outcome outcomeOf(const HttpRequest &request);
    void tell(const QByteArray &asked, const QJsonObject &object);

    const StripeSettings m_settings;
    Journal &m_journal;
    StripeLedger m_ledger;
    std::vector<StripeFault> m_faults;
    QList<QByteArray> m_requests;
    QMap<QByteArray, Remembered> m_remembered; ///< by Idempotency-Key
    HttpListener m_http;
    QString m_baseUrl;
    QString m_webhook;
    QNetworkAccessManager m_network;
    int m_events = 0;
};

} // namespace sandbox
