// How we write to people.
#pragma once

#include "shared/base/result.h"

#include <QString>

namespace server::core {

/// A plain text mail to one person.
struct Mail
{
    QString to;      ///< a valid e-mail address
    QString subject; ///< one line
    QString text;    ///< lines end with \n
};

/// Takes mails and sees that they are sent. Thread-safe.
class Mailer
{
public:
    virtual ~Mailer() = default;

    /// Good when the mail is on its way, not when it has arrived; returns without waiting for a
    /// mail server. Fault::Unavailable when it cannot be taken.
    virtual base::Result<> send(const Mail &mail) = 0;
};

} // namespace server::core
