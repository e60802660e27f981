#include "server/core/accounts/account_service.h"

#include "server/core/accounts/email_address.h"
#include "shared/base/log.h"

#include <algorithm>

namespace server::core {

using base::Fault;
using base::Result;
using base::UserId;

namespace {

constexpr qsizetype longestName = 200;
constexpr qsizetype longestUserAgent = 200;

tl::unexpected<base::Error> alreadyRegistered()
{
    return base::fail(Fault::Invalid, QStringLiteral("Email already registered"));
}

tl::unexpected<base::Error> invalidEmail()
{
    return base::fail(Fault::Unprocessable, QStringLiteral("value is not a valid email address"));
}

tl::unexpected<base::Error> wrongPassword()
{
    return base::fail(Fault::Unauthenticated, QStringLiteral("Incorrect username or password"));
}

tl::unexpected<base::Error> notValidated()
{
    return base::fail(Fault::Unauthenticated, QStringLiteral("Could not validate credentials"));
}

QString printable(const QString &text, qsizetype longest)
{
    QString kept = text.left(longest);
    kept.removeIf([](QChar c) { return !c.isPrint(); });
    return kept;
}

QDateTime later(const QDateTime &from, std::chrono::seconds by)
{
    return from.addSecs(by.count());
}

} // namespace

AccountService::AccountService(Ports ports) : AccountService(std::move(ports), Options()) {}

AccountService::AccountService(Ports ports, Options options)
    : m_ports(std::move(ports)), m_options(options)
{
}

Result<AccountService::SignedIn> AccountService::registerUser(const QString &email,
                                                              const QString &password,
                                                              const QString &userAgent)
{
    const auto address = EmailAddress::parse(email);
    if (!address)
        return invalidEmail();
    if (const auto reason = PasswordHasher::objection(password))
        return base::fail(Fault::Unprocessable, *reason);
    const auto existing = m_ports.store.findByEmailKey(address->key);
    if (!existing)
        return failed(existing);
    if (*existing)
        return alreadyRegistered();

    const auto hash = m_ports.hasher.hash(password);
    if (!hash)
        return failed(hash);
    const auto account = m_ports.store.create({address->text,
                                               address->key,
                                               *hash,
                                               {},
                                               protocol::Role::None,
                                               QStringLiteral("password"),
                                               m_ports.now()});
    if (!account) // somebody else was faster
        return account.error().fault == Fault::Conflict ? alreadyRegistered() : failed(account);
    return issueTokens(*account, Grant::AccessAndRefresh, userAgent);
}

Result<AccountService::SignedIn> AccountService::signIn(const QString &email,
                                                        const QString &password, Grant grant,
                                                        const QString &userAgent)
{
    std::optional<Account> account;
    if (const auto address = EmailAddress::parse(email.trimmed())) {
        auto found = m_ports.store.findByEmailKey(address->key);
        if (!found)
            return failed(found);
        account = std::move(*found);
    }
    if (!account || account->passwordHash.isEmpty()) {
        m_ports.hasher.pretendToVerify(password);
        return wrongPassword();
    }
    const auto match = m_ports.hasher.verify(password, account->passwordHash);
    if (!match.isMatch || !account->isActive)
        return wrongPassword();
    if (match.needsRehash) {
        // An old password may be shorter than new ones must be; then its old hash stays.
        const auto hash = m_ports.hasher.hash(password);
        if (hash && !m_ports.store.setPasswordHash(account->id, *hash, m_ports.now()))
            base::log::warning("account.rehash_failed");
    }
    return issueTokens(*account, grant, userAgent);
}

Result<QString> AccountService::issueAccessToken(const Account &account)
{
    constexpr int idBytes = 16;
    return m_ports.tokens.issue(account.id, account.email,
                                QString::fromLatin1(m_ports.random(idBytes).toHex()));
}

Result<AccountService::SignedIn> AccountService::issueTokens(const Account &account, Grant grant,
                                                             const QString &userAgent)
{
    const auto access = issueAccessToken(account);
    if (!access)
        return failed(access);
    if (grant == Grant::AccessOnly)
        return SignedIn{account.toPrincipal(), {*access, {}}};

    constexpr int familyBytes = 16;
    const OpaqueToken refreshToken = OpaqueToken::generate(m_ports.random);
    const QDateTime now = m_ports.now();
    RefreshToken stored;
    stored.user = account.id;
    stored.family = QString::fromLatin1(m_ports.random(familyBytes).toHex());
    stored.hash = refreshToken.hash;
    stored.issuedAt = now;
    stored.expiresAt = later(now, m_options.refreshLifetime);
    stored.userAgent = printable(userAgent, longestUserAgent);
    if (const auto added = m_ports.store.addRefreshToken(stored); !added)
        return failed(added);
    return SignedIn{account.toPrincipal(), {*access, refreshToken.text}};
}

Result<AccountService::SignedIn> AccountService::refresh(const QString &refreshToken,
                                                         const QString &userAgent)
{
    const OpaqueToken next = OpaqueToken::generate(m_ports.random);
    const QDateTime now = m_ports.now();
    RefreshToken successor;
    successor.hash = next.hash;
    successor.issuedAt = now;
    successor.expiresAt = later(now, m_options.refreshLifetime);
    successor.userAgent = printable(userAgent, longestUserAgent);
    const auto account = m_ports.store.useRefreshToken(
        OpaqueToken::hashOf(refreshToken), successor,
        [&](const RefreshToken &token, const Account &owner) {
            return judgeRefresh(token, owner, now, m_options.refreshMode);
        });
    if (!account)
        return failed(account);
    if (!*account)
        return base::fail(Fault::Unauthenticated,
                          QStringLiteral("Refresh token invalid or expired"));
    const auto access = issueAccessToken(**account);
    if (!access)
        return failed(access);
    return SignedIn{(*account)->toPrincipal(), {*access, next.text}};
}

Result<> AccountService::signOut(const QString &accessToken, const QString &refreshToken)
{
    const QDateTime now = m_ports.now();
    if (!refreshToken.isEmpty()) {
        if (auto revoked = m_ports.store.revokeFamilyOf(OpaqueToken::hashOf(refreshToken), now);
            !revoked)
            return revoked;
    }
    if (accessToken.isEmpty())
        return {};
    const auto user = authenticate(accessToken);
    if (user)
        return m_ports.store.revokeAllOf(user->id, now);
    return user.error().fault == Fault::Unauthenticated ? Result<>() : failed(user);
}

Result<Principal> AccountService::activePrincipal(UserId user) const
{
    const auto found = m_ports.store.findPrincipal(user);
    if (!found)
        return failed(found);
    if (!*found || !(*found)->isActive)
        return notValidated();
    return **found;
}

Result<Principal> AccountService::authenticate(const QString &accessToken) const
{
    const auto claims = m_ports.tokens.verify(accessToken);
    if (!claims)
        return failed(claims);
    if (claims->user.isValid())
        return activePrincipal(claims->user);

    const auto address = EmailAddress::parse(claims->email);
    if (!address)
        return notValidated();
    const auto account = m_ports.store.findByEmailKey(address->key);
    if (!account)
        return failed(account);
    if (!*account || !(*account)->isActive)
        return notValidated();
    return (*account)->toPrincipal();
}

Result<Principal> AccountService::setName(const Principal &user, const QString &name)
{
    const QString trimmed = name.trimmed();
    if (trimmed.isEmpty() || trimmed.size() > longestName)
        return base::fail(Fault::Unprocessable,
                          QStringLiteral("Name must have 1 to %1 characters").arg(longestName));
    if (!std::all_of(trimmed.begin(), trimmed.end(),
                     [](QChar c) { return c.isPrint() || c.isSurrogate(); }))
        return base::fail(Fault::Unprocessable,
                          QStringLiteral("Name must not contain control characters"));
    if (const auto set = m_ports.store.setName(user.id, trimmed, m_ports.now()); !set)
        return failed(set);
    Principal renamed = user;
    renamed.name = trimmed;
    return renamed;
}

Result<> AccountService::auditRole(UserId actor, UserId user, protocol::Role role)
{
    return m_ports.audit.record({m_ports.now(),
                                 actor,
                                 QStringLiteral("account.role_changed"),
                                 QStringLiteral("user:%1").arg(user.value),
                                 {{QStringLiteral("role"), protocol::toText(role)}},
                                 {}});
}

Result<Principal> AccountService::setRole(UserId actor, UserId user, protocol::Role role)
{
    const auto found = m_ports.store.findPrincipal(user);
    if (!found)
        return failed(found);
    if (!*found)
        return base::fail(Fault::NotFound, QStringLiteral("User not found"));
    if (const auto recorded = auditRole(actor, user, role); !recorded)
        return failed(recorded);
    if (const auto set = m_ports.store.setRole(user, role, m_ports.now()); !set)
        return failed(set);
    Principal changed = **found;
    changed.role = role;
    return changed;
}

Result<Principal> AccountService::createAdmin(const QString &email, const QString &password,
                                              protocol::Role role)
{
    const auto address = EmailAddress::parse(email);
    if (!address)
        return invalidEmail();
    const auto hash = m_ports.hasher.hash(password);
    if (!hash)
        return failed(hash);
    const auto existing = m_ports.store.findByEmailKey(address->key);
    if (!existing)
        return failed(existing);
    if (*existing)
        return takeOverAccount(**existing, *hash, role);

