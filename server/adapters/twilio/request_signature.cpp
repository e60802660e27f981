#include "server/adapters/twilio/request_signature.h"

#include <QCryptographicHash>
#include <QMap>
#include <QMessageAuthenticationCode>
#include <QSet>
#include <QUrl>
#include <QUrlQuery>

#include <openssl/crypto.h>

#include <algorithm>

namespace server::twilio {

namespace {

bool isEqual(const QByteArray &a, const QByteArray &b)
{
    return a.size() == b.size()
           && CRYPTO_memcmp(a.constData(), b.constData(), size_t(a.size())) == 0;
}

/// The URL with its default port spelled out, or without it: the phone network signs either form.
QString withOtherPort(const QString &url)
{
    const qsizetype schemeEnd = url.indexOf(QLatin1String("://"));
    if (schemeEnd < 0)
        return url;
    const QString scheme = url.left(schemeEnd);
    const QString port = scheme == QLatin1String("https") || scheme == QLatin1String("wss")
                             ? QStringLiteral(":443")
                             : QStringLiteral(":80");
    const qsizetype authorityStart = schemeEnd + 3;
    const qsizetype slash = url.indexOf(QLatin1Char('/'), authorityStart);
    const qsizetype authorityEnd = slash < 0 ? url.size() : slash;
    const QString authority = url.mid(authorityStart, authorityEnd - authorityStart);
    if (authority.endsWith(port))
        return url.left(authorityEnd - port.size()) + url.mid(authorityEnd);
    if (authority.contains(QLatin1Char(':')))
        return url;
    return url.left(authorityEnd) + port + url.mid(authorityEnd);
}

} // namespace

QByteArray RequestSignature::sign(const QString &url, const Fields &fields) const
{
    QMap<QByteArray, QMap<QByteArray, bool>> sorted;
    for (const auto &[name, value] : fields)
        sorted[name.toUtf8()].insert(value.toUtf8(), true);
    QByteArray data = url.toUtf8();
    for (auto name = sorted.cbegin(); name != sorted.cend(); ++name) {
        for (auto value = name->cbegin(); value != name->cend(); ++value)
            data += name.key() + value.key();
    }
    return QMessageAuthenticationCode::hash(data, m_authToken.reveal(), QCryptographicHash::Sha1)
        .toBase64();
}

bool RequestSignature::isValid(const QString &url, const Fields &fields,
                               const QByteArray &signature) const
{
    if (signature.isEmpty() || m_authToken.isEmpty())
        return false;
    const bool asGiven = isEqual(sign(url, fields), signature);
    const bool otherPort = isEqual(sign(withOtherPort(url), fields), signature);
    return asGiven || otherPort;
}

bool RequestSignature::isValidJson(const QString &url, const QByteArray &body,
                                   const QByteArray &signature) const
{
    const QString claimed =
        QUrlQuery(QUrl(url)).queryItemValue(QStringLiteral("bodySHA256")).toLower();
    const QByteArray actual = QCryptographicHash::hash(body, QCryptographicHash::Sha256).toHex();
    return isEqual(claimed.toLatin1(), actual) && isValid(url, {}, signature);
}

} // namespace server::twilio
