// Transcripts as the web app reads them.
#pragma once

#include "server/core/transcripts/transcript.h"

#include <QJsonArray>
#include <QJsonObject>

namespace server::api {

/// `[{"text","speaker","start_time","end_time","confidence"}]`; speaker is the channel, times are
/// seconds.
QJsonArray sentencesJson(const core::Transcript &transcript);
/// The same with the words under "transcript".
QJsonArray transcriptSentencesJson(const core::Transcript &transcript);

/// An entry of /stored-transcripts/.
QJsonObject storedJson(const core::Transcript &transcript);
/// An entry of /twilio-transcripts, in the phone network's own form.
QJsonObject twilioJson(const core::Transcript &transcript);
/// The same with its sentences.
QJsonObject twilioDetailJson(const core::Transcript &transcript);
/// An entry of /api/enhanced-transcripts/.
QJsonObject enhancedJson(const core::Transcript &transcript);
/// /api/enhanced-transcripts/{sid}: who spoke how much, and turn after turn.
QJsonObject enhancedDetailJson(const core::Transcript &transcript);

} // namespace server::api
