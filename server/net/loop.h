// The event loop: one per thread, on epoll.
//
// Why not Qt's: QTcpSocket costs 8 to 9 µs per message in signals, buffers and poll(2) over all
// descriptors; a call needs 200 messages a second, and one core shall carry hundreds of calls.
#pragma once

#include "server/net/unique_fd.h"
#include "shared/base/clock.h"

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

struct epoll_event;

namespace server::net {

/// Waits for descriptors, timers and posted tasks, and runs their handlers one after the other.
/// Lives on the thread that calls run(). Handlers must not block and must not throw.
class Loop
{
public:
    using Task = std::function<void()>;
    using TimerId = std::uint64_t; ///< 0: no timer

    /// Whoever wants to hear of a descriptor. Must unwatch() before it dies.
    class Watcher
    {
    public:
        virtual ~Watcher() = default;
        /// `events`: a set of EPOLLIN, EPOLLOUT, EPOLLHUP, EPOLLERR.
        virtual void ready(std::uint32_t events) = 0;
    };

    Loop();
    ~Loop();
    Loop(const Loop &) = delete;
    Loop &operator=(const Loop &) = delete;

    /// Runs until stop(). Tasks posted before run() are not lost.
    void run();
    /// Any thread. The loop ends after the handler under way; tasks still queued are run first.
    void stop();
    /// Runs `task` soon on the loop's thread. Any thread, the loop's own included.
    void post(Task task);

    /// Runs `task` once, `delay` from now. Loop thread only.
    TimerId startTimer(base::Millis delay, Task task);
    /// A timer that has fired or never was is ignored, and `id` becomes 0.
    void cancelTimer(TimerId &id);

    void watch(int fd, std::uint32_t events, Watcher *watcher);
    void rewatch(int fd, std::uint32_t events, Watcher *watcher);
    /// After this the watcher hears nothing more, not even of events already fetched.
    void unwatch(int fd, Watcher *watcher);

    /// Destroys `object` once the handlers under way have returned: safe from within its own
    /// handler.
    void disposeLater(std::shared_ptr<void> object);

    /// When the handlers under way were woken; cheap.
    base::SteadyTime now() const { return m_now; }
    bool isOwnThread() const { return std::this_thread::get_id() == m_thread.load(); }

    /// A buffer to build one outgoing message in; its content lives until the next use.
    std::string &scratch() { return m_scratch; }
    /// Four unpredictable bytes, for WebSocket masks (RFC 6455 5.3).
    std::uint32_t randomWord();

private:
    int waitTime() const;
    void runTimers();
    void runPosted();
    void drainWake();

    UniqueFd m_epoll;
    UniqueFd m_wake;
    base::SteadyTime m_now;
    std::atomic<std::thread::id> m_thread;
    std::atomic<bool> m_stopping{false};

    std::mutex m_mutex;
    std::vector<Task> m_posted; ///< guarded by m_mutex

    std::multimap<base::SteadyTime, std::pair<TimerId, Task>> m_timers;
    std::unordered_map<TimerId, base::SteadyTime> m_timerTimes;
    TimerId m_lastTimer = 0;

    std::vector<epoll_event> m_events; ///< the batch under way
    int m_eventCount = 0;
    std::vector<std::shared_ptr<void>> m_disposed;
    std::string m_scratch;
    std::vector<unsigned char> m_random;
    size_t m_randomUsed = 0;
};

/// A loop with a thread of its own.
class LoopThread
{
public:
    explicit LoopThread(const std::string &name);
    /// Stops and joins.
    ~LoopThread();

    Loop &loop() { return m_loop; }
    /// Runs `task` on the loop and waits until it has run. Never from the loop's own thread.
    void runAndWait(const Loop::Task &task);
    void stop();

private:
    Loop m_loop;
    std::thread m_thread;
};

} // namespace server::net
