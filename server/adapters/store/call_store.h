// Calls in the database.
#pragma once

#include "server/adapters/store/database.h"
#include "server/core/calls/call_ports.h"

namespace server::store {

/// Thread-safe. The database must outlive it.
class SqlCallStore final : public core::CallStore
{
public:
    explicit SqlCallStore(Database &database) : m_database(database) {}

    base::Result<core::Call> add(const core::Call &call) override;
    base::Result<void> setSid(base::CallId id, const QString &callSid,
                              core::CallStatus status) override;
    base::Result<std::optional<core::Call>> byId(base::CallId id) override;
    base::Result<std::optional<core::Call>> bySid(const QString &callSid) override;
    base::Result<std::vector<core::Call>> ofOwner(base::UserId owner, int limit,
                                                  int offset) override;
    base::Result<void> setMediaToken(base::CallId id, const QByteArray &tokenHash,
                                     const QDateTime &expiresAt) override;
    base::Result<std::optional<core::Call>> redeemMediaToken(const QByteArray &tokenHash,
                                                             const QDateTime &now) override;
    base::Result<bool> setStatus(base::CallId id, core::CallStatus status, const QDateTime &at,
                                 std::optional<int> durationSeconds,
                                 const QString &endReason) override;
    base::Result<void> setEndReason(base::CallId id, const QString &endReason) override;
    base::Result<void> setRecordingSid(base::CallId id, const QString &recordingSid) override;
    base::Result<void> storeEnding(const core::CallEnding &ending) override;
    base::Result<std::optional<protocol::CallDetail>> detail(base::CallId id) override;
    base::Result<int> closeAbandoned(const QDateTime &createdBefore, const QDateTime &now) override;

private:
    Database &m_database;
};

} // namespace server::store
