// E-mail addresses: what counts as one, and when two are the same.
#pragma once

#include <QString>

#include <optional>

namespace server::core {

/// A syntactically valid address. Whether it exists only a mail can tell.
struct EmailAddress
{
    QString text; ///< as given, the domain in lower case
    QString key;  ///< all in lower case; two addresses with one key are one account

    /// The practical part of RFC 5321 4.1.2 and RFC 6531: no quoted local parts, no address
    /// literals.
    static std::optional<EmailAddress> parse(const QString &input);
};

} // namespace server::core
