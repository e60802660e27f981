#pragma once

#include "tests/bench/acceptor.h"
#include "tests/bench/options.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace bench {

/// One measurement from the first call to the report. Everything happens on the thread that calls
/// execute().
class Run final
{
public:
    explicit Run(const Options &options);

    bool canListen() const { return m_acceptor.isListening(); }
    /// True when every call was whole.
    bool execute();
    std::string report();

private:
    /// When, within each period of 20 ms, a call's caller or model does its part.
    struct Slot
    {
        Clock::duration offset{};
        std::uint32_t call = 0;
        bool isModel = false;
    };

    void plan();
    void runUntil(TimePoint end);
    TimePoint doWhatIsDue(TimePoint now);
    void ramp();
    bool isEachCallUp() const;
    void setWindow(bool isOpening);
    void drain();
    std::uint64_t lost(bool atStart, Way way) const;

    const Options m_options;
    Tally m_tally;
    Poller m_poller;
    Acceptor m_acceptor;
    std::vector<std::unique_ptr<Caller>> m_callers;
    std::vector<std::unique_ptr<ModelLeg>> m_legs;
    std::vector<Slot> m_plan;
    std::size_t m_next = 0;
    TimePoint m_period;
    bool m_isTicking = true;
    std::uint32_t m_callsNotUp = 0;
    std::uint32_t m_gaps = 0; ///< times that the generator was kept from running

    ProcessUsage m_idle; ///< the bridge before the first call
    ProcessUsage m_opened;
    ProcessUsage m_closed;
    ProcessUsage m_ownOpened;
    ProcessUsage m_ownClosed;
    TimePoint m_openedAt;
    TimePoint m_closedAt;
};

} // namespace bench
