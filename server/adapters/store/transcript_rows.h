// Transcripts as rows, for the stores that write them within their own transactions. Internal to
// this room.
#pragma once

#include "server/adapters/store/session.h"
#include "server/core/transcripts/transcript.h"
#include "shared/protocol/call.h"

namespace server::store {

struct NewTranscript
{
    base::CallId call;
    core::TranscriptSource source = core::TranscriptSource::Realtime;
    QString languageCode;
    QString vendorSid; ///< empty: none
    QList<core::Sentence> sentences;
};

/// Writes the call's one transcript. That of a live session never replaces one of the phone
/// network's; otherwise the newer one counts, under the name that the first one got. REQUIRES: a
/// transaction.
base::Result<> writeTranscript(Session &session, const NewTranscript &transcript,
                               const QDateTime &now);

/// What the live session leaves, if anything was said and nothing was deleted. REQUIRES: a
/// transaction.
base::Result<> addLiveTranscript(Session &session, base::CallId call,
                                 const protocol::CallDetail &detail, const QDateTime &now);

QList<core::Sentence> sentencesFromJson(const QString &json);

} // namespace server::store
