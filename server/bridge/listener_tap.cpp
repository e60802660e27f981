#include "server/bridge/listener_tap.h"

#include <algorithm>

namespace server::bridge {

void ListenerTap::push(SoundTrack::Leg caller, SoundTrack::Leg agent)
{
    const std::uint32_t sequence = m_sequence++;
    if (m_listeners.empty())
        return;
    protocol::ListenFrame frame;
    frame.callId = m_callId;
    frame.sequence = sequence;
    std::copy(caller.begin(), caller.end(), frame.caller.begin());
    std::copy(agent.begin(), agent.end(), frame.agent.begin());
    for (const auto &listener : m_listeners) {
        if (listener->isOpen)
            listener->sink(frame);
    }
}

int ListenerTap::count()
{
    std::erase_if(m_listeners, [](const auto &listener) { return !listener->isOpen; });
    return int(m_listeners.size());
}

void ListenBuffer::put(const protocol::ListenFrame &frame)
{
    bool wasEmpty = false;
    {
        const std::lock_guard lock(m_mutex);
        wasEmpty = m_frames.empty();
        if (m_frames.size() >= m_most)
            m_frames.pop_front();
        m_frames.push_back(frame);
    }
    if (wasEmpty)
        m_wake();
}

bool ListenBuffer::take(protocol::ListenFrame &frame)
{
    const std::lock_guard lock(m_mutex);
    if (m_frames.empty())
        return false;
    frame = m_frames.front();
    m_frames.pop_front();
    return true;
}

} // namespace server::bridge
