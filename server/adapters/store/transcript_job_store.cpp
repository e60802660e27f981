#include "server/adapters/store/transcript_job_store.h"

namespace server::store {

using base::Result;

namespace {

const Sql kJobAdd(QStringLiteral(
    "INSERT INTO transcript_jobs (kind, subject, call_id, next_try_at, created_at) "
    "VALUES (?, ?, ?, ?, ?) ON CONFLICT (kind, subject) DO UPDATE SET next_try_at = "
    "CASE WHEN excluded.next_try_at < transcript_jobs.next_try_at THEN excluded.next_try_at "
    "ELSE transcript_jobs.next_try_at END"));
const QString kJobClaimHead = QStringLiteral(
    "UPDATE transcript_jobs SET claimed_at = ? WHERE id IN (SELECT id FROM transcript_jobs "
    "WHERE next_try_at <= ? AND (claimed_at IS NULL OR claimed_at < ?) "
    "ORDER BY next_try_at, id LIMIT ?");
const QString kClaimTail = QStringLiteral(
    ") RETURNING id, kind, subject, coalesce(call_id, 0), attempts, created_at, "
    "coalesce((SELECT c.call_sid FROM calls c WHERE c.id = transcript_jobs.call_id), "
    "'')");
const Sql kJobClaim(kJobClaimHead + QStringLiteral(" FOR UPDATE SKIP LOCKED") + kClaimTail,
                    kJobClaimHead + kClaimTail);
const Sql kJobFinish(QStringLiteral("DELETE FROM transcript_jobs WHERE id = ?"));
const Sql kJobPostpone(QStringLiteral("UPDATE transcript_jobs SET attempts = ?, next_try_at = ?, "
                                      "claimed_at = NULL WHERE id = ?"));

core::TranscriptJob toJob(const Row &row)
{
    return {row.integer(0),
            core::transcriptJobKindFromText(row.text(1)).value_or(core::TranscriptJobKind::Fetch),
            row.text(2),
            {row.integer(3)},
            int(row.integer(4)),
            row.time(5),
            row.text(6)};
}

} // namespace

Result<> SqlTranscriptJobStore::add(const core::TranscriptJob &job, const QDateTime &dueAt)
{
    const QVariant call = job.call.isValid() ? QVariant(job.call.value) : QVariant();
    return ignoreRows(m_database.session().execute(
        kJobAdd, {toText(job.kind), job.subject, call, dueAt, job.createdAt}));
}

Result<std::vector<core::TranscriptJob>>
SqlTranscriptJobStore::claimDue(const QDateTime &now, const QDateTime &staleBefore, int limit)
{
    const auto rows = m_database.session().execute(kJobClaim, {now, now, staleBefore, limit});
    if (!rows)
        return base::failed(rows);
    return rows->map(toJob);
}

Result<> SqlTranscriptJobStore::finish(qint64 id)
{
    return ignoreRows(m_database.session().execute(kJobFinish, {id}));
}

Result<> SqlTranscriptJobStore::postpone(qint64 id, int attempts, const QDateTime &until)
{
    return ignoreRows(m_database.session().execute(kJobPostpone, {attempts, until, id}));
}

} // namespace server::store
