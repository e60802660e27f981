// The built-in scenarios, by id.
#pragma once

#include "server/core/scenarios/scenario.h"
#include "shared/base/result.h"

#include <QByteArray>
#include <QHash>
#include <QList>
#include <QStringView>

namespace server::core {

/// All scenarios that come with the product, in the order in which clients shall list them.
/// Read once at start, never changed afterwards; any thread may read it. Pointers into it live as
/// long as it.
class ScenarioCatalogue final
{
public:
    /// Reads a catalogue. A failure names the scenario and the field that is wrong.
    static base::Result<ScenarioCatalogue> load(const QByteArray &json);

    /// The catalogue inside this program.
    static base::Result<ScenarioCatalogue> builtin();

    /// Null when there is none of that id.
    const Scenario *find(QStringView id) const;

    const QList<Scenario> &all() const { return m_scenarios; }
    const QList<ScenarioCategory> &categories() const { return m_categories; }

private:
    ScenarioCatalogue(QList<ScenarioCategory> categories, QList<Scenario> scenarios);

    QList<ScenarioCategory> m_categories;
    QList<Scenario> m_scenarios;
    QHash<QString, qsizetype> m_indexById;
};

} // namespace server::core
