// Who somebody is, and how they prove it.
#pragma once

#include "server/core/accounts/access_tokens.h"
#include "server/core/accounts/account_ports.h"
#include "server/core/accounts/apple_ports.h"
#include "server/core/accounts/opaque_token.h"
#include "server/core/accounts/password_hasher.h"
#include "server/core/accounts/refresh_rule.h"
#include "shared/base/clock.h"
#include "shared/base/result.h"

#include <chrono>

namespace server::core {

/// Registration, sign-in, tokens, tickets and roles.
///
/// Why it exists: whether somebody is let in is decided here and nowhere else.
/// Any thread; every call may block on the store, and registerUser, signIn and createAdmin hash a
/// password, so they belong on the slow lane. Every port must outlive it.
///
/// Faults: Invalid "Email already registered"; Unauthenticated for anything that fails to prove who
/// is asking; Unprocessable for a field that cannot be taken; NotFound for a user that does not
/// exist; and the store's own.
class AccountService final
{
public:
    struct Ports
    {
        AccountStore &store;
        AuditLog &audit;
        const PasswordHasher &hasher;
        const AccessTokens &tokens;
        base::Clock now = base::utcNow;
        RandomBytes random = systemRandom;
    };
    struct Options
    {
        RefreshMode refreshMode = RefreshMode::Lenient;
        std::chrono::seconds refreshLifetime = std::chrono::hours(24 * 7);
        std::chrono::seconds ticketLifetime{30};
    };
    /// Whether a sign-in also starts a family of refresh tokens.
    enum class Grant { AccessAndRefresh, AccessOnly };

    struct SignedIn
    {
        Principal user;
        protocol::TokenPair tokens;
    };
    struct AppleSignedIn
    {
        SignedIn signedIn;
        bool isNewUser = false;
    };
    struct SocketTicket
    {
        QString ticket;
        QDateTime expiresAt;
    };

    explicit AccountService(Ports ports);
    AccountService(Ports ports, Options options);

    base::Result<SignedIn> registerUser(const QString &email, const QString &password,
                                        Platform platform, const QString &userAgent = {});
    /// "Incorrect username or password" for any combination that does not fit; an unknown user
    /// takes as long as a known. The iOS app sends its form unescaped, so that a + arrives as a
    /// space: an address with spaces is looked up with + in their place, and a password with
    /// spaces is tried that way too.
    base::Result<SignedIn> signIn(const QString &email, const QString &password,
                                  Grant grant = Grant::AccessAndRefresh,
                                  const QString &userAgent = {});
    /// Signs in whom Apple vouches for, and makes their account on the first time, for the mobile
    /// platform. `name` is what the app was told; it names an account that has no name yet.
    /// Fault::Invalid "Email is required", or "Email already registered with different
    /// authentication method": an account with a password is never taken over.
    base::Result<AppleSignedIn> signInWithApple(const AppleIdentity &identity, const QString &name,
                                                const QString &userAgent = {});
    base::Result<SignedIn> refresh(const QString &refreshToken, const QString &userAgent = {});
    /// Revokes the refresh tokens of the access token's owner, and the family of the refresh token;
    /// either may be empty or invalid, which is no error: afterwards nobody is signed in by them.
    base::Result<> signOut(const QString &accessToken, const QString &refreshToken);
    /// "Could not validate credentials" unless the token is good and its user exists and is active.
    base::Result<Principal> authenticate(const QString &accessToken) const;

    /// The sign-in that an access token came from; empty for one that came from none.
    QString sessionOf(const QString &accessToken) const;
    /// An access token for a sign-in that lasts already, such as after a change of password.
    base::Result<QString> renewAccess(base::UserId user, const QString &session) const;
    /// Where somebody is signed in, the most recently used first.
    base::Result<std::vector<SignInSession>> sessionsOf(base::UserId user) const;
    /// NotFound "Session not found" for one that is not theirs or has ended.
    base::Result<> endSession(base::UserId user, const QString &session);

    base::Result<Principal> setName(const Principal &user, const QString &name);
    /// `actor` is whoever decided it; none for the operator at the command line. Audited.
    base::Result<Principal> setRole(base::UserId actor, base::UserId user, protocol::Role role);
    /// Makes an account with a role. One that exists gets the role and the password, is made
    /// active, and is signed out everywhere. For the operator at the command line. Audited.
    base::Result<Principal> createAdmin(const QString &email, const QString &password,
                                        protocol::Role role = protocol::Role::Admin);

    /// A ticket opens one WebSocket once, so that no lasting token stands in a URL.
    base::Result<SocketTicket> issueSocketTicket(base::UserId user);
    base::Result<Principal> redeemSocketTicket(const QString &ticket);

private:
    base::Result<SignedIn> issueTokens(const Account &account, Grant grant,
                                       const QString &userAgent);
    base::Result<QString> issueAccessToken(base::UserId user, const QString &email,
                                           const QString &session) const;
    base::Result<std::optional<Account>> findForSignIn(const QString &email) const;
    void upgradeHash(const Account &account, const QString &password) const;
    base::Result<Account> createAppleUser(const AppleIdentity &identity, const QString &name);
    base::Result<Principal> activePrincipal(base::UserId user) const;
    base::Result<Principal> takeOverAccount(const Account &account, const QByteArray &hash,
                                            protocol::Role role);
    base::Result<> auditRole(base::UserId actor, base::UserId user, protocol::Role role);

    const Ports m_ports;
    const Options m_options;
};

} // namespace server::core
