#include "server/core/secrets/fernet.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <memory>

namespace server::core {

namespace {

// Version | time | IV | ciphertext, whole blocks | HMAC of all before it.
constexpr char kVersion = char(0x80);
constexpr qsizetype kHead = 1 + 8;
constexpr qsizetype kBlock = 16;
constexpr qsizetype kMac = 32;
constexpr qsizetype kHalfKey = 16;

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char *bytes(const QByteArray &array, qsizetype from = 0)
{
    return reinterpret_cast<const unsigned char *>(array.constData()) + from;
}

/// The token's bytes; empty for anything that has not its form.
QByteArray decoded(const QString &token)
{
    const auto result = QByteArray::fromBase64Encoding(
        token.toLatin1(), QByteArray::Base64UrlEncoding | QByteArray::AbortOnBase64DecodingErrors);
    const QByteArray &raw = *result;
    const qsizetype blocks = raw.size() - kHead - kBlock - kMac;
    if (!result || blocks < kBlock || blocks % kBlock != 0 || raw.front() != kVersion)
        return {};
    return raw;
}

bool isSigned(const QByteArray &raw, const QByteArray &key)
{
    const qsizetype length = raw.size() - kMac;
    QByteArray mac(kMac, '\0');
    unsigned int written = 0;
    HMAC(EVP_sha256(), key.constData(), int(kHalfKey), bytes(raw), size_t(length),
         reinterpret_cast<unsigned char *>(mac.data()), &written);
    return written == kMac && CRYPTO_memcmp(mac.constData(), bytes(raw, length), kMac) == 0;
}

std::optional<base::Secret> decrypted(const QByteArray &raw, const QByteArray &key)
{
    const qsizetype from = kHead + kBlock;
    const qsizetype length = raw.size() - from - kMac;
    QByteArray text(length, '\0');
    auto *out = reinterpret_cast<unsigned char *>(text.data());
    int written = 0;
    int last = 0;
    const Context context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
    if (EVP_DecryptInit_ex(context.get(), EVP_aes_128_cbc(), nullptr, bytes(key, kHalfKey),
                           bytes(raw, kHead))
            != 1
        || EVP_DecryptUpdate(context.get(), out, &written, bytes(raw, from), int(length)) != 1
        || EVP_DecryptFinal_ex(context.get(), out + written, &last) != 1)
        return std::nullopt;
    text.truncate(written + last);
    return base::Secret(text);
}

} // namespace

std::optional<base::Secret> openFernet(const QString &token, const QByteArray &key)
{
    const QByteArray raw = decoded(token);
    if (raw.isEmpty() || key.size() != 2 * kHalfKey || !isSigned(raw, key))
        return std::nullopt;
    return decrypted(raw, key);
}

} // namespace server::core
