#include "server/net/loop.h"

#include <openssl/rand.h>

#include <algorithm>
#include <cstring>
#include <future>

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

namespace server::net {

namespace {

constexpr int kBatch = 128;           // bounded, so that timers and tasks get their turn
constexpr size_t kRandomStock = 4096; // bytes fetched at a time: one RAND_bytes call for 1024 masks

} // namespace

Loop::Loop()
    : m_epoll(::epoll_create1(EPOLL_CLOEXEC)),
      m_wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      m_now(std::chrono::steady_clock::now()),
      m_events(kBatch)
{
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = nullptr; // nobody else registers a null watcher: this is the wake-up
    ::epoll_ctl(m_epoll.get(), EPOLL_CTL_ADD, m_wake.get(), &event);
}

Loop::~Loop() = default;

void Loop::run()
{
    m_thread = std::this_thread::get_id();
    while (!m_stopping.load(std::memory_order_acquire)) {
        const int count = ::epoll_wait(m_epoll.get(), m_events.data(), kBatch, waitTime());
        m_now = std::chrono::steady_clock::now();
        m_eventCount = std::max(count, 0);
        for (int i = 0; i < m_eventCount; ++i) {
            const epoll_event event = m_events[size_t(i)];
            if (auto *watcher = static_cast<Watcher *>(event.data.ptr))
                watcher->ready(event.events);
            else
                drainWake();
        }
        m_eventCount = 0;
        runPosted();
        runTimers();
        std::exchange(m_disposed, {}).clear();
    }
    runPosted();
    std::exchange(m_disposed, {}).clear();
}

void Loop::stop()
{
    m_stopping.store(true, std::memory_order_release);
    post([] {});
}

void Loop::post(Task task)
{
    bool wasEmpty = false;
    {
        const std::lock_guard lock(m_mutex);
        wasEmpty = m_posted.empty();
        m_posted.push_back(std::move(task));
    }
    if (wasEmpty) {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = ::write(m_wake.get(), &one, sizeof one);
    }
}

void Loop::drainWake()
{
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = ::read(m_wake.get(), &count, sizeof count);
}

void Loop::runPosted()
{
    std::vector<Task> tasks;
    {
        const std::lock_guard lock(m_mutex);
        tasks.swap(m_posted);
    }
    for (Task &task : tasks)
        task();
}

Loop::TimerId Loop::startTimer(base::Millis delay, Task task)
{
    const TimerId id = ++m_lastTimer;
    const auto at = std::chrono::steady_clock::now() + delay;
    m_timers.emplace(at, std::pair(id, std::move(task)));
    m_timerTimes.emplace(id, at);
    return id;
}

void Loop::cancelTimer(TimerId &id)
{
    const auto known = m_timerTimes.find(std::exchange(id, 0));
    if (known == m_timerTimes.end())
        return;
    auto [from, to] = m_timers.equal_range(known->second);
    for (auto it = from; it != to; ++it) {
        if (it->second.first == known->first) {
            m_timers.erase(it);
            break;
        }
    }
    m_timerTimes.erase(known);
}

void Loop::runTimers()
{
    while (!m_timers.empty() && m_timers.begin()->first <= m_now) {
        auto due = m_timers.extract(m_timers.begin());
        m_timerTimes.erase(due.mapped().first);
        due.mapped().second();
    }
}

int Loop::waitTime() const
{
    if (m_timers.empty())
        return -1;
    const auto left = m_timers.begin()->first - std::chrono::steady_clock::now();
    // Rounded up: waking a fraction of a millisecond early would spin until the timer is due.
    return int(std::clamp<std::int64_t>(std::chrono::ceil<std::chrono::milliseconds>(left).count(),
                                        0, 60'000));
}

void Loop::watch(int fd, std::uint32_t events, Watcher *watcher)
{
    epoll_event event{};
    event.events = events;
    event.data.ptr = watcher;
    ::epoll_ctl(m_epoll.get(), EPOLL_CTL_ADD, fd, &event);
}

void Loop::rewatch(int fd, std::uint32_t events, Watcher *watcher)
{
    epoll_event event{};
    event.events = events;
    event.data.ptr = watcher;
    ::epoll_ctl(m_epoll.get(), EPOLL_CTL_MOD, fd, &event);
}

void Loop::unwatch(int fd, Watcher *watcher)
{
    ::epoll_ctl(m_epoll.get(), EPOLL_CTL_DEL, fd, nullptr);
    for (int i = 0; i < m_eventCount; ++i) {
        if (m_events[size_t(i)].data.ptr == watcher)
            m_events[size_t(i)].data.ptr = nullptr;
    }
}

void Loop::disposeLater(std::shared_ptr<void> object)
{
    m_disposed.push_back(std::move(object));
    if (m_disposed.size() == 1)
        post([] {}); // so that a loop with nothing to do comes round
}

std::uint32_t Loop::randomWord()
{
    if (m_randomUsed + sizeof(std::uint32_t) > m_random.size()) {
        m_random.resize(kRandomStock);
        RAND_bytes(m_random.data(), int(m_random.size()));
        m_randomUsed = 0;
    }
    std::uint32_t word = 0;
    std::memcpy(&word, m_random.data() + m_randomUsed, sizeof word);
    m_randomUsed += sizeof word;
    return word;
}

LoopThread::LoopThread(const std::string &name)
    : m_thread([this, name] {
          pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
          m_loop.run();
      })
{
}

LoopThread::~LoopThread()
{
    stop();
}

void LoopThread::stop()
{
    m_loop.stop();
    if (m_thread.joinable())
        m_thread.join();
}

void LoopThread::runAndWait(const Loop::Task &task)
{
    // Shared: the waiter may be gone before set_value() has returned.
    const auto done = std::make_shared<std::promise<void>>();
    m_loop.post([&task, done] {
        task();
        done->set_value();
    });
    done->get_future().wait();
}

} // namespace server::net
