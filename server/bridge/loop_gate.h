// Posts to a loop that may be gone by then.
#pragma once

#include "server/net/loop.h"

#include <functional>
#include <mutex>
#include <utility>

namespace server::bridge {

/// What is asked of other threads may be answered when the loop that asked has long ended, so
/// whoever answers holds this gate and never the loop. Thread-safe; held by shared pointers.
class LoopGate
{
public:
    explicit LoopGate(net::Loop &loop) : m_loop(&loop) {}

    /// Runs the task on the loop; drops it once the gate is closed.
    void post(std::function<void()> task)
    {
        const std::lock_guard lock(m_mutex);
        if (m_loop)
            m_loop->post(std::move(task));
    }
    /// The loop is about to end.
    void close()
    {
        const std::lock_guard lock(m_mutex);
        m_loop = nullptr;
    }

private:
    std::mutex m_mutex;
    net::Loop *m_loop; ///< null once closed; guarded by m_mutex
};

} // namespace server::bridge
