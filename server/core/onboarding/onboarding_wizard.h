// The setting up of signed-in users.
#pragma once

#include "server/core/onboarding/onboarding_ports.h"
#include "shared/base/clock.h"

namespace server::core {

/// Says how far somebody has come, and takes what they say about it.
///
/// Why it exists: a step is done when the user said so or when the facts show it, and only here the
/// two meet. What was once proven stays done until restart(). Any thread; every call blocks on the
/// store. The ports must outlive it.
class OnboardingWizard final
{
public:
    struct Ports
    {
        OnboardingStore &store;
        OnboardingFactSource &facts;
        base::Clock now = base::utcNow;
    };

    explicit OnboardingWizard(Ports ports) : m_ports(std::move(ports)) {}

    base::Result<Progress> progressOf(base::UserId user);
    /// The profile is kept too, whatever the step.
    base::Result<Progress> completeStep(base::UserId user, Step step, const Profile &profile = {});
    /// Forgets everything that was said; what the facts show is done at once again.
    base::Result<Progress> restart(base::UserId user);
    base::Result<Profile> profileOf(base::UserId user);
    base::Result<std::vector<ConnectedProvider>> providersOf(base::UserId user);

private:
    /// Changes the record, then settles it.
    base::Result<Progress> change(base::UserId user,
                                  const std::function<void(OnboardingRecord &)> &change);

    const Ports m_ports;
};

} // namespace server::core
