// Somebody's transcripts: looking, searching, deleting, and getting the phone network's.
#pragma once

#include "server/core/transcripts/transcript_ports.h"
#include "server/core/transcripts/vendor_ports.h"
#include "shared/base/clock.h"

namespace server::core {

/// Thread-safe; blocks. Ports must outlive it. Whatever is not the asker's own is not there.
class TranscriptService final
{
public:
    struct Ports
    {
        TranscriptStore &transcripts;
        WordStore &words;
        TranscriptVendor &vendor;
        base::Clock now;
    };
    explicit TranscriptService(Ports ports) : m_ports(std::move(ports)) {}

    base::Result<std::vector<Transcript>> ofOwner(base::UserId owner,
                                                  const TranscriptQuery &query) const;
    /// By our name or the phone network's. Fault::NotFound "Transcript not found".
    base::Result<Transcript> find(base::UserId owner, const QString &sid) const;
    /// Deletes what was said in the call for good, recordings included. Fault::NotFound.
    base::Result<> remove(base::UserId owner, const QString &sid) const;

    struct Obtained
    {
        Transcript transcript;
        bool wasThere = false; ///< nobody had to be asked
    };
    /// The stored one; else the phone network's, which is stored then if it belongs to a call of
    /// the owner's. Fault::NotFound otherwise; Fault::Conflict while it is not complete; else what
    /// the vendor says.
    base::Result<Obtained> obtain(base::UserId owner, const QString &sid) const;

    struct Failure
    {
        QString sid; ///< of the transcript, or of the recording whose transcripts were not told
        QString error;
    };
    struct Import
    {
        QStringList stored;
        QStringList alreadyThere;
        QList<Failure> failed;
    };
    /// Gets what the phone network has of the owner's newest recordings. Fault::Unavailable when
    /// this server has no account there.
    base::Result<Import> import(base::UserId owner) const;

    /// Fetches a transcript for whichever call it belongs to. Fault::NotFound when there is no such
    /// call, or nothing was said; Fault::Conflict while it is not complete.
    base::Result<> fetch(const QString &vendorSid) const;
    /// Fault::NotFound when no call that has words has this recording.
    base::Result<TranscriptCall> callOfRecording(const QString &recordingSid) const;

private:
    base::Result<> fetchFor(std::optional<base::UserId> owner, const QString &vendorSid) const;

    Ports m_ports;
};

} // namespace server::core
