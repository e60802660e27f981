#include "server/adapters/store/number_store.h"

#include "server/adapters/store/database.h"
#include "server/adapters/store/number_rows.h"
#include "server/adapters/store/user_lock.h"

namespace server::store {

using base::Fault;
using base::Result;
using base::UserId;
using core::NumberPurchase;
using core::OwnedNumber;

namespace {

const QString kNumberColumns =
    QStringLiteral("SELECT n.id, n.user_id, n.phone_number, n.sid, n.account_sid, n.friendly_name, "
                   "n.provisioned_at, n.is_active, n.voice_capable, n.sms_capable "
                   "FROM user_phone_numbers n ");

const Sql kFindActive(kNumberColumns
                      + QStringLiteral("WHERE n.phone_number = ? AND n.is_active = true AND "
                                       "n.user_id IS NOT NULL"));
const Sql kNumberOfOwner(
    kNumberColumns + QStringLiteral("WHERE n.user_id = ? AND n.is_active = true ORDER BY n.id"));
const Sql kPrimary(kNumberColumns + QStringLiteral(R"(
    LEFT JOIN provider_credentials p ON p.user_id = n.user_id
    WHERE n.user_id = ? AND n.is_active = true AND n.voice_capable = true
    ORDER BY CASE WHEN p.phone_number = n.phone_number THEN 0
                  WHEN p.account_sid = n.account_sid THEN 1 ELSE 2 END, n.id LIMIT 1)"));
const Sql kOrphans(kNumberColumns + QStringLiteral("WHERE n.user_id IS NULL ORDER BY n.id"));
const Sql
    kForget(QStringLiteral("DELETE FROM user_phone_numbers WHERE id = ? AND user_id IS NULL"));
const Sql kDeactivate(QStringLiteral("UPDATE user_phone_numbers SET is_active = false WHERE "
                                     "user_id = ? AND phone_number = ? AND is_active = true"));

const Sql kNumberTake(QStringLiteral(R"(
    INSERT INTO user_phone_numbers (user_id, phone_number, sid, account_sid, friendly_name,
        provisioned_at, voice_capable, sms_capable) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (phone_number) DO UPDATE SET
        user_id = excluded.user_id, sid = excluded.sid, account_sid = excluded.account_sid,
        friendly_name = excluded.friendly_name, provisioned_at = excluded.provisioned_at,
        voice_capable = excluded.voice_capable, sms_capable = excluded.sms_capable,
        is_active = true
    WHERE user_phone_numbers.is_active = false OR user_phone_numbers.user_id = excluded.user_id
    RETURNING id)"));

// Two purchases of one user take turns, so that both cannot count the same last free place.
const Sql kNumberCount(QStringLiteral(R"(
    SELECT (SELECT count(*) FROM user_phone_numbers WHERE user_id = ? AND is_active = true)
         + (SELECT count(*) FROM number_purchases WHERE user_id = ? AND begun_at >= ?
                AND is_given_up = false))"));
const Sql kBegin(QStringLiteral(
    "INSERT INTO number_purchases (marker, user_id, account_sid, begun_at) VALUES (?, ?, ?, ?)"));
const Sql
    kNumberFinish(QStringLiteral("DELETE FROM number_purchases WHERE marker = ? AND user_id = ? "
                                 "AND is_given_up = false"));
const Sql kNumberEnd(QStringLiteral("DELETE FROM number_purchases WHERE marker = ?"));
const Sql kGiveUp(QStringLiteral(R"(
    UPDATE number_purchases SET is_given_up = true WHERE begun_at < ? OR is_given_up = true
    RETURNING marker, user_id, account_sid, begun_at)"));

OwnedNumber toNumber(const Row &row)
{
    OwnedNumber number;
    number.id = row.integer(0);
    number.owner = {row.integer(1)};
    number.e164 = row.text(2);
    number.sid = row.text(3);
    number.accountSid = row.text(4);
    number.friendlyName = row.text(5);
    number.provisionedAt = row.time(6);
    number.isActive = row.boolean(7);
    number.hasVoice = row.boolean(8);
    number.hasSms = row.boolean(9);
    return number;
}

NumberPurchase toPurchase(const Row &row)
{
    return {row.text(0), {row.integer(1)}, row.text(2), row.time(3)};
}

} // namespace

Result<std::optional<OwnedNumber>> takeNumber(Session &session, const OwnedNumber &number)
{
    const auto rows = session.execute(
        kNumberTake, {number.owner.value, number.e164, number.sid, number.accountSid,
                      number.friendlyName, number.provisionedAt, number.hasVoice, number.hasSms});
    if (!rows)
        return failed(rows);
    return rows->firstAs([&number](const Row &row) {
        OwnedNumber taken = number;
        taken.id = row.integer(0);
        return taken;
    });
}

Result<std::optional<OwnedNumber>> SqlNumberStore::findActive(const QString &e164)
{
    const auto rows = m_database.session().execute(kFindActive, {e164});
    if (!rows)
        return failed(rows);
    return rows->firstAs(toNumber);
}

Result<std::optional<OwnedNumber>> SqlNumberStore::primaryOf(UserId user)
{
    const auto rows = m_database.session().execute(kPrimary, {user.value});
    if (!rows)
        return failed(rows);
    return rows->firstAs(toNumber);
}

Result<std::vector<OwnedNumber>> SqlNumberStore::ofOwner(UserId owner)
{
    const auto rows = m_database.session().execute(kNumberOfOwner, {owner.value});
    if (!rows)
        return failed(rows);
    return rows->map(toNumber);
}

Result<> SqlNumberStore::beginPurchase(const NumberPurchase &purchase, int limit,
                                       const QDateTime &aliveSince)
{
    return m_database.session().transaction([&](Session &session) -> Result<> {
        const qint64 user = purchase.user.value;
        if (const auto locked = lockUser(session, purchase.user); !locked)
            return failed(locked);
        const auto count = session.execute(kNumberCount, {user, user, aliveSince});
        if (!count)
            return failed(count);
        if (count->first().integer(0) >= limit)
            return base::fail(Fault::LimitReached, QStringLiteral("No more phone numbers"));
        return ignoreRows(session.execute(
            kBegin, {purchase.marker, user, purchase.accountSid, purchase.begunAt}));
    });
}

Result<OwnedNumber> SqlNumberStore::completePurchase(const QString &marker,
                                                     const OwnedNumber &number)
{
    return m_database.session().transaction([&](Session &session) -> Result<OwnedNumber> {
        const auto finished = session.execute(kNumberFinish, {marker, number.owner.value});
        if (!finished)
            return failed(finished);
        if (finished->affected == 0)
            return base::fail(Fault::Conflict,
                              QStringLiteral("The purchase took too long. Please try again."));
        auto taken = takeNumber(session, number);
        if (!taken)
            return failed(taken);
        if (!*taken)
            return base::fail(Fault::Conflict,
                              QStringLiteral("The phone number is in use by another account"));
        return std::move(**taken);
    });
}

Result<> SqlNumberStore::endPurchase(const QString &marker)
{
    return ignoreRows(m_database.session().execute(kNumberEnd, {marker}));
}

Result<std::vector<NumberPurchase>> SqlNumberStore::giveUpPurchases(const QDateTime &before)
{
    const auto rows = m_database.session().execute(kGiveUp, {before});
    if (!rows)
        return failed(rows);
    return rows->map(toPurchase);
}

Result<bool> SqlNumberStore::deactivate(UserId owner, const QString &e164)
{
    const auto rows = m_database.session().execute(kDeactivate, {owner.value, e164});
    if (!rows)
        return failed(rows);
    return rows->affected > 0;
}

Result<std::vector<OwnedNumber>> SqlNumberStore::orphans()
{
    const auto rows = m_database.session().execute(kOrphans);
    if (!rows)
        return failed(rows);
    return rows->map(toNumber);
}

Result<> SqlNumberStore::forget(qint64 id)
{
    return ignoreRows(m_database.session().execute(kForget, {id}));
}

} // namespace server::store
