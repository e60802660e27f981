#include "tests/server/adapters/apple/app_store_signer.h"

#include "server/adapters/apple/openssl_deleter.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace tests {

namespace {

constexpr long kDay = 86'400;
constexpr int kHalf = 32;
constexpr qint64 kWeekMs = qint64(7) * kDay * 1000;

template <auto Free>
using Deleter = server::apple::Deleter<Free>;
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Object = std::unique_ptr<ASN1_OBJECT, Deleter<ASN1_OBJECT_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;
using Text = std::unique_ptr<ASN1_OCTET_STRING, Deleter<ASN1_OCTET_STRING_free>>;
using Context = std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Deleter<ECDSA_SIG_free>>;
using Sink = std::unique_ptr<BIO, Deleter<BIO_free_all>>;

void mark(X509 &certificate, const char *oid)
{
    const Object object(OBJ_txt2obj(oid, 1));
    const Text null(ASN1_OCTET_STRING_new());
    const unsigned char asn1Null[] = {0x05, 0x00};
    ASN1_OCTET_STRING_set(null.get(), asn1Null, sizeof asn1Null);
    const Extension extension(X509_EXTENSION_create_by_OBJ(nullptr, object.get(), 0, null.get()));
    X509_add_ext(&certificate, extension.get(), -1);
}

void beAuthority(X509 &certificate)
{
    for (const auto &[nid, value] : {std::pair(NID_basic_constraints, "critical,CA:TRUE"),
                                     std::pair(NID_key_usage, "critical,keyCertSign,cRLSign")}) {
        const Extension extension(X509V3_EXT_conf_nid(nullptr, nullptr, nid, value));
        X509_add_ext(&certificate, extension.get(), -1);
    }
}

Certificate certificateFor(EVP_PKEY &key, const char *name, long number, long lastsUntil)
{
    Certificate certificate(X509_new());
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), number);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -30 * kDay);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), lastsUntil);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char *>(name), -1, -1, 0);
    X509_set_pubkey(certificate.get(), &key);
    return certificate;
}

QString base64Of(X509 &certificate)
{
    QByteArray der(i2d_X509(&certificate, nullptr), '\0');
    auto *out = reinterpret_cast<unsigned char *>(der.data());
    i2d_X509(&certificate, &out);
    return QString::fromLatin1(der.toBase64());
}

QByteArray url(const QByteArray &bytes)
{
    return bytes.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
}

QByteArray compact(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

void put(QJsonObject &object, const QJsonObject &changes)
{
    for (auto it = changes.begin(); it != changes.end(); ++it)
        object.insert(it.key(), it.value());
}

} // namespace

struct AppStoreSigner::Chain
{
    Key rootKey{EVP_EC_gen("P-384")};
    Key middleKey{EVP_EC_gen("P-384")};
    Key leafKey;
    Certificate root;
    Certificate middle;
    Certificate leaf;
};

AppStoreSigner::AppStoreSigner(const Flaws &flaws) : m_chain(std::make_unique<Chain>())
{
    Chain &chain = *m_chain;
    chain.leafKey.reset(EVP_EC_gen(flaws.isOnOtherCurve ? "P-384" : "P-256"));
    chain.root = certificateFor(*chain.rootKey, "Test Root", 1, 3650 * kDay);
    chain.middle = certificateFor(*chain.middleKey, "Test Relations", 2, 3650 * kDay);
    chain.leaf =
        certificateFor(*chain.leafKey, "Test Receipts", 3, flaws.isExpired ? -kDay : 365 * kDay);
    beAuthority(*chain.root);
    if (!flaws.isNoAuthority)
        beAuthority(*chain.middle);
    if (!flaws.lacksRelationsMark)
        mark(*chain.middle, "1.2.840.113635.100.6.2.1");
    if (!flaws.lacksReceiptMark)
        mark(*chain.leaf, "1.2.840.113635.100.6.11.1");
    X509_set_issuer_name(chain.root.get(), X509_get_subject_name(chain.root.get()));
    X509_set_issuer_name(chain.middle.get(), X509_get_subject_name(chain.root.get()));
    X509_set_issuer_name(chain.leaf.get(), X509_get_subject_name(chain.middle.get()));
    X509_sign(chain.root.get(), chain.rootKey.get(), EVP_sha384());
    X509_sign(chain.middle.get(), chain.rootKey.get(), EVP_sha384());
    X509_sign(chain.leaf.get(), chain.middleKey.get(), EVP_sha384());
}

