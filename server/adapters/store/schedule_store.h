// Scheduled calls in the database.
#pragma once

#include "server/adapters/store/database.h"
#include "server/core/schedule/schedule_ports.h"

namespace server::store {

/// Thread-safe. The database must outlive it.
class SqlScheduleStore final : public core::ScheduleStore
{
public:
    explicit SqlScheduleStore(Database &database) : m_database(database) {}

    base::Result<core::ScheduledCall> add(const core::ScheduledCall &call) override;
    base::Result<std::vector<core::ScheduledCall>> ofOwner(base::UserId owner, int limit,
                                                           int offset) override;
    base::Result<bool> cancel(base::UserId owner, qint64 id) override;
    base::Result<std::vector<core::ScheduledCall>>
    claimDue(const QDateTime &now, const QDateTime &staleBefore, int limit) override;
    base::Result<> settle(qint64 id, core::ScheduleStatus status, base::CallId call,
                          const QString &note) override;
    base::Result<> postpone(const core::ScheduledCall &call, const QDateTime &until,
                            const QString &note) override;

private:
    Database &m_database;
};

} // namespace server::store
