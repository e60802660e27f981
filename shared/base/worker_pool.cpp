#include "shared/base/worker_pool.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

namespace base {

WorkerPool::WorkerPool(std::string name, int threads, size_t queueLimit, Priority priority)
    : m_name(std::move(name)), m_queueLimit(queueLimit), m_priority(priority)
{
    m_threads.reserve(size_t(threads));
    for (int i = 0; i < threads; ++i)
        m_threads.emplace_back([this, i] { work(i); });
}

WorkerPool::~WorkerPool()
{
    stop();
}

bool WorkerPool::submit(Task task)
{
    return enqueue(std::move(task), true);
}

void WorkerPool::submitAlways(Task task)
{
    enqueue(std::move(task), false);
}

bool WorkerPool::enqueue(Task task, bool bounded)
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_stopping || (bounded && m_tasks.size() >= m_queueLimit))
            return false;
        m_tasks.push_back(std::move(task));
    }
    m_wake.notify_one();
    return true;
}

void WorkerPool::stop()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_wake.notify_all();
    for (std::thread &thread : m_threads) {
        if (thread.joinable())
            thread.join();
    }
}

size_t WorkerPool::queued() const
{
    const std::lock_guard lock(m_mutex);
    return m_tasks.size();
}

void WorkerPool::work(int index)
{
    // Linux keeps 15 characters of a thread's name.
    pthread_setname_np(pthread_self(),
                       (m_name + '-' + std::to_string(index)).substr(0, 15).c_str());
    if (m_priority == Priority::Low) {
        // On Linux the nice value belongs to the thread. Refused, it would only be less polite.
        constexpr int kNice = 10;
        ::setpriority(PRIO_PROCESS, id_t(::gettid()), kNice);
    }
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_wake.wait(lock, [this] { return m_stopping || !m_tasks.empty(); });
        if (m_tasks.empty())
            return;
        Task task = std::move(m_tasks.front());
        m_tasks.pop_front();
        lock.unlock();
        task();
        task = nullptr; // what it captured dies outside the lock
        lock.lock();
    }
}

} // namespace base
