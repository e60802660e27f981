// Work that is done again and again.
#pragma once

#include "server/net/loop.h"
#include "shared/base/clock.h"
#include "shared/base/worker_pool.h"

#include <functional>

namespace server::app {

/// Does a task on a pool, waits, and does it again. The next one begins a pause after the last has
/// ended, so there is one at a time; while the pool is full a turn is left out. Main thread; the
/// rounds end with the loop, which must outlive the pool's tasks, as this must.
class Round
{
public:
    Round(net::Loop &loop, base::WorkerPool &pool, base::Millis pause, std::function<void()> task)
        : m_loop(loop), m_pool(pool), m_pause(pause), m_task(std::move(task))
    {
    }

    /// The first time at once.
    void begin();

private:
    void waitForNext();

    net::Loop &m_loop;
    base::WorkerPool &m_pool;
    const base::Millis m_pause;
    const std::function<void()> m_task;
};

} // namespace server::app
