#include "server/app/round.h"

namespace server::app {

void Round::begin()
{
    const bool isQueued = m_pool.submit([this] {
        m_task();
        m_loop.post([this] { waitForNext(); });
    });
    if (!isQueued)
        waitForNext();
}

void Round::waitForNext()
{
    const auto timer = m_loop.startTimer(m_pause, [this] { begin(); });
    Q_UNUSED(timer) // never cancelled: the loop ends first
}

} // namespace server::app
