#include "server/adapters/apple/rsa_public_key.h"

#include "server/adapters/apple/openssl_deleter.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <memory>

namespace server::apple {

namespace {

using Number = std::unique_ptr<BIGNUM, Deleter<BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Deleter<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Deleter<OSSL_PARAM_free>>;
using Context = std::unique_ptr<EVP_PKEY_CTX, Deleter<EVP_PKEY_CTX_free>>;
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Sink = std::unique_ptr<BIO, Deleter<BIO_free_all>>;

constexpr int kFewestBits = 2048; // RFC 7518 3.3
constexpr int kMostBits = 8192;   // more only costs us time

/// Base64urlUInt (RFC 7518 2): big-endian, without padding.
Number numberOf(const QJsonValue &text)
{
    const auto decoded = QByteArray::fromBase64Encoding(
        text.toString().toLatin1(),
        QByteArray::Base64UrlEncoding | QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded || decoded.decoded.isEmpty() || decoded.decoded.size() > kMostBits / 8)
        return nullptr;
    return Number(BN_bin2bn(reinterpret_cast<const unsigned char *>(decoded.decoded.constData()),
                            int(decoded.decoded.size()), nullptr));
}

Key keyOf(const BIGNUM *modulus, const BIGNUM *exponent)
{
    const Builder builder(OSSL_PARAM_BLD_new());
    if (!builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus) != 1
        || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent) != 1)
        return nullptr;
    const Params params(OSSL_PARAM_BLD_to_param(builder.get()));
    const Context context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
    EVP_PKEY *key = nullptr;
    if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1
        || EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1)
        return nullptr;
    return Key(key);
}

/// True when the member is missing or has that value.
bool allows(const QJsonObject &jwk, const char *member, const char *value)
{
    const QJsonValue found = jwk.value(QLatin1String(member));
    return found.isUndefined() || found.toString() == QLatin1String(value);
}

} // namespace

std::optional<QByteArray> rsaPublicKeyPem(const QJsonObject &jwk)
{
    if (jwk.value(QLatin1String("kty")).toString() != QLatin1String("RSA")
        || !allows(jwk, "alg", "RS256") || !allows(jwk, "use", "sig"))
        return std::nullopt;
    const Number modulus = numberOf(jwk.value(QLatin1String("n")));
    const Number exponent = numberOf(jwk.value(QLatin1String("e")));
    if (!modulus || !exponent || BN_num_bits(modulus.get()) < kFewestBits)
        return std::nullopt;
    const Key key = keyOf(modulus.get(), exponent.get());
    const Sink sink(BIO_new(BIO_s_mem()));
    if (!key || !sink || PEM_write_bio_PUBKEY(sink.get(), key.get()) != 1)
        return std::nullopt;
    const char *text = nullptr;
    const long size = BIO_get_mem_data(sink.get(), &text);
    return QByteArray(text, size);
}

} // namespace server::apple
