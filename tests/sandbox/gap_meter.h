// How regularly something happens.
#pragma once

#include <algorithm>
#include <chrono>

namespace sandbox {

/// Measures the longest time between two ticks. Not thread-safe.
class GapMeter
{
public:
    void tick()
    {
        const auto now = std::chrono::steady_clock::now();
        if (m_last != std::chrono::steady_clock::time_point{})
            m_longest = std::max(m_longest, now - m_last);
        m_last = now;
    }
    /// 0 before the second tick.
    double longestMs() const
    {
        return std::chrono::duration<double, std::milli>(m_longest).count();
    }

private:
    std::chrono::steady_clock::time_point m_last{};
    std::chrono::steady_clock::duration m_longest{0};
};

} // namespace sandbox
