// Users who bring their own account at the phone network.
#pragma once

#include "server/core/numbers/number_market.h"
#include "server/core/numbers/phone_number.h"
#include "shared/base/clock.h"

namespace server::core {

/// Takes, shows and forgets users' own credentials. They are tried before they are kept, and the
/// token never comes out again. Any thread; blocks. Ports must outlive it.
class OwnAccounts final
{
public:
    struct Ports
    {
        OwnAccountStore &store;
        const PhoneAccounts &accounts;
        NumberMarket &market;
        base::Clock now;
    };

    explicit OwnAccounts(Ports ports) : m_ports(std::move(ports)) {}

    /// Fault::Invalid: the phone network does not accept them, the account is not active, or the
    /// number is not the account's. Fault::Conflict: the account is the service's own, or the
    /// number another user's.
    base::Result<OwnAccount> connect(base::UserId user, const PhoneAccount &account,
                                     const std::optional<PhoneNumber> &number);
    /// Fault::NotFound when there is none.
    base::Result<OwnAccount> show(base::UserId user) const;
    /// Fault::NotFound when there was none.
    base::Result<> disconnect(base::UserId user);

private:
    base::Result<> check(const PhoneAccount &account);

    Ports m_ports;
};

} // namespace server::core
