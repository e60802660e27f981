// Threads that begin at one moment, for races.
#pragma once

#include <latch>
#include <thread>
#include <vector>

namespace tests {

/// Runs `work(index)` in that many threads at one moment and waits for all of them.
template <typename Work>
void atOnce(int threads, Work work)
{
    std::latch start(threads);
    std::vector<std::thread> all;
    all.reserve(size_t(threads));
    for (int index = 0; index < threads; ++index) {
        all.emplace_back([&, index] {
            start.arrive_and_wait();
            work(index);
        });
    }
    for (std::thread &thread : all)
        thread.join();
}

} // namespace tests
