#include "server/adapters/store/provider_credentials_store.h"

#include "server/adapters/store/database.h"
#include "server/adapters/store/number_rows.h"
#include "server/adapters/store/user_lock.h"
#include "shared/base/log.h"

namespace server::store {

using base::Fault;
using base::Result;
using base::Secret;
using base::UserId;
using core::OwnAccount;
using core::PhoneAccount;

namespace {

const QString kProvider = QStringLiteral("twilio");

const Sql kCredentialsOfUser(
    QStringLiteral("SELECT account_sid, auth_token FROM provider_credentials WHERE user_id = ?"));
const Sql kOfNumber(QStringLiteral(R"(
    SELECT p.account_sid, p.auth_token FROM user_phone_numbers n
    JOIN provider_credentials p ON p.user_id = n.user_id AND p.account_sid = n.account_sid
    WHERE n.phone_number = ? AND n.is_active = true)"));
// Also of a number that was released while the call goes on.
const Sql kOfCall(QStringLiteral(R"(
    SELECT p.account_sid, p.auth_token FROM calls c
    JOIN user_phone_numbers n ON n.phone_number = c.own_number
    JOIN provider_credentials p ON p.user_id = n.user_id AND p.account_sid = n.account_sid
    WHERE c.call_sid = ?)"));

const Sql kOurNumbers(QStringLiteral("SELECT own_number FROM calls WHERE call_sid = ? OR id = ?"));
const Sql kSigners(QStringLiteral(R"(
    SELECT p.auth_token FROM user_phone_numbers n
    JOIN provider_credentials p ON p.user_id = n.user_id AND p.account_sid = n.account_sid
    WHERE n.phone_number = ? AND p.account_sid = ?)"));
const Sql kStreamSigners(QStringLiteral(R"(
    SELECT DISTINCT p.auth_token FROM calls c
    JOIN user_phone_numbers n ON n.phone_number = c.own_number
    JOIN provider_credentials p ON p.user_id = n.user_id AND p.account_sid = n.account_sid
    WHERE c.ended_at IS NULL AND c.media_token_expires_at > ?)"));

const Sql kCredentialsOwn(QStringLiteral("SELECT account_sid, phone_number, connected_at FROM "
                                         "provider_credentials WHERE user_id = ?"));
const Sql kConnect(QStringLiteral(R"(
    INSERT INTO provider_credentials (user_id, account_sid, auth_token, phone_number, connected_at)
    VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (user_id) DO UPDATE SET
        account_sid = excluded.account_sid, auth_token = excluded.auth_token,
        phone_number = excluded.phone_number, connected_at = excluded.connected_at)"));
const Sql
    kDisconnect(QStringLiteral("DELETE FROM provider_credentials WHERE user_id = ? RETURNING id"));
// Numbers in an account of the user's that we can no longer reach.
const Sql kLoseNumbers(QStringLiteral(R"(
    UPDATE user_phone_numbers SET is_active = false
    WHERE user_id = ? AND account_sid <> ? AND account_sid <> ?)"));
const Sql kCredentialsShowConnected(QStringLiteral(R"(
    INSERT INTO connected_providers (user_id, provider, is_connected, connected_at)
    VALUES (?, ?, true, ?)
    ON CONFLICT (user_id, provider) DO UPDATE SET
        is_connected = true, connected_at = excluded.connected_at)"));
const Sql kCredentialsShowDisconnected(QStringLiteral(
    "UPDATE connected_providers SET is_connected = false WHERE user_id = ? AND provider = ?"));

} // namespace

Result<Secret> SqlProviderCredentialsStore::open(const QString &sealed) const
{
    auto token = m_box ? m_box->open(sealed)
                       : base::fail(Fault::Internal, QStringLiteral("no DATA_ENCRYPTION_KEY"));
    if (token)
        return token;
    return base::fail(
        Fault::Unavailable,
        QStringLiteral("The Twilio credentials cannot be read any more. Please enter them again."),
        token.error().message + QStringLiteral(": ") + token.error().cause);
}

Result<PhoneAccount> SqlProviderCredentialsStore::ofUser(UserId user)
{
    return accountOf(m_database.session().execute(kCredentialsOfUser, {user.value}));
}

Result<PhoneAccount> SqlProviderCredentialsStore::ofNumber(const QString &e164)
{
    return accountOf(m_database.session().execute(kOfNumber, {e164}));
}

Result<PhoneAccount> SqlProviderCredentialsStore::ofCall(const QString &callSid)
{
    return accountOf(m_database.session().execute(kOfCall, {callSid}));
}

Result<PhoneAccount> SqlProviderCredentialsStore::accountOf(const Result<Rows> &rows) const
{
    if (!rows)
        return failed(rows);
    if (rows->isEmpty())
        return m_service;
    auto token = open(rows->first().text(1));
    if (!token)
        return failed(token);
    return PhoneAccount{rows->first().text(0), std::move(*token)};
}

Result<std::optional<PhoneAccount>> SqlProviderCredentialsStore::find(UserId user,
                                                                      const QString &accountSid)
{
    if (accountSid == m_service.sid)
        return m_service;
    auto account = ofUser(user);
    if (!account)
        return failed(account);
    if (account->sid != accountSid)
        return std::nullopt;
    return std::move(*account);
}

Result<std::vector<Secret>> SqlProviderCredentialsStore::tokensOf(const Result<Rows> &rows) const
{
    if (!rows)
        return failed(rows);
    std::vector<Secret> tokens;
    for (const Row &row : *rows) {
        if (auto token = open(row.text(0)))
            tokens.push_back(std::move(*token));
        else
            base::log::warning("phone.account_unreadable",
                               {{QStringLiteral("cause"), token.error().cause}});
    }
    return tokens;
}

Result<std::vector<Secret>> SqlProviderCredentialsStore::signersOf(const core::SignedFacts &facts)
{
    Session session = m_database.session();
    const auto calls = session.execute(kOurNumbers, {facts.callSid, facts.call.value});
    if (!calls)
        return failed(calls);
    QStringList numbers;
    for (const Row &row : *calls)
        numbers.append(row.text(0));
    if (numbers.isEmpty())
        numbers.append(facts.ourNumber);
    Result<std::vector<Secret>> tokens;
    for (const QString &number : std::as_const(numbers)) {
        tokens = tokensOf(session.execute(kSigners, {number, facts.accountSid}));
        if (!tokens || tokens->empty())
            break;
    }
    return tokens;
}

Result<std::vector<Secret>> SqlProviderCredentialsStore::streamSigners(const QDateTime &now)
{
    return tokensOf(m_database.session().execute(kStreamSigners, {now}));
}

Result<> SqlProviderCredentialsStore::connect(const OwnAccount &account, const Secret &token,
                                              const std::optional<core::OwnedNumber> &number)
{
    if (!m_box)
        return base::fail(
            Fault::Unavailable,
            QStringLiteral("This server cannot keep credentials: DATA_ENCRYPTION_KEY is not set"));
    const qint64 user = account.owner.value;
    return m_database.session().transaction([&](Session &session) -> Result<> {
        if (const auto locked = lockUser(session, account.owner); !locked)
            return failed(locked);
        const auto kept = session.execute(kConnect, {user, account.accountSid, m_box->seal(token),
                                                     account.phoneNumber, account.connectedAt});
        if (!kept)
            return failed(kept);
        const auto lost = session.execute(kLoseNumbers, {user, m_service.sid, account.accountSid});
        if (!lost)
            return failed(lost);
        if (number) {
            const auto taken = takeNumber(session, *number);
            if (!taken)
                return failed(taken);
            if (!*taken)
                return base::fail(Fault::Conflict,
                                  QStringLiteral("The phone number is in use by another account"));
        }
        return ignoreRows(
            session.execute(kCredentialsShowConnected, {user, kProvider, account.connectedAt}));
    });
}

Result<std::optional<OwnAccount>> SqlProviderCredentialsStore::ownAccount(UserId user)
{
    const auto rows = m_database.session().execute(kCredentialsOwn, {user.value});
    if (!rows)
        return failed(rows);
    return rows->firstAs([user](const Row &row) {
        return OwnAccount{user, row.text(0), row.text(1), row.time(2)};
    });
}

Result<bool> SqlProviderCredentialsStore::disconnect(UserId user)
{
    return m_database.session().transaction([&](Session &session) -> Result<bool> {
        const auto gone = session.execute(kDisconnect, {user.value});
        if (!gone)
            return failed(gone);
        if (gone->isEmpty())
            return false;
        const auto lost = session.execute(kLoseNumbers, {user.value, m_service.sid, m_service.sid});
        if (!lost)
            return failed(lost);
        const auto shown = session.execute(kCredentialsShowDisconnected, {user.value, kProvider});
        if (!shown)
            return failed(shown);
        return true;
    });
}

} // namespace server::store
