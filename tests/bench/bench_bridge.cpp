// bench_bridge: measures a bridge between Twilio Media Streams and OpenAI Realtime. One process is
// both ends: it places N calls as Twilio does, and it is the model that the bridge connects to.
// Each 20 ms frame carries a stamp, so that delay, loss, order, damage and mixed-up calls are known
// for every frame, each way, by one clock.

#include "tests/bench/run.h"

#include <sys/resource.h>

#include <cstdio>
#include <string>
#include <string_view>

int main(int argc, char **argv)
{
    if (argc == 2 && std::string_view(argv[1]) == "--help") {
        std::fputs(bench::Options::help(), stdout);
        return 0;
    }
    std::string trouble;
    const auto options = bench::Options::parse(argc, argv, trouble);
    if (!options) {
        std::fprintf(stderr, "bench_bridge: %s\n%s", trouble.c_str(), bench::Options::help());
        return 2;
    }

    rlimit files{};
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    bench::Run run(*options);
    if (!run.canListen()) {
        std::fprintf(stderr, "bench_bridge: port %d is taken\n", options->modelPort);
        return 2;
    }
    const bool isWhole = run.execute();
    std::puts(run.report().c_str());
    return isWhole ? 0 : 1;
}
