// Scheduled calls, placed when they are due.
#pragma once

#include "server/app/round.h"
#include "server/core/schedule/schedule_service.h"

#include <atomic>

namespace server::app {

/// Looks once a second for what is due. When there is something, several threads of its own place
/// it side by side until nothing is left: the phone network's answers take their time, and nobody's
/// sign-in shall wait behind a thousand of them. Main thread.
class DueCalls
{
public:
    /// Both must outlive it.
    DueCalls(net::Loop &loop, const core::ScheduleService &schedule);

    void begin();
    /// Waits for the calls that are being dialled.
    void stop();

private:
    void look();
    void placeAll();
    bool placeOne();

    const core::ScheduleService &m_schedule;
    std::atomic<bool> m_isStopping = false;
    base::WorkerPool m_diallers;
    Round m_round;
};

} // namespace server::app
