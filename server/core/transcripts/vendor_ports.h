// What transcripts ask of the phone network.
#pragma once

#include "server/core/transcripts/vendor_transcript.h"
#include "shared/base/result.h"

#include <QStringList>

#include <vector>

namespace server::core {

/// The phone network's transcripts of its recordings. Thread-safe; blocks until it has answered,
/// without trying again. Fault::NotFound for what is not there, Fault::Upstream or Fault::Timeout
/// where another try may help, Fault::Invalid where none will, Fault::Unavailable when this server
/// has no account there.
class TranscriptVendor
{
public:
    virtual ~TranscriptVendor() = default;

    /// Asks for one; its name. Whoever fetches it finds `customerKey` in it.
    virtual base::Result<QString> start(const QString &recordingSid, const QString &customerKey,
                                        CallDirection direction) = 0;
    virtual base::Result<VendorTranscript> find(const QString &sid) = 0;
    virtual base::Result<std::vector<VendorSentence>> sentences(const QString &sid) = 0;
    /// The names of those made of one recording, newest first.
    virtual base::Result<QStringList> ofRecording(const QString &recordingSid) = 0;
    /// What is gone already counts as removed.
    virtual base::Result<> remove(const QString &sid) = 0;
};

/// The phone network's recordings; as TranscriptVendor.
class RecordingVendor
{
public:
    virtual ~RecordingVendor() = default;
    /// In the account that carried the call; without a call in the service's. What is gone already
    /// counts as removed.
    virtual base::Result<> remove(const QString &recordingSid, const QString &callSid) = 0;
};

} // namespace server::core
