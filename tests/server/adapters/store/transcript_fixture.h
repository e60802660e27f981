// Calls that were spoken, for tests of transcripts and their end.
#pragma once

#include "server/adapters/store/transcript_job_store.h"
#include "server/adapters/store/transcript_store.h"
#include "server/adapters/store/word_store.h"
#include "tests/server/adapters/store/store_backends.h"
#include "tests/server/adapters/store/usage_fixture.h"

namespace tests {

/// The stores of transcripts on one database, beside those of calls.
struct TranscriptRig
{
    explicit TranscriptRig(server::store::Database &database)
        : usage(database), transcripts(database), words(database), jobs(database)
    {
    }

    UsageRig usage;
    server::store::SqlTranscriptStore transcripts;
    server::store::SqlWordStore words;
    server::store::SqlTranscriptJobStore jobs;

    /// A call that ended at `endedAt`, in which the agent said `agent` and the caller `caller`,
    /// with a recording here and one at the phone network.
    server::core::Call spoken(base::UserId owner, const QDateTime &endedAt, const QString &agent,
                              const QString &caller)
    {
        server::core::Call call = draftFor(owner);
        call.scenarioTitle = QStringLiteral("Default call");
        call.createdAt = endedAt.addSecs(-60);
        call.callSid = QStringLiteral("CA%1").arg(++m_count);
        call.brief.instructions = QStringLiteral("Tell them: ") + agent;
        const auto added = usage.calls.add(call);
        if (!added)
            qFatal("%s", qPrintable(added.error().cause));
        server::core::CallEnding ending;
        ending.id = added->id;
        ending.reason = QStringLiteral("caller_hung_up");
        ending.answeredAt = endedAt.addSecs(-30);
        ending.endedAt = endedAt;
        ending.recordingFile = recordingOf(added->id);
        ending.detail.callId = added->id.value;
        ending.detail.transcript = {line(protocol::Speaker::Agent, agent, 0),
                                    line(protocol::Speaker::Caller, caller, 5'000)};
        ending.detail.timeline = {{100, QStringLiteral("note"), caller}};
        if (const auto stored = usage.calls.storeEnding(ending); !stored)
            qFatal("%s", qPrintable(stored.error().cause));
        if (const auto stored =
                usage.calls.setRecordingSid(added->id, vendorRecordingOf(added->id));
            !stored)
            qFatal("%s", qPrintable(stored.error().cause));
        return *usage.calls.byId(added->id).value();
    }

    static QString recordingOf(base::CallId call)
    {
        return QStringLiteral("call-%1-x.wav").arg(call.value);
    }
    static QString vendorRecordingOf(base::CallId call)
    {
        return QStringLiteral("RE%1").arg(call.value);
    }
    static protocol::TranscriptLine line(protocol::Speaker speaker, const QString &text,
                                         qint64 startMs)
    {
        protocol::TranscriptLine one;
        one.itemId = QStringLiteral("item_%1").arg(startMs);
        one.speaker = speaker;
        one.text = text;
        one.startMs = startMs;
        one.heardMs = one.producedMs = 2'000;
        one.isFinal = true;
        return one;
    }

    /// All of somebody's, newest first.
    std::vector<server::core::Transcript> of(base::UserId owner,
                                             const server::core::TranscriptQuery &query = {})
    {
        auto found = transcripts.ofOwner(owner, query);
        if (!found)
            qFatal("%s", qPrintable(found.error().cause));
        return std::move(*found);
    }

private:
    int m_count = 0;
};

} // namespace tests
