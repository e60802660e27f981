// RSA keys as JSON Web Keys publish them (RFC 7517, RFC 7518 6.3.1).
#pragma once

#include <QByteArray>
#include <QJsonObject>

#include <optional>

namespace server::apple {

/// The public key of a JWK as PEM (SubjectPublicKeyInfo). Nothing for keys that are not RSA keys of
/// 2048 to 8192 bits for RS256 signatures. Pure; any thread.
std::optional<QByteArray> rsaPublicKeyPem(const QJsonObject &jwk);

} // namespace server::apple
