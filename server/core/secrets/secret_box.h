// Secrets of users that the database keeps: sealed, so that whoever reads the database has nothing.
#pragma once

#include "shared/base/result.h"
#include "shared/base/secret.h"

#include <QByteArray>
#include <QString>

#include <vector>

namespace server::core {

/// Authenticated encryption with one of several keys (libsodium secretbox: XSalsa20-Poly1305).
/// A sealed text names the key it was sealed with, so keys can be changed: the first key seals, all
/// of them open. Also opens what the earlier backend wrote (Fernet: AES-128-CBC, HMAC-SHA256).
/// Immutable; any thread.
class SecretBox final
{
public:
    /// `keys` as DATA_ENCRYPTION_KEY gives them: base64 (URL-safe or not) of 32 bytes each,
    /// separated by commas, newest first. Fault::Invalid names the key that is not one, by its
    /// place.
    static base::Result<SecretBox> fromKeys(const base::Secret &keys);
    /// For a desk: a key derived from SECRET_KEY.
    static SecretBox derivedFrom(const base::Secret &secret);

    /// Text for a column; never the same twice.
    QString seal(const base::Secret &secret) const;
    /// Fault::Internal when no key opens it: it was damaged, or its key is gone.
    base::Result<base::Secret> open(const QString &sealed) const;
    /// True when it is not sealed with the newest key, or in the old form: seal it again.
    bool isStale(const QString &sealed) const;

private:
    struct Key
    {
        QByteArray id;  ///< tells keys apart; says nothing about the key
        QByteArray key; ///< 32 bytes
    };
    explicit SecretBox(std::vector<Key> keys) : m_keys(std::move(keys)) {}

    std::vector<Key> m_keys;
};

} // namespace server::core
