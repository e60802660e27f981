#include "tests/bench/options.h"

#include <charconv>
#include <map>
#include <string_view>

namespace bench {

namespace {

std::optional<long> numberIn(std::string_view text, long least, long most)
{
    long value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < least || value > most)
        return std::nullopt;
    return value;
}

/// ws://127.0.0.1:PORT/PATH
bool takeUrl(Options &options, std::string_view url)
{
    constexpr std::string_view kStart = "ws://127.0.0.1:";
    const std::size_t slash = url.find('/', kStart.size());
    if (url.substr(0, kStart.size()) != kStart || slash == std::string_view::npos)
        return false;
    const auto port = numberIn(url.substr(kStart.size(), slash - kStart.size()), 1, 65535);
    if (!port)
        return false;
    options.bridgePort = std::uint16_t(*port);
    options.bridgePath = url.substr(slash);
    return true;
}

bool takeParameter(Options &options, std::string_view text)
{
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos)
        return false;
    options.parameters.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    return true;
}

/// The options with a number: their bounds, and where the number goes.
struct NumberOption
{
    long least;
    long most;
    void (*take)(Options &, long);
};

const std::map<std::string_view, NumberOption> &numberOptions()
{
    using namespace std::chrono;
    static const std::map<std::string_view, NumberOption> options{
        {"--calls", {1, 5000, [](Options &o, long n) { o.calls = std::uint32_t(n); }}},
        {"--seconds", {1, 3600, [](Options &o, long n) { o.window = seconds(n); }}},
        {"--model-port", {1, 65535, [](Options &o, long n) { o.modelPort = std::uint16_t(n); }}},
        {"--pid", {1, 1L << 30, [](Options &o, long n) { o.bridgePid = int(n); }}},
        {"--frames-per-delta",
         {1, 100, [](Options &o, long n) { o.manner.framesPerDelta = int(n); }}},
        {"--barge-in-ms",
         {1000, 60000, [](Options &o, long n) { o.manner.bargeInEvery = milliseconds(n); }}},
        {"--ramp-ms", {0, 1000, [](Options &o, long n) { o.rampPerCall = milliseconds(n); }}},
        {"--connect-timeout", {1, 600, [](Options &o, long n) { o.connectTimeout = seconds(n); }}},
    };
    return options;
}

} // namespace

const char *Options::help()
{
    return "usage: bench_bridge --bridge-url ws://127.0.0.1:PORT/PATH --model-port PORT [options]\n"
           "  --calls N             concurrent calls (10)\n"
           "  --seconds S           length of the measurement, once every call is up (10)\n"
           "  --pid P               the bridge's process, whose CPU time and memory are read\n"
           "  --frames-per-delta N  20 ms frames in each audio delta of the model (1)\n"
           "  --barge-in-ms M       the model reports a speaking caller every M ms (never)\n"
           "  --param NAME=VALUE    a custom parameter of the stream; may be repeated\n"
           "  --ramp-ms M           time between two calls' beginnings (10)\n"
           "  --connect-timeout S   for all calls to come up (15)\n"
           "Prints one JSON object. Status 0: every call whole; 1: not; 2: could not run.\n";
}

std::optional<Options> Options::parse(int argc, char **argv, std::string &trouble)
{
    Options options;
    for (int i = 1; i < argc; i += 2) {
        const std::string_view name = argv[i];
        if (i + 1 == argc) {
            trouble = std::string(name) + " needs a value, or is unknown";
            return std::nullopt;
        }
        const std::string_view value = argv[i + 1];
        bool isGood = false;
        if (const auto found = numberOptions().find(name); found != numberOptions().end()) {
            const auto number = numberIn(value, found->second.least, found->second.most);
            isGood = number.has_value();
            if (isGood)
                found->second.take(options, *number);
        } else if (name == "--bridge-url") {
            isGood = takeUrl(options, value);
        } else if (name == "--param") {
            isGood = takeParameter(options, value);
        }
        if (!isGood) {
            trouble = std::string(name) + " " + std::string(value) + " is not understood";
            return std::nullopt;
        }
    }
    if (options.modelPort == 0) {
        trouble = "--model-port is missing";
        return std::nullopt;
    }
    return options;
}

} // namespace bench
