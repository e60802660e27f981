// The catalogue in the database.
#pragma once

#include "server/adapters/store/database.h"
#include "server/core/plans/plan_catalogue.h"

namespace server::store {

/// Thread-safe. The database must outlive it.
class SqlPlanStore final
{
public:
    explicit SqlPlanStore(Database &database) : m_database(database) {}

    /// Brings the rows that nobody edited in line with the shipped catalogue. At start.
    base::Result<> follow(const QJsonObject &shipped);
    /// The catalogue as it stands in the tables.
    base::Result<core::PlanCatalogue> load();

private:
    Database &m_database;
};

} // namespace server::store
