#include "server/core/accounts/account_service.h"

#include "server/core/accounts/email_address.h"
#include "server/core/accounts/person_name.h"
#include "shared/base/log.h"

namespace server::core {

using base::Fault;
using base::Result;
using base::UserId;

namespace {

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

/// Forms write a space as +, which one client means as a +.
QString withPlus(QString text)
{
    return text.replace(QLatin1Char(' '), QLatin1Char('+'));
}

/// A password as it was read, and as it may have been meant.
QStringList spellingsOf(const QString &password)
{
    QStringList spellings{password};
    if (password.contains(QLatin1Char(' ')))
        spellings.append(withPlus(password));
    return spellings;
}

} // namespace

AccountService::AccountService(Ports ports) : AccountService(std::move(ports), Options()) {}

AccountService::AccountService(Ports ports, Options options)
    : m_ports(std::move(ports)), m_options(options)
{
}

Result<AccountService::SignedIn> AccountService::registerUser(const QString &email,
                                                              const QString &password,
                                                              Platform platform,
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
                                               m_ports.now(),
                                               platform});
    if (!account) // somebody else was faster
        return account.error().fault == Fault::Conflict ? alreadyRegistered() : failed(account);
    return issueTokens(*account, Grant::AccessAndRefresh, userAgent);
}

Result<AccountService::SignedIn> AccountService::signIn(const QString &email,
                                                        const QString &password, Grant grant,
                                                        const QString &userAgent)
{
    const auto account = findForSignIn(email);
    if (!account)
        return failed(account);
    const QStringList spellings = spellingsOf(password);
    if (!*account || (*account)->passwordHash.isEmpty()) {
        for (const QString &spelling : spellings)
            m_ports.hasher.pretendToVerify(spelling);
        return wrongPassword();
    }
    for (const QString &spelling : spellings) {
        const auto match = m_ports.hasher.verify(spelling, (*account)->passwordHash);
        if (!match.isMatch)
            continue;
        if (!(*account)->isActive)
            return wrongPassword();
        if (match.needsRehash)
            upgradeHash(**account, spelling);
        return issueTokens(**account, grant, userAgent);
    }
    return wrongPassword();
}

Result<std::optional<Account>> AccountService::findForSignIn(const QString &email) const
{
    const QString given = email.trimmed();
    auto address = EmailAddress::parse(given);
    if (!address)
        address = EmailAddress::parse(withPlus(given));
    if (!address)
        return std::nullopt;
    return m_ports.store.findByEmailKey(address->key);
}

void AccountService::upgradeHash(const Account &account, const QString &password) const
{
    // An old password may be shorter than new ones must be; then its old hash stays.
    const auto hash = m_ports.hasher.hash(password);
    if (hash && !m_ports.store.setPasswordHash(account.id, *hash, m_ports.now()))
        base::log::warning("account.rehash_failed");
}

Result<QString> AccountService::issueAccessToken(UserId user, const QString &email,
                                                 const QString &session) const
{
    constexpr int idBytes = 16;
    return m_ports.tokens.issue(user, email, QString::fromLatin1(m_ports.random(idBytes).toHex()),
                                session);
}

Result<AccountService::SignedIn> AccountService::issueTokens(const Account &account, Grant grant,
                                                             const QString &userAgent)
{
    constexpr int familyBytes = 16;
    const QString family = grant == Grant::AccessOnly
                               ? QString()
                               : QString::fromLatin1(m_ports.random(familyBytes).toHex());
    const auto access = issueAccessToken(account.id, account.email, family);
    if (!access)
        return failed(access);
    if (grant == Grant::AccessOnly)
        return SignedIn{account.toPrincipal(), {*access, {}}};

    const OpaqueToken refreshToken = OpaqueToken::generate(m_ports.random);
    const QDateTime now = m_ports.now();
    RefreshToken stored;
    stored.user = account.id;
    stored.family = family;
    stored.hash = refreshToken.hash;
    stored.issuedAt = now;
    stored.expiresAt = later(now, m_options.refreshLifetime);
    stored.userAgent = printable(userAgent, longestUserAgent);
    stored.startedAt = now;
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
    QString family;
    const auto account = m_ports.store.useRefreshToken(
        OpaqueToken::hashOf(refreshToken), successor,
        [&](const RefreshToken &token, const Account &owner) {
            family = token.family;
            return judgeRefresh(token, owner, now, m_options.refreshMode);
        });
    if (!account)
        return failed(account);
    if (!*account)
        return base::fail(Fault::Unauthenticated,
                          QStringLiteral("Refresh token invalid or expired"));
    const auto access = issueAccessToken((*account)->id, (*account)->email, family);
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
    const auto isRevoked = [&claims](const Principal &user) {
        return user.tokensValidFrom.isValid()
               && claims->issuedAt < user.tokensValidFrom.toSecsSinceEpoch();
    };
    if (claims->user.isValid()) {
        auto user = activePrincipal(claims->user);
        return user && isRevoked(*user) ? Result<Principal>(notValidated()) : user;
    }

    const auto address = EmailAddress::parse(claims->email);
    if (!address)
        return notValidated();
    const auto account = m_ports.store.findByEmailKey(address->key);
    if (!account)
        return failed(account);
    if (!*account || !(*account)->isActive || isRevoked((*account)->toPrincipal()))
        return notValidated();
    return (*account)->toPrincipal();
}

QString AccountService::sessionOf(const QString &accessToken) const
{
    const auto claims = m_ports.tokens.verify(accessToken);
    return claims ? claims->session : QString();
}

Result<QString> AccountService::renewAccess(UserId user, const QString &session) const
{
    const auto principal = activePrincipal(user);
    if (!principal)
        return failed(principal);
    return issueAccessToken(user, principal->email, session);
}

Result<std::vector<SignInSession>> AccountService::sessionsOf(UserId user) const
{
    return m_ports.store.sessionsOf(user, m_ports.now());
}

Result<> AccountService::endSession(UserId user, const QString &session)
{
    const auto ended = m_ports.store.revokeFamily(user, session, m_ports.now());
    if (!ended)
        return failed(ended);
    return *ended ? Result<>() : base::fail(Fault::NotFound, QStringLiteral("Session not found"));
}

Result<Principal> AccountService::setName(const Principal &user, const QString &name)
{
    const auto good = checkedName(name);
    if (!good)
        return failed(good);
    if (const auto set = m_ports.store.setName(user.id, *good, m_ports.now()); !set)
        return failed(set);
    Principal renamed = user;
    renamed.name = *good;
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