AppStoreSigner::~AppStoreSigner() = default;

QByteArray AppStoreSigner::rootPem() const
{
    const Sink sink(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(sink.get(), m_chain->root.get());
    const char *text = nullptr;
    const long size = BIO_get_mem_data(sink.get(), &text);
    return {text, size};
}

QString AppStoreSigner::sign(QJsonObject payload, const QString &algorithm) const
{
    if (!payload.contains(QLatin1String("signedDate")))
        payload.insert(QStringLiteral("signedDate"), QDateTime::currentMSecsSinceEpoch());
    const QJsonObject header{
        {QStringLiteral("alg"), algorithm},
        {QStringLiteral("x5c"), QJsonArray{base64Of(*m_chain->leaf), base64Of(*m_chain->middle),
                                           base64Of(*m_chain->root)}}};
    const QByteArray content = url(compact(header)) + '.' + url(compact(payload));
    const Context context(EVP_MD_CTX_new());
    size_t size = 0;
    const auto *bytes = reinterpret_cast<const unsigned char *>(content.constData());
    EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, m_chain->leafKey.get());
    EVP_DigestSign(context.get(), nullptr, &size, bytes, size_t(content.size()));
    QByteArray der(qsizetype(size), '\0');
    EVP_DigestSign(context.get(), reinterpret_cast<unsigned char *>(der.data()), &size, bytes,
                   size_t(content.size()));
    const auto *begin = reinterpret_cast<const unsigned char *>(der.constData());
    const Signature signature(d2i_ECDSA_SIG(nullptr, &begin, long(size)));
    QByteArray raw(qsizetype(2) * kHalf, '\0');
    auto *out = reinterpret_cast<unsigned char *>(raw.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out, kHalf);
    BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out + kHalf, kHalf);
    return QString::fromLatin1(content + '.' + url(raw));
}

QString AppStoreSigner::transaction(const QString &id, const QString &product,
                                    const QJsonObject &changes) const
{
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    QJsonObject payload{{QStringLiteral("transactionId"), id},
                        {QStringLiteral("originalTransactionId"), id},
                        {QStringLiteral("bundleId"), bundleId()},
                        {QStringLiteral("productId"), product},
                        {QStringLiteral("purchaseDate"), now},
                        {QStringLiteral("quantity"), 1},
                        {QStringLiteral("environment"), QStringLiteral("Production")}};
    if (!product.contains(QLatin1String("addon")))
        payload.insert(QStringLiteral("expiresDate"), now + kWeekMs);
    put(payload, changes);
    return sign(payload);
}

QString AppStoreSigner::notification(const QString &uuid, const QString &type,
                                     const QString &subtype, const QString &signedTransaction,
                                     const QJsonObject &changes) const
{
    QJsonObject data{{QStringLiteral("bundleId"), bundleId()},
                     {QStringLiteral("environment"), QStringLiteral("Production")}};
    if (!signedTransaction.isEmpty())
        data.insert(QStringLiteral("signedTransactionInfo"), signedTransaction);
    put(data, changes);
    QJsonObject payload{{QStringLiteral("notificationUUID"), uuid},
                        {QStringLiteral("notificationType"), type},
                        {QStringLiteral("version"), QStringLiteral("2.0")},
                        {QStringLiteral("data"), data}};
    if (!subtype.isEmpty())
        payload.insert(QStringLiteral("subtype"), subtype);
    return sign(payload);
}

} // namespace tests
