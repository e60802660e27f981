// The business plans, as staff change them.
#pragma once

#include "server/core/accounts/account_ports.h"
#include "server/core/plans/plan_catalogue.h"
#include "shared/base/clock.h"

namespace server::core {

/// Plans as documents of the catalogue. Thread-safe; blocks.
class PlanDefinitions
{
public:
    virtual ~PlanDefinitions() = default;

    virtual base::Result<std::optional<QJsonObject>> definition(const QString &id) = 0;
    /// Writes a plan and the audit entry in one step, unless the whole catalogue would make no
    /// sense then (Fault::Invalid); the catalogue as it is now. Fault::Conflict when a new one
    /// exists.
    virtual base::Result<PlanCatalogue> save(const QJsonObject &definition, bool isNew,
                                             const AuditEntry &entry) = 0;
    /// Deletes a plan that nobody has or ever had; nothing when somebody does, or did.
    virtual base::Result<std::optional<PlanCatalogue>> removeUnused(const QString &id,
                                                                    const AuditEntry &entry) = 0;
};

/// Makes, changes and removes the plans that the web app offers. Thread-safe; blocks on the store.
class PlanEditor final
{
public:
    struct Ports
    {
        PlanDefinitions &store;
        PlanBook &book; ///< follows every change at once; other servers' follow when they reload
        base::Clock now;
        bool mayRemoveShipped = false; ///< plans that came with the program; for development
    };
    /// Who asks.
    struct Actor
    {
        base::UserId user;
        QString requestId;
    };
    /// What is given replaces the whole of what there was.
    struct Draft
    {
        std::optional<QString> name;
        std::optional<PlanType> type; ///< Monthly, Yearly or Usage
        std::optional<QJsonObject> features;
        std::optional<QJsonObject> pricing;
        std::optional<base::Money> price;
        std::optional<int> weeklyCalls; ///< a new plan without them has no limit
    };

    explicit PlanEditor(Ports ports) : m_ports(std::move(ports)) {}

    /// REQUIRES: name, type and features. Fault::Invalid for an id or a value that cannot be,
    /// Fault::Conflict for an id that is taken.
    base::Result<Plan> create(const Actor &actor, const QString &id, const Draft &draft) const;
    /// Fault::NotFound for a plan that the web app does not offer.
    base::Result<Plan> update(const Actor &actor, const QString &id, const Draft &draft) const;
    /// A plan that somebody has, or had, is hidden: it goes on for them. Fault::Forbidden for one
    /// that came with the program. The plan as it was.
    base::Result<Plan> remove(const Actor &actor, const QString &id) const;

private:
    base::Result<Plan> save(const Actor &actor, const QJsonObject &definition, bool isNew,
                            const char *action) const;
    base::Result<QJsonObject> offered(const QString &id) const;
    AuditEntry entryOf(const Actor &actor, const char *action, const QString &id) const;

    const Ports m_ports;
};

} // namespace server::core
