#include "server/core/transcripts/live_transcript.h"

#include <algorithm>

namespace server::core {

using protocol::Speaker;
using protocol::TranscriptLine;

namespace {

constexpr qint64 kMsPerWord = 400; // 150 words a minute, an ordinary pace on the telephone

/// When the caller's next line begins; far away when there is none.
qint64 nextCallerStart(const QList<TranscriptLine> &lines, qsizetype from)
{
    for (qsizetype i = from + 1; i < lines.size(); ++i) {
        if (lines.at(i).speaker == Speaker::Caller)
            return lines.at(i).startMs;
    }
    return std::numeric_limits<qint64>::max();
}

qint64 callerEnd(const protocol::CallDetail &detail, qsizetype index, int words)
{
    const TranscriptLine &line = detail.transcript.at(index);
    const qint64 latest = nextCallerStart(detail.transcript, index);
    qint64 end = -1;
    // Of the times at which the caller fell silent the last before the next line is this one's end.
    for (const protocol::TurnLatency &turn : detail.turns) {
        if (turn.callerStoppedMs > line.startMs && turn.callerStoppedMs <= latest)
            end = std::max(end, turn.callerStoppedMs);
    }
    return end >= 0 ? end : std::min(line.startMs + kMsPerWord * words, latest);
}

} // namespace

QString heardText(const TranscriptLine &line)
{
    const QString &text = line.text;
    if (line.speaker == Speaker::Caller || line.heardChars < 0 || line.heardChars >= text.size())
        return tidyText(text);
    qsizetype end = line.heardChars;
    while (end > 0 && !text.at(end).isSpace())
        --end;
    return tidyText(text.left(end));
}

QList<Sentence> sentencesOf(const protocol::CallDetail &detail)
{
    QList<Sentence> sentences;
    for (qsizetype i = 0; i < detail.transcript.size(); ++i) {
        const TranscriptLine &line = detail.transcript.at(i);
        const QString text = heardText(line);
        if (text.isEmpty())
            continue;
        const bool isAgent = line.speaker == Speaker::Agent;
        const qint64 end =
            isAgent ? line.startMs + line.heardMs : callerEnd(detail, i, wordCount(text));
        sentences.append({text, isAgent ? kAgentChannel : kCustomerChannel, line.startMs,
                          std::max(end, line.startMs)});
    }
    return sentences;
}

} // namespace server::core
