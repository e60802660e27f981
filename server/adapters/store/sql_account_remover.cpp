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
const Sql lockRemovedUser(QStringLiteral("SELECT id FROM users WHERE id = ? FOR UPDATE"),
                          QStringLiteral("SELECT id FROM users WHERE id = ?"));

// An answered call is over when its details are stored: until then its recording is being written.
const Sql selectCallUnderWay(QStringLiteral(R"(
    SELECT c.id FROM calls c LEFT JOIN call_details d ON d.call_id = c.id
    WHERE c.user_id = ? AND c.created_at > ?
      AND (c.ended_at IS NULL OR (c.answered_at IS NOT NULL AND d.call_id IS NULL
                                  AND c.words_deleted_at IS NULL)) LIMIT 1)"));

// Nobody pays for an account that is gone.
const Sql selectPaidSubscription(QStringLiteral(R"(
    SELECT 1 FROM stripe_subscriptions
    WHERE user_id = ? AND status NOT IN ('canceled', 'incomplete_expired')
      AND NOT cancel_at_period_end LIMIT 1)"));

const Sql noteRecordings(QStringLiteral(R"(
    INSERT INTO orphaned_recordings (file, noted_at)
    SELECT DISTINCT recording_file, CAST(? AS timestamptz) FROM calls WHERE user_id = ? AND recording_file <> ''
    ON CONFLICT (file) DO NOTHING)"),
                         QStringLiteral(R"(
    INSERT INTO orphaned_recordings (file, noted_at)
    SELECT DISTINCT recording_file, ? FROM calls WHERE user_id = ? AND recording_file <> ''
    ON CONFLICT (file) DO NOTHING)"));

/// Has the phone network's copies of what was said deleted. Parameters: the time twice, the user.
Sql noteCopies(const char *kind, const QString &subjects)
{
    const QString text =
        QStringLiteral("INSERT INTO transcript_jobs (kind, subject, next_try_at, created_at) "
                       "SELECT DISTINCT '%1', %2 ON CONFLICT (kind, subject) DO NOTHING")
            .arg(QLatin1String(kind), subjects);
    return {text.arg(QStringLiteral("CAST(? AS timestamptz), CAST(? AS timestamptz)")),
            text.arg(QStringLiteral("?, ?"))};
}

const Sql noteVendorRecordings = noteCopies(
    "delete_recording",
    QStringLiteral("recording_sid, %1 FROM calls WHERE user_id = ? AND recording_sid <> ''"));
const Sql noteVendorTranscripts =
    noteCopies("delete_transcript",
               QStringLiteral("t.vendor_sid, %1 FROM transcripts t JOIN calls c ON c.id = "
                              "t.call_id WHERE c.user_id = ? AND t.vendor_sid <> ''"));
const Sql noteAwaitedTranscripts = noteCopies(
    "delete_transcript", QStringLiteral("j.subject, %1 FROM transcript_jobs j JOIN calls c ON c.id "
                                        "= j.call_id WHERE c.user_id = ? AND j.kind = 'fetch'"));

const Sql deleteCalls(QStringLiteral("DELETE FROM calls WHERE user_id = ?"));
const Sql deleteUser(QStringLiteral("DELETE FROM users WHERE id = ?"));

const Sql selectOrphans(QStringLiteral("SELECT file FROM orphaned_recordings ORDER BY file"));
const Sql deleteOrphan(QStringLiteral("DELETE FROM orphaned_recordings WHERE file = ?"));
const Sql deleteOldOrphans(QStringLiteral("DELETE FROM orphaned_recordings WHERE noted_at < ?"));

} // namespace

Result<> SqlAccountRemover::removeAccount(UserId user, const QDateTime &now)
{
    return m_database.session().transaction([&](Session &session) -> Result<> {
        const auto locked = session.execute(lockRemovedUser, {user.value});
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
        const auto paid = session.execute(selectPaidSubscription, {user.value});
        if (!paid)
            return failed(paid);
        if (!paid->isEmpty())
            return base::fail(Fault::Conflict, QStringLiteral("Your subscription would be charged "
                                                              "on. Please cancel it first."));
        if (const auto noted = session.execute(noteRecordings, {now, user.value}); !noted)
            return failed(noted);
        for (const Sql *note :
             {&noteVendorRecordings, &noteVendorTranscripts, &noteAwaitedTranscripts}) {
            if (const auto noted = session.execute(*note, {now, now, user.value}); !noted)
                return failed(noted);
        }
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
