// Consent and tokens of the calendar provider (OAuth 2.0 with PKCE).
#pragma once

#include "tests/sandbox/google_settings.h"
#include "tests/sandbox/http_listener.h"
#include "tests/sandbox/journal.h"

#include <QDateTime>

#include <vector>

namespace sandbox {

/// Stands in for accounts.google.com and oauth2.googleapis.com. Whoever is signed in at the browser
/// consents at once, or refuses when told to. Lives on the sandbox's loop.
class GoogleAccounts
{
public:
    GoogleAccounts(const GoogleSettings &settings, Journal &journal)
        : m_settings(settings), m_journal(journal), m_signedIn(settings.account)
    {
    }

    /// Whose calendar the next consent is for.
    void signIn(const QString &account) { m_signedIn = account; }
    const QString &signedIn() const { return m_signedIn; }
    /// The next consents are refused.
    void refuseConsent(bool refuse) { m_isRefusing = refuse; }
    /// The owner of the account takes every consent back, as on Google's own page.
    void takeBack(const QString &account);
    /// Access tokens end at once; refresh tokens stay.
    void expireAccessTokens();
    int refreshes() const { return m_refreshes; }
    /// True when somebody holds a consent of the account.
    bool hasConsent(const QString &account) const;

    /// GET /o/oauth2/auth: a page for browsers, which sends them back with a code.
    HttpAnswer consent(const HttpRequest &request);
    /// POST /token.
    HttpAnswer token(const Form &form);
    /// POST /revoke.
    HttpAnswer revoke(const Form &form);
    /// The account that the bearer token of a request is good for; empty: none.
    QString accountOf(const HttpRequest &request) const;

private:
    struct Code
    {
        QString code;
        QString account;
        QString redirectUri;
        QByteArray challenge;
        QString scope;
    };
    struct Grant
    {
        QString account;
        QString refreshToken;
        QString accessToken;
        QDateTime accessEnds;
        QString scope;
    };

    HttpAnswer exchange(const Form &form);
    HttpAnswer refresh(const Form &form);
    HttpAnswer renew(Grant &grant, bool withRefreshToken);
    HttpAnswer wrong(const QString &error, const QString &description);

    const GoogleSettings &m_settings;
    Journal &m_journal;
    QString m_signedIn;
    bool m_isRefusing = false;
    int m_refreshes = 0;
    std::vector<Code> m_codes;
    std::vector<Grant> m_grants;
};

} // namespace sandbox
