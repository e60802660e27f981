#pragma once

#include "tests/bench/stamp.h"
#include "tests/bench/statistics.h"

#include <cstdint>
#include <vector>

namespace bench {

class ModelLeg;

/// One call's frames, both ways, and the model's leg that carries it (known from its first frame).
struct Call
{
    Flow up;   ///< caller to model
    Flow down; ///< model to caller
    ModelLeg *leg = nullptr;
    TimePoint startedAt; ///< the caller's `start`
    TimePoint bargeInAt; ///< the model reported speech, no `clear` has come yet
    bool waitsForClear = false;
};

/// Everything that is counted in a run. Only frames sent within the window enter latency and loss.
struct Tally
{
    explicit Tally(std::size_t callCount) : calls(callCount) {}

    std::vector<Call> calls;
    bool isWindowOpen = false;
    bool isWindowOver = false;
    bool isEnding = false; ///< connections that close now close because the run is over

    Samples up;
    Samples down;
    Samples setup;      ///< `start` to the first frame at the model
    Samples firstAudio; ///< `start` to the first audio back
    Samples clear;      ///< reported speech to `clear`
    Samples lateness;   ///< of the generator itself

    std::uint64_t misrouted = 0;
    std::uint64_t damaged = 0;
    std::uint64_t notBase64 = 0;
    std::uint64_t duplicates = 0;
    std::uint64_t outOfOrder = 0;
    std::uint64_t flushed = 0;    ///< dropped because the caller spoke: right
    std::uint64_t afterClear = 0; ///< audio of a cut sentence that came after its `clear`: wrong
    std::uint64_t marks = 0;
    std::uint64_t bargeIns = 0;
    std::uint64_t clears = 0;
    std::uint64_t truncates = 0;
    std::uint64_t badTruncates = 0; ///< beyond what was produced
    std::uint64_t callsDropped = 0;
    std::uint64_t legsDropped = 0;
    std::string firstTrouble; ///< why the first call or leg ended early

    /// A frame was found at the far end of `number`'s call. `isDeltaStart`: latency counts for it.
    void onFrame(Way way, std::uint32_t number, const Stamp &stamp, bool isWhole, TimePoint at,
                 bool isDeltaStart);
    void trouble(std::uint64_t &counter, const std::string &why);
    bool isInWindow(const Flow &flow, std::uint32_t sequence) const;
};

} // namespace bench
