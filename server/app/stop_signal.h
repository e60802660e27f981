// SIGTERM and SIGINT as events of a loop.
#pragma once

#include "server/net/loop.h"
#include "server/net/unique_fd.h"

namespace server::app {

/// Blocks SIGTERM and SIGINT for this thread and all it will start, so that a StopSignal can wait
/// for them. To be called first in main().
void blockStopSignals();

/// Turns a stop signal into an event of the loop. REQUIRES: blockStopSignals().
class StopSignal final : private net::Loop::Watcher
{
public:
    StopSignal(net::Loop &loop, net::Loop::Task onStop);
    ~StopSignal() override;

private:
    void ready(std::uint32_t events) override;

    net::Loop &m_loop;
    const net::Loop::Task m_onStop;
    net::UniqueFd m_fd;
};

} // namespace server::app
