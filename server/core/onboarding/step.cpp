#include "server/core/onboarding/step.h"

namespace server::core {

namespace {

struct Names
{
    Step step;
    const char *own;
    const char *mobile;
    const char *webGuide;
};

constexpr std::array<Names, 4> kNames{
    {{Step::PhoneSetup, "phone_setup", "welcome", "phone_number_setup"},
     {Step::Calendar, "calendar", "profile", "calendar_connected"},
     {Step::Scenarios, "scenarios", "tutorial", "first_scenario_created"},
     {Step::WelcomeCall, "welcome_call", "firstCall", "welcome_call_completed"}}};

const Names &namesOf(Step step)
{
    return kNames.at(size_t(step));
}

} // namespace

QString toText(Step step)
{
    return QLatin1String(namesOf(step).own);
}

QString toMobileText(Step step)
{
    return QLatin1String(namesOf(step).mobile);
}

std::optional<NamedStep> stepFromText(const QString &text)
{
    for (const Names &names : kNames) {
        if (text == QLatin1String(names.mobile))
            return NamedStep{names.step, true};
        if (text == QLatin1String(names.own) || text == QLatin1String(names.webGuide))
            return NamedStep{names.step, false};
    }
    return std::nullopt;
}

QStringList stepNames()
{
    QStringList all;
    for (const Step step : kSteps)
        all.append(toMobileText(step));
    for (const Step step : kSteps)
        all.append(toText(step));
    return all;
}

std::optional<Step> stepAfter(Step step)
{
    const size_t next = size_t(step) + 1;
    return next < kSteps.size() ? std::optional(kSteps.at(next)) : std::nullopt;
}

} // namespace server::core
