// How far a signed-in user has come.
#pragma once

#include "server/core/accounts/platform.h"
#include "server/core/onboarding/step.h"

#include <QDateTime>

namespace server::core {

/// What somebody really has, whatever they said.
struct OnboardingFacts
{
    bool hasPhoneNumber = false; ///< one of their own
    bool hasCalendar = false;    ///< a connected one
    bool hasScenario = false;    ///< one that they wrote
    bool hasMadeCall = false;    ///< one that was answered
};

/// The steps that the facts prove. Mobile users share the system's number, so they have one.
StepSet provenSteps(const OnboardingFacts &facts, Platform platform);

/// What is stored about a user's onboarding.
struct OnboardingRecord
{
    Platform platform = Platform::Web;
    StepSet done;          ///< said by the client, or once proven
    QDateTime startedAt;   ///< when the account was made, until it is started again
    QDateTime completedAt; ///< when the last step was seen done; invalid: not yet

    bool operator==(const OnboardingRecord &) const = default;
};

/// Takes what is proven into the record, and notes the completion once. True when that changed it.
bool settle(OnboardingRecord &record, StepSet proven, const QDateTime &now);

/// What to do next, for people and for the client that leads them there.
struct NextAction
{
    QString title;
    QString description;
    QString action;
    QString endpoint;
    QString priority; ///< high, medium or low
};

/// A settled record, and what follows from it. A value.
class Progress
{
public:
    explicit Progress(OnboardingRecord record) : m_record(std::move(record)) {}

    const OnboardingRecord &record() const { return m_record; }
    bool isDone(Step step) const { return m_record.done.contains(step); }
    /// Calendar and scenarios wait for the phone. The welcome call also waits for a scenario,
    /// except on mobile, where there are ready-made ones.
    bool isAvailable(Step step) const;
    /// The first step that is not done; nothing when all are.
    std::optional<Step> current() const { return m_record.done.firstMissing(); }
    /// The next one after `current` that is not done either.
    std::optional<Step> next() const;
    bool isComplete() const { return m_record.done.isAll(); }
    /// Whether the app need not show its onboarding any more: a mobile one is over with the first
    /// call, whatever was skipped before; a business one when it is complete.
    bool isOver() const;
    /// 0 to 1.
    double share() const { return double(m_record.done.count()) / double(kSteps.size()); }
    /// What `current` asks for.
    NextAction nextAction() const;

private:
    OnboardingRecord m_record;
};

/// For people: what a step is called and what it is about.
QString titleOf(Step step);
QString descriptionOf(Step step);

} // namespace server::core
