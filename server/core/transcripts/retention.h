// How long what was said is kept, and that it goes then.
#pragma once

#include "server/core/transcripts/transcript_ports.h"
#include "server/core/usage/usage_ports.h"
#include "shared/base/clock.h"

#include <functional>

namespace server::core {

/// As the plan says that is in force at `now`: a member of staff's, a subscription's while it gives
/// rights, else the trial's, which stands for everybody whose subscription is over.
std::chrono::days storageTime(const Standing &standing, const PlanCatalogue &catalogue,
                              const QDateTime &now);

/// Thread-safe; blocks. Ports must outlive it.
class Retention final
{
public:
    struct Ports
    {
        WordStore &words;
        UsageStore &usage;
        const PlanBook &plans;
        /// Deletes the files that were noted as to be deleted.
        std::function<void()> sweepFiles;
        base::Clock now;
    };
    explicit Retention(Ports ports) : m_ports(std::move(ports)) {}

    /// Deletes what is older than its owner's plan keeps; of how many calls. Any number of servers
    /// may run it. The plan of now decides, so an upgrade keeps more from then on, and a plan that
    /// ends keeps less.
    base::Result<int> run() const;

private:
    base::Result<int> eraseOf(base::UserId owner, const QDateTime &now) const;

    Ports m_ports;
};

} // namespace server::core
