#include "server/app/due_calls.h"

#include "shared/base/log.h"

namespace server::app {

namespace {

constexpr int kDiallers = 4;
constexpr base::Millis kPause{1'000};

} // namespace

DueCalls::DueCalls(net::Loop &loop, const core::ScheduleService &schedule)
    : m_schedule(schedule),
      m_diallers("diallers", kDiallers, kDiallers, base::WorkerPool::Priority::Low),
      m_round(loop, m_diallers, kPause, [this] { look(); })
{
}

void DueCalls::begin()
{
    m_round.begin();
}

void DueCalls::stop()
{
    m_isStopping = true;
    m_diallers.stop();
}

void DueCalls::look()
{
    if (!placeOne())
        return;
    for (int others = 1; others < kDiallers; ++others) {
        const bool isQueued = m_diallers.submit([this] { placeAll(); });
        Q_UNUSED(isQueued) // those that are at work are enough
    }
    placeAll();
}

void DueCalls::placeAll()
{
    while (!m_isStopping && placeOne()) {
    }
}

bool DueCalls::placeOne()
{
    const auto placed = m_schedule.placeNext();
    if (!placed)
        base::log::warning("schedule.not_looked",
                           {{QStringLiteral("cause"), placed.error().cause}});
    return placed.value_or(false);
}

} // namespace server::app
