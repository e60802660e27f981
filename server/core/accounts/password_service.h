// Changing a password, and getting in again without one.
#pragma once

#include "server/core/accounts/account_ports.h"
#include "server/core/accounts/mail_ports.h"
#include "server/core/accounts/opaque_token.h"
#include "server/core/accounts/password_hasher.h"
#include "server/core/accounts/password_ports.h"
#include "shared/base/clock.h"

#include <chrono>
#include <functional>

namespace server::core {

/// Everything that replaces a password. Any thread. change() and reset() hash, so they belong on
/// the slow lane; forgot() returns at once. Every port must outlive it and the tasks it hands out.
class PasswordService final
{
public:
    struct Ports
    {
        AccountStore &accounts;
        PasswordStore &passwords;
        const PasswordHasher &hasher;
        Mailer *mailer; ///< null: no mail can be sent here
        /// Runs a task that may block on the store, later and elsewhere; false when it cannot.
        std::function<bool(std::function<void()>)> later;
        base::Clock now = base::utcNow;
        RandomBytes random = systemRandom;
    };
    struct Options
    {
        QString resetPage; ///< where the mailed link leads; "?token=..." is added
        std::chrono::seconds resetLifetime = std::chrono::hours(1);
        /// No second mail to one address within this time.
        std::chrono::seconds mailPause = std::chrono::minutes(1);
    };

    PasswordService(Ports ports, Options options)
        : m_ports(std::move(ports)), m_options(std::move(options))
    {
    }

    /// Ends every session but `keptSession` (may be empty); earlier access tokens end too.
    /// Invalid "Current password is incorrect", or that the account has none; Unprocessable for a
    /// new password that cannot be taken; Conflict when somebody else changed it meanwhile.
    base::Result<> change(base::UserId user, const QString &current, const QString &wanted,
                          const QString &keptSession);

    /// Mails a link when the address belongs to an active account with a password. The answer and
    /// the time it takes are the same for every address: the work is done later.
    /// Fault::Unavailable where no mail can be sent or too much is waiting.
    base::Result<> forgot(const QString &email);

    /// Sets the password for a mailed token, once, and ends all sessions of its owner.
    /// Invalid "Invalid or expired reset token".
    base::Result<> reset(const QString &token, const QString &wanted);

private:
    void mailLink(const QString &emailKey);
    base::Result<> sendLink(const Account &account);

    const Ports m_ports;
    const Options m_options;
};

} // namespace server::core
