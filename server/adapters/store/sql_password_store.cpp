#include "server/adapters/store/sql_password_store.h"

#include "server/adapters/store/database.h"
#include "server/adapters/store/user_lock.h"

namespace server::store {

using base::Result;
using base::UserId;

namespace {

const Sql setPassword(QStringLiteral(R"(
    UPDATE users SET password_hash = ?, tokens_valid_from = ?, updated_at = ?
    WHERE id = ? AND password_hash = ?)"));

const Sql revokeOthers(QStringLiteral(R"(
    UPDATE refresh_tokens SET revoked_at = ? WHERE user_id = ? AND family <> ? AND revoked_at IS NULL)"));

const Sql deleteResetsOf(QStringLiteral("DELETE FROM password_resets WHERE user_id = ?"));

// The user's row is locked, so of two requests at once the second sees the row of the first.
const Sql insertReset(QStringLiteral(R"(
    INSERT INTO password_resets (token_hash, user_id, created_at, expires_at) VALUES (?, ?, ?, ?))"));
const Sql selectRecentReset(
    QStringLiteral("SELECT 1 FROM password_resets WHERE user_id = ? AND created_at > ?"));

const Sql selectReset(QStringLiteral(R"(
    SELECT r.user_id FROM password_resets r JOIN users u ON u.id = r.user_id
    WHERE r.token_hash = ? AND r.expires_at > ? AND u.is_active = ?)"));

const Sql takeReset(QStringLiteral(
    "DELETE FROM password_resets WHERE token_hash = ? AND expires_at > ? RETURNING user_id"));

const Sql resetPassword(QStringLiteral(R"(
    UPDATE users SET password_hash = ?, tokens_valid_from = ?, email_verified = ?, updated_at = ?
    WHERE id = ? AND is_active = ?)"));

QString textOf(const QByteArray &hash)
{
    return QString::fromUtf8(hash);
}

/// What every new password brings: the other sessions end, and older links are worth nothing.
Result<> endOthers(Session &session, UserId user, const QString &keptFamily, const QDateTime &at)
{
    if (const auto revoked = session.execute(revokeOthers, {at, user.value, keptFamily}); !revoked)
        return failed(revoked);
    if (const auto deleted = session.execute(deleteResetsOf, {user.value}); !deleted)
        return failed(deleted);
    return {};
}

} // namespace

Result<bool> SqlPasswordStore::changePassword(UserId user, const QByteArray &oldHash,
                                              const QByteArray &newHash, const QString &keptFamily,
                                              const QDateTime &at)
{
    return m_database.session().transaction([&](Session &session) -> Result<bool> {
        const auto set =
            session.execute(setPassword, {textOf(newHash), at, at, user.value, textOf(oldHash)});
        if (!set)
            return failed(set);
        if (set->affected == 0)
            return false;
        if (const auto ended = endOthers(session, user, keptFamily, at); !ended)
            return failed(ended);
        return true;
    });
}

Result<bool> SqlPasswordStore::addReset(const core::PasswordReset &reset, const QDateTime &notSince)
{
    return m_database.session().transaction([&](Session &session) -> Result<bool> {
        // The second of two requests at once waits here, and then sees the row of the first.
        if (const auto locked = lockUser(session, reset.user); !locked)
            return failed(locked);
        const auto recent = session.execute(selectRecentReset, {reset.user.value, notSince});
        if (!recent)
            return failed(recent);
        if (!recent->isEmpty())
            return false;
        const auto added = session.execute(
            insertReset, {reset.hash, reset.user.value, reset.createdAt, reset.expiresAt});
        if (!added)
            return failed(added);
        return true;
    });
}

Result<bool> SqlPasswordStore::hasReset(const QByteArray &hash, const QDateTime &now)
{
    const auto rows = m_database.session().execute(selectReset, {hash, now, true});
    if (!rows)
        return failed(rows);
    return !rows->isEmpty();
}

Result<bool> SqlPasswordStore::useReset(const QByteArray &hash, const QByteArray &newHash,
                                        const QDateTime &now)
{
    return m_database.session().transaction([&](Session &session) -> Result<bool> {
        const auto taken = session.execute(takeReset, {hash, now});
        if (!taken)
            return failed(taken);
        if (taken->isEmpty())
            return false;
        const UserId user{taken->first().integer(0)};
        const auto set =
            session.execute(resetPassword, {textOf(newHash), now, true, now, user.value, true});
        if (!set)
            return failed(set);
        if (set->affected == 0)
            return false;
        if (const auto ended = endOthers(session, user, QString(), now); !ended)
            return failed(ended);
        return true;
    });
}

} // namespace server::store
