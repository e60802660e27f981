// Transcripts: their routes, what the phone network is asked about them, and their end.
#pragma once

#include "server/adapters/store/transcript_job_store.h"
#include "server/adapters/store/word_store.h"
#include "server/adapters/twilio/twilio_intelligence.h"
#include "server/adapters/twilio/twilio_recordings.h"
#include "server/api/transcript_callbacks.h"
#include "server/api/transcripts_api.h"
#include "server/app/config.h"
#include "server/app/round.h"
#include "server/core/transcripts/retention.h"

namespace server::app {

/// Begins its rounds with begin(); they end with the loop. Main thread, but for recordingReady().
class TranscriptsRoom
{
public:
    /// All of it must outlive the room.
    struct Surroundings
    {
        store::Database &database;
        core::TranscriptStore &transcripts;
        core::UsageStore &usage;
        const core::PlanBook &plans;
        core::CallService &calls;
        const api::PhoneSignature &signature;
        web::HttpClient &web;
        const twilio::TwilioRest &rest;
        core::PhoneAccounts &accounts;
        net::Loop &loop;
        base::WorkerPool &storeLane;
        base::WorkerPool &slowLane;
        /// Deletes files that were noted as to be deleted, where this node has them.
        std::function<void()> sweepFiles;
    };
    TranscriptsRoom(const Config &config, const Surroundings &around);

    api::TranscriptsApi &api() { return m_api; }
    api::TranscriptCallbacks &callbacks() { return m_callbacks; }

    /// The phone network has a recording of the call; where transcripts of these are wanted, one is
    /// asked for. Any thread; returns at once.
    void recordingReady(const core::Call &call, const QString &recordingSid);

    /// From now on: what is due at the phone network each second, and what is too old every ten
    /// minutes, the first time at once.
    void begin();

private:
    base::WorkerPool &m_storeLane;
    const bool m_wantsVendorTranscripts;
    store::SqlWordStore m_words;
    store::SqlTranscriptJobStore m_jobStore;
    twilio::TwilioIntelligence m_vendor;
    twilio::TwilioRecordings m_recordings;
    core::TranscriptService m_service;
    core::TranscriptJobs m_jobs;
    core::Retention m_retention;
    api::TranscriptsApi m_api;
    api::TranscriptCallbacks m_callbacks;
    Round m_jobRound;
    Round m_expiryRound;
};

} // namespace server::app
