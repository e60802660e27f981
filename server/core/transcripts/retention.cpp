#include "server/core/transcripts/retention.h"

#include "server/core/usage/gate.h"
#include "shared/base/log.h"

#include <algorithm>

namespace server::core {

using base::Result;
using base::UserId;
using std::chrono::days;

namespace {

constexpr int kBatch = 50; // calls of one transaction

/// What a call that nobody owns is kept by: it came in over a number of the service itself.
const Plan &planOfNobody(const PlanCatalogue &catalogue)
{
    return catalogue.trialOf(Platform::Web);
}

days shortest(const PlanCatalogue &catalogue)
{
    days least = planOfNobody(catalogue).transcriptStorage;
    for (const Plan &plan : catalogue.plans()) {
        if (plan.type != PlanType::Addon)
            least = std::min(least, plan.transcriptStorage);
    }
    return least;
}

} // namespace

days storageTime(const Standing &standing, const PlanCatalogue &catalogue, const QDateTime &now)
{
    if (standing.isStaff)
        return catalogue.staff().transcriptStorage;
    if (standing.subscription
        && hasRights(statusAt(*standing.subscription, catalogue.rules(), now))) {
        if (const Plan *plan = catalogue.find(standing.subscription->plan))
            return plan->transcriptStorage;
    }
    return catalogue.trialOf(standing.platform).transcriptStorage;
}

Result<int> Retention::eraseOf(UserId owner, const QDateTime &now) const
{
    const auto catalogue = m_ports.plans.current();
    days kept = planOfNobody(*catalogue).transcriptStorage;
    if (owner.isValid()) {
        const auto standing = m_ports.usage.standing(owner, now);
        if (!standing)
            return failed(standing);
        kept = storageTime(*standing, *catalogue, now);
    }
    int erased = 0;
    for (;;) {
        auto some = m_ports.words.eraseOlder(owner, now.addDays(-kept.count()), now, kBatch);
        if (!some)
            return some;
        erased += *some;
        if (*some < kBatch)
            return erased;
    }
}

Result<int> Retention::run() const
{
    const QDateTime now = m_ports.now();
    const auto owners =
        m_ports.words.owners(now.addDays(-shortest(*m_ports.plans.current()).count()));
    if (!owners)
        return failed(owners);
    int erased = 0;
    for (const UserId owner : *owners) {
        auto some = eraseOf(owner, now);
        // Of an account that was deleted just now nothing is left to do.
        if (!some && some.error().fault != base::Fault::NotFound)
            return some;
        erased += some.value_or(0);
    }
    auto late = m_ports.words.eraseLatecomers(now);
    if (!late)
        return late;
    erased += *late;
    if (erased > 0)
        base::log::info("transcripts.expired", {{QStringLiteral("calls"), erased}});
    m_ports.sweepFiles();
    // Each time: an earlier deletion may have left something there that a reader stood in the way
    // of.
    if (const auto scrubbed = m_ports.words.scrub(); !scrubbed)
        return failed(scrubbed);
    return erased;
}

} // namespace server::core
