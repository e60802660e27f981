// Consent to users' calendars, in SQL.
#pragma once

#include "server/core/calendar/connection_ports.h"

namespace server::store {

class Database;

/// Any thread; every call blocks. The database must outlive it. Writes about one user wait for each
/// other on the user's row.
class SqlCalendarConsentStore final : public core::CalendarConsentStore
{
public:
    explicit SqlCalendarConsentStore(Database &database) : m_database(database) {}

    base::Result<> addPending(const QByteArray &stateHash, const core::PendingConsent &consent,
                              const QDateTime &now) override;
    base::Result<std::optional<core::PendingConsent>>
    takePending(const QByteArray &stateHash) override;
    base::Result<std::optional<core::StoredConsent>> find(base::UserId user) override;
    base::Result<bool> connect(base::UserId user, const core::StoredConsent &consent,
                               const QDateTime &now) override;
    base::Result<bool> replace(base::UserId user, const QString &revision,
                               const core::StoredConsent &consent, const QDateTime &now) override;
    base::Result<bool> disconnect(base::UserId user,
                                  const std::optional<QString> &revision) override;
    base::Result<int> removeExpired(const QDateTime &now) override;

private:
    Database &m_database;
};

} // namespace server::store
