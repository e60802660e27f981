#include "server/core/onboarding/onboarding_wizard.h"

namespace server::core {

using base::Result;
using base::UserId;

Result<Progress> OnboardingWizard::progressOf(UserId user)
{
    const auto record = m_ports.store.find(user);
    if (!record)
        return failed(record);
    const auto facts = m_ports.facts.factsOf(user);
    if (!facts)
        return failed(facts);
    OnboardingRecord settled = *record;
    if (!settle(settled, provenSteps(*facts, settled.platform), m_ports.now()))
        return Progress(settled);
    return change(user, [](OnboardingRecord &) {});
}

Result<Progress> OnboardingWizard::change(UserId user,
                                          const std::function<void(OnboardingRecord &)> &change)
{
    const auto facts = m_ports.facts.factsOf(user);
    if (!facts)
        return failed(facts);
    const QDateTime now = m_ports.now();
    const auto changed = m_ports.store.change(user, [&](OnboardingRecord &record) {
        change(record);
        settle(record, provenSteps(*facts, record.platform), now);
    });
    if (!changed)
        return failed(changed);
    return Progress(*changed);
}

Result<Progress> OnboardingWizard::completeStep(UserId user, Step step, const Profile &profile)
{
    if (!profile.isEmpty()) {
        if (const auto saved = m_ports.store.saveProfile(user, profile, m_ports.now()); !saved)
            return failed(saved);
    }
    return change(user, [step](OnboardingRecord &record) { record.done.add(step); });
}

Result<Progress> OnboardingWizard::restart(UserId user)
{
    const QDateTime now = m_ports.now();
    return change(user, [&now](OnboardingRecord &record) {
        record.done = {};
        record.startedAt = now;
        record.completedAt = {};
    });
}

Result<Profile> OnboardingWizard::profileOf(UserId user)
{
    return m_ports.store.profileOf(user);
}

Result<std::vector<ConnectedProvider>> OnboardingWizard::providersOf(UserId user)
{
    return m_ports.store.providersOf(user);
}

} // namespace server::core
