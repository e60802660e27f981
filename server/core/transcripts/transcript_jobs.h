// What the phone network has to be asked about recordings and transcripts, until it is done.
#pragma once

#include "server/core/calls/call.h"
#include "server/core/transcripts/transcript_service.h"

#include <functional>

namespace server::core {

/// Takes jobs and does them: transcripts with at most three more tries, a second after the failure,
/// then twice as long each time up to eight, give or take a fifth; deletions until they are done.
/// A transcript that is not complete is looked at each minute for a day, in case nobody tells us.
/// Thread-safe; blocks on the vendors, so doDue() belongs on the slow lane. Ports must outlive it.
class TranscriptJobs final
{
public:
    struct Ports
    {
        TranscriptJobStore &jobs;
        TranscriptService &transcripts;
        TranscriptVendor &vendor;
        RecordingVendor &recordings;
        base::Clock now;
        std::function<double()> random; ///< from 0 up to 1
    };
    explicit TranscriptJobs(Ports ports) : m_ports(std::move(ports)) {}

    /// A recording is complete: its transcript is asked for, and fetched when it is there.
    base::Result<> recordingReady(const Call &call, const QString &recordingSid) const;
    /// A transcript is complete. Harmless when it is told again.
    base::Result<> transcriptReady(const QString &vendorSid) const;

    /// Does what is due, a few at a time; how many. Called every second by a server.
    base::Result<int> doDue() const;

private:
    base::Result<> attempt(const TranscriptJob &job) const;
    base::Result<> start(const TranscriptJob &job) const;
    base::Result<> settle(const TranscriptJob &job, const base::Result<> &outcome) const;
    base::Result<> tryAgain(const TranscriptJob &job, std::chrono::seconds longest) const;

    Ports m_ports;
};

} // namespace server::core
