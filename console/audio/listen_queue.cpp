#include "console/audio/listen_queue.h"

#include "shared/audio/mulaw.h"

#include <algorithm>

namespace console::audio {

void ListenQueue::push(const protocol::ListenFrame &frame)
{
    if (frame.callId != m_callId) {
        clear();
        m_callId = frame.callId;
    }
    if (m_hasSequence) {
        // Unsigned difference: right across the wrap from 2^32-1 to 0 too.
        const std::uint32_t ahead = frame.sequence - m_next;
        if (ahead > 0x80000000U)
            return; // late or doubled
        m_lost += ahead;
        if (ahead > kLargestGap) {
            m_frames.clear();
            m_offset = 0;
            m_isPlaying = false;
        } else {
            for (std::uint32_t i = 0; i < ahead; ++i)
                append(Frame{});
        }
    }
    m_hasSequence = true;
    m_next = frame.sequence + 1;

    Frame samples;
    for (std::size_t i = 0; i < frame.caller.size(); ++i) {
        samples[2 * i] = ::audio::decodeMulaw(frame.caller[i]);
        samples[2 * i + 1] = ::audio::decodeMulaw(frame.agent[i]);
    }
    append(samples);
}

void ListenQueue::append(const Frame &frame)
{
    m_frames.push_back(frame);
    if (m_frames.size() <= kMostFrames)
        return;
    while (m_frames.size() > kStartFrames) {
        m_frames.pop_front();
        ++m_lost;
    }
    m_offset = 0;
}

void ListenQueue::pull(std::span<std::int16_t> out)
{
    if (!m_isPlaying && m_frames.size() >= kStartFrames)
        m_isPlaying = true;
    while (m_isPlaying && !out.empty()) {
        if (m_frames.empty()) {
            m_isPlaying = false;
            break;
        }
        const Frame &frame = m_frames.front();
        const std::size_t count = std::min(out.size(), frame.size() - m_offset);
        std::copy_n(frame.begin() + std::ptrdiff_t(m_offset), count, out.begin());
        out = out.subspan(count);
        m_offset += count;
        if (m_offset == frame.size()) {
            m_frames.pop_front();
            m_offset = 0;
        }
    }
    std::fill(out.begin(), out.end(), std::int16_t(0));
}

void ListenQueue::clear()
{
    m_frames.clear();
    m_offset = 0;
    m_isPlaying = false;
    m_hasSequence = false;
    m_callId = 0;
}

} // namespace console::audio
