#pragma once

#include "tests/bench/poller.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bench {

/// A pile of durations that answers for its percentiles.
class Samples final
{
public:
    void add(Clock::duration duration)
    {
        m_values.push_back(float(milliseconds(duration)));
        m_isSorted = false;
    }
    std::size_t count() const { return m_values.size(); }
    /// 0 where there are no samples.
    double percentile(double percent);
    /// {"n":..,"p50":..,"p90":..,"p99":..,"max":..}, in milliseconds.
    std::string toJson();

private:
    static double milliseconds(Clock::duration duration)
    {
        return std::chrono::duration<double, std::milli>(duration).count();
    }

    std::vector<float> m_values;
    bool m_isSorted = false;
};

/// Frames of one call in one direction: when each was sent and whether it arrived.
class Flow final
{
public:
    std::uint32_t sent() const { return std::uint32_t(m_sentAt.size()); }
    bool anyArrived() const { return m_arrivals > 0; }
    void send(TimePoint at);

    enum class Arrival { First, Again, Forgiven, Unknown };
    Arrival arrive(std::uint32_t sequence);
    TimePoint sentAt(std::uint32_t sequence) const { return m_sentAt[sequence]; }
    bool isInOrder(std::uint32_t sequence);

    /// What is on its way now counts as thrown away on purpose, not as lost.
    std::uint32_t forgiveMissing();
    std::uint32_t missing(std::uint32_t begin, std::uint32_t end) const;

    std::uint32_t windowBegin = 0;
    std::uint32_t windowEnd = 0;

private:
    std::vector<TimePoint> m_sentAt;
    std::vector<Arrival> m_state; ///< Unknown: still on its way
    std::uint64_t m_arrivals = 0;
    std::int64_t m_highest = -1;
    std::uint32_t m_forgivenTo = 0;
};

/// What a process has used so far, of /proc.
struct ProcessUsage
{
    bool isKnown = false;
    double cpuSeconds = 0;
    std::uint64_t residentKib = 0;

    static ProcessUsage of(int pid);
};

} // namespace bench
