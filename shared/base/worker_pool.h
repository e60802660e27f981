// Threads for work that blocks: SQL, password hashing, files, requests to vendors.
//
// Why it exists: no event loop of ours may wait for anything. A handler that must wait runs here
// as plain sequential code, and its answer is posted back to the loop that asked.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace base {

class WorkerPool
{
public:
    using Task = std::function<void()>;

    /// Low: gives way to the threads that carry audio and requests. For work that fills a core,
    /// such as password hashing.
    enum class Priority { Normal, Low };

    /// `name` shows up in process listings; at most `queueLimit` tasks wait.
    WorkerPool(std::string name, int threads, size_t queueLimit,
               Priority priority = Priority::Normal);
    /// Runs what is queued, then joins.
    ~WorkerPool();
    WorkerPool(const WorkerPool &) = delete;
    WorkerPool &operator=(const WorkerPool &) = delete;

    /// Queues a task; false when the queue is full or the pool is stopping. Any thread.
    /// A task must not throw.
    [[nodiscard]] bool submit(Task task);
    /// Queues a task that must not be lost, such as the record of a finished call: ignores the
    /// limit.
    void submitAlways(Task task);

    /// Refuses new work, runs what is queued, joins. Called by the destructor too.
    void stop();

    size_t queued() const;

private:
    void work(int index);
    bool enqueue(Task task, bool bounded);

    const std::string m_name;
    const size_t m_queueLimit;
    const Priority m_priority;
    mutable std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<Task> m_tasks;
    bool m_stopping = false;
    std::vector<std::thread> m_threads;
};

} // namespace base
