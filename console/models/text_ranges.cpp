#include "console/models/text_ranges.h"

#include <algorithm>

namespace console::models {

QList<TextRange> textRanges(const protocol::TranscriptLine &line)
{
    const qsizetype size = line.text.size();
    if (size == 0)
        return {};
    if (line.speaker == protocol::Speaker::Caller || line.heardChars < 0)
        return {{0, size, Hearing::Heard}};

    qsizetype heard = std::min(qsizetype(line.heardChars), size);
    if (heard < size && line.text.at(heard).isLowSurrogate())
        --heard;
    const Hearing rest =
        line.isFinal || line.wasInterrupted ? Hearing::NeverHeard : Hearing::Pending;

    QList<TextRange> ranges;
    if (heard > 0)
        ranges.append({0, heard, Hearing::Heard});
    if (heard < size)
        ranges.append({heard, size - heard, rest});
    return ranges;
}

} // namespace console::models
