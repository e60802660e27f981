#include "tests/bench/tally.h"

namespace bench {

void Tally::onFrame(Way way, std::uint32_t number, const Stamp &stamp, bool isWhole, TimePoint at,
                    bool isDeltaStart)
{
    if (!isWhole) {
        ++damaged;
        return;
    }
    if (stamp.way != way || stamp.call != number) {
        ++misrouted;
        return;
    }
    Call &call = calls[number];
    Flow &flow = way == Way::Up ? call.up : call.down;
    if (!flow.anyArrived())
        (way == Way::Up ? setup : firstAudio).add(at - call.startedAt);
    switch (flow.arrive(stamp.sequence)) {
    case Flow::Arrival::First:
        outOfOrder += !flow.isInOrder(stamp.sequence);
        if (isDeltaStart && isInWindow(flow, stamp.sequence))
            (way == Way::Up ? up : down).add(at - flow.sentAt(stamp.sequence));
        break;
    case Flow::Arrival::Again:
        ++duplicates;
        break;
    case Flow::Arrival::Forgiven:
        ++afterClear;
        break;
    case Flow::Arrival::Unknown:
        ++damaged;
        break;
    }
}

void Tally::trouble(std::uint64_t &counter, const std::string &why)
{
    ++counter;
    if (firstTrouble.empty())
        firstTrouble = why;
}

bool Tally::isInWindow(const Flow &flow, std::uint32_t sequence) const
{
    return isWindowOpen && sequence >= flow.windowBegin
           && (!isWindowOver || sequence < flow.windowEnd);
}

} // namespace bench
