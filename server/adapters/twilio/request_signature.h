// X-Twilio-Signature (Twilio, "Validating signatures from Twilio").
#pragma once

#include "shared/base/secret.h"

#include <QByteArray>
#include <QList>
#include <QPair>
#include <QString>

namespace server::twilio {

/// Tells whether a request comes from the phone network. Pure; thread-safe.
class RequestSignature
{
public:
    using Fields = QList<QPair<QString, QString>>;

    explicit RequestSignature(base::Secret authToken) : m_authToken(std::move(authToken)) {}

    /// base64(HMAC-SHA1(token, url + sorted fields)): each distinct name in byte order, followed by
    /// each of its distinct values in byte order.
    QByteArray sign(const QString &url, const Fields &fields) const;

    /// True when `signature` is that of the URL as given, or with its default port added or taken
    /// away.
    bool isValid(const QString &url, const Fields &fields, const QByteArray &signature) const;

    /// For a JSON body: the URL's bodySHA256 must be the hash of the body, and the URL alone is
    /// signed.
    bool isValidJson(const QString &url, const QByteArray &body, const QByteArray &signature) const;

private:
    base::Secret m_authToken;
};

} // namespace server::twilio
