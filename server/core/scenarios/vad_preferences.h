// How users want the agent of their calls to take its turn.
#pragma once

#include "server/core/scenarios/turn_detection.h"
#include "shared/base/ids.h"

#include <QDateTime>

#include <optional>

namespace server::core {

/// A user's own setting goes before what a scenario names. Thread-safe; blocks.
class VadPreferences
{
public:
    virtual ~VadPreferences() = default;
    /// None when the user has never chosen.
    virtual base::Result<std::optional<TurnDetection>> find(base::UserId user) = 0;
    virtual base::Result<> set(base::UserId user, const TurnDetection &detection,
                               const QDateTime &now) = 0;
};

} // namespace server::core
