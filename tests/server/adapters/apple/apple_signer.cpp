#include "tests/server/adapters/apple/apple_signer.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

namespace tests {

struct AppleSigner::Key
{
    EVP_PKEY *pair = nullptr;

    QByteArray number(const char *name) const
    {
        BIGNUM *value = nullptr;
        if (EVP_PKEY_get_bn_param(pair, name, &value) != 1)
            qFatal("no such part of the key");
        QByteArray bytes(BN_num_bytes(value), '\0');
        BN_bn2bin(value, reinterpret_cast<unsigned char *>(bytes.data()));
        BN_free(value);
        return bytes;
    }
};

AppleSigner::AppleSigner(QString keyId, int bits)
    : m_keyId(std::move(keyId)), m_key(std::make_unique<Key>())
{
    m_key->pair = EVP_RSA_gen(unsigned(bits));
    if (!m_key->pair)
        qFatal("no key could be made");
}

AppleSigner::~AppleSigner()
{
    EVP_PKEY_free(m_key->pair);
}

QByteArray AppleSigner::encoded(const QByteArray &bytes)
{
    return bytes.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
}

QByteArray AppleSigner::encoded(const QJsonObject &object)
{
    return encoded(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

QJsonObject AppleSigner::jwk() const
{
    const auto part = [this](const char *name) {
        return QString::fromLatin1(encoded(m_key->number(name)));
    };
    return {{QStringLiteral("kty"), QStringLiteral("RSA")},
            {QStringLiteral("kid"), m_keyId},
            {QStringLiteral("use"), QStringLiteral("sig")},
            {QStringLiteral("alg"), QStringLiteral("RS256")},
            {QStringLiteral("n"), part(OSSL_PKEY_PARAM_RSA_N)},
            {QStringLiteral("e"), part(OSSL_PKEY_PARAM_RSA_E)}};
}

QByteArray AppleSigner::jwks() const
{
    return QJsonDocument(QJsonObject{{QStringLiteral("keys"), QJsonArray{jwk()}}}).toJson();
}

QByteArray AppleSigner::publicPem() const
{
    BIO *sink = BIO_new(BIO_s_mem());
    PEM_write_bio_PUBKEY(sink, m_key->pair);
    char *text = nullptr;
    const long size = BIO_get_mem_data(sink, &text);
    QByteArray pem(text, size);
    BIO_free(sink);
    return pem;
}

QString AppleSigner::sign(const QJsonObject &claims, const QJsonObject &header) const
{
    QJsonObject head{{QStringLiteral("alg"), QStringLiteral("RS256")},
                     {QStringLiteral("kid"), m_keyId}};
    for (auto it = header.begin(); it != header.end(); ++it)
        head.insert(it.key(), it.value());
    const QByteArray text = encoded(head) + '.' + encoded(claims);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t size = 0;
    const auto *bytes = reinterpret_cast<const unsigned char *>(text.constData());
    EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, m_key->pair);
    EVP_DigestSign(context, nullptr, &size, bytes, size_t(text.size()));
    QByteArray signature(qsizetype(size), '\0');
    const int done = EVP_DigestSign(context, reinterpret_cast<unsigned char *>(signature.data()),
                                    &size, bytes, size_t(text.size()));
    EVP_MD_CTX_free(context);
    if (done != 1)
        qFatal("not signed");
    signature.truncate(qsizetype(size));
    return QString::fromLatin1(text + '.' + encoded(signature));
}

} // namespace tests
