// What was used in a month, and what clients say that they used.
#pragma once

#include "server/core/payments/usage_record.h"
#include "shared/base/clock.h"

namespace server::core {

/// Records of use. Those that are charged are written where the use itself is stored, each once.
/// Thread-safe; blocks.
class UsageRecordStore
{
public:
    virtual ~UsageRecordStore() = default;

    /// Adds what a client reported; its id.
    virtual base::Result<qint64> addReported(const UsageRecord &record) = 0;
    /// Whether that call, transcript or scenario is the user's.
    virtual base::Result<bool> owns(base::UserId user, MeteredService service,
                                    qint64 resourceId) = 0;
    virtual base::Result<std::vector<UsageTotal>> totals(base::UserId user,
                                                         const QString &billingPeriod) = 0;
    /// By id.
    virtual base::Result<std::vector<UsageRecord>> ofUser(base::UserId user, int limit,
                                                          int offset) = 0;
};

/// Thread-safe; blocks on the store. Ports must outlive it.
class UsageRecords final
{
public:
    struct Ports
    {
        UsageRecordStore &store;
        const PlanBook &plans;
        base::Clock now;
    };

    explicit UsageRecords(Ports ports) : m_ports(std::move(ports)) {}

    /// Keeps what a client reports: user, service, amount, unit and resource of `said` count, the
    /// rest is ours. Fault::NotFound for a resource that is not the user's.
    base::Result<UsageRecord> report(const UsageRecord &said) const;
    base::Result<std::vector<UsageTotal>> totals(base::UserId user,
                                                 const QString &billingPeriod) const;
    QDateTime now() const { return m_ports.now(); }

private:
    const Ports m_ports;
};

} // namespace server::core
