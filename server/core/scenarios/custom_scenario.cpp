#include "server/core/scenarios/custom_scenario.h"

#include "server/core/scenarios/voice_names.h"

namespace server::core {

Scenario CustomScenario::toScenario() const
{
    constexpr qsizetype kTitleLength = 60;
    Scenario scenario;
    scenario.id = id;
    scenario.title = name.isEmpty() ? persona.left(kTitleLength) : name;
    scenario.persona = persona;
    scenario.prompt = prompt;
    scenario.voice = VoiceNames::modelVoiceOrDefault(voiceType);
    scenario.temperature = temperature;
    scenario.aiDisclosure = aiDisclosure;
    return scenario;
}

base::UserId CustomScenario::ownerIn(const QString &id)
{
    if (!id.startsWith(QLatin1String("custom_")))
        return {};
    return {id.section(QLatin1Char('_'), 1, 1).toLongLong()};
}

} // namespace server::core
