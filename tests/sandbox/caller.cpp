#include "tests/sandbox/caller.h"

#include "shared/audio/mulaw.h"

namespace sandbox {

using namespace std::chrono_literals;

namespace {

constexpr std::chrono::milliseconds kFrame{audio::kFrameMs};
constexpr int kFramesBetweenKeys = 15; // 300 ms, an unhurried thumb

} // namespace

Caller::Caller(const Dialogue &dialogue, const SpeechLibrary &library, Manners manners)
    : m_hangsUp(dialogue.callerHangsUp), m_manners(manners)
{
    for (const Turn &turn : dialogue.turns) {
        if (!turn.isCaller())
            continue;
        m_turns.append(turn);
        m_clips.append(library.clip(dialogue.callerVoice, turn.caller));
    }
}

Caller::Action Caller::next(bool agentIsLoud)
{
    if (isSpeaking())
        return speak();
    if (!m_keys.isEmpty())
        return pressKey();
    listen(agentIsLoud);
    if (!mayGoOn())
        return {};
    if (m_turn < m_turns.size()) {
        beginTurn();
        return isSpeaking() ? speak() : Action{};
    }
    Action action;
    action.hangUp = m_hangsUp;
    return action;
}

void Caller::listen(bool agentIsLoud)
{
    if (agentIsLoud) {
        m_agentSpoke = true;
        m_quiet = 0ms;
    } else {
        m_quiet += kFrame;
    }
    if (m_agentSpoke)
        m_sinceAgentBegan += kFrame;
}

bool Caller::mayGoOn() const
{
    if (m_quiet >= m_manners.patience)
        return true;
    if (!m_agentSpoke)
        return false;
    if (m_turn < m_turns.size() && m_turns[m_turn].interruptAfter)
        return m_sinceAgentBegan >= *m_turns[m_turn].interruptAfter;
    return m_quiet >= m_manners.gap;
}

void Caller::beginTurn()
{
    m_clip = m_clips[m_turn];
    m_position = 0;
    m_words = m_turns[m_turn].caller;
    m_keys = m_turns[m_turn].dtmf;
    m_framesToKey = 0;
    ++m_turn;
    m_agentSpoke = false;
    m_sinceAgentBegan = 0ms;
    m_quiet = 0ms;
}

Caller::Action Caller::speak()
{
    Action action;
    action.frame = m_clip.mid(m_position, audio::kFrameBytes);
    m_position += audio::kFrameBytes;
    if (action.frame.size() < audio::kFrameBytes)
        action.frame.append(audio::kFrameBytes - action.frame.size(), char(audio::kSilence));
    return action;
}

Caller::Action Caller::pressKey()
{
    Action action;
    if (m_framesToKey-- > 0)
        return action;
    m_framesToKey = kFramesBetweenKeys;
    action.digit = m_keys.first(1);
    m_keys.remove(0, 1);
    return action;
}

} // namespace sandbox
