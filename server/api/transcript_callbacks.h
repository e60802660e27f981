// What the phone network tells of its transcripts.
#pragma once

#include "server/api/phone_request.h"
#include "server/core/transcripts/transcript_jobs.h"

namespace server::api {

/// Handlers of /transcript-ready and /twilio-transcripts/webhook-callback. They note what is to be
/// fetched and answer; told twice, nothing changes. What a transcript belongs to is read from the
/// transcript itself, never guessed. Thread-safe.
class TranscriptCallbacks
{
public:
    TranscriptCallbacks(const core::TranscriptJobs &jobs, core::TranscriptStore &transcripts,
                        const PhoneSignature &signature)
        : m_jobs(jobs), m_transcripts(transcripts), m_signature(signature)
    {
    }

    http::Response transcriptReady(const http::Request &request);
    /// A form, or a JSON object (Twilio, "Conversational Intelligence", Webhooks).
    http::Response webhook(const http::Request &request);

private:
    const core::TranscriptJobs &m_jobs;
    core::TranscriptStore &m_transcripts;
    const PhoneSignature &m_signature;
};

} // namespace server::api
