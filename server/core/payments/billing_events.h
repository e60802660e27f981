// What Stripe tells, and what it means for users.
#pragma once

#include "server/core/payments/payment_ports.h"
#include "shared/base/clock.h"

namespace server::core {

/// Brings records, payments and standings in line with Stripe's word. Thread-safe; blocks on the
/// store, never on Stripe. Ports must outlive it.
class BillingEvents final
{
public:
    struct Ports
    {
        BillingStore &store;
        PaymentEventStore &events;
        PaidSubscriptions &subscriptions;
        const PlanBook &plans;
        base::Clock now;
    };

    explicit BillingEvents(Ports ports) : m_ports(std::move(ports)) {}

    /// False when it was heard before. After an error Stripe shall send it again.
    base::Result<bool> handle(const BillingEvent &event) const;
    /// An answer of Stripe to a request of ours.
    base::Result<> note(const BillingSubscription &subscription) const;

private:
    base::Result<> apply(const BillingEvent &event) const;
    /// An invalid `at` is an answer.
    base::Result<> apply(const BillingSubscription &told, const QDateTime &at,
                         const QDateTime &paidAt = {}) const;
    base::Result<> apply(const InvoiceTold &told, const QDateTime &at) const;
    base::Result<> apply(const IntentTold &told, const QDateTime &at) const;

    const Ports m_ports;
};

} // namespace server::core
