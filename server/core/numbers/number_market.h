// What is bought and released at the phone network.
#pragma once

#include "server/core/numbers/phone_account.h"

namespace server::core {

/// A number that may be bought.
struct AvailableNumber
{
    QString e164;
    QString friendlyName; ///< as people write it
    QString locality;
    QString region;
    bool hasVoice = false;
    bool hasSms = false;
};

/// A number of an account, as the phone network shows it.
struct NetworkNumber
{
    QString sid;
    QString e164;
    QString friendlyName;
    QDateTime createdAt;
    bool hasVoice = false;
    bool hasSms = false;
};

/// An account, as the phone network shows it.
struct NetworkAccount
{
    QString sid;
    QString status;  ///< "active", "suspended" or "closed"
    QString balance; ///< decimal text
    QString currency;
};

/// The phone network's web service: each call is one or two requests. Thread-safe; blocks.
/// Fault::Invalid with the network's words: it refused. Fault::Unauthenticated: it does not accept
/// the account's token. Fault::Timeout, Fault::Upstream: no usable answer, and nobody knows whether
/// it was done. Fault::Unavailable: the service has no account.
class NumberMarket
{
public:
    virtual ~NumberMarket() = default;

    /// Its status alone.
    virtual base::Result<NetworkAccount> look(const PhoneAccount &account) = 0;
    virtual base::Result<NetworkAccount> lookWithBalance(const PhoneAccount &account) = 0;
    /// Local numbers of the United States that speak and text. `areaCode` may be empty.
    virtual base::Result<std::vector<AvailableNumber>>
    search(const PhoneAccount &account, const QString &areaCode, int limit) = 0;
    /// Buys it under that name and points it to us.
    virtual base::Result<NetworkNumber> buy(const PhoneAccount &account, const QString &e164,
                                            const QString &name) = 0;
    /// One that is not there any more is released.
    virtual base::Result<> release(const PhoneAccount &account, const QString &sid) = 0;
    virtual base::Result<std::optional<NetworkNumber>> find(const PhoneAccount &account,
                                                            const QString &sid) = 0;
    /// The account's numbers of exactly that name.
    virtual base::Result<std::vector<NetworkNumber>> named(const PhoneAccount &account,
                                                           const QString &name) = 0;
    virtual base::Result<std::optional<NetworkNumber>> byNumber(const PhoneAccount &account,
                                                                const QString &e164) = 0;
};

} // namespace server::core
