#include "server/adapters/apple/app_store_jws.h"

#include "server/adapters/apple/openssl_deleter.h"
#include "server/adapters/apple/token_parts.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

// Outside any namespace, as the macro demands: a static library's resources are not found by
// themselves.
static void initialiseResources()
{
    Q_INIT_RESOURCE(app_store_root);
}

namespace server::apple {

using base::Fault;
using base::Result;

namespace {

constexpr qsizetype kLongestJws = qsizetype(256) * 1024; // Apple's are below 10 KB
constexpr qsizetype kChainLength = 3;
constexpr qsizetype kHalf = 32; ///< of an ES256 signature: r and s, one after the other
constexpr qint64 kSignedAheadSeconds = 300;
// Apple's marks (Apple, "Worldwide Developer Relations certificate practice statement", 4.11.10):
// other certificates of Apple lead to the same root, and anybody can have one of those.
constexpr const char *kReceiptSigning = "1.2.840.113635.100.6.11.1";
constexpr const char *kDeveloperRelations = "1.2.840.113635.100.6.2.1";

using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Source = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using VerifyContext = std::unique_ptr<X509_STORE_CTX, Deleter<X509_STORE_CTX_free>>;
using Object = std::unique_ptr<ASN1_OBJECT, Deleter<ASN1_OBJECT_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Deleter<ECDSA_SIG_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX_free>>;

struct StackDeleter
{
    void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); } // not what is in it
};
using Stack = std::unique_ptr<STACK_OF(X509), StackDeleter>;

tl::unexpected<base::Error> badSignature(const char *why)
{
    return base::fail(Fault::Unauthenticated, QStringLiteral("Invalid signature"),
                      QLatin1String(why));
}

const unsigned char *bytes(const QByteArray &data)
{
    return reinterpret_cast<const unsigned char *>(data.constData());
}

Certificate certificateOf(const QString &base64)
{
    const auto der = QByteArray::fromBase64Encoding(
        base64.toLatin1(), QByteArray::Base64Encoding | QByteArray::AbortOnBase64DecodingErrors);
    if (!der)
        return nullptr;
    const unsigned char *begin = bytes(der.decoded);
    return Certificate(d2i_X509(nullptr, &begin, long(der.decoded.size())));
}

bool hasMark(const X509 &certificate, const char *mark)
{
    const Object object(OBJ_txt2obj(mark, 1));
    return object && X509_get_ext_by_OBJ(&certificate, object.get(), -1) >= 0;
}

/// ES256 over `content` with the certificate's key, which must be one on P-256.
bool isSignedBy(const X509 &certificate, const QByteArray &content, const QByteArray &raw)
{
    EVP_PKEY *key = X509_get0_pubkey(&certificate);
    std::array<char, 32> group{};
    size_t length = 0;
    if (!key || raw.size() != 2 * kHalf
        || EVP_PKEY_get_group_name(key, group.data(), group.size(), &length) != 1
        || QLatin1String(group.data()) != QLatin1String(SN_X9_62_prime256v1))
        return false;
    const Signature signature(ECDSA_SIG_new());
    if (!signature
        || ECDSA_SIG_set0(signature.get(), BN_bin2bn(bytes(raw), int(kHalf), nullptr),
                          BN_bin2bn(bytes(raw) + kHalf, int(kHalf), nullptr))
               != 1)
        return false;
    QByteArray der(i2d_ECDSA_SIG(signature.get(), nullptr), '\0');
    auto *out = reinterpret_cast<unsigned char *>(der.data());
    i2d_ECDSA_SIG(signature.get(), &out);
    const DigestContext context(EVP_MD_CTX_new());
    return context && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1
           && EVP_DigestVerify(context.get(), bytes(der), size_t(der.size()), bytes(content),
                               size_t(content.size()))
                  == 1;
}

} // namespace

struct AppStoreJws::Store
{
    std::unique_ptr<X509_STORE, Deleter<X509_STORE_free>> roots{X509_STORE_new()};

    bool trusts(X509 &leaf, X509 &intermediate, qint64 at) const
    {
        const Stack between(sk_X509_new_null());
        const VerifyContext context(X509_STORE_CTX_new());
        if (!between || !context || sk_X509_push(between.get(), &intermediate) < 1
            || X509_STORE_CTX_init(context.get(), roots.get(), &leaf, between.get()) != 1)
            return false;
        X509_STORE_CTX_set_time(context.get(), 0, time_t(at));
        return X509_verify_cert(context.get()) == 1;
    }
};

QByteArray AppStoreJws::appleRoot()
{
    initialiseResources();
    QFile file(QStringLiteral(":/app_store/apple_root_ca_g3.pem"));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

Result<AppStoreJws> AppStoreJws::create(const QByteArray &rootsPem)
{
    auto store = std::make_shared<Store>();
    const Source source(BIO_new_mem_buf(rootsPem.constData(), int(rootsPem.size())));
    int count = 0;
    while (source && store->roots) {
        const Certificate root(PEM_read_bio_X509(source.get(), nullptr, nullptr, nullptr));
        if (!root)
            break;
        count += X509_STORE_add_cert(store->roots.get(), root.get());
    }
    if (count == 0)
        return base::fail(Fault::Invalid, QStringLiteral("There is no certificate in PEM form"));
    return AppStoreJws(std::move(store));
}

bool AppStoreJws::isJws(const QString &text)
{
    const QStringList parts = text.split(QLatin1Char('.'));
    return parts.size() == 3 && std::none_of(parts.begin(), parts.end(), [](const QString &part) {
               return part.isEmpty();
           });
}

Result<QJsonObject> AppStoreJws::verify(const QString &jws, const QDateTime &now) const
{
    const QByteArray token = jws.toUtf8();
    if (token.size() > kLongestJws || !isJws(jws))
        return badSignature("not a signature");
    const QList<QByteArray> parts = token.split('.');
    const QJsonObject header = objectIn(parts.at(0));
    if (header.value(QLatin1String("alg")).toString() != QLatin1String("ES256"))
        return badSignature("other algorithm");
    const QJsonArray chain = header.value(QLatin1String("x5c")).toArray();
    if (chain.size() != kChainLength)
        return badSignature("not three certificates");
    const Certificate leaf = certificateOf(chain.at(0).toString());
    const Certificate intermediate = certificateOf(chain.at(1).toString());
    if (!leaf || !intermediate)
        return badSignature("no certificates");
    if (!hasMark(*leaf, kReceiptSigning) || !hasMark(*intermediate, kDeveloperRelations))
        return badSignature("certificates for something else");
    // Read before the signature is checked: whoever changes it breaks the signature.
    QJsonObject payload = objectIn(parts.at(1));
    const qint64 signedAt = payload.value(QLatin1String("signedDate")).toInteger() / 1000;
    if (signedAt <= 0 || signedAt > now.toSecsSinceEpoch() + kSignedAheadSeconds)
        return badSignature("signed at no time that can be");
    if (!m_store->trusts(*leaf, *intermediate, signedAt))
        return badSignature("a chain that leads nowhere");
    if (!isSignedBy(*leaf, parts.at(0) + '.' + parts.at(1),
                    decoded(parts.at(2)).value_or(QByteArray())))
        return badSignature("wrongly signed");
    return payload;
}

} // namespace server::apple
