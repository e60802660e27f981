#pragma once

#include "tests/bench/caller.h"
#include "tests/bench/model_leg.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace bench {

/// What the command line asks for.
struct Options
{
    std::uint32_t calls = 10;
    std::chrono::seconds window{10};
    std::string bridgePath = "/media-stream/default";
    std::uint16_t bridgePort = 5051;
    std::uint16_t modelPort = 0;
    int bridgePid = 0;
    ModelLeg::Manner manner;
    Caller::Parameters parameters;
    std::chrono::milliseconds rampPerCall{10};
    std::chrono::seconds connectTimeout{15};

    static const char *help();
    /// Nothing for a command line that makes no sense; `trouble` then says why.
    static std::optional<Options> parse(int argc, char **argv, std::string &trouble);
};

} // namespace bench
