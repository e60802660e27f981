#include "server/adapters/store/sql_account_store.h"

#include "server/adapters/store/database.h"
#include "server/adapters/store/user_lock.h"

#include <algorithm>

namespace server::store {

using base::Fault;
using base::Result;
using base::UserId;
using core::Account;
using core::Principal;
using core::RefreshToken;
using core::RefreshVerdict;

namespace {

const Sql insertAccount(QStringLiteral(R"(
    INSERT INTO users (email, email_key, password_hash, full_name, role, auth_provider, platform, apple_id,
                       email_verified, created_at, updated_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    RETURNING id)"));

const QString accountColumns = QStringLiteral(
    "SELECT id, email, password_hash, full_name, role, is_active, auth_provider, created_at, "
    "platform, tokens_valid_from, email_verified FROM users ");
const Sql selectByEmailKey(accountColumns + QStringLiteral("WHERE email_key = ?"));
const Sql selectById(accountColumns + QStringLiteral("WHERE id = ?"));
const Sql selectByAppleId(accountColumns + QStringLiteral("WHERE apple_id = ?"));

const Sql selectPrincipal(
    QStringLiteral("SELECT id, email, full_name, role, is_active, platform, tokens_valid_from "
                   "FROM users WHERE id = ?"));

const Sql updatePasswordHash(
    QStringLiteral("UPDATE users SET password_hash = ?, updated_at = ? WHERE id = ?"));
const Sql updateName(QStringLiteral("UPDATE users SET full_name = ?, updated_at = ? WHERE id = ?"));
const Sql updateRole(QStringLiteral("UPDATE users SET role = ?, updated_at = ? WHERE id = ?"));
const Sql
    updateActive(QStringLiteral("UPDATE users SET is_active = ?, updated_at = ? WHERE id = ?"));

const Sql insertRefreshToken(QStringLiteral(R"(
    INSERT INTO refresh_tokens (user_id, family, token_hash, issued_at, expires_at, user_agent, started_at)
    VALUES (?, ?, ?, ?, ?, ?, ?))"));

// NO KEY: new calls and tickets of the same user, which only refer to the row, need not wait.
const QString ofToken =
    QStringLiteral("WHERE id = (SELECT user_id FROM refresh_tokens WHERE token_hash = ?)");
const Sql lockOwner(accountColumns + ofToken + QStringLiteral(" FOR NO KEY UPDATE"),
                    accountColumns + ofToken);

const Sql selectRefreshToken(QStringLiteral(R"(
    SELECT user_id, family, token_hash, issued_at, expires_at, used_at, revoked_at, user_agent,
           coalesce(started_at, issued_at)
    FROM refresh_tokens WHERE token_hash = ?)"));

const Sql selectLiveTokens(QStringLiteral(R"(
    SELECT family, coalesce(started_at, issued_at), issued_at, expires_at, user_agent
    FROM refresh_tokens WHERE user_id = ? AND revoked_at IS NULL AND expires_at > ?
    ORDER BY issued_at DESC, id DESC)"));

const Sql noteFirstUse(QStringLiteral(
    "UPDATE refresh_tokens SET used_at = ? WHERE token_hash = ? AND used_at IS NULL"));

const Sql endFamily(QStringLiteral(R"(
    UPDATE refresh_tokens SET revoked_at = ? WHERE user_id = ? AND family = ? AND revoked_at IS NULL)"));

const Sql revokeLiveFamily(QStringLiteral(R"(
    UPDATE refresh_tokens SET revoked_at = ?
    WHERE user_id = ? AND family = ? AND revoked_at IS NULL AND expires_at > ?)"));

const Sql revokeUser(QStringLiteral(
    "UPDATE refresh_tokens SET revoked_at = ? WHERE user_id = ? AND revoked_at IS NULL"));

const Sql insertTicket(QStringLiteral(
    "INSERT INTO socket_tickets (ticket_hash, user_id, expires_at) VALUES (?, ?, ?)"));

// One statement, so of two callers the second finds the ticket used.
const Sql takeTicket(QStringLiteral(R"(
    UPDATE socket_tickets SET used_at = ? WHERE ticket_hash = ? AND used_at IS NULL AND expires_at > ?
    RETURNING user_id)"));

const Sql deleteOldTokens(QStringLiteral("DELETE FROM refresh_tokens WHERE expires_at < ?"));
const Sql deleteOldTickets(QStringLiteral("DELETE FROM socket_tickets WHERE expires_at < ?"));
const Sql deleteOldResets(QStringLiteral("DELETE FROM password_resets WHERE expires_at < ?"));

core::Platform platformFrom(const QString &text)
{
    return core::platformFromText(text).value_or(core::Platform::Web);
}

Account toAccount(const Row &row)
{
    Account account;
    account.id = UserId{row.integer(0)};
    account.email = row.text(1);
    account.passwordHash = row.text(2).toUtf8();
    account.name = row.text(3);
    account.role = protocol::roleFromText(row.text(4)).value_or(protocol::Role::None);
    account.isActive = row.boolean(5);
    account.authProvider = row.text(6);
    account.createdAt = row.time(7);
    account.platform = platformFrom(row.text(8));
    account.tokensValidFrom = row.time(9);
    account.isEmailVerified = row.boolean(10);
    return account;
}

Principal toPrincipal(const Row &row)
{
    return {UserId{row.integer(0)},
            row.text(1),
            row.text(2),
            protocol::roleFromText(row.text(3)).value_or(protocol::Role::None),
            row.boolean(4),
            platformFrom(row.text(5)),
            row.time(6)};
}

RefreshToken toRefreshToken(const Row &row)
{
    return {UserId{row.integer(0)},
            row.text(1),
            row.bytes(2),
            row.time(3),
            row.time(4),
            row.time(5),
            row.time(6),
            row.text(7),
            row.time(8)};
}

QVariant hashOrNull(const QByteArray &hash)
{
    return hash.isEmpty() ? QVariant() : QVariant(QString::fromUtf8(hash));
}

/// For statements that change one user.
Result<> doneToOne(const Result<Rows> &rows)
{
    if (!rows)
        return failed(rows);
    return rows->affected == 1 ? Result<>()
                               : base::fail(Fault::NotFound, QStringLiteral("User not found"));
}

Result<> insertToken(Session &session, const RefreshToken &token, UserId user,
                     const QString &family)
{
    return ignoreRows(
        session.execute(insertRefreshToken, {user.value, family, token.hash, token.issuedAt,
                                             token.expiresAt, token.userAgent, token.startedAt}));
}

} // namespace

Result<Account> SqlAccountStore::create(const core::NewAccount &account)
{
    const auto rows = m_database.session().execute(
        insertAccount, {account.email, account.emailKey, hashOrNull(account.passwordHash),
                        account.name, protocol::toText(account.role), account.authProvider,
                        core::toText(account.platform), textOrNull(account.appleId),
                        account.isEmailVerified, account.createdAt, account.createdAt});
    if (!rows)
        return failed(rows);
    return Account{UserId{rows->first().integer(0)},
                   account.email,
                   account.passwordHash,
                   account.name,
                   account.role,
                   true,
                   account.authProvider,
                   account.createdAt,
                   account.platform,
                   {},
                   account.isEmailVerified};
}

Result<std::optional<Account>> SqlAccountStore::findBy(const Sql &statement, const QVariant &key)
{
    const auto rows = m_database.session().execute(statement, {key});
    if (!rows)
        return failed(rows);
    return rows->firstAs(toAccount);
}

Result<std::optional<Account>> SqlAccountStore::findByEmailKey(const QString &emailKey)
{
    return findBy(selectByEmailKey, emailKey);
}

Result<std::optional<Account>> SqlAccountStore::findById(UserId user)
{
    return findBy(selectById, user.value);
}

Result<std::optional<Account>> SqlAccountStore::findByAppleId(const QString &appleId)
{
    return findBy(selectByAppleId, appleId);
}

Result<std::optional<Principal>> SqlAccountStore::findPrincipal(UserId user)
{
    const auto rows = m_database.session().execute(selectPrincipal, {user.value});
    if (!rows)
        return failed(rows);
    return rows->firstAs(toPrincipal);
}

Result<> SqlAccountStore::setPasswordHash(UserId user, const QByteArray &hash, const QDateTime &at)
{
    return doneToOne(
        m_database.session().execute(updatePasswordHash, {hashOrNull(hash), at, user.value}));
}

Result<> SqlAccountStore::setName(UserId user, const QString &name, const QDateTime &at)
{
    return doneToOne(m_database.session().execute(updateName, {name, at, user.value}));
}

Result<> SqlAccountStore::setRole(UserId user, protocol::Role role, const QDateTime &at)
{
    return doneToOne(
        m_database.session().execute(updateRole, {protocol::toText(role), at, user.value}));
}

Result<> SqlAccountStore::setActive(UserId user, bool isActive, const QDateTime &at)
{
    return doneToOne(m_database.session().execute(updateActive, {isActive, at, user.value}));
}

Result<> SqlAccountStore::addRefreshToken(const RefreshToken &token)
{
    Session session = m_database.session();
    return insertToken(session, token, token.user, token.family);
}

Result<std::optional<Account>> SqlAccountStore::useRefreshToken(const QByteArray &hash,
                                                                const RefreshToken &successor,
                                                                const core::RefreshJudge &judge)
{
    using Outcome = Result<std::optional<Account>>;
    return m_database.session().transaction([&](Session &session) -> Outcome {
        const auto owners = session.execute(lockOwner, {hash});
        if (!owners)
            return failed(owners);
        const auto owner = owners->firstAs(toAccount);
        // Read after the lock is held: whatever a revocation did before is seen now.
        const auto tokens = session.execute(selectRefreshToken, {hash});
        if (!tokens)
            return failed(tokens);
        const auto token = tokens->firstAs(toRefreshToken);
        if (!owner || !token)
            return std::nullopt;

        switch (judge(*token, *owner)) {
        case RefreshVerdict::Refuse:
            return std::nullopt;
        case RefreshVerdict::EndFamily: {
            const auto ended =
                session.execute(endFamily, {successor.issuedAt, owner->id.value, token->family});
            return ended ? Outcome(std::nullopt) : failed(ended);
        }
        case RefreshVerdict::Accept:
            break;
        }
        if (const auto noted = session.execute(noteFirstUse, {successor.issuedAt, hash}); !noted)
            return failed(noted);
        RefreshToken next = successor;
        next.startedAt = token->startedAt;
        if (const auto added = insertToken(session, next, owner->id, token->family); !added)
            return failed(added);
        return owner;
    });
}

Result<> SqlAccountStore::revokeFamilyOf(const QByteArray &hash, const QDateTime &at)
{
    return m_database.session().transaction([&](Session &session) -> Result<> {
        const auto owners = session.execute(lockOwner, {hash});
        if (!owners)
            return failed(owners);
        const auto tokens = session.execute(selectRefreshToken, {hash});
        if (!tokens)
            return failed(tokens);
        if (tokens->isEmpty())
            return {};
        const RefreshToken token = toRefreshToken(tokens->first());
        return ignoreRows(session.execute(endFamily, {at, token.user.value, token.family}));
    });
}

Result<> SqlAccountStore::revokeAllOf(UserId user, const QDateTime &at)
{
    return m_database.session().transaction([&](Session &session) -> Result<> {
        if (const auto locked = lockUser(session, user); !locked)
            return failed(locked);
        return ignoreRows(session.execute(revokeUser, {at, user.value}));
    });
}

Result<std::vector<core::SignInSession>> SqlAccountStore::sessionsOf(UserId user,
                                                                     const QDateTime &now)
{
    const auto rows = m_database.session().execute(selectLiveTokens, {user.value, now});
    if (!rows)
        return failed(rows);
    std::vector<core::SignInSession> sessions;
    for (const Row &row : *rows) { // the newest token of each family comes first
        const QString family = row.text(0);
        if (std::none_of(sessions.begin(), sessions.end(),
                         [&](const auto &session) { return session.id == family; }))
            sessions.push_back({family, row.time(1), row.time(2), row.time(3), row.text(4)});
    }
    return sessions;
}

Result<bool> SqlAccountStore::revokeFamily(UserId user, const QString &family, const QDateTime &at)
{
    return m_database.session().transaction([&](Session &session) -> Result<bool> {
        if (const auto locked = lockUser(session, user); !locked)
            return failed(locked);
        const auto revoked = session.execute(revokeLiveFamily, {at, user.value, family, at});
        if (!revoked)
            return failed(revoked);
        return revoked->affected > 0;
    });
}

Result<> SqlAccountStore::addSocketTicket(const QByteArray &hash, UserId user,
                                          const QDateTime &expiresAt)
{
    return ignoreRows(m_database.session().execute(insertTicket, {hash, user.value, expiresAt}));
}

Result<std::optional<UserId>> SqlAccountStore::takeSocketTicket(const QByteArray &hash,
                                                                const QDateTime &now)
{
    const auto rows = m_database.session().execute(takeTicket, {now, hash, now});
    if (!rows)
        return failed(rows);
    return rows->firstAs([](const Row &row) { return UserId{row.integer(0)}; });
}

Result<int> SqlAccountStore::removeExpired(const QDateTime &now)
{
    return m_database.session().transaction([&](Session &session) -> Result<int> {
        const auto tokens = session.execute(deleteOldTokens, {now});
        if (!tokens)
            return failed(tokens);
        const auto tickets = session.execute(deleteOldTickets, {now});
        if (!tickets)
            return failed(tickets);
        const auto resets = session.execute(deleteOldResets, {now});
        if (!resets)
            return failed(resets);
        return tokens->affected + tickets->affected + resets->affected;
    });
}

} // namespace server::store
