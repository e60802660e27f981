#include "server/core/onboarding/progress.h"

namespace server::core {

StepSet provenSteps(const OnboardingFacts &facts, Platform platform)
{
    StepSet proven;
    if (facts.hasPhoneNumber || platform == Platform::Mobile)
        proven.add(Step::PhoneSetup);
    if (facts.hasCalendar)
        proven.add(Step::Calendar);
    if (facts.hasScenario)
        proven.add(Step::Scenarios);
    if (facts.hasMadeCall)
        proven.add(Step::WelcomeCall);
    return proven;
}

bool settle(OnboardingRecord &record, StepSet proven, const QDateTime &now)
{
    bool isChanged = !record.done.containsAll(proven);
    record.done.add(proven);
    if (record.done.isAll() && !record.completedAt.isValid()) {
        record.completedAt = now;
        isChanged = true;
    }
    return isChanged;
}

bool Progress::isAvailable(Step step) const
{
    switch (step) {
    case Step::PhoneSetup:
        return true;
    case Step::Calendar:
    case Step::Scenarios:
        return isDone(Step::PhoneSetup);
    case Step::WelcomeCall:
        return isDone(Step::PhoneSetup)
               && (isDone(Step::Scenarios) || m_record.platform == Platform::Mobile);
    }
    return false;
}

std::optional<Step> Progress::next() const
{
    StepSet afterCurrent = m_record.done;
    if (const auto step = current())
        afterCurrent.add(*step);
    return afterCurrent.firstMissing();
}

bool Progress::isOver() const
{
    return m_record.platform == Platform::Mobile ? isDone(Step::WelcomeCall) : isComplete();
}

NextAction Progress::nextAction() const
{
    const auto step = current();
    if (!step)
        return {QStringLiteral("You are all set"),
                QStringLiteral("Everything is set up. Look around and make your next call."),
                QStringLiteral("explore"), QStringLiteral("/dashboard"), QStringLiteral("low")};
    const auto ask = [&](const char *action, const char *endpoint, const char *priority) {
        return NextAction{titleOf(*step), descriptionOf(*step), QLatin1String(action),
                          QLatin1String(endpoint), QLatin1String(priority)};
    };
    switch (*step) {
    case Step::PhoneSetup:
        return ask("setup_phone", "/twilio/search-numbers", "high");
    case Step::Calendar:
        return ask("connect_calendar", "/google-calendar/auth", "medium");
    case Step::Scenarios:
        return ask("create_scenario", "/realtime/custom-scenario", "high");
    case Step::WelcomeCall:
        break;
    }
    return ask("make_call", "/make-custom-call", "medium");
}

QString titleOf(Step step)
{
    switch (step) {
    case Step::PhoneSetup:
        return QStringLiteral("Set up your phone number");
    case Step::Calendar:
        return QStringLiteral("Connect your calendar");
    case Step::Scenarios:
        return QStringLiteral("Create your first scenario");
    case Step::WelcomeCall:
        break;
    }
    return QStringLiteral("Make your first call");
}

QString descriptionOf(Step step)
{
    switch (step) {
    case Step::PhoneSetup:
        return QStringLiteral("Choose the number that your assistant calls from and answers.");
    case Step::Calendar:
        return QStringLiteral("Let your assistant see when you are free and add appointments.");
    case Step::Scenarios:
        return QStringLiteral("Tell your assistant who it is and what the call is about.");
    case Step::WelcomeCall:
        break;
    }
    return QStringLiteral("Hear your assistant: let it call you.");
}

} // namespace server::core
