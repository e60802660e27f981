// The gate with its store: what a person may do, and what they are told about it.
#pragma once

#include "server/core/calls/call_ports.h"
#include "server/core/dialling/dialling_rules.h"
#include "server/core/usage/gate.h"
#include "server/core/usage/usage_ports.h"
#include "shared/base/clock.h"

namespace server::core {

/// A standing together with the catalogue it was judged by, whose plans it points to.
struct UsageView
{
    Standing standing;
    std::shared_ptr<const PlanCatalogue> catalogue;
    Verdict verdict;
    QDateTime at;

    /// Has a subscription that gives rights.
    bool isSubscribed() const
    {
        return standing.subscription
               && hasRights(statusAt(*standing.subscription, catalogue->rules(), at));
    }
};

/// Any thread; blocks on the store. Ports must outlive it.
class UsageService final : public CallReserver
{
public:
    struct Ports
    {
        UsageStore &store;
        const PlanBook &plans;
        const DiallingRules &rules;
        base::Clock now;
    };

    explicit UsageService(Ports ports) : m_ports(std::move(ports)) {}

    /// How the person stands now; counts nothing.
    base::Result<UsageView> look(base::UserId user) const;

    /// Reserves a call: its row, its count and its charge, or the verdict that refuses it as
    /// Fault::PaymentRequired with the gate's status as `cause` and its message. A number that is
    /// not to be called is refused as DiallingRules::admit() says, and counts nothing.
    base::Result<Call> reserve(const Call &call) const override;

    /// Puts a user on a plan for one or more of its periods from now. Fault::NotFound for a plan or
    /// user that does not exist; Fault::Unprocessable for a plan of the other platform, or one that
    /// is no subscription.
    base::Result<UsageView> grant(base::UserId actor, base::UserId user, const QString &planId,
                                  int periods, const QString &requestId) const;
    /// Fault::Conflict for a subscription that a payer runs: it has to be cancelled there.
    base::Result<UsageView> end(base::UserId actor, base::UserId user, bool atPeriodEnd,
                                const QString &requestId) const;

    std::shared_ptr<const PlanCatalogue> catalogue() const { return m_ports.plans.current(); }

private:
    UsageView seen(Standing standing, const QDateTime &now) const;

    Ports m_ports;
};

} // namespace server::core
