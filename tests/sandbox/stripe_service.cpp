#include "tests/sandbox/stripe_service.h"

#include <QJsonDocument>
#include <QMessageAuthenticationCode>
#include <QNetworkReply>

using namespace Qt::StringLiterals;

namespace sandbox {

namespace {

const QByteArray kApi = "/v1/";

HttpAnswer answerOf(const StripeRefusal &refusal)
{
    QJsonObject error{{u"type"_s, refusal.type}, {u"message"_s, refusal.message}};
    if (!refusal.code.isEmpty())
        error.insert(u"code"_s, refusal.code);
    if (!refusal.param.isEmpty())
        error.insert(u"param"_s, refusal.param);
    return HttpAnswer::json(refusal.status, {{u"error"_s, error}});
}

} // namespace

StripeService::StripeService(StripeSettings settings, Journal &journal)
    : m_settings(std::move(settings)),
      m_journal(journal),
      m_http([this](const HttpRequest &request) { return serve(request); })
{
}

base::Result<> StripeService::listen(const QHostAddress &host, quint16 port)
{
    if (auto listening = m_http.listen(host, port); !listening)
        return listening;
    m_baseUrl = u"http://%1:%2"_s.arg(host.toString()).arg(m_http.port());
    return {};
}

HttpAnswer StripeService::serve(const HttpRequest &request)
{
    const QByteArray asked = request.method + ' ' + request.path;
    m_requests.append(asked);
    for (auto fault = m_faults.begin(); fault != m_faults.end(); ++fault) {
        if (!asked.startsWith(fault->only))
            continue;
        const auto kind = fault->kind;
        if (fault->count > 0 && --fault->count == 0)
            m_faults.erase(fault);
        if (kind == StripeFault::Kind::Failing)
            return answerOf({500, u"api_error"_s, {}, u"An error occurred"_s, {}});
        HttpAnswer answer;
        if (kind == StripeFault::Kind::Lost)
            answer = serveOnce(request);
        answer.drop = true;
        return answer;
    }
    return serveOnce(request);
}

HttpAnswer StripeService::serveOnce(const HttpRequest &request)
{
    if (request.headers.value("authorization") != "Bearer " + m_settings.secretKey)
        return answerOf({401, u"invalid_request_error"_s, {}, u"Invalid API Key provided"_s, {}});
    if (request.headers.value("stripe-version").isEmpty())
        m_journal.breach(u"stripe"_s, u"a request without Stripe-Version"_s);
    const QByteArray key = request.headers.value("idempotency-key");
    if (key.isEmpty() || request.method != "POST")
        return serveNow(request);
    const QByteArray content = request.path + '?' + request.body;
    if (const auto known = m_remembered.constFind(key); known != m_remembered.cend()) {
        if (known->request == content)
            return known->answer;
        m_journal.breach(u"stripe"_s, u"a key for two orders"_s);
        return answerOf({400, u"idempotency_error"_s, {}, u"Keys can only be used once"_s, {}});
    }
    HttpAnswer answer = serveNow(request);
    m_remembered.insert(key, {content, answer});
    return answer;
}

HttpAnswer StripeService::serveNow(const HttpRequest &request)
{
    const auto outcome = outcomeOf(request);
    if (const auto *refusal = std::get_if<StripeRefusal>(&outcome)) {
        if (refusal->code == u"parameter_unknown")
            m_journal.breach(u"stripe"_s, refusal->message);
        return answerOf(*refusal);
    }
    const QJsonObject object = std::get<QJsonObject>(outcome);
    tell(request.method + ' ' + request.path, object);
    return HttpAnswer::json(200, object);
}

StripeLedger::Outcome StripeService::outcomeOf(const HttpRequest &request)
{
    StripeRefusal nothing{404, u"invalid_request_error"_s, {}, u"Unrecognized request URL"_s, {}};
    if (!request.path.startsWith(kApi))
        return nothing;
    const QList<QByteArray> parts = request.path.sliced(kApi.size()).split('/');
    const QString kind = QString::fromLatin1(parts.at(0));
    const QString id = QString::fromUtf8(QByteArray::fromPercentEncoding(parts.value(1)));
    const bool isPost = request.method == "POST";
    const Form form = request.form();
    if (request.method == "GET" && parts.size() == 2)
        return m_ledger.find(kind, id);
    if (request.method == "DELETE" && kind == u"subscriptions" && parts.size() == 2)
        return m_ledger.cancel(id);
    if (isPost && kind == u"payment_methods" && parts.value(2) == "attach")
        return m_ledger.attach(id, form);
    if (isPost && kind == u"subscriptions" && parts.size() == 2)
        return m_ledger.update(id, form);
    if (isPost && parts.size() == 1 && kind == u"customers")
        return m_ledger.createCustomer(form);
    if (isPost && parts.size() == 1 && kind == u"subscriptions")
        return m_ledger.subscribe(form);
    if (isPost && parts.size() == 1 && kind == u"payment_intents")
        return m_ledger.createIntent(form);
    return nothing;
}

/// The events that an order makes.
void StripeService::tell(const QByteArray &asked, const QJsonObject &object)
{
    if (m_webhook.isEmpty() || object.value(u"object"_s).toString() != u"subscription"
        || asked.startsWith("GET"))
        return;
    if (asked.startsWith("DELETE")) {
        send(event(u"customer.subscription.deleted"_s, object));
    } else if (asked == "POST /v1/subscriptions") {
        send(event(u"customer.subscription.created"_s, object));
        if (object.value(u"status"_s).toString() == u"active")
            send(event(u"invoice.payment_succeeded"_s,
                       m_ledger.invoiceOf(object.value(u"id"_s).toString())));
    } else {
        send(event(u"customer.subscription.updated"_s, object));
    }
}

QJsonObject StripeService::event(const QString &type, const QJsonObject &object, qint64 created)
{
    return {{u"id"_s, u"evt_sandbox%1"_s.arg(++m_events, 8, 10, QLatin1Char('0'))},
            {u"object"_s, u"event"_s},
            {u"api_version"_s, u"2025-03-31.basil"_s},
            {u"created"_s, created > 0 ? created : QDateTime::currentSecsSinceEpoch()},
            {u"type"_s, type},
            {u"livemode"_s, false},
            {u"data"_s, QJsonObject{{u"object"_s, object}}}};
}

QByteArray StripeService::signature(const QByteArray &body, qint64 at) const
{
    const QByteArray time = QByteArray::number(at > 0 ? at : QDateTime::currentSecsSinceEpoch());
    const QByteArray code = QMessageAuthenticationCode::hash(
        time + '.' + body, m_settings.webhookSecret, QCryptographicHash::Sha256);
    return "t=" + time + ",v1=" + code.toHex();
}

void StripeService::send(const QJsonObject &event)
{
    const QByteArray body = QJsonDocument(event).toJson(QJsonDocument::Compact);
    QNetworkRequest request{QUrl(m_webhook)};
    request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json; charset=utf-8"_s);
    request.setRawHeader("Stripe-Signature", signature(body));
    QNetworkReply *reply = m_network.post(request, body);
    connect(
        reply, &QNetworkReply::finished, this, [this, reply, type = event[u"type"_s].toString()] {
            reply->deleteLater();
            const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
            if (status != 200)
                m_journal.breach(u"stripe"_s, u"webhook %1 answered %2"_s.arg(type).arg(status));
        });
}

QJsonObject StripeService::report() const
{
    QJsonArray subscriptions;
    for (const QString &id : m_ledger.subscriptionIds())
        subscriptions.append(m_ledger.subscription(id));
    return {{u"subscriptions"_s, subscriptions}, {u"requests"_s, m_requests.size()}};
}

} // namespace sandbox
