// A few words that tell what a call was about.
#pragma once

#include "server/core/transcripts/transcript.h"

namespace server::core {

constexpr qsizetype kLongestSummary = 160; // what clients show in one line

/// Sentences taken out of the transcript as they were said, those whose words come up most often
/// in the call, in the order they were spoken. Never longer than `limit` characters; a single
/// sentence that is too long ends with "…" after a whole word. The same transcript always gives
/// the same summary; one without words gives none.
QString summaryOf(const QList<Sentence> &utterances, qsizetype limit = kLongestSummary);

} // namespace server::core
