// What people bought in the App Store, and what becomes of it.
#pragma once

#include "server/core/payments/payment_ports.h"
#include "server/core/payments/store_purchase.h"
#include "server/core/usage/usage_service.h"

namespace server::core {

/// Checks what Apple has signed. Thread-safe; blocks while Apple is asked.
class StoreVerifier
{
public:
    virtual ~StoreVerifier() = default;

    /// The newest transaction of one of `products` in a receipt, or the signed transaction itself,
    /// for our app and an environment that counts here. Fault::Invalid for anything else, with the
    /// reason; Fault::Upstream and Fault::Timeout when Apple could not be asked, Fault::Unavailable
    /// where the App Store is not set up.
    virtual base::Result<StoreTransaction> verify(const QString &receipt, bool isSandbox,
                                                  const QStringList &products) = 0;
    /// Fault::Unauthenticated for what Apple did not sign, or not for our app.
    virtual base::Result<StoreNotification> notification(const QString &signedPayload) = 0;
};

/// Who has redeemed what. Thread-safe; blocks. Used within BillingStore::inOneStep() or
/// PaymentEventStore::once().
class PurchaseStore
{
public:
    virtual ~PurchaseStore() = default;

    struct Redemption
    {
        base::UserId user; ///< none: of an account that is gone
        bool isNew = false;
    };
    /// Notes that the user redeems a transaction; of any number of tries one is new. The others
    /// change nothing and get who was first.
    virtual base::Result<Redemption> redeem(const StoreTransaction &transaction, base::UserId user,
                                            const QDateTime &now) = 0;
    /// Whose transaction it is, once: nothing for one that nobody redeemed, or that is refunded
    /// already.
    virtual base::Result<std::optional<base::UserId>> refund(const StoreTransaction &transaction,
                                                             const QDateTime &now) = 0;

    virtual base::Result<std::optional<StoreSubscription>>
    subscription(const QString &originalId) = 0;
    /// False when it is another user's.
    virtual base::Result<bool> save(const StoreSubscription &subscription) = 0;
};

/// Redeems purchases and follows Apple's word about them. Thread-safe; blocks on the store and on
/// Apple, never on both at once. Ports must outlive it.
class PurchaseService final
{
public:
    struct Ports
    {
        StoreVerifier &verifier;
        PurchaseStore &purchases;
        BillingStore &store;
        PaymentEventStore &events;
        PaidSubscriptions &subscriptions;
        const UsageService &usage;
        base::Clock now;
    };

    explicit PurchaseService(Ports ports) : m_ports(std::move(ports)) {}

    /// Gives the user what the receipt shows to be bought of `products`. Doing it again changes
    /// nothing. Fault::Invalid, with the reason, for a receipt that is not good, that somebody else
    /// has redeemed, or whose time is over.
    base::Result<UsageView> redeem(base::UserId user, const QString &receipt, bool isSandbox,
                                   const QStringList &products) const;

    /// False when it was heard before. Fault::Unauthenticated for what Apple did not sign.
    base::Result<bool> hear(const QString &signedPayload) const;

    std::shared_ptr<const PlanCatalogue> catalogue() const { return m_ports.usage.catalogue(); }

private:
    base::Result<> give(const StoreTransaction &transaction, const Plan &plan,
                        base::UserId user) const;
    base::Result<> subscribe(const StoreTransaction &transaction, const Plan &plan,
                             base::UserId user) const;
    base::Result<> apply(const StoreNotification &notification) const;
    base::Result<> takeBack(const StoreTransaction &transaction, const Plan &plan) const;

    const Ports m_ports;
};

} // namespace server::core
