#include "server/core/scenarios/voice_names.h"

#include <array>

namespace server::core {

namespace {

struct VoiceType
{
    QLatin1String name;
    QLatin1String voice;
};

constexpr std::array kTypes{
    VoiceType{QLatin1String("warm_engaging_female"), QLatin1String("alloy")},
    VoiceType{QLatin1String("warm_engaging"), QLatin1String("alloy")},
    VoiceType{QLatin1String("gentle_supportive_female"), QLatin1String("coral")},
    VoiceType{QLatin1String("gentle_supportive"), QLatin1String("coral")},
    VoiceType{QLatin1String("concerned_female"), QLatin1String("coral")},
    VoiceType{QLatin1String("elderly_female"), QLatin1String("sage")},
    VoiceType{QLatin1String("energetic_upbeat_female"), QLatin1String("shimmer")},
    VoiceType{QLatin1String("energetic_upbeat"), QLatin1String("shimmer")},
    VoiceType{QLatin1String("clear_optimistic"), QLatin1String("shimmer")},
    VoiceType{QLatin1String("aggressive_male"), QLatin1String("ash")},
    VoiceType{QLatin1String("professional_neutral_male"), QLatin1String("echo")},
    VoiceType{QLatin1String("professional_neutral"), QLatin1String("echo")},
    VoiceType{QLatin1String("deep_authoritative"), QLatin1String("echo")},
    VoiceType{QLatin1String("professional_british_male"), QLatin1String("ballad")},
    VoiceType{QLatin1String("professional_british"), QLatin1String("ballad")},
    VoiceType{QLatin1String("warm_male"), QLatin1String("verse")},
};

/// Marin and cedar came with the general release of the Realtime API.
constexpr std::array kVoices{
    QLatin1String("alloy"),   QLatin1String("ash"),   QLatin1String("ballad"),
    QLatin1String("coral"),   QLatin1String("echo"),  QLatin1String("sage"),
    QLatin1String("shimmer"), QLatin1String("verse"), QLatin1String("marin"),
    QLatin1String("cedar"),
};

constexpr QLatin1String kDefaultVoice("alloy");

} // namespace

std::optional<QString> VoiceNames::modelVoice(QStringView typeOrVoice)
{
    for (const VoiceType &type : kTypes) {
        if (typeOrVoice == type.name)
            return QString(type.voice);
    }
    for (const QLatin1String voice : kVoices) {
        if (typeOrVoice == voice)
            return QString(voice);
    }
    return std::nullopt;
}

QString VoiceNames::modelVoiceOrDefault(QStringView typeOrVoice)
{
    return modelVoice(typeOrVoice).value_or(kDefaultVoice);
}

QStringList VoiceNames::types()
{
    QStringList names;
    for (const VoiceType &type : kTypes)
        names.append(type.name);
    return names;
}

QStringList VoiceNames::modelVoices()
{
    return {kVoices.begin(), kVoices.end()};
}

} // namespace server::core
