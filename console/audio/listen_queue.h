// Smooths what comes from the network into an even stream of samples.
#pragma once

#include "shared/protocol/live.h"

#include <array>
#include <cstdint>
#include <deque>
#include <span>

namespace console::audio {

/// A jitter buffer of 20 ms stereo frames at 8 kHz, caller left, agent right. Playing begins when
/// 80 ms are there; more than 300 ms are cut back to 80, so delay never grows; missing frames
/// become silence, so that both legs stay in time. Pure; one thread at a time.
class ListenQueue
{
public:
    static constexpr int kChannels = 2;
    static constexpr std::size_t kStartFrames = 4;
    static constexpr std::size_t kMostFrames = 15;
    /// A gap up to here is filled with silence; a longer one starts anew.
    static constexpr std::uint32_t kLargestGap = 10;

    void push(const protocol::ListenFrame &frame);
    /// Fills `out` (interleaved stereo) to its end, with silence where there is nothing to play.
    void pull(std::span<std::int16_t> out);
    void clear();

    std::size_t queuedFrames() const { return m_frames.size(); }
    std::uint64_t lostFrames() const { return m_lost; }

private:
    using Frame = std::array<std::int16_t, std::size_t(::audio::kFrameBytes) * kChannels>;

    void append(const Frame &frame);

    std::deque<Frame> m_frames;
    std::size_t m_offset = 0; ///< samples of the first frame that are already played
    bool m_isPlaying = false;
    bool m_hasSequence = false;
    std::uint32_t m_next = 0;
    qint64 m_callId = 0;
    std::uint64_t m_lost = 0;
};

} // namespace console::audio
