#include "server/api/phone_request.h"

#include <QJsonDocument>

namespace server::api {

using base::Fault;
using http::Request;

namespace {

QByteArray headerOf(const Request &request, std::string_view name)
{
    const auto value = request.header(name).value_or("");
    return {value.data(), qsizetype(value.size())};
}

/// Nothing but a form is covered by a signature of its fields.
bool isForm(const Request &request)
{
    const QByteArray type = headerOf(request, "content-type").toLower();
    return type.startsWith("application/x-www-form-urlencoded")
           || type.startsWith("multipart/form-data");
}

bool hasOtherBody(const Request &request)
{
    return request.method == http::Method::Post && !request.body.isEmpty() && !isForm(request);
}

} // namespace

QString PhoneSignature::signedUrlOf(const Request &request, bool isSocket) const
{
    // From our own address, never from the proxied request: behind a proxy its scheme and host are
    // not those signed.
    QString base = m_settings.publicUrl.toString(QUrl::FullyEncoded);
    if (isSocket)
        base.replace(0, 4, QStringLiteral("ws")); // http -> ws, https -> wss
    return base + QString::fromUtf8(request.target.data(), qsizetype(request.target.size()));
}

base::Result<> PhoneSignature::check(const Request &request) const
{
    if (m_settings.policy == Policy::Unavailable)
        return {};
    const QByteArray signature = headerOf(request, "x-twilio-signature");
    const QString url = signedUrlOf(request, false);
    bool isGood = false;
    if (hasOtherBody(request)) {
        isGood = m_verify.json(url, request.body, signature);
    } else {
        Fields fields;
        if (request.method == http::Method::Post) {
            for (const auto &[name, value] : request.formFields())
                fields.append({name, value});
        }
        isGood = m_verify.form(url, fields, signature);
    }
    if (!isGood)
        return base::fail(Fault::Unauthenticated, QStringLiteral("Invalid signature"));
    return {};
}

base::Result<> PhoneSignature::checkSocket(const Request &request) const
{
    if (m_settings.isMediaOpen || m_settings.policy == Policy::Unavailable)
        return {};
    if (!m_verify.form(signedUrlOf(request, true), {}, headerOf(request, "x-twilio-signature")))
        return base::fail(Fault::Unauthenticated, QStringLiteral("Invalid signature"));
    return {};
}

QString phoneField(const Request &request, const char *name)
{
    const QString key = QString::fromLatin1(name);
    if (request.method == http::Method::Get)
        return request.queryValue(key).value_or(QString());
    if (hasOtherBody(request))
        return QJsonDocument::fromJson(request.body).object().value(key).toVariant().toString();
    return request.formValue(key).value_or(QString());
}

base::CallId callIdOf(const http::Request &request)
{
    return {request.queryValue(u"call").value_or(QString()).toLongLong()};
}

http::Response phoneRefusal(const QString &message)
{
    return http::Response::json(QJsonObject{{QStringLiteral("status"), QStringLiteral("error")},
                                            {QStringLiteral("message"), message}});
}

} // namespace server::api
