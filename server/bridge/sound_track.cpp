#include "server/bridge/sound_track.h"

#include "server/net/base64.h"

#include <algorithm>

namespace server::bridge {

namespace {

constexpr std::array<std::uint8_t, audio::kFrameBytes> kSilentFrame = [] {
    std::array<std::uint8_t, audio::kFrameBytes> frame{};
    frame.fill(audio::kSilence);
    return frame;
}();

constexpr size_t kMostAgentBytes =
    4U << 20U; ///< over eight minutes ahead: more than anyone listens to

} // namespace

void SoundTrack::addCaller(std::string_view base64)
{
    if (!net::decodeBase64(base64, m_decoded))
        return;
    m_caller.insert(m_caller.end(), m_decoded.begin(), m_decoded.end());
    playFrames();
}

void SoundTrack::addCallerSilence(std::int64_t bytes)
{
    m_caller.resize(m_caller.size() + size_t(bytes), audio::kSilence);
    playFrames();
}

void SoundTrack::addAgent(std::string_view base64)
{
    if (m_agentAt > 0 && m_agentAt * 2 >= m_agent.size()) {
        m_agent.erase(m_agent.begin(), m_agent.begin() + std::ptrdiff_t(m_agentAt));
        m_agentAt = 0;
    }
    if (m_agent.size() < kMostAgentBytes && net::decodeBase64(base64, m_decoded))
        m_agent.insert(m_agent.end(), m_decoded.begin(), m_decoded.end());
}

void SoundTrack::clearAgent()
{
    m_agent.clear();
    m_agentAt = 0;
}

void SoundTrack::playFrames()
{
    size_t at = 0;
    for (; at + audio::kFrameBytes <= m_caller.size(); at += audio::kFrameBytes) {
        const bool speaks = m_agentAt + audio::kFrameBytes <= m_agent.size();
        const std::uint8_t *agent = speaks ? m_agent.data() + m_agentAt : kSilentFrame.data();
        m_sink.onSound(Leg(m_caller.data() + at, audio::kFrameBytes),
                       Leg(agent, audio::kFrameBytes));
        m_agentAt += speaks ? audio::kFrameBytes : 0;
    }
    m_caller.erase(m_caller.begin(), m_caller.begin() + std::ptrdiff_t(at));
}

} // namespace server::bridge
