// What the App Store signs: JSON Web Signatures with a certificate chain (App Store Server API,
// "JWSDecodedHeader"; RFC 7515 4.1.6).
#pragma once

#include "shared/base/result.h"

#include <QByteArray>
#include <QDateTime>
#include <QJsonObject>

#include <memory>

namespace server::apple {

/// Checks such signatures: ES256 and nothing else, by a certificate for App Store receipts that one
/// of Apple's worldwide developer relations certificates has issued, which leads to a root that we
/// trust. Certificates must have been good when the payload was signed, as Apple's own library has
/// it. Thread-safe.
class AppStoreJws
{
public:
    /// Root certificates as PEM. Fault::Invalid when there is none among them.
    static base::Result<AppStoreJws> create(const QByteArray &rootsPem);
    /// Apple Root CA - G3, which is part of this program.
    static QByteArray appleRoot();

    /// Three parts with dots between them; anything else is no signature at all.
    static bool isJws(const QString &text);

    /// The payload. Fault::Unauthenticated, with what is wrong as the cause.
    base::Result<QJsonObject> verify(const QString &jws, const QDateTime &now) const;

private:
    struct Store;
    explicit AppStoreJws(std::shared_ptr<const Store> store) : m_store(std::move(store)) {}

    std::shared_ptr<const Store> m_store;
};

} // namespace server::apple
