// Reads one entry of the scenario file and says what is wrong with it.
#pragma once

#include "server/core/scenarios/scenario.h"
#include "shared/base/result.h"

#include <QJsonValue>

/// Every field but `ai_disclosure` must be there, of its type and within its bounds, and no other:
/// a misspelt name must not pass in silence. `where` begins the sentence of a failure, such as
/// "scenario 3".
namespace server::core::scenario_reader {

base::Result<Scenario> scenario(const QJsonValue &value, const QString &where);
base::Result<ScenarioCategory> category(const QJsonValue &value, const QString &where);

} // namespace server::core::scenario_reader
