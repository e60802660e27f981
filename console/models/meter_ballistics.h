// How a level meter moves: up at once, down calmly, with a peak that stays for a while.
#pragma once

#include <chrono>

namespace console::models {

/// One meter on a dB scale. Pure; the caller brings the time. Values are positions 0...1 between
/// kFloorDb and 0 dBFS.
class MeterBallistics
{
public:
    static constexpr double kFloorDb = -54.0;
    static constexpr std::chrono::milliseconds kPeakHold{1200};

    /// Where a level (0...1 of full scale) stands on the scale.
    static double positionOf(float level);
    /// dBFS of a level; kFloorDb or less for silence.
    static double decibelOf(float level);

    void set(float level);
    /// Lets the bar and the peak fall; true when anything moved.
    bool advance(std::chrono::milliseconds elapsed);

    double bar() const { return m_bar; }
    double peak() const { return m_peak; }
    double decibel() const { return m_decibel; }

private:
    double m_target = 0;
    double m_bar = 0;
    double m_peak = 0;
    double m_decibel = kFloorDb;
    std::chrono::milliseconds m_peakAge{0};
};

} // namespace console::models
