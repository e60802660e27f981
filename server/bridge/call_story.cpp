#include "server/bridge/call_story.h"

#include "shared/audio/mulaw.h"

#include <algorithm>

namespace server::bridge {

namespace {

constexpr size_t kMostLines = 5'000;
constexpr qsizetype kMostEvents = 5'000;
constexpr qsizetype kLongestText = 64LL * 1024;
constexpr qsizetype kLastWords = 80;

} // namespace

qint64 CallStory::at(Time time) const
{
    if (m_begunAt == Time{})
        return 0;
    return std::max<qint64>(std::chrono::duration_cast<base::Millis>(time - m_begunAt).count(), 0);
}

CallStory::Line *CallStory::line(std::string_view itemId, protocol::Speaker speaker, Time startsAt)
{
    const QString id = QString::fromUtf8(itemId.data(), qsizetype(itemId.size()));
    const auto known = m_lineOf.constFind(id);
    if (known != m_lineOf.constEnd()) {
        Line &found = m_lines[size_t(*known)];
        return found.line.speaker == speaker ? &found : nullptr;
    }
    if (itemId.empty() || m_lines.size() >= kMostLines)
        return nullptr;
    m_lineOf.insert(id, qsizetype(m_lines.size()));
    Line fresh;
    fresh.line.itemId = id;
    fresh.line.speaker = speaker;
    fresh.line.startMs = at(startsAt);
    return &m_lines.emplace_back(std::move(fresh));
}

void CallStory::update(Line &line)
{
    protocol::TranscriptLine &told = line.line;
    told.producedMs = line.producedBytes / audio::kBytesPerMs;
    told.heardMs = line.heardBytes / audio::kBytesPerMs;
    if (line.isCut && line.producedBytes > 0)
        told.heardChars = int(told.text.size() * line.heardBytes / line.producedBytes);
    told.isFinal =
        line.hasWholeText && (told.speaker == protocol::Speaker::Caller || line.isSettled);
    line.hasChanged = true;
    m_hasChangedLines = true;
}

void CallStory::setText(Line &line, const QString &text, bool isWhole)
{
    if (line.hasWholeText)
        return;
    line.hasWholeText = isWhole;
    line.line.text = (isWhole ? text : line.line.text + text).left(kLongestText);
    if (!line.line.text.isEmpty()) {
        m_lastWords = line.line.text.right(kLastWords);
        m_lastSpeaker = line.line.speaker == protocol::Speaker::Agent ? QStringLiteral("agent")
                                                                      : QStringLiteral("caller");
    }
    update(line);
}

void CallStory::callerSpeaks(const std::string &itemId, Time now)
{
    line(itemId, protocol::Speaker::Caller, now);
}

void CallStory::callerText(const std::string &itemId, const QString &text, bool isWhole, Time now)
{
    if (Line *found = line(itemId, protocol::Speaker::Caller, now))
        setText(*found, text, isWhole);
}

void CallStory::agentAudio(std::string_view itemId, std::int64_t bytes, Time heardFrom)
{
    // Audio comes fifty times a second, nearly always for the newest line.
    Line *found = nullptr;
    if (!m_lines.empty()
        && m_lines.back().line.itemId == QLatin1String(itemId.data(), qsizetype(itemId.size())))
        found = &m_lines.back();
    else
        found = line(itemId, protocol::Speaker::Agent, heardFrom);
    if (!found || found->line.speaker != protocol::Speaker::Agent)
        return;
    if (found->producedBytes == 0)
        found->line.startMs = at(heardFrom);
    found->producedBytes += bytes;
    found->line.producedMs = found->producedBytes / audio::kBytesPerMs;
    if (found->isCut)
        update(*found); // it was made after the caller had interrupted: one more part that was not
                        // heard
}

void CallStory::agentText(const std::string &itemId, const QString &text, bool isWhole, Time now)
{
    if (Line *found = line(itemId, protocol::Speaker::Agent, now))
        setText(*found, text, isWhole);
}

void CallStory::agentHeard(const std::string &itemId, std::int64_t bytes)
{
    if (Line *found = line(itemId, protocol::Speaker::Agent, {})) {
        found->heardBytes += bytes;
        found->isSettled = true;
        update(*found);
    }
}

void CallStory::agentCut(const std::string &itemId, std::int64_t heardBytes, Why why)
{
    Line *found = line(itemId, protocol::Speaker::Agent, {});
    if (!found)
        return;
    found->heardBytes += heardBytes;
    found->isSettled = true;
    found->isCut = true;
    found->line.wasInterrupted = found->line.wasInterrupted || why == Why::BargeIn;
    update(*found);
}

void CallStory::end()
{
    for (Line &line : m_lines) {
        if (line.line.speaker != protocol::Speaker::Agent || line.producedBytes > 0)
            continue;
        line.line.heardChars = 0;
        line.isSettled = true;
        update(line);
    }
}

void CallStory::answerBegins(Time now)
{
    const bool isGreeting = m_turns.isEmpty();
    if (!isGreeting && m_callerStopped == Time{})
        return; // the agent goes on by itself: nobody waited for it
    protocol::TurnLatency turn;
    turn.turn = int(m_turns.size()) + 1;
    turn.callerStoppedMs = m_callerStopped == Time{} ? -1 : at(m_callerStopped);
    turn.firstModelAudioMs = at(now);
    m_turns.append(turn);
    m_turnIsOpen = true;
    m_callerStopped = {};
}

void CallStory::answerSent(Time now)
{
    if (!std::exchange(m_turnIsOpen, false))
        return;
    m_turns.back().firstFrameSentMs = at(now);
}

void CallStory::note(Time now, const QString &name, const QString &detail)
{
    if (name == QLatin1String("barge-in"))
        ++m_interruptions;
    if (m_timeline.size() < kMostEvents)
        m_timeline.append({at(now), name, detail});
}

QList<protocol::TranscriptLine> CallStory::transcript() const
{
    QList<protocol::TranscriptLine> lines;
    for (const Line &line : m_lines) {
        if (!line.line.text.isEmpty())
            lines.append(line.line);
    }
    std::stable_sort(lines.begin(), lines.end(),
                     [](const auto &a, const auto &b) { return a.startMs < b.startMs; });
    return lines;
}

protocol::CallDetail CallStory::detail(qint64 callId) const
{
    return {callId, transcript(), m_turns, m_timeline};
}

QList<protocol::TranscriptLine> CallStory::takeChangedLines()
{
    QList<protocol::TranscriptLine> changed;
    if (!std::exchange(m_hasChangedLines, false))
        return changed;
    for (Line &line : m_lines) {
        if (std::exchange(line.hasChanged, false) && !line.line.text.isEmpty())
            changed.append(line.line);
    }
    return changed;
}

QList<protocol::TurnLatency> CallStory::takeNewTurns()
{
    const qsizetype ready = m_turns.size() - (m_turnIsOpen ? 1 : 0);
    auto fresh = m_turns.mid(m_toldTurns, ready - m_toldTurns);
    m_toldTurns = ready;
    return fresh;
}

QList<protocol::TimelineEvent> CallStory::takeNewEvents()
{
    auto fresh = m_timeline.mid(m_toldEvents);
    m_toldEvents = m_timeline.size();
    return fresh;
}

} // namespace server::bridge
