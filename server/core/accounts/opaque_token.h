// Random tokens that mean something only to the database.
#pragma once

#include <QByteArray>
#include <QString>

#include <functional>

namespace server::core {

/// A source of random bytes; production uses systemRandom.
using RandomBytes = std::function<QByteArray(int count)>;

/// The operating system's generator. Any thread.
QByteArray systemRandom(int count);

/// 256 random bits as the client sees them, and the hash under which they are stored.
struct OpaqueToken
{
    QString text;    ///< base64url, 43 characters
    QByteArray hash; ///< BLAKE2b-256 of the text; 256 random bits need no salt

    static OpaqueToken generate(const RandomBytes &random);
    /// The hash of a presented token; any text has one.
    static QByteArray hashOf(const QString &text);
};

} // namespace server::core
