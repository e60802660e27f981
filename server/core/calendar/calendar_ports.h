// What calendars need from outside. Implemented by adapters, connected by wiring.
#pragma once

#include "server/core/calendar/calendar_event.h"
#include "shared/base/ids.h"
#include "shared/base/result.h"
#include "shared/base/secret.h"

#include <optional>
#include <vector>

namespace server::core {

/// What a user's consent gave us.
struct CalendarTokens
{
    base::Secret accessToken;
    base::Secret refreshToken; ///< empty: the provider sent none
    QDateTime expiresAt;       ///< of the access token
};

/// The calendar provider's web service: one HTTP conversation each. Thread-safe; blocks.
/// Fault::Unauthenticated: the access token is not good (any more). Fault::LimitReached: a quota.
/// Fault::Timeout, Fault::Upstream, Fault::Unavailable: no usable answer.
class CalendarProvider
{
public:
    virtual ~CalendarProvider() = default;

    /// Where the user's browser goes to give consent. `challenge` is PKCE's, S256.
    virtual QString consentUrl(const QString &state, const QByteArray &challenge) const = 0;
    /// The code that came back, for tokens. `verifier` is PKCE's.
    virtual base::Result<CalendarTokens> exchange(const QString &code,
                                                  const QByteArray &verifier) = 0;
    /// New tokens; the refresh token is empty when the old one stays. Fault::Forbidden, with
    /// "invalid_grant" in its message: consent was taken back.
    virtual base::Result<CalendarTokens> refresh(const base::Secret &refreshToken) = 0;
    /// Gives consent back.
    virtual base::Result<> revoke(const base::Secret &token) = 0;

    /// Single events (of series: each occurrence) of the primary calendar that overlap `window`,
    /// by start, at most `limit`; all pages are followed.
    virtual base::Result<std::vector<CalendarEvent>> events(const base::Secret &accessToken,
                                                            const TimeRange &window, int limit) = 0;
    /// The busy stretches of the primary calendar (free/busy query).
    virtual base::Result<std::vector<TimeRange>> busy(const base::Secret &accessToken,
                                                      const TimeRange &window) = 0;
    /// IANA name of the primary calendar's zone.
    virtual base::Result<QString> timeZone(const base::Secret &accessToken) = 0;
    /// Fault::Conflict: an event of that id exists already, perhaps a cancelled one. After
    /// Fault::Timeout, Fault::Upstream and Fault::Unavailable the event may have been made; after
    /// any other fault it was not.
    virtual base::Result<CalendarEvent> insert(const base::Secret &accessToken,
                                               const NewCalendarEvent &event) = 0;
    /// None when there is no such event; a cancelled one is there, not busy.
    virtual base::Result<std::optional<CalendarEvent>> find(const base::Secret &accessToken,
                                                            const QString &id) = 0;
};

/// The calendar of one of our users, whatever token that takes. Thread-safe; blocks.
/// Never Fault::Unauthenticated, which a client would take for its own sign-in.
/// Fault::NotFound "Google Calendar not connected"; Fault::Internal with "invalid_grant" in its
/// message when consent was taken back (the web app looks for that word in a 500).
class Calendars
{
public:
    virtual ~Calendars() = default;
    virtual base::Result<bool> isConnected(base::UserId user) = 0;
    virtual base::Result<std::vector<CalendarEvent>> events(base::UserId user,
                                                            const TimeRange &window, int limit) = 0;
    virtual base::Result<std::vector<TimeRange>> busy(base::UserId user,
                                                      const TimeRange &window) = 0;
    /// IANA name of the calendar's zone as it was when the user connected it: nobody outside is
    /// asked. Empty when it is not known.
    virtual base::Result<QString> timeZone(base::UserId user) = 0;
    virtual base::Result<CalendarEvent> insert(base::UserId user,
                                               const NewCalendarEvent &event) = 0;
    virtual base::Result<std::optional<CalendarEvent>> find(base::UserId user,
                                                            const QString &id) = 0;
};

} // namespace server::core
