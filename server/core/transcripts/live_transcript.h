// The live session's account of a call as sentences.
#pragma once

#include "server/core/transcripts/transcript.h"
#include "shared/protocol/call.h"

namespace server::core {

/// What of the line reached the other side. An agent's line that was cut ends with the last word
/// that was heard to its end.
QString heardText(const protocol::TranscriptLine &line);

/// One sentence for each line of which something was heard, in order. An agent's ends when its
/// audio did; a caller's when the session saw them stop, else after as long as its words take to
/// say, and in both cases before the caller's next one.
QList<Sentence> sentencesOf(const protocol::CallDetail &detail);

} // namespace server::core
