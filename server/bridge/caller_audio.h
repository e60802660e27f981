// The caller's audio on its way to the model: gaps filled, and kept while there is no model to hear
// it.
#pragma once

#include "shared/base/clock.h"

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace server::bridge {

/// Pure: time only enters as an argument.
class CallerAudio
{
public:
    /// How many bytes of silence belong before this frame, so that the model's clock keeps up with
    /// the phone's. A gap counts up to 10 s, and all filling together never exceeds the time that
    /// has really passed.
    std::int64_t gapBefore(std::int64_t timestampMs, std::int64_t bytes, base::SteadyTime now);

    /// Keeps audio for later: the latest 8 s.
    void keep(std::string_view base64, std::int64_t bytes);
    /// The oldest that is kept; empty when there is nothing.
    std::string takeKept();
    std::int64_t droppedBytes() const { return m_dropped; }

private:
    struct Kept
    {
        std::string base64;
        std::int64_t bytes = 0;
    };

    std::deque<Kept> m_kept;
    std::int64_t m_keptBytes = 0;
    std::int64_t m_dropped = 0;
    std::int64_t m_nextMs = -1; ///< the timestamp that the next frame should have
    std::int64_t m_fedMs = 0;   ///< audio and silence so far
    base::SteadyTime m_firstAt{};
};

/// Base64 of so many bytes of µ-law silence.
std::string silenceBase64(std::int64_t bytes);

} // namespace server::bridge
