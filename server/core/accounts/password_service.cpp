#include "server/core/accounts/password_service.h"

#include "server/core/accounts/email_address.h"
#include "shared/base/log.h"

namespace server::core {

using base::Fault;
using base::Result;
using base::UserId;

namespace {

tl::unexpected<base::Error> badToken()
{
    return base::fail(Fault::Invalid, QStringLiteral("Invalid or expired reset token"));
}

QString mailText(const QString &link)
{
    return QStringLiteral(
               "Hello,\n\nsomebody, we hope you, asked for a new password for this address.\n"
               "Open this link within an hour to choose one:\n\n%1\n\n"
               "It works once. If it was not you, do nothing: your password stays as it is.\n")
        .arg(link);
}

} // namespace

Result<> PasswordService::change(UserId user, const QString &current, const QString &wanted,
                                 const QString &keptSession)
{
    if (const auto reason = PasswordHasher::objection(wanted))
        return base::fail(Fault::Unprocessable, *reason);
    const auto account = m_ports.accounts.findById(user);
    if (!account)
        return failed(account);
    if (!*account)
        return base::fail(Fault::NotFound, QStringLiteral("User not found"));
    const QByteArray oldHash = (*account)->passwordHash;
    if (oldHash.isEmpty())
        return base::fail(Fault::Invalid, QStringLiteral("This account has no password"));
    if (!m_ports.hasher.verify(current, oldHash).isMatch)
        return base::fail(Fault::Invalid, QStringLiteral("Current password is incorrect"));

    const auto hash = m_ports.hasher.hash(wanted);
    if (!hash)
        return failed(hash);
    const auto changed =
        m_ports.passwords.changePassword(user, oldHash, *hash, keptSession, m_ports.now());
    if (!changed)
        return failed(changed);
    if (!*changed)
        return base::fail(Fault::Conflict,
                          QStringLiteral("The password was changed elsewhere meanwhile"));
    base::log::info("account.password_changed", {{QStringLiteral("user"), user.value}});
    return {};
}

Result<> PasswordService::forgot(const QString &email)
{
    if (!m_ports.mailer)
        return base::fail(Fault::Unavailable,
                          QStringLiteral("This server is not set up to send e-mail"));
    const auto address = EmailAddress::parse(email.trimmed());
    if (!address)
        return base::fail(Fault::Unprocessable,
                          QStringLiteral("value is not a valid email address"));
    if (!m_ports.later([this, key = address->key] { mailLink(key); }))
        return base::fail(Fault::Unavailable,
                          QStringLiteral("The service is busy. Please try again."));
    return {};
}

void PasswordService::mailLink(const QString &emailKey)
{
    const auto account = m_ports.accounts.findByEmailKey(emailKey);
    Result<> sent = account ? Result<>() : failed(account);
    if (account && *account && (*account)->isActive && !(*account)->passwordHash.isEmpty())
        sent = sendLink(**account);
    if (!sent)
        base::log::warning("account.reset_mail_failed",
                           {{QStringLiteral("why"), sent.error().message},
                            {QStringLiteral("cause"), sent.error().cause}});
}

Result<> PasswordService::sendLink(const Account &account)
{
    const OpaqueToken token = OpaqueToken::generate(m_ports.random);
    const QDateTime now = m_ports.now();
    const auto isNew = m_ports.passwords.addReset(
        {account.id, token.hash, now, now.addSecs(m_options.resetLifetime.count())},
        now.addSecs(-m_options.mailPause.count()));
    if (!isNew)
        return failed(isNew);
    if (!*isNew) // the last mail has just gone out
        return {};
    return m_ports.mailer->send(
        {account.email, QStringLiteral("A new password"),
         mailText(m_options.resetPage + QStringLiteral("?token=") + token.text)});
}

Result<> PasswordService::reset(const QString &token, const QString &wanted)
{
    if (const auto reason = PasswordHasher::objection(wanted))
        return base::fail(Fault::Unprocessable, *reason);
    const QByteArray tokenHash = OpaqueToken::hashOf(token);
    const auto isGood = m_ports.passwords.hasReset(tokenHash, m_ports.now());
    if (!isGood)
        return failed(isGood);
    if (!*isGood) // before any hashing, which would cost us more than a guess costs them
        return badToken();
    const auto hash = m_ports.hasher.hash(wanted);
    if (!hash)
        return failed(hash);
    const auto used = m_ports.passwords.useReset(tokenHash, *hash, m_ports.now());
    if (!used)
        return failed(used);
    if (!*used)
        return badToken();
    base::log::info("account.password_reset");
    return {};
}

} // namespace server::core
