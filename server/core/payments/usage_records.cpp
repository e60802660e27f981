#include "server/core/payments/usage_records.h"

namespace server::core {

using base::Fault;
using base::Result;

Result<UsageRecord> UsageRecords::report(const UsageRecord &said) const
{
    if (said.resourceId != 0) {
        const auto isOwner = m_ports.store.owns(said.user, said.service, said.resourceId);
        if (!isOwner)
            return failed(isOwner);
        if (!*isOwner)
            return base::fail(Fault::NotFound,
                              QStringLiteral("There is no such resource of yours"));
    }
    UsageRecord record = said;
    record.cost = unitPrice(record.service, *m_ports.plans.current());
    record.cost.minor *= record.amount;
    record.isReported = true;
    record.recordedAt = m_ports.now();
    record.billingPeriod = billingPeriodOf(record.recordedAt);
    const auto id = m_ports.store.addReported(record);
    if (!id)
        return failed(id);
    record.id = *id;
    return record;
}

Result<std::vector<UsageTotal>> UsageRecords::totals(base::UserId user,
                                                     const QString &billingPeriod) const
{
    return m_ports.store.totals(user, billingPeriod);
}

} // namespace server::core
