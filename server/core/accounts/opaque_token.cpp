#include "server/core/accounts/opaque_token.h"

#include <sodium.h>

namespace server::core {

namespace {

constexpr int tokenBytes = 32;

} // namespace

QByteArray systemRandom(int count)
{
    QByteArray bytes(count, Qt::Uninitialized);
    randombytes_buf(bytes.data(), size_t(bytes.size()));
    return bytes;
}

OpaqueToken OpaqueToken::generate(const RandomBytes &random)
{
    const QString text = QString::fromLatin1(
        random(tokenBytes)
            .toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals));
    return {text, hashOf(text)};
}

QByteArray OpaqueToken::hashOf(const QString &text)
{
    const QByteArray utf8 = text.toUtf8();
    QByteArray hash(crypto_generichash_BYTES, Qt::Uninitialized);
    crypto_generichash(reinterpret_cast<unsigned char *>(hash.data()), size_t(hash.size()),
                       reinterpret_cast<const unsigned char *>(utf8.constData()),
                       size_t(utf8.size()), nullptr, 0);
    return hash;
}

} // namespace server::core
