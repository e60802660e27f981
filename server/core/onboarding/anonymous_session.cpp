#include "server/core/onboarding/anonymous_session.h"

namespace server::core {

namespace {

const QString kReady = QStringLiteral("ready_for_registration");

std::optional<QString> given(const QString &text)
{
    return text.isEmpty() ? std::nullopt : std::optional(text);
}

} // namespace

QString toText(MobileStep step)
{
    switch (step) {
    case MobileStep::Welcome:
        return QStringLiteral("welcome");
    case MobileStep::Profile:
        return QStringLiteral("profile");
    case MobileStep::Tutorial:
        break;
    }
    return QStringLiteral("tutorial");
}

std::optional<MobileStep> mobileStepFromText(const QString &text)
{
    for (const MobileStep step : kMobileSteps) {
        if (text == toText(step))
            return step;
    }
    return std::nullopt;
}

std::optional<MobileStep> stepAfter(MobileStep step)
{
    const size_t next = size_t(step) + 1;
    return next < kMobileSteps.size() ? std::optional(kMobileSteps.at(next)) : std::nullopt;
}

bool AnonymousSession::isDone(MobileStep step) const
{
    switch (step) {
    case MobileStep::Welcome:
        return isWelcomeDone;
    case MobileStep::Profile:
        return isProfileDone;
    case MobileStep::Tutorial:
        break;
    }
    return isTutorialDone;
}

std::vector<MobileStep> AnonymousSession::doneSteps() const
{
    std::vector<MobileStep> done;
    for (const MobileStep step : kMobileSteps) {
        if (isDone(step))
            done.push_back(step);
    }
    return done;
}

void AnonymousSession::setName(const QString &text)
{
    name = text;
    currentStep = QStringLiteral("select_scenario");
}

void AnonymousSession::selectScenario(const QString &id)
{
    scenario = id;
    currentStep = kReady;
}

base::Result<> AnonymousSession::complete()
{
    if (name.isEmpty() || scenario.isEmpty())
        return base::fail(base::Fault::Invalid,
                          QStringLiteral("Onboarding incomplete - missing name or scenario"));
    isCompleted = true;
    currentStep = kReady;
    return {};
}

void AnonymousSession::complete(MobileStep step, const Profile &profile)
{
    switch (step) {
    case MobileStep::Welcome:
        isWelcomeDone = true;
        break;
    case MobileStep::Profile:
        isProfileDone = true;
        name = profile.name.value_or(name);
        phoneNumber = profile.phoneNumber.value_or(phoneNumber);
        voice = profile.voice.value_or(voice);
        wantsNotifications = profile.wantsNotifications.value_or(true);
        break;
    case MobileStep::Tutorial:
        isTutorialDone = true;
        break;
    }
    const auto next = stepAfter(step);
    currentStep = next ? toText(*next) : kReady;
}

Profile AnonymousSession::profile() const
{
    Profile profile;
    profile.name = given(name);
    profile.phoneNumber = given(phoneNumber);
    profile.voice = given(voice);
    if (isProfileDone)
        profile.wantsNotifications = wantsNotifications;
    return profile;
}

} // namespace server::core
