// Whose turn it is to write to an SQLite file.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace server::store {

/// SQLite takes one writer at a time and has the others sleep and try again, up to a tenth of a
/// second at a time (SQLite, "sqlite3_busy_timeout"). Threads that take their turn here first are
/// woken as soon as it comes. Other processes still meet SQLite's own lock. Any thread.
class WriteTurn
{
public:
    /// Waits for it; false when it did not come in time.
    bool take(std::chrono::milliseconds patience)
    {
        std::unique_lock lock(m_mutex);
        if (!m_given.wait_for(lock, patience, [this] { return !m_isTaken; }))
            return false;
        m_isTaken = true;
        return true;
    }
    /// REQUIRES: it was taken.
    void giveBack()
    {
        {
            const std::lock_guard lock(m_mutex);
            m_isTaken = false;
        }
        m_given.notify_one();
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_given;
    bool m_isTaken = false;
};

} // namespace server::store
