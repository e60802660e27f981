// Accounts at the phone network: the service's, and those that users bring.
#pragma once

#include "server/core/numbers/number_ports.h"
#include "shared/base/ids.h"
#include "shared/base/result.h"
#include "shared/base/secret.h"

#include <QDateTime>
#include <QString>

#include <optional>
#include <vector>

namespace server::core {

struct PhoneAccount
{
    QString sid; ///< "AC..."; empty: the service has none (a desk without a phone network)
    base::Secret token;
};

/// What a request of the phone network says of itself, to be believed once its signature is good.
struct SignedFacts
{
    QString accountSid;
    QString callSid;
    base::CallId call; ///< of our own URL; none where it has none
    QString ourNumber; ///< the one of its two numbers that would be ours
};

/// Which account something goes through. Thread-safe; blocks. Fault::Unavailable when a user's
/// account is asked for and its credentials cannot be opened (any more).
class PhoneAccounts
{
public:
    virtual ~PhoneAccounts() = default;

    virtual const PhoneAccount &service() const = 0;
    /// The one for what a user does next: their own, else the service's.
    virtual base::Result<PhoneAccount> ofUser(base::UserId user) = 0;
    /// The one that an active number of a user is in; the service's for any other number.
    virtual base::Result<PhoneAccount> ofNumber(const QString &e164) = 0;
    /// The one that carries a call, which is the one its number on our side is in.
    virtual base::Result<PhoneAccount> ofCall(const QString &callSid) = 0;
    /// The service's, or the user's own; none when that is not (any more) theirs.
    virtual base::Result<std::optional<PhoneAccount>> find(base::UserId user,
                                                           const QString &accountSid) = 0;

    /// Tokens that may have signed such a request of a user's own account. None when the call or
    /// the number is not in that account: whoever brings an account can sign whatever they like
    /// with it, and must not speak for the calls of others.
    virtual base::Result<std::vector<base::Secret>> signersOf(const SignedFacts &facts) = 0;
    /// Tokens of users' accounts that have a call which waits for its media stream: a handshake
    /// does not say which account it is from.
    virtual base::Result<std::vector<base::Secret>> streamSigners(const QDateTime &now) = 0;
};

/// A user's own account, as it is kept.
struct OwnAccount
{
    base::UserId owner;
    QString accountSid;
    QString phoneNumber;   ///< of the account, that calls shall come from; E.164 or empty
    QDateTime connectedAt; ///< when it was given, or given anew
};

/// Keeps the accounts that users bring. Thread-safe; blocks.
class OwnAccountStore
{
public:
    virtual ~OwnAccountStore() = default;

    /// Replaces what the user had; numbers of another account of theirs are no longer active.
    /// `number` becomes one of the user's. Fault::Conflict when it is somebody else's;
    /// Fault::Unavailable where nothing can be sealed.
    virtual base::Result<> connect(const OwnAccount &account, const base::Secret &token,
                                   const std::optional<OwnedNumber> &number) = 0;
    virtual base::Result<std::optional<OwnAccount>> ownAccount(base::UserId user) = 0;
    /// Forgets account and token; its numbers are no longer active. False when there was none.
    virtual base::Result<bool> disconnect(base::UserId user) = 0;
};

} // namespace server::core
