#include "tests/bench/statistics.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <sstream>

namespace bench {

double Samples::percentile(double percent)
{
    if (m_values.empty())
        return 0;
    if (!m_isSorted) {
        std::sort(m_values.begin(), m_values.end());
        m_isSorted = true;
    }
    const auto rank = std::size_t(percent / 100 * double(m_values.size()));
    return m_values[std::min(rank, m_values.size() - 1)];
}

std::string Samples::toJson()
{
    std::array<char, 200> text{};
    std::snprintf(text.data(), text.size(),
                  R"({"n":%zu,"p50":%.3f,"p90":%.3f,"p99":%.3f,"max":%.3f})", count(),
                  percentile(50), percentile(90), percentile(99), percentile(100));
    return text.data();
}

void Flow::send(TimePoint at)
{
    m_sentAt.push_back(at);
    m_state.push_back(Arrival::Unknown);
}

Flow::Arrival Flow::arrive(std::uint32_t sequence)
{
    if (sequence >= m_sentAt.size())
        return Arrival::Unknown;
    ++m_arrivals;
    if (m_state[sequence] == Arrival::Forgiven)
        return Arrival::Forgiven;
    if (m_state[sequence] == Arrival::First)
        return Arrival::Again;
    m_state[sequence] = Arrival::First;
    return Arrival::First;
}

bool Flow::isInOrder(std::uint32_t sequence)
{
    const bool isNewer = std::int64_t(sequence) > m_highest;
    m_highest = std::max(m_highest, std::int64_t(sequence));
    return isNewer;
}

std::uint32_t Flow::forgiveMissing()
{
    std::uint32_t forgiven = 0;
    for (; m_forgivenTo < sent(); ++m_forgivenTo) {
        if (m_state[m_forgivenTo] == Arrival::Unknown) {
            m_state[m_forgivenTo] = Arrival::Forgiven;
            ++forgiven;
        }
    }
    return forgiven;
}

std::uint32_t Flow::missing(std::uint32_t begin, std::uint32_t end) const
{
    const auto first = m_state.begin() + std::ptrdiff_t(begin);
    const auto last = m_state.begin() + std::ptrdiff_t(end);
    return std::uint32_t(std::count(first, last, Arrival::Unknown));
}

ProcessUsage ProcessUsage::of(int pid)
{
    const std::string folder = "/proc/" + std::to_string(pid);
    std::ifstream statFile(folder + "/stat");
    std::ifstream memoryFile(folder + "/statm");
    std::string stat((std::istreambuf_iterator<char>(statFile)), {});
    std::uint64_t totalPages = 0;
    std::uint64_t residentPages = 0;
    const std::size_t nameEnd = stat.rfind(')');
    if (pid <= 0 || nameEnd == std::string::npos || !(memoryFile >> totalPages >> residentPages))
        return {};

    // proc(5): after the name follow state and ten more fields, then utime and stime in ticks.
    std::istringstream fields(stat.substr(nameEnd + 1));
    std::string skipped;
    for (int i = 0; i < 11; ++i)
        fields >> skipped;
    double userTicks = 0;
    double systemTicks = 0;
    fields >> userTicks >> systemTicks;
    ProcessUsage usage;
    usage.isKnown = true;
    usage.cpuSeconds = (userTicks + systemTicks) / double(sysconf(_SC_CLK_TCK));
    usage.residentKib = residentPages * std::uint64_t(sysconf(_SC_PAGESIZE)) / 1024;
    return usage;
}

} // namespace bench
