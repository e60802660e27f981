// Where consent to somebody's calendar is kept. Implemented by the store, connected by wiring.
#pragma once

#include "shared/base/ids.h"
#include "shared/base/result.h"

#include <QDateTime>
#include <QString>

#include <optional>

namespace server::core {

/// A consent that was asked for and has not come back yet.
struct PendingConsent
{
    base::UserId user;
    QString sealedVerifier; ///< PKCE's
    QDateTime expiresAt;
};

/// The tokens of one user, sealed.
struct StoredConsent
{
    QString sealedAccessToken;
    QString sealedRefreshToken;
    QDateTime expiresAt; ///< of the access token
    QString timeZone;    ///< IANA name of the calendar's zone; empty: not known
    QString revision;    ///< random; another one with every write
};

/// Thread-safe; every call blocks. Any number of servers may share one. What it says of the
/// connection and what onboarding shows of it ("google_calendar" among the connected providers)
/// change in one step.
class CalendarConsentStore
{
public:
    virtual ~CalendarConsentStore() = default;

    virtual base::Result<> addPending(const QByteArray &stateHash, const PendingConsent &consent,
                                      const QDateTime &now) = 0;
    /// Takes it away: of any number of callers one gets it. None for an unknown state.
    virtual base::Result<std::optional<PendingConsent>>
    takePending(const QByteArray &stateHash) = 0;

    virtual base::Result<std::optional<StoredConsent>> find(base::UserId user) = 0;
    /// The user has consented. An empty `sealedRefreshToken` keeps the one that is stored, an empty
    /// time zone likewise. False, and nothing written, when there is none to keep.
    /// Fault::NotFound when there is no such user.
    virtual base::Result<bool> connect(base::UserId user, const StoredConsent &consent,
                                       const QDateTime &now) = 0;
    /// New tokens for the same consent, if it is still the one of that revision.
    virtual base::Result<bool> replace(base::UserId user, const QString &revision,
                                       const StoredConsent &consent, const QDateTime &now) = 0;
    /// Forgets the tokens, if they are of that revision (null: whatever they are). False when there
    /// was nothing to forget.
    virtual base::Result<bool> disconnect(base::UserId user,
                                          const std::optional<QString> &revision) = 0;
    /// Consents that never came back. Returns how many went.
    virtual base::Result<int> removeExpired(const QDateTime &now) = 0;
};

} // namespace server::core
