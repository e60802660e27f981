// Calls in the database.
#pragma once

#include "server/adapters/store/database.h"
#include "server/core/calls/call_ports.h"
#include "server/core/plans/plan_catalogue.h"

namespace server::store {

/// A call that never connects gives its count back in the same step, and one that ends leaves its
/// seconds. Thread-safe. What it is made with must outlive it.
class SqlCallStore final : public core::CallStore
{
public:
    SqlCallStore(Database &database, const core::PlanBook &plans)
        : m_database(database), m_plans(plans)
    {
    }

    base::Result<core::Call> add(const core::Call &call) override;
    base::Result<void> setSid(base::CallId id, const QString &callSid,
                              core::CallStatus status) override;
    base::Result<bool> adoptSid(base::CallId id, const QString &callSid) override;
    base::Result<std::optional<core::Call>> byId(base::CallId id) override;
    base::Result<std::optional<core::Call>> bySid(const QString &callSid) override;
    base::Result<std::vector<core::Call>> ofOwner(base::UserId owner, int limit,
                                                  int offset) override;
    base::Result<std::optional<core::Call>> underWay(base::UserId owner, const QString &phoneNumber,
                                                     const QString &scenario,
                                                     const QDateTime &since) override;
    base::Result<void> setMediaToken(base::CallId id, const QByteArray &tokenHash,
                                     const QDateTime &expiresAt) override;
    base::Result<std::optional<core::Call>> redeemMediaToken(const QByteArray &tokenHash,
                                                             const QDateTime &now) override;
    base::Result<bool> setStatus(base::CallId id, core::CallStatus status, const QDateTime &at,
                                 std::optional<int> durationSeconds,
                                 const QString &endReason) override;
    base::Result<void> setEndReason(base::CallId id, const QString &endReason) override;
    base::Result<void> setAnsweredBy(base::CallId id, const QString &answeredBy) override;
    base::Result<void> setRecordingSid(base::CallId id, const QString &recordingSid) override;
    base::Result<void> storeEnding(const core::CallEnding &ending) override;
    base::Result<std::optional<protocol::CallDetail>> detail(base::CallId id) override;
    base::Result<int> closeAbandoned(const QDateTime &createdBefore, const QDateTime &now) override;

private:
    Database &m_database;
    const core::PlanBook &m_plans;
};

} // namespace server::store
