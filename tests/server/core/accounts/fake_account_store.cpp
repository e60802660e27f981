#include "tests/server/core/accounts/fake_account_store.h"

#include <algorithm>

namespace tests {

using base::Fault;
using base::UserId;
using namespace server::core;

namespace {

tl::unexpected<base::Error> down()
{
    return base::fail(Fault::Unavailable, QStringLiteral("down"));
}

} // namespace

Account &FakeAccountStore::account(UserId user)
{
    return std::find_if(accounts.begin(), accounts.end(),
                        [user](const auto &entry) { return entry.second.id == user; })
        ->second;
}

base::Result<Account> FakeAccountStore::create(const NewAccount &account)
{
    if (isDown)
        return down();
    if (isKeyTakenMeanwhile || accounts.contains(account.emailKey)
        || appleIds.contains(account.appleId))
        return base::fail(Fault::Conflict, QStringLiteral("taken"));
    if (!account.appleId.isEmpty())
        appleIds[account.appleId] = UserId{m_lastId + 1};
    return accounts[account.emailKey] = {UserId{++m_lastId},     account.email,
                                         account.passwordHash,   account.name,
                                         account.role,           true,
                                         account.authProvider,   account.createdAt,
                                         account.platform,       {},
                                         account.isEmailVerified};
}

base::Result<std::optional<Account>> FakeAccountStore::findByEmailKey(const QString &emailKey)
{
    if (isDown)
        return down();
    const auto found = accounts.find(emailKey);
    return found == accounts.end() ? std::nullopt : std::optional(found->second);
}

base::Result<std::optional<Account>> FakeAccountStore::findById(UserId user)
{
    if (isDown)
        return down();
    for (const auto &[key, account] : accounts) {
        if (account.id == user)
            return account;
    }
    return std::nullopt;
}

base::Result<std::optional<Account>> FakeAccountStore::findByAppleId(const QString &appleId)
{
    if (isDown)
        return down();
    const auto found = appleIds.find(appleId);
    return found == appleIds.end() ? std::nullopt : std::optional(account(found->second));
}

base::Result<std::optional<Principal>> FakeAccountStore::findPrincipal(UserId user)
{
    if (isDown)
        return down();
    for (const auto &[key, account] : accounts) {
        if (account.id == user)
            return account.toPrincipal();
    }
    return std::nullopt;
}

template <typename Change>
base::Result<> FakeAccountStore::changeAccount(UserId user, Change change)
{
    if (isDown)
        return down();
    for (auto &[key, account] : accounts) {
        if (account.id == user) {
            change(account);
            return {};
        }
    }
    return base::fail(Fault::NotFound, QStringLiteral("no such user"));
}

base::Result<> FakeAccountStore::setPasswordHash(UserId user, const QByteArray &hash,
                                                 const QDateTime &)
{
    return changeAccount(user, [&](Account &account) { account.passwordHash = hash; });
}

base::Result<> FakeAccountStore::setName(UserId user, const QString &name, const QDateTime &)
{
    return changeAccount(user, [&](Account &account) { account.name = name; });
}

base::Result<> FakeAccountStore::setRole(UserId user, protocol::Role role, const QDateTime &)
{
    return changeAccount(user, [&](Account &account) { account.role = role; });
}

base::Result<> FakeAccountStore::setActive(UserId user, bool isActive, const QDateTime &)
{
    return changeAccount(user, [&](Account &account) { account.isActive = isActive; });
}

base::Result<> FakeAccountStore::addRefreshToken(const RefreshToken &token)
{
    if (isDown)
        return down();
    tokens.push_back(token);
    return {};
}

base::Result<std::optional<Account>>
FakeAccountStore::useRefreshToken(const QByteArray &hash, const RefreshToken &successor,
                                  const RefreshJudge &judge)
{
    if (isDown)
        return down();
    const auto found = std::find_if(tokens.begin(), tokens.end(),
                                    [&](const RefreshToken &token) { return token.hash == hash; });
    if (found == tokens.end())
        return std::nullopt;
    Account owner = account(found->user);
    switch (judge(*found, owner)) {
    case RefreshVerdict::Refuse:
        return std::nullopt;
    case RefreshVerdict::EndFamily:
        endFamily(found->family, successor.issuedAt);
        return std::nullopt;
    case RefreshVerdict::Accept:
        break;
    }
    if (!found->usedAt.isValid())
        found->usedAt = successor.issuedAt;
    RefreshToken next = successor;
    next.user = found->user;
    next.family = found->family;
    next.startedAt = found->startedAt;
    tokens.push_back(next);
    return owner;
}

void FakeAccountStore::endFamily(const QString &family, const QDateTime &at)
{
    for (RefreshToken &token : tokens) {
        if (token.family == family && !token.revokedAt.isValid())
            token.revokedAt = at;
    }
}

base::Result<> FakeAccountStore::revokeFamilyOf(const QByteArray &hash, const QDateTime &at)
{
    if (isDown)
        return down();
    for (const RefreshToken &token : tokens) {
        if (token.hash == hash) {
            endFamily(QString(token.family), at);
            break;
        }
    }
    return {};
}

base::Result<> FakeAccountStore::revokeAllOf(UserId user, const QDateTime &at)
{
    if (isDown)
        return down();
    for (RefreshToken &token : tokens) {
        if (token.user == user && !token.revokedAt.isValid())
            token.revokedAt = at;
    }
    return {};
}

base::Result<std::vector<SignInSession>> FakeAccountStore::sessionsOf(UserId user,
                                                                      const QDateTime &now)
{
    if (isDown)
        return down();
    std::map<QString, SignInSession> byFamily;
    for (const RefreshToken &token : tokens) {
        if (token.user == user && !token.revokedAt.isValid() && now < token.expiresAt)
            byFamily[token.family] = {token.family, token.startedAt, token.issuedAt,
                                      token.expiresAt, token.userAgent};
    }
    std::vector<SignInSession> sessions;
    sessions.reserve(byFamily.size());
    for (const auto &[family, session] : byFamily)
        sessions.push_back(session);
    return sessions;
}

base::Result<bool> FakeAccountStore::revokeFamily(UserId user, const QString &family,
                                                  const QDateTime &at)
{
    const bool isTheirs = std::any_of(tokens.begin(), tokens.end(), [&](const RefreshToken &token) {
        return token.user == user && token.family == family && !token.revokedAt.isValid();
    });
    if (isTheirs)
        endFamily(family, at);
    return isTheirs;
}

base::Result<> FakeAccountStore::addSocketTicket(const QByteArray &hash, UserId user,
                                                 const QDateTime &expiresAt)
{
    if (isDown)
        return down();
    m_tickets[hash] = {user, expiresAt};
    return {};
}

base::Result<std::optional<UserId>> FakeAccountStore::takeSocketTicket(const QByteArray &hash,
                                                                       const QDateTime &now)
{
    if (isDown)
        return down();
    const auto found = m_tickets.find(hash);
    if (found == m_tickets.end() || now >= found->second.expiresAt)
        return std::nullopt;
    const UserId user = found->second.user;
    m_tickets.erase(found);
    return user;
}

base::Result<int> FakeAccountStore::removeExpired(const QDateTime &now)
{
    return int(
        std::erase_if(tokens, [&](const RefreshToken &token) { return token.expiresAt < now; }));
}

base::Result<> FakeAuditLog::record(const AuditEntry &entry)
{
    if (isDown)
        return down();
    entries.push_back(entry);
    return {};
}

} // namespace tests
