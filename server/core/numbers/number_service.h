// Users' own telephone numbers: bought, shown, given back.
#pragma once

#include "server/core/numbers/number_market.h"
#include "server/core/numbers/phone_number.h"
#include "shared/base/clock.h"

namespace server::core {

/// A purchase is noted before it is made and recorded after it, and whoever asked is told only
/// then. So when something ends in between, nobody has been promised the number, and it is
/// released: at once where the recording failed or the network's answer got lost, else by heal(),
/// which finds it by the name it was bought under. Until then the purchase counts against the
/// limit.
///
/// Any thread; blocks on the store and on the phone network, never on both at once. Ports must
/// outlive it.
class NumberService final
{
public:
    struct Ports
    {
        NumberStore &store;
        PhoneAccounts &accounts;
        NumberMarket &market;
        base::Clock now;
    };

    explicit NumberService(Ports ports) : m_ports(std::move(ports)) {}

    struct AccountView
    {
        NetworkAccount account;
        bool isOwn = false; ///< the user's, not the service's
    };
    base::Result<AccountView> account(base::UserId user);
    base::Result<std::vector<AvailableNumber>> search(base::UserId user, const QString &areaCode,
                                                      int limit);

    /// A certain number, or the first to be had in an area, or anywhere.
    struct Wish
    {
        std::optional<PhoneNumber> number;
        QString areaCode;
    };
    /// Fault::LimitReached: they have `limit` already. Fault::NotFound: none is to be had there.
    /// Fault::Invalid with the phone network's words: it refused.
    base::Result<OwnedNumber> provision(base::UserId user, const Wish &wish, int limit);

    /// As the phone network shows them; as we know them where it does not answer. One that it has
    /// no more is not the user's any more.
    base::Result<std::vector<OwnedNumber>> ofOwner(base::UserId user);
    /// Fault::NotFound when there is none.
    base::Result<OwnedNumber> primaryOf(base::UserId user);
    /// Fault::NotFound unless it is the user's.
    base::Result<> release(base::UserId user, const PhoneNumber &number);

    /// Releases what purchases that nobody finished have bought, and numbers of deleted accounts.
    /// To be called now and then; how many were dealt with.
    base::Result<int> heal();

private:
    base::Result<NetworkNumber> buyOneOf(const PhoneAccount &account,
                                         const std::vector<QString> &candidates,
                                         const QString &marker);
    base::Result<OwnedNumber> buy(base::UserId user, const PhoneAccount &account, const Wish &wish,
                                  const QString &marker);
    /// True when there was something to release.
    base::Result<bool> releaseNamed(const PhoneAccount &account, const QString &marker);
    base::Result<> undoAbandoned(const NumberPurchase &purchase);
    base::Result<> releaseOrphan(const OwnedNumber &number);

    Ports m_ports;
};

} // namespace server::core
