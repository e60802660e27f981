// How long to wait before the next attempt to connect.
#pragma once

#include <chrono>

namespace console::api {

/// Waits that double from 0.5 s to 15 s, each shortened by chance to as little as half, so that
/// many consoles do not return to a restarted server in the same moment. Pure; the caller brings
/// the chance.
class Backoff
{
public:
    static constexpr std::chrono::milliseconds kFirst{500};
    static constexpr std::chrono::milliseconds kLongest{15000};

    /// `chance` in 0...1: 0 gives half of the nominal wait, 1 all of it.
    std::chrono::milliseconds next(double chance);
    void reset() { m_attempts = 0; }
    int attempts() const { return m_attempts; }

private:
    int m_attempts = 0;
};

} // namespace console::api
