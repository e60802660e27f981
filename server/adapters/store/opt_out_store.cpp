#include "server/adapters/store/opt_out_store.h"

#include "server/adapters/store/sql_audit_log.h"

namespace server::store {

using base::Result;

namespace {

// SQLite locks the whole database when a transaction begins.
const Sql kLockNumber(
    QStringLiteral("SELECT pg_advisory_xact_lock(1869640820, hashtext(CAST(? AS text)))"),
    QStringLiteral("SELECT ? IS NULL"));
const Sql kOptOutAdd(QStringLiteral(
    "INSERT INTO opt_outs (phone_number, at, way, call_id, note) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (phone_number) DO NOTHING RETURNING id"));
const QString kOptOutColumns =
    QStringLiteral("SELECT id, phone_number, at, way, call_id, note FROM opt_outs ");
const Sql kOptOutFind(kOptOutColumns + QStringLiteral("WHERE phone_number = ?"));
const Sql kSearch(kOptOutColumns
                  + QStringLiteral("WHERE phone_number LIKE ? ORDER BY id DESC LIMIT ? OFFSET ?"));
const Sql kOptOutRemove(QStringLiteral("DELETE FROM opt_outs WHERE phone_number = ? RETURNING id"));

core::OptOut toOptOut(const Row &row)
{
    core::OptOut optOut;
    optOut.id = row.integer(0);
    optOut.phoneNumber = row.text(1);
    optOut.at = row.time(2);
    optOut.way = core::optOutWayFromText(row.text(3)).value_or(core::OptOutWay::Staff);
    optOut.call = {row.integer(4)};
    optOut.note = row.text(5);
    return optOut;
}

} // namespace

Result<> lockNumber(Session &session, const QString &phoneNumber)
{
    return ignoreRows(session.execute(kLockNumber, {phoneNumber}));
}

Result<bool> SqlOptOutStore::add(const core::OptOut &optOut,
                                 const std::optional<core::AuditEntry> &entry)
{
    return m_database.session().transaction([&](Session &session) -> Result<bool> {
        if (const auto locked = lockNumber(session, optOut.phoneNumber); !locked)
            return base::failed(locked);
        const QVariant call = optOut.call.isValid() ? QVariant(optOut.call.value) : QVariant();
        const auto added = session.execute(
            kOptOutAdd, {optOut.phoneNumber, optOut.at, toText(optOut.way), call, optOut.note});
        if (!added)
            return base::failed(added);
        if (added->isEmpty())
            return false;
        return audited(entry, added->first().integer(0));
    });
}

Result<bool> SqlOptOutStore::remove(const QString &phoneNumber, const core::AuditEntry &entry)
{
    return m_database.session().transaction([&](Session &session) -> Result<bool> {
        const auto removed = session.execute(kOptOutRemove, {phoneNumber});
        if (!removed)
            return base::failed(removed);
        if (removed->isEmpty())
            return false;
        return audited(entry, removed->first().integer(0));
    });
}

Result<bool> SqlOptOutStore::audited(std::optional<core::AuditEntry> entry, qint64 id)
{
    if (!entry)
        return true;
    entry->subject = QStringLiteral("opt_out:%1").arg(id);
    SqlAuditLog audit(m_database); // on this thread's session: part of this transaction
    const auto recorded = audit.record(*entry);
    if (!recorded)
        return base::failed(recorded);
    return true;
}

Result<std::optional<core::OptOut>> SqlOptOutStore::find(const QString &phoneNumber)
{
    const auto rows = m_database.session().execute(kOptOutFind, {phoneNumber});
    if (!rows)
        return base::failed(rows);
    return rows->firstAs(toOptOut);
}

Result<std::vector<core::OptOut>> SqlOptOutStore::search(const QString &digits, int limit,
                                                         int offset)
{
    const auto rows = m_database.session().execute(
        kSearch, {QLatin1Char('%') + digits + QLatin1Char('%'), limit, offset});
    if (!rows)
        return base::failed(rows);
    return rows->map(toOptOut);
}

} // namespace server::store
