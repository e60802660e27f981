#include "server/core/scenarios/vad_profiles.h"

#include "server/core/scenarios/scenario.h"

#include <algorithm>
#include <array>

namespace server::core {

namespace {

using std::chrono::milliseconds;

struct Profile
{
    QLatin1String name;
    const char *description; ///< null: not offered to users
    TurnDetection detection;
};

constexpr TurnDetection semantic(Eagerness eagerness)
{
    TurnDetection detection;
    detection.type = TurnDetection::Type::Semantic;
    detection.eagerness = eagerness;
    return detection;
}

constexpr TurnDetection byLoudness(double threshold, milliseconds prefix, milliseconds silence)
{
    TurnDetection detection;
    detection.type = TurnDetection::Type::Server;
    detection.threshold = threshold;
    detection.prefixPadding = prefix;
    detection.silenceDuration = silence;
    return detection;
}

constexpr QLatin1String kUltra("ultra_responsive");
constexpr QLatin1String kNatural("natural_conversation");
constexpr QLatin1String kResponsive("responsive");

constexpr std::array kProfiles{
    Profile{QLatin1String("conversational"),
            "Waits until a thought is finished; for relaxed talks.", semantic(Eagerness::Low)},
    Profile{kResponsive, "Answers as soon as a sentence seems complete.",
            semantic(Eagerness::High)},
    Profile{QLatin1String("noisy_environment"),
            "Needs louder speech and a longer silence; for streets, cars and open offices.",
            byLoudness(0.7, milliseconds(200), milliseconds(800))},
    Profile{QLatin1String("default_server"), "Takes its turn after half a second of silence.",
            byLoudness(0.5, milliseconds(300), milliseconds(500))},
    Profile{QLatin1String("default_semantic"), "Judges by what was said whether it is its turn.",
            semantic(Eagerness::Auto)},
    Profile{kUltra, nullptr, semantic(Eagerness::Medium)},
    Profile{kNatural, nullptr, semantic(Eagerness::Medium)},
};

bool containsAny(const QString &text, std::initializer_list<QLatin1String> words)
{
    return std::any_of(words.begin(), words.end(),
                       [&text](QLatin1String word) { return text.contains(word); });
}

} // namespace

QStringList VadProfiles::names()
{
    QStringList names;
    for (const Profile &profile : kProfiles)
        names.append(profile.name);
    return names;
}

std::optional<TurnDetection> VadProfiles::find(QStringView name)
{
    for (const Profile &profile : kProfiles) {
        if (name == profile.name)
            return profile.detection;
    }
    return std::nullopt;
}

QList<VadProfiles::Preset> VadProfiles::presets()
{
    QList<Preset> presets;
    for (const Profile &profile : kProfiles) {
        if (profile.description)
            presets.append({profile.name, QLatin1String(profile.description), profile.detection});
    }
    return presets;
}

QString VadProfiles::nameForId(QStringView scenarioId)
{
    const QString id = scenarioId.toString().toLower();
    if (containsAny(id, {QLatin1String("therap"), QLatin1String("counsel"),
                         QLatin1String("interview"), QLatin1String("conversation")}))
        return kNatural;
    if (containsAny(id, {QLatin1String("support"), QLatin1String("help"),
                         QLatin1String("emergency"), QLatin1String("urgent")}))
        return kResponsive;
    return kUltra;
}

TurnDetection VadProfiles::forCall(const Scenario &scenario,
                                   const std::optional<TurnDetection> &usersOwn)
{
    if (usersOwn)
        return *usersOwn;
    if (const auto named = find(scenario.vadProfile))
        return *named;
    return find(nameForId(scenario.id)).value_or(TurnDetection{});
}

} // namespace server::core
