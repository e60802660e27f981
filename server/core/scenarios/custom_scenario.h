// Roles that users write themselves.
#pragma once

#include "server/core/scenarios/scenario.h"
#include "shared/base/ids.h"
#include "shared/base/result.h"

#include <QDateTime>

#include <optional>
#include <vector>

namespace server::core {

struct CustomScenario
{
    QString id; ///< "custom_" and random letters; what clients send
    base::UserId owner;
    QString name; ///< may be empty: web's users give none
    QString persona;
    QString prompt;
    QString voiceType; ///< as the client sent it
    double temperature = 0.7;
    QDateTime createdAt;
    QDateTime updatedAt;

    /// As a call takes it.
    Scenario toScenario() const;
};

/// Custom scenarios. Thread-safe; blocks. Nobody sees anybody else's.
class CustomScenarioStore
{
public:
    virtual ~CustomScenarioStore() = default;
    /// Adds it unless its owner has `limit` already (none: no limit): then Fault::Conflict.
    /// Counting and adding are one step.
    virtual base::Result<> add(const CustomScenario &scenario, std::optional<int> limit) = 0;
    virtual base::Result<std::optional<CustomScenario>> find(base::UserId owner,
                                                             const QString &id) = 0;
    /// Oldest first.
    virtual base::Result<std::vector<CustomScenario>> ofOwner(base::UserId owner) = 0;
    /// False when there is none of that id.
    virtual base::Result<bool> update(const CustomScenario &scenario) = 0;
    virtual base::Result<bool> remove(base::UserId owner, const QString &id) = 0;
};

} // namespace server::core
