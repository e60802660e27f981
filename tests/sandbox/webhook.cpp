#include "tests/sandbox/webhook.h"

#include "tests/sandbox/signature.h"

#include <QCryptographicHash>
#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace sandbox {

namespace {

constexpr int kTimeoutMs = 15000; // "Voice webhooks": the network waits 15 s for an answer

QByteArray authority(const QUrl &url)
{
    QByteArray host = url.host(QUrl::FullyEncoded).toLatin1();
    if (url.port() > 0)
        host += ':' + QByteArray::number(url.port());
    return host;
}

} // namespace

QNetworkRequest Webhook::prepared(const QByteArray &written, const Form &form) const
{
    const QUrl asWritten = QUrl::fromEncoded(written);
    QNetworkRequest request(m_settings.reached(asWritten));
    request.setRawHeader("Host", authority(asWritten));
    request.setRawHeader("User-Agent", "TwilioProxy/1.1");
    request.setRawHeader("X-Twilio-Signature", signature(m_settings.authToken, written, form));
    request.setTransferTimeout(kTimeoutMs);
    return request;
}

void Webhook::watch(QNetworkReply *reply, const QString &url, const QString &where)
{
    connect(reply, &QNetworkReply::finished, this, [this, reply, url, where] {
        reply->deleteLater();
        const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        if (status < 200 || status > 299)
            m_journal.breach(where, u"webhook %1 answered %2 (%3)"_s.arg(url).arg(status).arg(
                                        reply->errorString()));
    });
}

void Webhook::send(const QByteArray &method, const QString &url, const Form &form, QObject *context,
                   const Then &then)
{
    const bool isGet = method == "GET";
    QByteArray written = url.toUtf8();
    if (isGet)
        written += (written.contains('?') ? '&' : '?') + form.encode();
    QNetworkRequest request = prepared(written, isGet ? Form() : form);
    QNetworkReply *reply = nullptr;
    if (isGet) {
        reply = m_network.get(request);
    } else {
        request.setHeader(QNetworkRequest::ContentTypeHeader,
                          u"application/x-www-form-urlencoded; charset=UTF-8"_s);
        reply = m_network.post(request, form.encode());
    }
    watch(reply, url, form.value(u"CallSid"_s));
    if (then) {
        connect(reply, &QNetworkReply::finished, context, [reply, then] {
            const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
            then({status, reply->readAll()});
        });
    }
}

void Webhook::sendJson(const QString &url, const QJsonObject &body)
{
    const QByteArray text = QJsonDocument(body).toJson(QJsonDocument::Compact);
    const QByteArray hash = QCryptographicHash::hash(text, QCryptographicHash::Sha256).toHex();
    const QByteArray written =
        url.toUtf8() + (url.contains(u'?') ? "&bodySHA256=" : "?bodySHA256=") + hash;
    QNetworkRequest request = prepared(written, {});
    request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
    watch(m_network.post(request, text), url, body.value(u"transcript_sid"_s).toString());
}

} // namespace sandbox
