#include "server/adapters/store/idempotency_store.h"

namespace server::store {

namespace {

const Sql
    kKeyClaim(QStringLiteral("INSERT INTO idempotency_keys (user_id, route, key, request_hash, "
                             "created_at) VALUES (?, ?, ?, ?, ?) "
                             "ON CONFLICT (user_id, route, key) DO NOTHING"));
const Sql kKeyFind(QStringLiteral("SELECT request_hash, status, body FROM idempotency_keys WHERE "
                                  "user_id = ? AND route = ? AND key = ?"));
const Sql
    kKeySettle(QStringLiteral("UPDATE idempotency_keys SET status = ?, body = ? WHERE user_id = "
                              "? AND route = ? AND key = ?"));
const Sql kAbandon(
    QStringLiteral("DELETE FROM idempotency_keys WHERE user_id = ? AND route = ? AND key = ?"));

} // namespace

base::Result<std::optional<SqlIdempotencyStore::Entry>>
SqlIdempotencyStore::claim(base::UserId user, const QString &route, const QString &key,
                           const QByteArray &requestHash, const QDateTime &now)
{
    Session session = m_database.session();
    const auto claimed = session.execute(kKeyClaim, {user.value, route, key, requestHash, now});
    if (!claimed)
        return base::failed(claimed);
    if (claimed->affected > 0)
        return std::optional<Entry>();
    const auto rows = session.execute(kKeyFind, {user.value, route, key});
    if (!rows)
        return base::failed(rows);
    // Abandoned between the two statements: for the asker that is a request still under way.
    return rows
        ->firstAs([](const Row &row) {
            return Entry{row.bytes(0), int(row.integer(1)), row.text(2).toUtf8()};
        })
        .value_or(Entry{requestHash, 0, {}});
}

base::Result<void> SqlIdempotencyStore::settle(base::UserId user, const QString &route,
                                               const QString &key, int status,
                                               const QByteArray &body)
{
    const auto rows = m_database.session().execute(
        kKeySettle, {status, QString::fromUtf8(body), user.value, route, key});
    if (!rows)
        return base::failed(rows);
    return {};
}

base::Result<void> SqlIdempotencyStore::abandon(base::UserId user, const QString &route,
                                                const QString &key)
{
    const auto rows = m_database.session().execute(kAbandon, {user.value, route, key});
    if (!rows)
        return base::failed(rows);
    return {};
}

} // namespace server::store
