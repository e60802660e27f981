#pragma once

#include <chrono>
#include <cstdint>

namespace bench {

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;

/// Something that waits for its descriptor to become readable or writable.
class Watched
{
public:
    virtual ~Watched() = default;
    virtual void onReady(std::uint32_t events) = 0;
};

/// The generator's one epoll set. Everything runs on the thread that calls poll().
/// A watched object must outlive the poller's last poll(); closing its descriptor ends the watch.
class Poller final
{
public:
    Poller();
    ~Poller();
    Poller(const Poller &) = delete;
    Poller &operator=(const Poller &) = delete;

    void watch(int descriptor, Watched &watched, std::uint32_t events) const;
    void change(int descriptor, Watched &watched, std::uint32_t events) const;

    /// Handles what is ready; waits for it no longer than `until`.
    void poll(TimePoint until) const;

private:
    int m_epoll = -1;
};

} // namespace bench
