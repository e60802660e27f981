#include "server/adapters/store/calendar_store.h"

#include "server/adapters/store/database.h"
#include "server/adapters/store/user_lock.h"

namespace server::store {

using base::Fault;
using base::Result;
using base::UserId;
using core::PendingConsent;
using core::StoredConsent;

namespace {

const Sql kAddPending(QStringLiteral(
    "INSERT INTO oauth_states (state_hash, user_id, sealed_verifier, created_at, expires_at) "
    "VALUES (?, ?, ?, ?, ?)"));
// Read and deleted in one statement, so that of two callers one gets it.
const Sql kTakePending(QStringLiteral("DELETE FROM oauth_states WHERE state_hash = ? "
                                      "RETURNING user_id, sealed_verifier, expires_at"));
const Sql kRemoveExpired(QStringLiteral("DELETE FROM oauth_states WHERE expires_at < ?"));

// NO KEY: rows that only refer to the user need not wait.
const Sql
    kConsentFind(QStringLiteral("SELECT token, refresh_token, token_expiry, time_zone, revision "
                                "FROM google_calendar_credentials WHERE user_id = ?"));
const Sql kConsentWrite(QStringLiteral(R"(
    INSERT INTO google_calendar_credentials (user_id, token, refresh_token, token_expiry, time_zone,
        revision, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (user_id) DO UPDATE SET token = excluded.token,
        refresh_token = excluded.refresh_token, token_expiry = excluded.token_expiry,
        time_zone = excluded.time_zone, revision = excluded.revision,
        updated_at = excluded.updated_at)"));
const Sql kReplace(QStringLiteral(R"(
    UPDATE google_calendar_credentials SET token = ?, refresh_token = ?, token_expiry = ?,
        time_zone = ?, revision = ?, updated_at = ?
    WHERE user_id = ? AND revision = ?)"));
const Sql kDelete(QStringLiteral("DELETE FROM google_calendar_credentials WHERE user_id = ?"));

// What onboarding shows.
const Sql kConsentShowConnected(QStringLiteral(R"(
    INSERT INTO connected_providers (user_id, provider, is_connected, connected_at)
    VALUES (?, 'google_calendar', true, ?)
    ON CONFLICT (user_id, provider) DO UPDATE SET is_connected = true,
        connected_at = excluded.connected_at)"));
const Sql
    kConsentShowDisconnected(QStringLiteral("UPDATE connected_providers SET is_connected = false "
                                            "WHERE user_id = ? AND provider = 'google_calendar'"));

PendingConsent toPending(const Row &row)
{
    return {UserId{row.integer(0)}, row.text(1), row.time(2)};
}

StoredConsent toConsent(const Row &row)
{
    return {row.text(0), row.text(1), row.time(2), row.text(3), row.text(4)};
}

Result<std::optional<StoredConsent>> readConsent(Session &session, UserId user)
{
    const auto rows = session.execute(kConsentFind, {user.value});
    if (!rows)
        return failed(rows);
    return rows->firstAs(toConsent);
}

} // namespace

Result<> SqlCalendarConsentStore::addPending(const QByteArray &stateHash,
                                             const PendingConsent &consent, const QDateTime &now)
{
    return ignoreRows(m_database.session().execute(
        kAddPending,
        {stateHash, consent.user.value, consent.sealedVerifier, now, consent.expiresAt}));
}

Result<std::optional<PendingConsent>>
SqlCalendarConsentStore::takePending(const QByteArray &stateHash)
{
    const auto rows = m_database.session().execute(kTakePending, {stateHash});
    if (!rows)
        return failed(rows);
    return rows->firstAs(toPending);
}

Result<std::optional<StoredConsent>> SqlCalendarConsentStore::find(UserId user)
{
    Session session = m_database.session();
    return readConsent(session, user);
}

Result<bool> SqlCalendarConsentStore::connect(UserId user, const StoredConsent &consent,
                                              const QDateTime &now)
{
    return m_database.session().transaction([&](Session &session) -> Result<bool> {
        const auto locked = lockUser(session, user);
        if (!locked)
            return failed(locked);
        if (locked->isEmpty())
            return base::fail(Fault::NotFound, QStringLiteral("User not found"));
        const auto known = readConsent(session, user);
        if (!known)
            return failed(known);
        StoredConsent next = consent;
        const StoredConsent old = known->value_or(StoredConsent{});
        if (next.sealedRefreshToken.isEmpty())
            next.sealedRefreshToken = old.sealedRefreshToken;
        if (next.sealedRefreshToken.isEmpty())
            return false;
        if (next.timeZone.isEmpty())
            next.timeZone = old.timeZone;
        const auto written = session.execute(
            kConsentWrite, {user.value, next.sealedAccessToken, next.sealedRefreshToken,
                            next.expiresAt, next.timeZone, next.revision, now, now});
        if (!written)
            return failed(written);
        if (const auto shown = session.execute(kConsentShowConnected, {user.value, now}); !shown)
            return failed(shown);
        return true;
    });
}

Result<bool> SqlCalendarConsentStore::replace(UserId user, const QString &revision,
                                              const StoredConsent &consent, const QDateTime &now)
{
    const auto rows = m_database.session().execute(
        kReplace, {consent.sealedAccessToken, consent.sealedRefreshToken, consent.expiresAt,
                   consent.timeZone, consent.revision, now, user.value, revision});
    if (!rows)
        return failed(rows);
    return rows->affected > 0;
}

Result<bool> SqlCalendarConsentStore::disconnect(UserId user,
                                                 const std::optional<QString> &revision)
{
    return m_database.session().transaction([&](Session &session) -> Result<bool> {
        if (const auto locked = lockUser(session, user); !locked)
            return failed(locked);
        const auto known = readConsent(session, user);
        if (!known)
            return failed(known);
        if (!*known || (revision && (*known)->revision != *revision))
            return false;
        for (const Sql *statement : {&kDelete, &kConsentShowDisconnected}) {
            if (const auto done = session.execute(*statement, {user.value}); !done)
                return failed(done);
        }
        return true;
    });
}

Result<int> SqlCalendarConsentStore::removeExpired(const QDateTime &now)
{
    const auto rows = m_database.session().execute(kRemoveExpired, {now});
    if (!rows)
        return failed(rows);
    return rows->affected;
}

} // namespace server::store
