// What payments need from the world outside the core.
#pragma once

#include "server/core/payments/billing.h"
#include "server/core/payments/payment.h"
#include "server/core/usage/standing.h"

#include <functional>
#include <vector>

namespace server::core {

/// What is known of Stripe's customers, subscriptions and payments. Thread-safe; blocks.
class BillingStore
{
public:
    using Work = std::function<base::Result<>()>;

    virtual ~BillingStore() = default;

    /// What `work` does to this store and to PaidSubscriptions happens in one step, or not at all.
    virtual base::Result<> inOneStep(const Work &work) = 0;

    /// Empty when the user has none.
    virtual base::Result<QString> customerOf(base::UserId user) = 0;
    virtual base::Result<> setCustomer(base::UserId user, const QString &customerId,
                                       const QDateTime &now) = 0;
    /// The user of a customer, else `claimed` if there is such a user, else none.
    virtual base::Result<base::UserId> ownerOf(const QString &customerId, base::UserId claimed) = 0;

    /// Notes an order that is about to go out, and when it first did: a repetition of one that
    /// nobody saw answered gets the time of the first. Fault::Conflict while another order for the
    /// same purpose is under way.
    virtual base::Result<QDateTime> beginAttempt(base::UserId user, const QString &purpose,
                                                 const QByteArray &requestHash,
                                                 const QDateTime &now) = 0;
    virtual base::Result<> endAttempt(base::UserId user, const QString &purpose) = 0;

    /// Within inOneStep() nobody else changes it until that is over.
    virtual base::Result<std::optional<BillingRecord>> record(const QString &subscriptionId) = 0;
    virtual base::Result<> save(const BillingRecord &record) = 0;
    /// The user's newest subscription that is not over.
    virtual base::Result<std::optional<BillingRecord>> liveOf(base::UserId user) = 0;

    /// Adds a payment, or brings the one of that invoice or intent up to date as mayFollow() says.
    virtual base::Result<> savePayment(const Payment &payment) = 0;
    virtual base::Result<> refund(const QString &invoiceId, const QString &intentId) = 0;
    /// The newest first.
    virtual base::Result<std::vector<Payment>> paymentsOf(base::UserId user, int limit,
                                                          int offset) = 0;
};

/// An event of a payer, and which.
struct PaymentEventKey
{
    QString source; ///< "stripe" or "app_store"
    QString id;
    QString type;
    QDateTime occurredAt;
};

/// Which events were heard. Thread-safe; blocks.
class PaymentEventStore
{
public:
    virtual ~PaymentEventStore() = default;

    /// Notes the event and does `work` in one step; false, and nothing done, when it was heard
    /// before.
    virtual base::Result<bool> once(const PaymentEventKey &key, const QDateTime &now,
                                    const BillingStore::Work &work) = 0;
    /// Keeps why an event had no effect. It may come again.
    virtual base::Result<> noteFailure(const PaymentEventKey &key, const QDateTime &now,
                                       const QString &why) = 0;
    /// Forgets events received before; how many.
    virtual base::Result<int> removeBefore(const QDateTime &time) = 0;
};

/// What payers do to the standing of users. Thread-safe; blocks. Every change is audited in its own
/// step. A user that is gone by now is no error.
class PaidSubscriptions
{
public:
    virtual ~PaidSubscriptions() = default;

    /// As followRule() says. A lastPaymentAt that is not known leaves the one before.
    virtual base::Result<> follow(base::UserId user, const Subscription &subscription,
                                  const QDateTime &now) = 0;
    /// Adds calls that are used when a quota is spent; the expiry moves for all of them. A negative
    /// number takes back what is left of them.
    virtual base::Result<> addCalls(base::UserId user, int calls, const QDateTime &expiresAt,
                                    const QDateTime &now) = 0;
};

} // namespace server::core
