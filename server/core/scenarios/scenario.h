// One role that the agent can play on the phone.
#pragma once

#include "server/core/scenarios/ai_disclosure.h"

#include <QString>

#include <optional>

namespace server::core {

enum class Difficulty { Easy, Medium, Hard };

/// "easy", "medium" or "hard".
QString toText(Difficulty difficulty);

/// A value, checked when it was read.
struct Scenario
{
    QString id; ///< as clients send it: lower-case words joined by underscores
    QString title;
    QString description;
    QString icon;     ///< one emoji
    QString category; ///< id of a ScenarioCategory
    Difficulty difficulty = Difficulty::Easy;
    QString persona; ///< who the agent is
    QString prompt;  ///< what it wants, how it opens, when it ends
    QString voice;   ///< a name of the model's voices
    /// 0 to 1. Shown to clients; the Realtime API takes no temperature any more.
    double temperature = 0.7;
    QString vadProfile; ///< a name of VadProfiles
    bool isFamilyFriendly = true;
    bool isMobile = false;                         ///< offered in the mobile list
    std::optional<AiDisclosure> aiDisclosure = {}; ///< none: as the account wants it
};

/// A shelf of the scenario list.
struct ScenarioCategory
{
    QString id;
    QString name;
    QString description;
    QString icon;
    bool isMobile = false;
};

} // namespace server::core
