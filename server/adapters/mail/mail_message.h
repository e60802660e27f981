// A mail as it goes over the wire (RFC 5322, RFC 2045, RFC 2047).
#pragma once

#include "server/core/accounts/mail_ports.h"

#include <QByteArray>
#include <QDateTime>

#include <optional>

namespace server::mail {

/// Who a mail comes from.
struct Sender
{
    QString name;    ///< may be empty
    QString address; ///< such as noreply@example.com

    /// From "Name <address>" or a bare address; nothing for anything else.
    static std::optional<Sender> parse(const QString &text);
};

/// The whole message, lines ending with CRLF. `id` is the part of the Message-ID before the @.
/// Line breaks in addresses or subject do not reach the header.
QByteArray composed(const core::Mail &mail, const Sender &from, const QDateTime &at,
                    const QByteArray &id);

/// What follows the last @, for Message-ID and EHLO.
QString domainOf(const QString &address);

} // namespace server::mail
