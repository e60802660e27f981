#include "server/core/transcripts/transcript_jobs.h"

#include "shared/base/log.h"

#include <algorithm>
#include <array>

namespace server::core {

using base::Fault;
using base::Result;
using std::chrono::seconds;

namespace {

constexpr int kJobsAtOnce = 10;
constexpr seconds kClaim{
    180}; // a job takes three requests of 10 s at most; then its server is gone
constexpr int kMoreTries = 3;
constexpr seconds kLongestPause{8};
constexpr seconds kLongestPauseOfDeletions{3'600};
constexpr double kJitter = 0.2;
constexpr seconds kLook{60};
constexpr seconds kLookFor{24 * 3'600};

constexpr std::array<const char *, 4> kKinds{"start", "fetch", "delete_recording",
                                             "delete_transcript"};

bool isDeletion(TranscriptJobKind kind)
{
    return kind == TranscriptJobKind::DeleteRecording
           || kind == TranscriptJobKind::DeleteTranscript;
}

bool isWorthAnotherTry(Fault fault)
{
    return fault == Fault::Upstream || fault == Fault::Timeout || fault == Fault::Unavailable;
}

} // namespace

QString toText(TranscriptJobKind kind)
{
    return QLatin1String(kKinds.at(size_t(kind)));
}

std::optional<TranscriptJobKind> transcriptJobKindFromText(const QString &text)
{
    for (size_t i = 0; i < kKinds.size(); ++i) {
        if (text == QLatin1String(kKinds.at(i)))
            return TranscriptJobKind(i);
    }
    return std::nullopt;
}

Result<> TranscriptJobs::recordingReady(const Call &call, const QString &recordingSid) const
{
    const QDateTime now = m_ports.now();
    return m_ports.jobs.add({0, TranscriptJobKind::Start, recordingSid, call.id, 0, now}, now);
}

Result<> TranscriptJobs::transcriptReady(const QString &vendorSid) const
{
    const QDateTime now = m_ports.now();
    return m_ports.jobs.add({0, TranscriptJobKind::Fetch, vendorSid, {}, 0, now}, now);
}

Result<int> TranscriptJobs::doDue() const
{
    const QDateTime now = m_ports.now();
    const auto due = m_ports.jobs.claimDue(now, now.addSecs(-kClaim.count()), kJobsAtOnce);
    if (!due)
        return failed(due);
    for (const TranscriptJob &job : *due) {
        if (const auto settled = settle(job, attempt(job)); !settled)
            return failed(settled);
    }
    return int(due->size());
}

Result<> TranscriptJobs::attempt(const TranscriptJob &job) const
{
    switch (job.kind) {
    case TranscriptJobKind::Start:
        return start(job);
    case TranscriptJobKind::Fetch:
        return m_ports.transcripts.fetch(job.subject);
    case TranscriptJobKind::DeleteRecording:
        return m_ports.recordings.remove(job.subject, job.callSid);
    case TranscriptJobKind::DeleteTranscript:
        return m_ports.vendor.remove(job.subject);
    }
    return {};
}

Result<> TranscriptJobs::start(const TranscriptJob &job) const
{
    const auto call = m_ports.transcripts.callOfRecording(job.subject);
    if (!call)
        return failed(call);
    // There is one transcript of a recording, which an earlier try of ours may have asked for.
    const auto known = m_ports.vendor.ofRecording(job.subject);
    if (!known)
        return failed(known);
    QString sid = known->value(0);
    if (sid.isEmpty()) {
        const auto started =
            m_ports.vendor.start(job.subject, QString::number(call->id.value), call->direction);
        if (!started)
            return failed(started);
        sid = *started;
    }
    const QDateTime now = m_ports.now();
    return m_ports.jobs.add({0, TranscriptJobKind::Fetch, sid, job.call, 0, now},
                            now.addSecs(kLook.count()));
}

Result<> TranscriptJobs::settle(const TranscriptJob &job, const Result<> &outcome) const
{
    if (outcome)
        return m_ports.jobs.finish(job.id);
    const base::Error &error = outcome.error();
    const QDateTime now = m_ports.now();
    const bool isPending = error.fault == Fault::Conflict && job.kind == TranscriptJobKind::Fetch;
    if (isPending && job.createdAt.secsTo(now) < kLookFor.count())
        return m_ports.jobs.postpone(job.id, 0, now.addSecs(kLook.count()));
    base::log::warning("transcripts.job_failed", {{QStringLiteral("kind"), toText(job.kind)},
                                                  {QStringLiteral("subject"), job.subject},
                                                  {QStringLiteral("try"), job.attempts + 1},
                                                  {QStringLiteral("why"), error.message},
                                                  {QStringLiteral("cause"), error.cause}});
    // A deletion is owed, whatever the reason it cannot be done for now.
    if (isDeletion(job.kind))
        return tryAgain(job, kLongestPauseOfDeletions);
    if (isWorthAnotherTry(error.fault) && job.attempts < kMoreTries)
        return tryAgain(job, kLongestPause);
    return m_ports.jobs.finish(job.id);
}

Result<> TranscriptJobs::tryAgain(const TranscriptJob &job, seconds longest) const
{
    constexpr int kMostDoublings = 20;
    const qint64 pause =
        std::min<qint64>(longest.count(), qint64(1) << std::min(job.attempts, kMostDoublings));
    const double jittered = double(pause) * (1 - kJitter + 2 * kJitter * m_ports.random());
    return m_ports.jobs.postpone(job.id, job.attempts + 1,
                                 m_ports.now().addMSecs(qint64(jittered * 1'000)));
}

} // namespace server::core
