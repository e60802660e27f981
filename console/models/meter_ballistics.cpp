#include "console/models/meter_ballistics.h"

#include <algorithm>
#include <cmath>

namespace console::models {

namespace {

/// Whole scale per second: a bar falls from full to silence in about 0.7 s, a peak in 1.6 s.
constexpr double kBarFall = 1.5;
constexpr double kPeakFall = 0.6;

} // namespace

double MeterBallistics::decibelOf(float level)
{
    return level > 0 ? std::max(kFloorDb, 20.0 * std::log10(double(level))) : kFloorDb;
}

double MeterBallistics::positionOf(float level)
{
    return std::clamp((decibelOf(level) - kFloorDb) / -kFloorDb, 0.0, 1.0);
}

void MeterBallistics::set(float level)
{
    m_target = positionOf(level);
    m_decibel = decibelOf(level);
    m_bar = std::max(m_bar, m_target);
    if (m_target >= m_peak) {
        m_peak = m_target;
        m_peakAge = std::chrono::milliseconds{0};
    }
}

bool MeterBallistics::advance(std::chrono::milliseconds elapsed)
{
    const double bar = m_bar;
    const double peak = m_peak;
    const double seconds = double(elapsed.count()) / 1000.0;
    m_bar = std::max(m_target, m_bar - kBarFall * seconds);
    m_peakAge += elapsed;
    if (m_peakAge > kPeakHold)
        m_peak = std::max(m_bar, m_peak - kPeakFall * seconds);
    return m_bar != bar || m_peak != peak;
}

} // namespace console::models
