// Where members of staff listen in.
#pragma once

#include "server/bridge/sound_track.h"
#include "shared/protocol/live.h"

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace server::bridge {

using ListenSink = std::function<void(const protocol::ListenFrame &)>;

/// One ear. Any thread may close it.
struct Listener
{
    explicit Listener(ListenSink to) : sink(std::move(to)) {}

    const ListenSink sink;
    std::atomic<bool> isOpen{true};
};

/// Hands both legs to everyone who listens; costs a counter when nobody does. One thread.
class ListenerTap
{
public:
    explicit ListenerTap(qint64 callId) : m_callId(callId) {}

    void add(std::shared_ptr<Listener> listener) { m_listeners.push_back(std::move(listener)); }
    void push(SoundTrack::Leg caller, SoundTrack::Leg agent);
    /// How many listen now; forgets those who have gone.
    int count();

private:
    const qint64 m_callId;
    std::uint32_t m_sequence = 0;
    std::vector<std::shared_ptr<Listener>> m_listeners;
};

/// The way from a bridge thread to a listener's own: bounded, so that a slow listener loses the
/// oldest of its own frames (a gap in their sequence) and nothing else. Put by one thread, taken by
/// another.
class ListenBuffer
{
public:
    /// `wake` is called on the putting thread when a frame comes into the empty buffer. 50 frames
    /// are a second.
    explicit ListenBuffer(std::function<void()> wake, size_t most = 50)
        : m_wake(std::move(wake)), m_most(most)
    {
    }

    void put(const protocol::ListenFrame &frame);
    bool take(protocol::ListenFrame &frame);

private:
    const std::function<void()> m_wake;
    const size_t m_most;
    std::mutex m_mutex;
    std::deque<protocol::ListenFrame> m_frames; ///< guarded by m_mutex
};

} // namespace server::bridge
