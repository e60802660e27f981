// Users' own scenarios in the database.
#pragma once

#include "server/adapters/store/database.h"
#include "server/core/scenarios/custom_scenario.h"

namespace server::store {

/// Thread-safe. The database must outlive it.
class SqlCustomScenarioStore final : public core::CustomScenarioStore
{
public:
    explicit SqlCustomScenarioStore(Database &database) : m_database(database) {}

    base::Result<> add(const core::CustomScenario &scenario, std::optional<int> limit) override;
    base::Result<std::optional<core::CustomScenario>> find(base::UserId owner,
                                                           const QString &id) override;
    base::Result<std::vector<core::CustomScenario>> ofOwner(base::UserId owner) override;
    base::Result<bool> update(const core::CustomScenario &scenario) override;
    base::Result<bool> remove(base::UserId owner, const QString &id) override;
    base::Result<std::vector<core::CustomScenarioVersion>> versions(base::UserId owner,
                                                                    const QString &id) override;
    base::Result<std::optional<core::CustomScenarioVersion>>
    version(base::UserId owner, const QString &id, qint64 number) override;

private:
    Database &m_database;
};

} // namespace server::store
