// A stand-in for Apple: a key pair made on the spot, and tokens signed with it.
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QString>

#include <memory>

namespace tests {

/// Written on OpenSSL alone, from the texts of RFC 7515 and RFC 7517: nothing of it is shared with
/// the code under test.
class AppleSigner
{
public:
    explicit AppleSigner(QString keyId, int bits = 2048);
    ~AppleSigner();

    /// The public half as a JWK.
    QJsonObject jwk() const;
    /// {"keys": [...]} with this key alone.
    QByteArray jwks() const;
    /// The public half as PEM.
    QByteArray publicPem() const;

    /// An RS256 token; `header` goes on top of alg and kid.
    QString sign(const QJsonObject &claims, const QJsonObject &header = {}) const;

    static QByteArray encoded(const QByteArray &bytes);
    static QByteArray encoded(const QJsonObject &object);

private:
    struct Key;
    const QString m_keyId;
    std::unique_ptr<Key> m_key;
};

} // namespace tests