    const auto account = m_ports.store.create(
        {address->text, address->key, *hash, {}, role, QStringLiteral("password"), m_ports.now()});
    if (!account)
        return failed(account);
    if (const auto recorded = auditRole({}, account->id, role); !recorded)
        return failed(recorded);
    return account->toPrincipal();
}

Result<Principal> AccountService::takeOverAccount(const Account &account, const QByteArray &hash,
                                                  protocol::Role role)
{
    const QDateTime now = m_ports.now();
    if (const auto recorded = auditRole({}, account.id, role); !recorded)
        return failed(recorded);
    // The role last: whoever still holds the old password must not gain it.
    if (const auto revoked = m_ports.store.revokeAllOf(account.id, now); !revoked)
        return failed(revoked);
    if (const auto set = m_ports.store.setPasswordHash(account.id, hash, now); !set)
        return failed(set);
    if (const auto set = m_ports.store.setActive(account.id, true, now); !set)
        return failed(set);
    if (const auto set = m_ports.store.setRole(account.id, role, now); !set)
        return failed(set);
    Principal changed = account.toPrincipal();
    changed.isActive = true;
    changed.role = role;
    return changed;
}

Result<AccountService::SocketTicket> AccountService::issueSocketTicket(UserId user)
{
    const OpaqueToken ticket = OpaqueToken::generate(m_ports.random);
    const QDateTime expiresAt = later(m_ports.now(), m_options.ticketLifetime);
    if (const auto added = m_ports.store.addSocketTicket(ticket.hash, user, expiresAt); !added)
        return failed(added);
    return SocketTicket{ticket.text, expiresAt};
}

Result<Principal> AccountService::redeemSocketTicket(const QString &ticket)
{
    const auto user = m_ports.store.takeSocketTicket(OpaqueToken::hashOf(ticket), m_ports.now());
    if (!user)
        return failed(user);
    return *user ? activePrincipal(**user) : notValidated();
}

} // namespace server::core
