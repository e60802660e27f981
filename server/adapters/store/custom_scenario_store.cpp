#include "server/adapters/store/custom_scenario_store.h"

namespace server::store {

using base::Fault;
using base::Result;

namespace {

const QString kColumns =
    QStringLiteral("SELECT scenario_id, user_id, name, persona, prompt, voice_type, temperature, "
                   "created_at, updated_at FROM custom_scenarios ");

// Two requests of one user take turns, so that both cannot count the same last free place.
const Sql kLockOwner(QStringLiteral("SELECT id FROM users WHERE id = ? FOR UPDATE"),
                     QStringLiteral("SELECT id FROM users WHERE id = ?"));
const Sql kCount(QStringLiteral("SELECT count(*) FROM custom_scenarios WHERE user_id = ?"));
const Sql kAdd(QStringLiteral(
    "INSERT INTO custom_scenarios (scenario_id, user_id, name, persona, prompt, voice_type, "
    "temperature, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"));
const Sql kFind(kColumns + QStringLiteral("WHERE user_id = ? AND scenario_id = ?"));
const Sql kOfOwner(kColumns + QStringLiteral("WHERE user_id = ? ORDER BY id"));
const Sql kUpdate(QStringLiteral(
    "UPDATE custom_scenarios SET name = ?, persona = ?, prompt = ?, voice_type = ?, temperature = "
    "?, updated_at = ? WHERE user_id = ? AND scenario_id = ?"));
const Sql
    kRemove(QStringLiteral("DELETE FROM custom_scenarios WHERE user_id = ? AND scenario_id = ?"));

core::CustomScenario toScenario(const Row &row)
{
    core::CustomScenario scenario;
    scenario.id = row.text(0);
    scenario.owner = {row.integer(1)};
    scenario.name = row.text(2);
    scenario.persona = row.text(3);
    scenario.prompt = row.text(4);
    scenario.voiceType = row.text(5);
    scenario.temperature = row.real(6);
    scenario.createdAt = row.time(7);
    scenario.updatedAt = row.time(8);
    return scenario;
}

} // namespace

Result<> SqlCustomScenarioStore::add(const core::CustomScenario &scenario, std::optional<int> limit)
{
    return m_database.session().transaction([&](Session &session) -> Result<> {
        if (const auto locked = session.execute(kLockOwner, {scenario.owner.value}); !locked)
            return base::failed(locked);
        const auto count = session.execute(kCount, {scenario.owner.value});
        if (!count)
            return base::failed(count);
        if (limit && count->first().integer(0) >= *limit)
            return base::fail(Fault::Conflict, QStringLiteral("No more custom scenarios"));
        const auto added =
            session.execute(kAdd, {scenario.id, scenario.owner.value, scenario.name,
                                   scenario.persona, scenario.prompt, scenario.voiceType,
                                   scenario.temperature, scenario.createdAt, scenario.createdAt});
        if (!added)
            return base::failed(added);
        return {};
    });
}

Result<std::optional<core::CustomScenario>> SqlCustomScenarioStore::find(base::UserId owner,
                                                                         const QString &id)
{
    const auto rows = m_database.session().execute(kFind, {owner.value, id});
    if (!rows)
        return base::failed(rows);
    return rows->firstAs(toScenario);
}

Result<std::vector<core::CustomScenario>> SqlCustomScenarioStore::ofOwner(base::UserId owner)
{
    const auto rows = m_database.session().execute(kOfOwner, {owner.value});
    if (!rows)
        return base::failed(rows);
    return rows->map(toScenario);
}

Result<bool> SqlCustomScenarioStore::update(const core::CustomScenario &scenario)
{
    const auto rows = m_database.session().execute(
        kUpdate, {scenario.name, scenario.persona, scenario.prompt, scenario.voiceType,
                  scenario.temperature, scenario.updatedAt, scenario.owner.value, scenario.id});
    if (!rows)
        return base::failed(rows);
    return rows->affected > 0;
}

Result<bool> SqlCustomScenarioStore::remove(base::UserId owner, const QString &id)
{
    const auto rows = m_database.session().execute(kRemove, {owner.value, id});
    if (!rows)
        return base::failed(rows);
    return rows->affected > 0;
}

} // namespace server::store
