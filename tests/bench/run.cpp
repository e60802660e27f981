#include "tests/bench/run.h"

#include <arpa/inet.h>
#include <unistd.h>

#include <algorithm>
#include <random>
#include <sstream>

namespace bench {

namespace {

using namespace std::chrono_literals;

constexpr Clock::duration kPeriod = 20ms;
constexpr auto kSettle = 1s;
constexpr auto kTooLate = 200ms;
constexpr auto kDrainAtMost = 2s;

} // namespace

Run::Run(const Options &options)
    : m_options(options),
      m_tally(options.calls),
      m_acceptor(m_poller, options.modelPort, [this](int descriptor) {
          m_legs.push_back(
              std::make_unique<ModelLeg>(m_poller, m_tally, m_options.manner, descriptor));
      })
{
    for (std::uint32_t i = 0; i < m_options.calls; ++i)
        m_callers.push_back(std::make_unique<Caller>(m_poller, m_tally, i, m_options.parameters));
    plan();
}

void Run::plan()
{
    // Real calls' clocks lie anyhow to each other; the seed is fixed so that runs can be compared.
    std::mt19937 random(20240917);
    std::uniform_int_distribution<Clock::duration::rep> anywhere(0, kPeriod.count() - 1);
    for (std::uint32_t i = 0; i < m_options.calls; ++i) {
        m_plan.push_back({Clock::duration(anywhere(random)), i, false});
        m_plan.push_back({Clock::duration(anywhere(random)), i, true});
    }
    std::sort(m_plan.begin(), m_plan.end(),
              [](const Slot &a, const Slot &b) { return a.offset < b.offset; });
}

bool Run::execute()
{
    m_idle = ProcessUsage::of(m_options.bridgePid);
    m_period = Clock::now();
    ramp();
    runUntil(Clock::now() + kSettle);
    setWindow(true);
    runUntil(Clock::now() + m_options.window);
    setWindow(false);
    drain();
    m_tally.isEnding = true;
    m_isTicking = false;
    for (const auto &caller : m_callers)
        caller->hangUp();
    runUntil(Clock::now() + 500ms);
    return m_callsNotUp + m_tally.callsDropped + m_tally.legsDropped + m_tally.misrouted
               + m_tally.damaged + m_tally.notBase64
           == 0;
}

void Run::runUntil(TimePoint end)
{
    for (TimePoint now = Clock::now(); now < end; now = Clock::now())
        m_poller.poll(std::min(doWhatIsDue(now), end));
}

/// Does what is due, one period at most, so that the sockets are read in between however late we
/// are.
TimePoint Run::doWhatIsDue(TimePoint now)
{
    if (!m_isTicking)
        return TimePoint::max();
    for (;;) {
        const Slot &slot = m_plan[m_next];
        const TimePoint due = m_period + slot.offset;
        if (due > now)
            return due;
        if (m_tally.isWindowOpen && !m_tally.isWindowOver)
            m_tally.lateness.add(Clock::now() - due);
        if (!slot.isModel)
            m_callers[slot.call]->tick(now);
        else if (m_tally.calls[slot.call].leg != nullptr)
            m_tally.calls[slot.call].leg->tick(now);
        if (++m_next < m_plan.size())
            continue;
        m_next = 0;
        m_period += kPeriod;
        if (now - m_period > kTooLate) {
            // Nobody lets us run: what was not sent is not sent later, and the run is void.
            ++m_gaps;
            m_period = now;
        }
        return now;
    }
}

void Run::ramp()
{
    sockaddr_in bridge{};
    bridge.sin_family = AF_INET;
    bridge.sin_port = htons(m_options.bridgePort);
    bridge.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const TimePoint begin = Clock::now();
    for (std::uint32_t i = 0; i < m_options.calls; ++i) {
        runUntil(begin + m_options.rampPerCall * int(i));
        m_callers[i]->dial(bridge, m_options.bridgePath);
    }
    const TimePoint latest = Clock::now() + m_options.connectTimeout;
    while (Clock::now() < latest && !isEachCallUp())
        runUntil(Clock::now() + kPeriod);
    m_callsNotUp =
        std::uint32_t(std::count_if(m_tally.calls.begin(), m_tally.calls.end(),
                                    [](const Call &call) { return !call.down.anyArrived(); }));
}

bool Run::isEachCallUp() const
{
    for (std::size_t i = 0; i < m_callers.size(); ++i) {
        if (!m_callers[i]->isGone() && !m_tally.calls[i].down.anyArrived())
            return false;
    }
    return true;
}

void Run::setWindow(bool isOpening)
{
    for (Call &call : m_tally.calls) {
        for (Flow *flow : {&call.up, &call.down})
            (isOpening ? flow->windowBegin : flow->windowEnd) = flow->sent();
    }
    (isOpening ? m_tally.isWindowOpen : m_tally.isWindowOver) = true;
    (isOpening ? m_opened : m_closed) = ProcessUsage::of(m_options.bridgePid);
    (isOpening ? m_ownOpened : m_ownClosed) = ProcessUsage::of(getpid());
    (isOpening ? m_openedAt : m_closedAt) = Clock::now();
}

/// The calls go on until the window's frames are home, so that the bridge sees no sudden silence.
void Run::drain()
{
    const TimePoint latest = Clock::now() + kDrainAtMost;
    while (Clock::now() < latest && lost(false, Way::Up) + lost(false, Way::Down) > 0)
        runUntil(Clock::now() + kPeriod);
}

std::uint64_t Run::lost(bool atStart, Way way) const
{
    std::uint64_t count = 0;
    for (const Call &call : m_tally.calls) {
        const Flow &flow = way == Way::Up ? call.up : call.down;
        count += atStart ? flow.missing(0, flow.windowBegin)
                         : flow.missing(flow.windowBegin, flow.windowEnd);
    }
    return count;
}

std::string Run::report()
{
    const double seconds = std::chrono::duration<double>(m_closedAt - m_openedAt).count();
    const double ownCpu = (m_ownClosed.cpuSeconds - m_ownOpened.cpuSeconds) / seconds * 100;
    std::uint64_t framesUp = 0;
    std::uint64_t framesDown = 0;
    for (const Call &call : m_tally.calls) {
        framesUp += call.up.windowEnd - call.up.windowBegin;
        framesDown += call.down.windowEnd - call.down.windowBegin;
    }
    std::uint64_t stray = 0;
    for (const auto &caller : m_callers)
        stray += caller->strayBytes();
    for (const auto &leg : m_legs)
        stray += leg->strayBytes();

    std::ostringstream out;
    out << R"({"calls":)" << m_options.calls << R"(,"seconds":)" << seconds << R"(,"up_ms":)"
        << m_tally.up.toJson() << R"(,"down_ms":)" << m_tally.down.toJson() << R"(,"setup_ms":)"
        << m_tally.setup.toJson() << R"(,"first_audio_ms":)" << m_tally.firstAudio.toJson()
        << R"(,"clear_ms":)" << m_tally.clear.toJson() << R"(,"generator_lateness_ms":)"
        << m_tally.lateness.toJson() << R"(,"generator_gaps":)" << m_gaps << R"(,"frames_up":)"
        << framesUp << R"(,"frames_down":)" << framesDown << R"(,"lost_up":)"
        << lost(false, Way::Up) << R"(,"lost_down":)" << lost(false, Way::Down)
        << R"(,"lost_at_start_up":)" << lost(true, Way::Up) << R"(,"lost_at_start_down":)"
        << lost(true, Way::Down) << R"(,"flushed":)" << m_tally.flushed << R"(,"after_clear":)"
        << m_tally.afterClear << R"(,"misrouted":)" << m_tally.misrouted << R"(,"damaged":)"
        << m_tally.damaged << R"(,"not_base64":)" << m_tally.notBase64 << R"(,"duplicates":)"
        << m_tally.duplicates << R"(,"out_of_order":)" << m_tally.outOfOrder << R"(,"stray_bytes":)"
        << stray << R"(,"marks":)" << m_tally.marks << R"(,"barge_ins":)" << m_tally.bargeIns
        << R"(,"clears":)" << m_tally.clears << R"(,"truncates":)" << m_tally.truncates
        << R"(,"bad_truncates":)" << m_tally.badTruncates << R"(,"calls_not_up":)" << m_callsNotUp
        << R"(,"calls_dropped":)" << m_tally.callsDropped << R"(,"legs_dropped":)"
        << m_tally.legsDropped << R"(,"first_trouble":")" << m_tally.firstTrouble
        << R"(","generator_cpu_percent":)" << ownCpu;
    if (m_opened.isKnown && m_closed.isKnown) {
        const double cpu = (m_closed.cpuSeconds - m_opened.cpuSeconds) / seconds * 100;
        const double memory = double(m_closed.residentKib) - double(m_idle.residentKib);
        out << R"(,"bridge_cpu_percent":)" << cpu << R"(,"bridge_cpu_percent_per_call":)"
            << cpu / m_options.calls << R"(,"bridge_idle_kib":)" << m_idle.residentKib
            << R"(,"bridge_kib":)" << m_closed.residentKib << R"(,"bridge_kib_per_call":)"
            << memory / m_options.calls;
    }
    out << '}';
    return out.str();
}

} // namespace bench
