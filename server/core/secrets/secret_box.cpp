#include "server/core/secrets/secret_box.h"

#include "server/core/secrets/fernet.h"

#include <QList>

#include <sodium.h>

#include <optional>

namespace server::core {

using base::Fault;
using base::Result;
using base::Secret;

namespace {

// "sb1.<key's id>.<base64url of nonce and box>"
const QString kForm = QStringLiteral("sb1.");
constexpr qsizetype kKeyBytes = crypto_secretbox_KEYBYTES;
constexpr qsizetype kNonceBytes = crypto_secretbox_NONCEBYTES;
constexpr qsizetype kMacBytes = crypto_secretbox_MACBYTES;
constexpr auto kBase64 = QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals;

unsigned char *bytesOf(QByteArray &array)
{
    return reinterpret_cast<unsigned char *>(array.data());
}

const unsigned char *bytesOf(const QByteArray &array)
{
    return reinterpret_cast<const unsigned char *>(array.constData());
}

void startSodium()
{
    // May be called any number of times; only fails without a random source.
    if (sodium_init() < 0)
        qFatal("libsodium cannot be initialised");
}

/// A keyed hash: one key's hashes under two contexts have nothing to do with each other.
QByteArray hashOf(const QByteArray &input, const QByteArray &context, qsizetype size)
{
    QByteArray hash(size, '\0');
    crypto_generichash(bytesOf(hash), size_t(size), bytesOf(input), size_t(input.size()),
                       bytesOf(context), size_t(context.size()));
    return hash;
}

QByteArray idOf(const QByteArray &key)
{
    return hashOf(key, "speech-assistant key id", crypto_generichash_BYTES_MIN)
        .left(6)
        .toBase64(kBase64);
}

std::optional<Secret> opened(const QByteArray &sealed, const QByteArray &key)
{
    const qsizetype length = sealed.size() - kNonceBytes - kMacBytes;
    if (length < 0)
        return std::nullopt;
    QByteArray text(length, '\0');
    if (crypto_secretbox_open_easy(bytesOf(text), bytesOf(sealed) + kNonceBytes,
                                   size_t(sealed.size() - kNonceBytes), bytesOf(sealed),
                                   bytesOf(key))
        != 0)
        return std::nullopt;
    return Secret(text);
}

} // namespace

Result<SecretBox> SecretBox::fromKeys(const Secret &keys)
{
    startSodium();
    std::vector<Key> read;
    for (QByteArray text : keys.reveal().split(',')) {
        // The ordinary alphabet, which `openssl rand -base64 32` writes, will do as well.
        text = text.trimmed().replace('+', '-').replace('/', '_');
        const auto decoded = QByteArray::fromBase64Encoding(
            text, QByteArray::Base64UrlEncoding | QByteArray::AbortOnBase64DecodingErrors);
        if (!decoded || (*decoded).size() != kKeyBytes)
            return base::fail(
                Fault::Invalid,
                QStringLiteral("key %1 is not 32 bytes in URL-safe base64").arg(read.size() + 1));
        read.push_back({idOf(*decoded), *decoded});
    }
    return SecretBox(std::move(read));
}

SecretBox SecretBox::derivedFrom(const Secret &secret)
{
    startSodium();
    const QByteArray key = hashOf(secret.reveal(), "speech-assistant data encryption", kKeyBytes);
    return SecretBox({{idOf(key), key}});
}

QString SecretBox::seal(const Secret &secret) const
{
    const Key &newest = m_keys.front();
    const QByteArray &text = secret.reveal();
    QByteArray sealed(kNonceBytes + kMacBytes + text.size(), '\0');
    randombytes_buf(sealed.data(), size_t(kNonceBytes));
    crypto_secretbox_easy(bytesOf(sealed) + kNonceBytes, bytesOf(text), size_t(text.size()),
                          bytesOf(sealed), bytesOf(newest.key));
    return kForm + QString::fromLatin1(newest.id + '.' + sealed.toBase64(kBase64));
}

Result<Secret> SecretBox::open(const QString &sealed) const
{
    const QByteArray id = sealed.section(QLatin1Char('.'), 1, 1).toLatin1();
    const bool isOurs = sealed.startsWith(kForm);
    const auto decoded = QByteArray::fromBase64Encoding(
        sealed.section(QLatin1Char('.'), 2).toLatin1(),
        QByteArray::Base64UrlEncoding | QByteArray::AbortOnBase64DecodingErrors);
    for (const Key &key : m_keys) {
        std::optional<Secret> secret;
        if (!isOurs)
            secret = openFernet(sealed, key.key);
        else if (key.id == id && decoded)
            secret = opened(*decoded, key.key);
        if (secret)
            return std::move(*secret);
    }
    return base::fail(Fault::Internal, QStringLiteral("A stored secret cannot be opened"),
                      isOurs ? QStringLiteral("sealed with key %1").arg(QString::fromLatin1(id))
                             : QStringLiteral("not sealed with any key of DATA_ENCRYPTION_KEY"));
}

bool SecretBox::isStale(const QString &sealed) const
{
    return !sealed.startsWith(kForm + QString::fromLatin1(m_keys.front().id) + QLatin1Char('.'));
}

} // namespace server::core
