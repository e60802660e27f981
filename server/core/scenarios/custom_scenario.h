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
    QString id; ///< "custom_", the owner's id, "_" and random letters; what clients send
    base::UserId owner;
    QString name; ///< may be empty: web's users give none
    QString persona;
    QString prompt;
    QString voiceType; ///< as the client sent it
    double temperature = 0.7;
    std::optional<AiDisclosure> aiDisclosure = {}; ///< none: as the account's rules say
    QDateTime createdAt;
    QDateTime updatedAt;
    int version = 1; ///< counts its saves

    /// As a call takes it.
    Scenario toScenario() const;
    /// The owner that an id of this kind names; none for any other text.
    static base::UserId ownerIn(const QString &id);
};

/// What a scenario was from one save to the next.
struct CustomScenarioVersion
{
    CustomScenario content; ///< its `version` and `updatedAt` are of this save
    QString savedBy;        ///< e-mail; empty: by somebody who is no longer here
};

/// How many versions are kept of a scenario; older ones go.
inline constexpr int kScenarioVersions = 100;

/// Custom scenarios. Thread-safe; blocks. Nobody sees anybody else's. Every add() and update() is a
/// version, by the owner; remove() takes them along.
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
    /// Newest first; empty when there is no such scenario.
    virtual base::Result<std::vector<CustomScenarioVersion>> versions(base::UserId owner,
                                                                      const QString &id) = 0;
    virtual base::Result<std::optional<CustomScenarioVersion>>
    version(base::UserId owner, const QString &id, qint64 number) = 0;
};

} // namespace server::core
