#include "server/adapters/stripe/stripe_signature.h"

#include <QMessageAuthenticationCode>

#include <openssl/crypto.h>

namespace server::stripe {

namespace {

constexpr qint64 kToleranceSeconds = 300;
constexpr qsizetype kMostSignatures = 16;

struct Header
{
    QByteArray time; ///< as written: it is what was signed
    qint64 seconds = 0;
    QList<QByteArray> signatures;
};

Header parsed(const QByteArray &text)
{
    Header header;
    for (const QByteArray &part : text.split(',')) {
        const qsizetype equals = part.indexOf('=');
        if (equals < 0)
            continue;
        const QByteArray name = part.first(equals).trimmed();
        const QByteArray value = part.sliced(equals + 1).trimmed();
        if (name == "t")
            header.time = value;
        else if (name == "v1" && header.signatures.size() < kMostSignatures)
            header.signatures.append(value);
    }
    bool isNumber = false;
    header.seconds = header.time.toLongLong(&isNumber);
    if (!isNumber)
        header.signatures.clear();
    return header;
}

bool isEqual(const QByteArray &a, const QByteArray &b)
{
    return a.size() == b.size()
           && CRYPTO_memcmp(a.constData(), b.constData(), size_t(a.size())) == 0;
}

} // namespace

bool StripeSignature::isValid(const QByteArray &text, const QByteArray &body,
                              const QDateTime &now) const
{
    const Header header = parsed(text);
    if (header.signatures.isEmpty()
        || qAbs(now.toSecsSinceEpoch() - header.seconds) > kToleranceSeconds)
        return false;
    bool isGood = false;
    for (const base::Secret &secret : m_secrets) {
        const QByteArray expected =
            QMessageAuthenticationCode::hash(header.time + '.' + body, secret.reveal(),
                                             QCryptographicHash::Sha256)
                .toHex();
        for (const QByteArray &signature : header.signatures)
            isGood |= isEqual(signature, expected);
    }
    return isGood;
}

} // namespace server::stripe
