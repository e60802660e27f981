// A calendar provider whose tokens expire, are refused and taken back, for tests of connections.
#pragma once

#include "server/core/calendar/calendar_ports.h"

#include <QSet>

#include <functional>
#include <mutex>

namespace tests {

/// Any thread. Access tokens are taken until they are forgotten.
class FakeProvider final : public server::core::CalendarProvider
{
public:
    QDateTime now;
    int lifetime = 3600; ///< seconds
    bool sendsRefreshToken = true;
    bool isTakenBack = false;                ///< consent
    bool refusesTokens = false;              ///< every access token
    bool isDown = false;                     ///< the token endpoint
    std::function<void()> onRefresh = [] {}; ///< while a refresh is under way

    // What was asked:
    mutable QString state;
    mutable QByteArray challenge;
    QByteArray verifier;
    int refreshes = 0;
    QStringList revoked;
    QString current; ///< the access token that is taken

    QString consentUrl(const QString &newState, const QByteArray &newChallenge) const override
    {
        state = newState;
        challenge = newChallenge;
        return QStringLiteral("https://accounts.example/consent?state=") + newState;
    }
    base::Result<server::core::CalendarTokens> exchange(const QString &code,
                                                        const QByteArray &newVerifier) override
    {
        verifier = newVerifier;
        if (code != QLatin1String("good"))
            return base::fail(base::Fault::Unauthenticated, QStringLiteral("invalid_grant"));
        return issue(sendsRefreshToken);
    }
    base::Result<server::core::CalendarTokens> refresh(const base::Secret &refreshToken) override
    {
        onRefresh();
        const std::lock_guard lock(m_mutex);
        ++refreshes;
        if (isDown)
            return base::fail(base::Fault::Unavailable, QStringLiteral("Google is away."));
        if (isTakenBack || refreshToken.reveal() != "refresh")
            return base::fail(base::Fault::Forbidden, QStringLiteral("Google: invalid_grant"));
        return issueLocked(false);
    }
    base::Result<> revoke(const base::Secret &token) override
    {
        revoked.append(QString::fromLatin1(token.reveal()));
        if (isDown)
            return base::fail(base::Fault::Unavailable, QStringLiteral("Google is away."));
        return {};
    }
    base::Result<std::vector<server::core::CalendarEvent>>
    events(const base::Secret &token, const server::core::TimeRange &, int) override
    {
        if (const auto taken = check(token); !taken)
            return failed(taken);
        return std::vector<server::core::CalendarEvent>(3);
    }
    base::Result<std::vector<server::core::TimeRange>>
    busy(const base::Secret &token, const server::core::TimeRange &) override
    {
        if (const auto taken = check(token); !taken)
            return failed(taken);
        return std::vector<server::core::TimeRange>();
    }
    base::Result<QString> timeZone(const base::Secret &token) override
    {
        if (const auto taken = check(token); !taken)
            return failed(taken);
        return QStringLiteral("Europe/Paris");
    }
    base::Result<server::core::CalendarEvent>
    insert(const base::Secret &token, const server::core::NewCalendarEvent &) override
    {
        if (const auto taken = check(token); !taken)
            return failed(taken);
        return server::core::CalendarEvent();
    }
    base::Result<std::optional<server::core::CalendarEvent>> find(const base::Secret &token,
                                                                  const QString &) override
    {
        if (const auto taken = check(token); !taken)
            return failed(taken);
        return std::nullopt;
    }

    server::core::CalendarTokens issue(bool withRefreshToken)
    {
        const std::lock_guard lock(m_mutex);
        return issueLocked(withRefreshToken);
    }

    /// The provider forgets every access token: the next request meets a refusal.
    void forgetTokens()
    {
        const std::lock_guard lock(m_mutex);
        m_alive.clear();
    }

private:
    server::core::CalendarTokens issueLocked(bool withRefreshToken)
    {
        current = QStringLiteral("access%1").arg(++m_issued);
        m_alive.insert(current);
        return {base::Secret(current.toLatin1()),
                base::Secret(withRefreshToken ? QByteArray("refresh") : QByteArray()),
                now.addSecs(lifetime)};
    }
    base::Result<> check(const base::Secret &token)
    {
        const std::lock_guard lock(m_mutex);
        if (refusesTokens || !m_alive.contains(QString::fromLatin1(token.reveal())))
            return base::fail(base::Fault::Unauthenticated, QStringLiteral("Invalid Credentials"));
        return {};
    }

    std::mutex m_mutex;
    int m_issued = 0;
    QSet<QString> m_alive;
};

} // namespace tests
