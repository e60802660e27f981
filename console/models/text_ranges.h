// Which part of a sentence reached the caller's ear.
#pragma once

#include "shared/protocol/call.h"

#include <QList>

namespace console::models {

enum class Hearing {
    Heard,
    Pending,   ///< generated and still being played
    NeverHeard ///< generated, and cut off before it was played
};

struct TextRange
{
    qsizetype start = 0;
    qsizetype length = 0;
    Hearing hearing = Hearing::Heard;

    bool operator==(const TextRange &) const = default;
};

/// Splits a line's text into at most two ranges: heard, then pending or never heard. The ranges
/// cover the text without gaps, never split a surrogate pair and never leave the text, whatever
/// `heardChars` says. A caller's words are always heard.
QList<TextRange> textRanges(const protocol::TranscriptLine &line);

} // namespace console::models
