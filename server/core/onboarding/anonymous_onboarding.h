// Setting up before there is an account.
#pragma once

#include "server/core/accounts/opaque_token.h"
#include "server/core/onboarding/onboarding_ports.h"
#include "shared/base/clock.h"

#include <chrono>

namespace server::core {

/// Sessions of people without an account, up to the account that is made of one.
///
/// Why it exists: the id of a session is all that protects what is in it. It is random, stored only
/// as a hash, and good for a day or until an account takes the session over, once. Any thread;
/// every call blocks on the store. The ports must outlive it.
///
/// Faults: Invalid "Invalid or expired session" for an id that is unknown, expired or taken; the
/// store's own.
class AnonymousOnboarding final
{
public:
    struct Ports
    {
        AnonymousSessionStore &sessions;
        OnboardingStore &users;
        base::Clock now = base::utcNow;
        RandomBytes random = systemRandom;
    };
    static constexpr std::chrono::hours kLifetime{24};

    struct Started
    {
        QString id; ///< a UUID of version 4; shown this once
        AnonymousSession session;
    };

    explicit AnonymousOnboarding(Ports ports) : m_ports(std::move(ports)) {}

    base::Result<Started> start();
    base::Result<AnonymousSession> find(const QString &id);
    base::Result<AnonymousSession> setName(const QString &id, const QString &name);
    base::Result<AnonymousSession> selectScenario(const QString &id, const QString &scenario);
    base::Result<AnonymousSession> complete(const QString &id);
    base::Result<AnonymousSession> completeStep(const QString &id, MobileStep step,
                                                const Profile &profile);

    /// Whether an account may be made of it now. Invalid "Invalid or expired onboarding session",
    /// "Onboarding not completed", or, when it has an account, "Invalid onboarding session".
    base::Result<> checkRegistrable(const QString &id);
    /// Makes it the user's: they get its profile, and on mobile the steps they have done. Invalid
    /// "Invalid onboarding session" when somebody was faster or it is over.
    base::Result<> link(const QString &id, base::UserId user);

private:
    using Change = std::function<base::Result<>(AnonymousSession &)>;
    base::Result<AnonymousSession> change(const QString &id, const Change &change);

    const Ports m_ports;
};

} // namespace server::core
