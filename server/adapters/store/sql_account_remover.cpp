#include "server/adapters/store/sql_account_remover.h"

#include "server/adapters/store/database.h"

#include <chrono>

namespace server::store {

using base::Fault;
using base::Result;
using base::UserId;

namespace {

/// A call older than this is over, whatever its row says: twice the longest that may be made.
constexpr std::chrono::seconds kNoCallLasts = std::chrono::hours(2);

// FOR UPDATE, so that no new call of the user can slip in behind the look at their calls.
const Sql lockUser(QStringLiteral("SELECT id FROM users WHERE id = ? FOR UPDATE"),
                   QStringLiteral("SELECT id FROM users WHERE id = ?"));

// An answered call is over when its details are stored: until then its recording is being written.
const Sql selectCallUnderWay(QStringLiteral(R"(
    SELECT c.id FROM calls c LEFT JOIN call_details d ON d.call_id = c.id
    WHERE c.user_id = ? AND c.created_at > ?
      AND (c.ended_at IS NULL OR (c.answered_at IS NOT NULL AND d.call_id IS NULL)) LIMIT 1)"));

const Sql noteRecordings(QStringLiteral(R"(
    INSERT INTO orphaned_recordings (file, noted_at)
    SELECT DISTINCT recording_file, CAST(? AS timestamptz) FROM calls WHERE user_id = ? AND recording_file <> ''
    ON CONFLICT (file) DO NOTHING)"),
                         QStringLiteral(R"(
    INSERT INTO orphaned_recordings (file, noted_at)
    SELECT DISTINCT recording_file, ? FROM calls WHERE user_id = ? AND recording_file <> ''
    ON CONFLICT (file) DO NOTHING)"));

const Sql deleteCalls(QStringLiteral("DELETE FROM calls WHERE user_id = ?"));
const Sql deleteUser(QStringLiteral("DELETE FROM users WHERE id = ?"));

const Sql selectOrphans(QStringLiteral("SELECT file FROM orphaned_recordings ORDER BY file"));
const Sql deleteOrphan(QStringLiteral("DELETE FROM orphaned_recordings WHERE file = ?"));
const Sql deleteOldOrphans(QStringLiteral("DELETE FROM orphaned_recordings WHERE noted_at < ?"));

} // namespace

Result<> SqlAccountRemover::removeAccount(UserId user, const QDateTime &now)
{
    return m_database.session().transaction([&](Session &session) -> Result<> {
        const auto locked = session.execute(lockUser, {user.value});
        if (!locked)
            return failed(locked);
        if (locked->isEmpty())
            return base::fail(Fault::NotFound, QStringLiteral("User not found"));
        const auto busy =
            session.execute(selectCallUnderWay, {user.value, now.addSecs(-kNoCallLasts.count())});
        if (!busy)
            return failed(busy);
        if (!busy->isEmpty())
            return base::fail(Fault::Conflict,
                              QStringLiteral("A call is under way. Please end it first."));
        if (const auto noted = session.execute(noteRecordings, {now, user.value}); !noted)
            return failed(noted);
        for (const Sql *statement : {&deleteCalls, &deleteUser}) {
            if (const auto deleted = session.execute(*statement, {user.value}); !deleted)
                return failed(deleted);
        }
        return {};
    });
}

Result<QStringList> SqlAccountRemover::orphanedRecordings()
{
    const auto rows = m_database.session().execute(selectOrphans);
    if (!rows)
        return failed(rows);
    QStringList files;
    for (const Row &row : *rows)
        files.append(row.text(0));
    return files;
}

Result<> SqlAccountRemover::forgetRecordings(const QStringList &deleted, const QDateTime &before)
{
    return m_database.session().transaction([&](Session &session) -> Result<> {
        for (const QString &file : deleted) {
            if (const auto gone = session.execute(deleteOrphan, {file}); !gone)
                return failed(gone);
        }
        const auto old = session.execute(deleteOldOrphans, {before});
        return old ? Result<>() : failed(old);
    });
}

} // namespace server::store
