#include "server/adapters/store/word_store.h"

namespace server::store {

using base::Result;

namespace {

const QString kSelect =
    QStringLiteral("SELECT c.id, c.recording_file, c.recording_sid, coalesce(t.vendor_sid, '') "
                   "FROM calls c LEFT JOIN transcripts t ON t.call_id = c.id ");
// Servers that delete at the same time pass by each other's calls. SQLite locks as a whole.
const QString kPassBy = QStringLiteral(" FOR UPDATE OF c SKIP LOCKED");
const QString kOne =
    kSelect + QStringLiteral("WHERE c.user_id = ? AND (t.transcript_sid = ? OR t.vendor_sid = ?)");
const Sql kSelectOne(kOne + QStringLiteral(" FOR UPDATE OF c"), kOne);
const QString kOlder = kSelect
                       + QStringLiteral("WHERE coalesce(c.user_id, 0) = ? AND "
                                        "c.words_deleted_at IS NULL AND c.ended_at <= ? "
                                        "ORDER BY c.ended_at, c.id LIMIT ?");
const Sql kSelectOlder(kOlder + kPassBy, kOlder);
const QString kLate =
    kSelect
    + QStringLiteral("WHERE c.recording_sid <> '' AND c.words_deleted_at IS NOT NULL LIMIT 100");
const Sql kSelectLate(kLate + kPassBy, kLate);
const Sql kOwners(
    QStringLiteral("SELECT DISTINCT coalesce(user_id, 0) FROM calls WHERE words_deleted_at IS NULL "
                   "AND ended_at <= ? ORDER BY 1"));

const Sql kNoteFile(QStringLiteral("INSERT INTO orphaned_recordings (file, noted_at) VALUES (?, ?) "
                                   "ON CONFLICT (file) DO NOTHING"));
const Sql kNoteJob(
    QStringLiteral("INSERT INTO transcript_jobs (kind, subject, call_id, next_try_at, created_at) "
                   "VALUES (?, ?, ?, ?, ?) ON CONFLICT (kind, subject) DO NOTHING"));
const Sql kFetches(
    QStringLiteral("SELECT subject FROM transcript_jobs WHERE call_id = ? AND kind = 'fetch'"));
const Sql kDropJobs(
    QStringLiteral("DELETE FROM transcript_jobs WHERE call_id = ? AND kind IN ('start', 'fetch')"));
const Sql kDropTranscript(QStringLiteral("DELETE FROM transcripts WHERE call_id = ?"));
const Sql kDropDetail(QStringLiteral("DELETE FROM call_details WHERE call_id = ?"));
const Sql kMarkCall(
    QStringLiteral("UPDATE calls SET recording_file = '', recording_sid = '', brief = '{}', "
                   "words_deleted_at = coalesce(words_deleted_at, ?) WHERE id = ?"));
const Sql kTruncateLog(QStringLiteral("PRAGMA wal_checkpoint(TRUNCATE)"));

Result<> noteJob(Session &session, core::TranscriptJobKind kind, const QString &subject,
                 qint64 call, const QDateTime &now)
{
    if (subject.isEmpty())
        return {};
    return ignoreRows(session.execute(kNoteJob, {toText(kind), subject, call, now, now}));
}

/// REQUIRES: a row of kSelect, locked.
Result<> eraseCall(Session &session, const Row &call, const QDateTime &now)
{
    using Kind = core::TranscriptJobKind;
    const qint64 id = call.integer(0);
    if (!call.text(1).isEmpty()) {
        if (const auto noted = session.execute(kNoteFile, {call.text(1), now}); !noted)
            return base::failed(noted);
    }
    if (auto noted = noteJob(session, Kind::DeleteRecording, call.text(2), id, now); !noted)
        return noted;
    if (auto noted = noteJob(session, Kind::DeleteTranscript, call.text(3), id, now); !noted)
        return noted;
    // Transcripts that were asked for and are not here yet must not stay there either.
    const auto awaited = session.execute(kFetches, {id});
    if (!awaited)
        return base::failed(awaited);
    for (const Row &row : *awaited) {
        if (auto noted = noteJob(session, Kind::DeleteTranscript, row.text(0), id, now); !noted)
            return noted;
    }
    for (const Sql *statement : {&kDropJobs, &kDropTranscript, &kDropDetail}) {
        if (const auto dropped = session.execute(*statement, {id}); !dropped)
            return base::failed(dropped);
    }
    return ignoreRows(session.execute(kMarkCall, {now, id}));
}

Result<int> eraseAll(Session &session, const Result<Rows> &calls, const QDateTime &now)
{
    if (!calls)
        return base::failed(calls);
    for (const Row &call : *calls) {
        if (const auto erased = eraseCall(session, call, now); !erased)
            return base::failed(erased);
    }
    return int(calls->rows.size());
}

} // namespace

Result<bool> SqlWordStore::erase(base::UserId owner, const QString &transcriptSid,
                                 const QDateTime &now)
{
    const auto erased = m_database.session().transaction([&](Session &session) {
        return eraseAll(
            session, session.execute(kSelectOne, {owner.value, transcriptSid, transcriptSid}), now);
    });
    if (!erased)
        return base::failed(erased);
    return *erased > 0;
}

Result<std::vector<base::UserId>> SqlWordStore::owners(const QDateTime &endedBefore)
{
    const auto rows = m_database.session().execute(kOwners, {endedBefore});
    if (!rows)
        return base::failed(rows);
    return rows->map([](const Row &row) { return base::UserId{row.integer(0)}; });
}

Result<int> SqlWordStore::eraseOlder(base::UserId owner, const QDateTime &endedBefore,
                                     const QDateTime &now, int limit)
{
    return m_database.session().transaction([&](Session &session) {
        return eraseAll(session, session.execute(kSelectOlder, {owner.value, endedBefore, limit}),
                        now);
    });
}

Result<int> SqlWordStore::eraseLatecomers(const QDateTime &now)
{
    return m_database.session().transaction(
        [&](Session &session) { return eraseAll(session, session.execute(kSelectLate), now); });
}

Result<> SqlWordStore::scrub()
{
    Session session = m_database.session();
    if (session.dialect() != Dialect::Sqlite)
        return {};
    return ignoreRows(session.execute(kTruncateLog));
}

} // namespace server::store
