// What is told about a call: who said what, what of it was heard, how long each answer took, what
// happened.
#pragma once

#include "shared/base/clock.h"
#include "shared/protocol/call.h"

#include <QHash>

#include <string>
#include <vector>

namespace server::bridge {

/// Collects transcript, latency and timeline. Bounded, so that a model gone mad cannot fill the
/// memory. Pure: time only enters as an argument.
class CallStory
{
public:
    using Time = base::SteadyTime;

    void begin(Time now) { m_begunAt = now; }
    /// Milliseconds since the media stream began; 0 before.
    qint64 at(Time time) const;

    void callerSpeaks(const std::string &itemId, Time now);
    void callerText(const std::string &itemId, const QString &text, bool isWhole, Time now);
    void agentAudio(std::string_view itemId, std::int64_t bytes, Time heardFrom);
    void agentText(const std::string &itemId, const QString &text, bool isWhole, Time now);
    /// So much of one part of the item was heard, and no more of it will be.
    void agentHeard(const std::string &itemId, std::int64_t bytes);
    enum class Why { BargeIn, CallEnded };
    /// As agentHeard(); the rest never reached the caller.
    void agentCut(const std::string &itemId, std::int64_t heardBytes, Why why);
    /// The call is over: what no audio was made of, the caller has not heard.
    void end();

    void callerStopped(Time now) { m_callerStopped = now; }
    /// First audio of an answer: opens a turn when it answers something.
    void answerBegins(Time now);
    void answerSent(Time now);

    void note(Time now, const QString &name, const QString &detail = {});

    protocol::CallDetail detail(qint64 callId) const;
    const QList<protocol::TurnLatency> &turns() const { return m_turns; }
    int interruptions() const { return m_interruptions; }

    /// The lines that have something to show, in the order they were spoken.
    QList<protocol::TranscriptLine> transcript() const;
    QString lastWords() const { return m_lastWords; }
    QString lastSpeaker() const { return m_lastSpeaker; }

    // What is new since the last call of the same function.
    QList<protocol::TranscriptLine> takeChangedLines();
    QList<protocol::TurnLatency> takeNewTurns();
    QList<protocol::TimelineEvent> takeNewEvents();

private:
    struct Line
    {
        protocol::TranscriptLine line;
        std::int64_t producedBytes = 0;
        std::int64_t heardBytes = 0;
        bool hasWholeText = false;
        bool isSettled = false; ///< agent: what was heard is known for good
        bool isCut = false;
        bool hasChanged = false;
    };

    Line *line(std::string_view itemId, protocol::Speaker speaker, Time startsAt);
    void update(Line &line);
    void setText(Line &line, const QString &text, bool isWhole);

    Time m_begunAt{};
    Time m_callerStopped{};
    std::vector<Line> m_lines;
    QHash<QString, qsizetype> m_lineOf;
    bool m_hasChangedLines = false;
    QList<protocol::TurnLatency> m_turns;
    bool m_turnIsOpen = false; ///< its first frame has not been sent yet
    QList<protocol::TimelineEvent> m_timeline;
    qsizetype m_toldTurns = 0;
    qsizetype m_toldEvents = 0;
    int m_interruptions = 0;
    QString m_lastWords;
    QString m_lastSpeaker;
};

} // namespace server::bridge
