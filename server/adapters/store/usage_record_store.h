// Records of use in the database.
#pragma once

#include "server/adapters/store/database.h"
#include "server/core/payments/usage_records.h"

namespace server::store {

/// Thread-safe. The database must outlive it.
class SqlUsageRecordStore final : public core::UsageRecordStore
{
public:
    explicit SqlUsageRecordStore(Database &database) : m_database(database) {}

    base::Result<qint64> addReported(const core::UsageRecord &record) override;
    base::Result<bool> owns(base::UserId user, core::MeteredService service,
                            qint64 resourceId) override;
    base::Result<std::vector<core::UsageTotal>> totals(base::UserId user,
                                                       const QString &billingPeriod) override;
    base::Result<std::vector<core::UsageRecord>> ofUser(base::UserId user, int limit,
                                                        int offset) override;

private:
    Database &m_database;
};

/// Meters a call that lasted so long, under a key of its own: once, however often it is told; a
/// second word replaces the first. For the transaction that stores the call's end.
base::Result<> meterCall(Session &session, base::CallId call, int seconds,
                         const core::Standing &standing, const core::PlanCatalogue &plans,
                         const QDateTime &now);

} // namespace server::store
