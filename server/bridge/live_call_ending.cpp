// LiveCall: what is told of it, and how it ends.
#include "server/bridge/live_call.h"

#include "shared/base/log.h"

namespace server::bridge {

void LiveCall::tick(QList<protocol::CallLevels> &levels)
{
    if (m_hasEnded)
        return;
    m_conversation.onTick(now());
    levels.append({m_plan.id.value, m_callerMeter.take(), m_agentMeter.take()});
    tellChanges();
}

void LiveCall::tellChanges()
{
    CallStory &story = m_conversation.story();
    for (const auto &line : story.takeChangedLines())
        m_ports.observer.transcriptChanged(m_plan.id, line);
    for (const auto &turn : story.takeNewTurns())
        m_ports.observer.turnMeasured(m_plan.id, turn);
    for (const auto &event : story.takeNewEvents())
        m_ports.observer.timelineGrew(m_plan.id, event);

    m_row.callSid = m_plan.callSid;
    if (m_row.state == protocol::CallState::Connecting && m_model->isReady())
        m_row.state = protocol::CallState::Talking;
    m_row.lastWords = story.lastWords();
    m_row.lastSpeaker = story.lastSpeaker();
    m_row.turns = int(story.turns().size());
    m_row.latencyMs = story.turns().isEmpty() ? -1 : story.turns().last().responseMs();
    m_row.interruptions = story.interruptions();
    m_row.listeners = m_tap.count();
    if (m_row == m_toldRow)
        return;
    m_toldRow = m_row;
    m_ports.observer.callChanged(m_row);
}

void LiveCall::endSoon(EndReason reason)
{
    // We are within a handler of the conversation or of a socket; both must return first.
    if (std::exchange(m_isEnding, true))
        return;
    m_ports.park.loop().post([self = shared_from_this(), reason] { self->end(reason); });
}

void LiveCall::end(EndReason reason)
{
    if (std::exchange(m_hasEnded, true))
        return;
    m_isEnding = true;
    m_ports.park.loop().cancelTimer(m_limitTimer);
    m_conversation.finish(now());
    m_conversation.story().note(now(), QStringLiteral("end"), toText(reason));
    if (!m_plan.callSid.isEmpty())
        m_ports.phone.hangUp(m_plan.callSid);
    if (const auto phone = std::exchange(m_phone, nullptr))
        phone->leave(reason == EndReason::Shutdown ? net::close_code::kGoingAway
                                                   : net::close_code::kNormal);
    m_model->close();
    if (m_recorder)
        m_recorder->finish();
    m_row.state = protocol::CallState::Ended;
    m_row.endReason = toText(reason);
    tellChanges();
    m_ports.observer.callEnded(outcome(reason));
    m_ports.onEnded(m_plan.id);
}

CallOutcome LiveCall::outcome(EndReason reason)
{
    CallOutcome outcome;
    outcome.id = m_plan.id;
    outcome.callSid = m_plan.callSid;
    outcome.reason = reason;
    outcome.answeredAt = m_row.answeredAt;
    outcome.endedAt = base::utcNow();
    outcome.detail = detail();
    outcome.recordingFile = m_recorder && m_recorder->hasAudio() ? m_recordingFile : QString();
    outcome.framesReceived = m_framesReceived;
    outcome.framesSent = m_framesSent;
    base::log::info("call.ended",
                    {{QStringLiteral("call"), m_plan.id.value},
                     {QStringLiteral("reason"), toText(reason)},
                     {QStringLiteral("frames_in"), qint64(m_framesReceived)},
                     {QStringLiteral("frames_out"), qint64(m_framesSent)},
                     {QStringLiteral("dropped_in"), qint64(m_model->droppedFrames())},
                     {QStringLiteral("dropped_early_ms"),
                      qint64(m_conversation.droppedCallerBytes() / audio::kBytesPerMs)},
                     {QStringLiteral("garbage"), m_garbage}});
    return outcome;
}

} // namespace server::bridge
