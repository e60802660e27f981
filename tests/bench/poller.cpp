#include "tests/bench/poller.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <ctime>

namespace bench {

namespace {

void control(int epoll, int operation, int descriptor, Watched &watched, std::uint32_t events)
{
    epoll_event event{};
    event.events = events;
    event.data.ptr = &watched;
    epoll_ctl(epoll, operation, descriptor, &event);
}

} // namespace

Poller::Poller() : m_epoll(epoll_create1(EPOLL_CLOEXEC)) {}

Poller::~Poller()
{
    close(m_epoll);
}

void Poller::watch(int descriptor, Watched &watched, std::uint32_t events) const
{
    control(m_epoll, EPOLL_CTL_ADD, descriptor, watched, events);
}

void Poller::change(int descriptor, Watched &watched, std::uint32_t events) const
{
    control(m_epoll, EPOLL_CTL_MOD, descriptor, watched, events);
}

void Poller::poll(TimePoint until) const
{
    using namespace std::chrono;
    const auto left = duration_cast<nanoseconds>(until - Clock::now()).count();
    timespec wait{};
    if (left > 0) {
        wait.tv_sec = left / 1'000'000'000;
        wait.tv_nsec = left % 1'000'000'000;
    }
    std::array<epoll_event, 256> ready{};
    const int count = epoll_pwait2(m_epoll, ready.data(), int(ready.size()), &wait, nullptr);
    for (int i = 0; i < count; ++i) {
        const epoll_event &event = ready[std::size_t(i)];
        static_cast<Watched *>(event.data.ptr)->onReady(event.events);
    }
}

} // namespace bench
