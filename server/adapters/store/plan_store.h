// The catalogue in the database.
#pragma once

#include "server/adapters/store/database.h"
#include "server/core/payments/plan_editor.h"

namespace server::store {

/// Thread-safe. The database must outlive it.
class SqlPlanStore final : public core::PlanDefinitions
{
public:
    explicit SqlPlanStore(Database &database) : m_database(database) {}

    /// Brings the rows that nobody edited in line with the shipped catalogue. At start.
    base::Result<> follow(const QJsonObject &shipped);
    /// The catalogue as it stands in the tables.
    base::Result<core::PlanCatalogue> load();

    base::Result<std::optional<QJsonObject>> definition(const QString &id) override;
    base::Result<core::PlanCatalogue> save(const QJsonObject &definition, bool isNew,
                                           const core::AuditEntry &entry) override;
    base::Result<std::optional<core::PlanCatalogue>>
    removeUnused(const QString &id, const core::AuditEntry &entry) override;

private:
    Database &m_database;
};

} // namespace server::store
