// What onboarding needs from the world outside the core.
#pragma once

#include "server/core/onboarding/anonymous_session.h"
#include "server/core/onboarding/progress.h"
#include "shared/base/ids.h"
#include "shared/base/result.h"

#include <QByteArray>

#include <functional>
#include <optional>
#include <vector>

namespace server::core {

/// What somebody really has. Any thread; blocks.
class OnboardingFactSource
{
public:
    virtual ~OnboardingFactSource() = default;
    virtual base::Result<OnboardingFacts> factsOf(base::UserId user) = 0;
};

/// A service outside that a user has connected.
struct ConnectedProvider
{
    qint64 id = 0;
    QString provider; ///< such as "google_calendar"
    bool isConnected = false;
    QDateTime connectedAt; ///< invalid: never
};

/// The onboarding of signed-in users. Any thread; every call blocks. Fault::NotFound when there is
/// no such user.
class OnboardingStore
{
public:
    virtual ~OnboardingStore() = default;

    /// A fresh record for somebody who has none yet.
    virtual base::Result<OnboardingRecord> find(base::UserId user) = 0;
    /// Reads, changes and writes in one step: changes of one user wait for each other. `change` may
    /// be run more than once. Returns what was written.
    virtual base::Result<OnboardingRecord>
    change(base::UserId user, const std::function<void(OnboardingRecord &)> &change) = 0;
    /// Writes what the profile gives, and leaves the rest.
    virtual base::Result<> saveProfile(base::UserId user, const Profile &profile,
                                       const QDateTime &at) = 0;
    /// The name, voice and notifications as they are now.
    virtual base::Result<Profile> profileOf(base::UserId user) = 0;
    virtual base::Result<std::vector<ConnectedProvider>> providersOf(base::UserId user) = 0;
};

/// Anonymous onboardings, by the hash of their id. Any thread; every call blocks.
class AnonymousSessionStore
{
public:
    virtual ~AnonymousSessionStore() = default;

    virtual base::Result<> add(const QByteArray &idHash, const AnonymousSession &session) = 0;
    virtual base::Result<std::optional<AnonymousSession>> find(const QByteArray &idHash) = 0;
    /// Reads, changes and writes in one step; writes nothing when `change` fails, and passes that
    /// on. Nothing for an unknown session. `change` may be run more than once.
    virtual base::Result<std::optional<AnonymousSession>>
    change(const QByteArray &idHash,
           const std::function<base::Result<>(AnonymousSession &)> &change) = 0;
    /// Gives the session to an account, and the account the session's profile, in one step. Nothing
    /// unless it is usable and registrable at that moment: of any number of callers at most one
    /// succeeds.
    virtual base::Result<std::optional<AnonymousSession>>
    link(const QByteArray &idHash, base::UserId user, const QDateTime &now) = 0;
    /// Deletes what expired before `now`. Returns how many went.
    virtual base::Result<int> removeExpired(const QDateTime &now) = 0;
};

} // namespace server::core
