// Named ways of taking turns.
#pragma once

#include "server/core/scenarios/turn_detection.h"

#include <QList>
#include <QString>
#include <QStringList>
#include <QStringView>

#include <optional>

namespace server::core {

struct Scenario;

/// The turn detection settings that scenarios name and users may choose from. Constant tables; any
/// thread.
class VadProfiles final
{
public:
    VadProfiles() = delete;

    struct Preset
    {
        QString name;
        QString description;
        TurnDetection detection;
    };

    static QStringList names();
    static std::optional<TurnDetection> find(QStringView name);

    /// Those that users are offered.
    static QList<Preset> presets();

    /// The profile for a scenario that names none, by the words of its id: talks that need patience
    /// get "natural_conversation", those that need quick help "responsive", all others
    /// "ultra_responsive".
    static QString nameForId(QStringView scenarioId);

    /// What a call of this scenario uses; the user's own setting, where there is one, goes before.
    static TurnDetection forCall(const Scenario &scenario,
                                 const std::optional<TurnDetection> &usersOwn = std::nullopt);
};

} // namespace server::core
