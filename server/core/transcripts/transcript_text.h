// A transcript as a file for people and players.
#pragma once

#include "server/core/transcripts/transcript.h"

#include <QByteArray>

namespace server::core {

/// A heading, then each utterance with its time and who spoke: "[0:05] Customer: ...".
QByteArray toPlainText(const Transcript &transcript);
/// WebVTT (W3C, "WebVTT: The Web Video Text Tracks Format"), the speaker as a voice span.
QByteArray toWebVtt(const Transcript &transcript);
/// SubRip, the speaker before the words.
QByteArray toSubRip(const Transcript &transcript);

} // namespace server::core
