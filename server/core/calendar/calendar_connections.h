// The calendars that our users have connected: consent, tokens, and every request that needs them.
#pragma once

#include "server/core/accounts/opaque_token.h"
#include "server/core/calendar/calendar_ports.h"
#include "server/core/calendar/connection_ports.h"
#include "server/core/secrets/secret_box.h"
#include "shared/base/clock.h"

#include <map>
#include <memory>
#include <mutex>

namespace server::core {

/// Tokens lie sealed in the store and are opened for one request at a time; they are never logged.
/// An access token is renewed a minute before it expires, or once after the provider refused it:
/// one renewal at a time per user in this process, and of two servers the first one's is kept.
/// Thread-safe; every call but the constructor blocks. Ports must outlive it.
class CalendarConnections final : public Calendars
{
public:
    struct Ports
    {
        CalendarConsentStore &store;
        CalendarProvider &provider;
        const SecretBox &box;
        base::Clock now;
        RandomBytes random;
    };

    explicit CalendarConnections(Ports ports) : m_ports(std::move(ports)) {}

    /// The address to send the user's browser to. Its state is good for ten minutes, once, for this
    /// user (RFC 6749 10.12; PKCE: RFC 7636, S256).
    base::Result<QString> beginConsent(base::UserId user);
    /// The browser has come back: the user is connected. Fault::Invalid "Invalid state parameter"
    /// for a state that is unknown, used or too old; else as the provider's exchange().
    base::Result<base::UserId> finishConsent(const QString &state, const QString &code);
    /// The browser has come back without consent: its state is used up.
    base::Result<> dropConsent(const QString &state);
    /// Forgets the tokens and tells the provider, once: what it then does is its own affair.
    /// Fault::NotFound "Google Calendar not connected".
    base::Result<> disconnect(base::UserId user);

    base::Result<bool> isConnected(base::UserId user) override;
    base::Result<std::vector<CalendarEvent>> events(base::UserId user, const TimeRange &window,
                                                    int limit) override;
    base::Result<std::vector<TimeRange>> busy(base::UserId user, const TimeRange &window) override;
    base::Result<QString> timeZone(base::UserId user) override;
    base::Result<CalendarEvent> insert(base::UserId user, const NewCalendarEvent &event) override;
    base::Result<std::optional<CalendarEvent>> find(base::UserId user, const QString &id) override;

private:
    struct Token
    {
        base::Secret access;
        QString revision;
    };

    base::Result<StoredConsent> consentOf(base::UserId user);
    /// A token that is good as far as we know; never the one of the revision `refused`.
    base::Result<Token> tokenFor(base::UserId user, const QString &refused = {});
    base::Result<Token> renewedToken(base::UserId user, const QString &refused);
    base::Result<std::optional<Token>> renewOnce(base::UserId user, const StoredConsent &consent,
                                                 const QString &refused);
    bool isGood(const StoredConsent &consent, const QString &refused) const;
    base::Result<Token> opened(const StoredConsent &consent) const;
    QString newRevision() const;
    std::shared_ptr<std::mutex> renewalLock(base::UserId user);
    template <typename Ask>
    auto ask(base::UserId user, Ask request);

    Ports m_ports;
    std::mutex m_mutex; ///< guards the map, never held while anybody is asked
    std::map<base::UserId, std::weak_ptr<std::mutex>> m_renewals;
};

} // namespace server::core
