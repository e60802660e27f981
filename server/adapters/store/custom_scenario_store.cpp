#include "server/adapters/store/custom_scenario_store.h"

namespace server::store {

using base::Fault;
using base::Result;

namespace {

const QString kScenarioColumns =
    QStringLiteral("SELECT scenario_id, user_id, name, persona, prompt, voice_type, temperature, "
                   "created_at, updated_at, ai_disclosure, version FROM custom_scenarios ");

// Two requests of one user take turns, so that both cannot count the same last free place.
const Sql kLockOwner(QStringLiteral("SELECT id FROM users WHERE id = ? FOR UPDATE"),
                     QStringLiteral("SELECT id FROM users WHERE id = ?"));
const Sql kScenarioCount(QStringLiteral("SELECT count(*) FROM custom_scenarios WHERE user_id = ?"));
const Sql kScenarioAdd(QStringLiteral(
    "INSERT INTO custom_scenarios (scenario_id, user_id, name, persona, prompt, voice_type, "
    "temperature, created_at, updated_at, ai_disclosure) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
    "RETURNING id, version"));
const Sql kScenarioFind(kScenarioColumns + QStringLiteral("WHERE user_id = ? AND scenario_id = ?"));
const Sql kScenarioOfOwner(kScenarioColumns + QStringLiteral("WHERE user_id = ? ORDER BY id"));
const Sql kScenarioUpdate(QStringLiteral(
    "UPDATE custom_scenarios SET name = ?, persona = ?, prompt = ?, voice_type = ?, temperature = "
    "?, updated_at = ?, ai_disclosure = ?, version = version + 1 "
    "WHERE user_id = ? AND scenario_id = ? RETURNING id, version"));
const Sql kScenarioRemove(
    QStringLiteral("DELETE FROM custom_scenarios WHERE user_id = ? AND scenario_id = ?"));

const QString kVersionColumns = QStringLiteral(
    "SELECT s.scenario_id, s.user_id, v.name, v.persona, v.prompt, v.voice_type, v.temperature, "
    "s.created_at, v.saved_at, v.ai_disclosure, v.version, coalesce(u.email, '') "
    "FROM custom_scenario_versions v JOIN custom_scenarios s ON s.id = v.custom_scenario_id "
    "LEFT JOIN users u ON u.id = v.saved_by WHERE s.user_id = ? AND s.scenario_id = ? ");
const Sql kAddVersion(QStringLiteral(
    "INSERT INTO custom_scenario_versions (custom_scenario_id, version, saved_at, saved_by, name, "
    "persona, prompt, voice_type, temperature, ai_disclosure) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
const Sql kForgetVersions(QStringLiteral(
    "DELETE FROM custom_scenario_versions WHERE custom_scenario_id = ? AND version <= ?"));
const Sql kVersions(kVersionColumns + QStringLiteral("ORDER BY v.version DESC"));
const Sql kVersion(kVersionColumns + QStringLiteral("AND v.version = ?"));

QString disclosureText(const core::CustomScenario &scenario)
{
    return scenario.aiDisclosure ? toText(*scenario.aiDisclosure) : QString();
}

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
    scenario.aiDisclosure = core::aiDisclosureFromText(row.text(9));
    scenario.version = int(row.integer(10));
    return scenario;
}

core::CustomScenarioVersion toVersion(const Row &row)
{
    return {toScenario(row), row.text(11)};
}

/// `saved` is the row's id and the number of its version.
Result<> addVersion(Session &session, const Row &saved, const core::CustomScenario &scenario)
{
    const qint64 id = saved.integer(0);
    const qint64 version = saved.integer(1);
    const auto added = session.execute(
        kAddVersion,
        {id, version, scenario.updatedAt, scenario.owner.value, scenario.name, scenario.persona,
         scenario.prompt, scenario.voiceType, scenario.temperature, disclosureText(scenario)});
    if (!added)
        return base::failed(added);
    return ignoreRows(session.execute(kForgetVersions, {id, version - core::kScenarioVersions}));
}

} // namespace

Result<> SqlCustomScenarioStore::add(const core::CustomScenario &scenario, std::optional<int> limit)
{
    return m_database.session().transaction([&](Session &session) -> Result<> {
        if (const auto locked = session.execute(kLockOwner, {scenario.owner.value}); !locked)
            return base::failed(locked);
        const auto count = session.execute(kScenarioCount, {scenario.owner.value});
        if (!count)
            return base::failed(count);
        if (limit && count->first().integer(0) >= *limit)
            return base::fail(Fault::Conflict, QStringLiteral("No more custom scenarios"));
        const auto added = session.execute(
            kScenarioAdd, {scenario.id, scenario.owner.value, scenario.name, scenario.persona,
                           scenario.prompt, scenario.voiceType, scenario.temperature,
                           scenario.createdAt, scenario.updatedAt, disclosureText(scenario)});
        if (!added)
            return base::failed(added);
        return addVersion(session, added->first(), scenario);
    });
}

Result<std::optional<core::CustomScenario>> SqlCustomScenarioStore::find(base::UserId owner,
                                                                         const QString &id)
{
    const auto rows = m_database.session().execute(kScenarioFind, {owner.value, id});
    if (!rows)
        return base::failed(rows);
    return rows->firstAs(toScenario);
}

Result<std::vector<core::CustomScenario>> SqlCustomScenarioStore::ofOwner(base::UserId owner)
{
    const auto rows = m_database.session().execute(kScenarioOfOwner, {owner.value});
    if (!rows)
        return base::failed(rows);
    return rows->map(toScenario);
}

Result<bool> SqlCustomScenarioStore::update(const core::CustomScenario &scenario)
{
    return m_database.session().transaction([&](Session &session) -> Result<bool> {
        const auto rows = session.execute(
            kScenarioUpdate, {scenario.name, scenario.persona, scenario.prompt, scenario.voiceType,
                              scenario.temperature, scenario.updatedAt, disclosureText(scenario),
                              scenario.owner.value, scenario.id});
        if (!rows)
            return base::failed(rows);
        if (rows->isEmpty())
            return false;
        if (const auto added = addVersion(session, rows->first(), scenario); !added)
            return base::failed(added);
        return true;
    });
}

Result<std::vector<core::CustomScenarioVersion>>
SqlCustomScenarioStore::versions(base::UserId owner, const QString &id)
{
    const auto rows = m_database.session().execute(kVersions, {owner.value, id});
    if (!rows)
        return base::failed(rows);
    return rows->map(toVersion);
}

Result<std::optional<core::CustomScenarioVersion>>
SqlCustomScenarioStore::version(base::UserId owner, const QString &id, qint64 number)
{
    const auto rows = m_database.session().execute(kVersion, {owner.value, id, number});
    if (!rows)
        return base::failed(rows);
    return rows->firstAs(toVersion);
}

Result<bool> SqlCustomScenarioStore::remove(base::UserId owner, const QString &id)
{
    const auto rows = m_database.session().execute(kScenarioRemove, {owner.value, id});
    if (!rows)
        return base::failed(rows);
    return rows->affected > 0;
}

} // namespace server::store
