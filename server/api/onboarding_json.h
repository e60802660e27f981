// Onboarding as clients read it.
#pragma once

#include "server/core/onboarding/anonymous_onboarding.h"
#include "server/core/onboarding/onboarding_wizard.h"

#include <QJsonArray>
#include <QJsonObject>

namespace server::api {

/// The status object: userId, currentStep in our words, completionPercentage, steps, isComplete,
/// startedAt, completedAt.
QJsonObject toStatusJson(base::UserId user, const core::Progress &progress);

/// The answer of GET /onboarding/status: the status object; over it the mobile app's view with the
/// steps in its words (needsOnboarding, currentStep, completedSteps, progress, nextStep,
/// readyForFirstCall); beside it the web guide's keys with the steps in ours (current_step,
/// steps_completed, progress_percentage, next_action, started_at, completed_at).
QJsonObject toOverviewJson(base::UserId user, const core::Progress &progress);

QJsonObject toJson(const core::NextAction &action);
QJsonArray toJson(const std::vector<core::ConnectedProvider> &providers);

/// GET /onboarding/session/{session_id}
QJsonObject toSessionJson(const QString &id, const core::AnonymousSession &session);
/// GET /onboarding/mobile/status/{session_id}
QJsonObject toMobileStatusJson(const QString &id, const core::AnonymousSession &session);

} // namespace server::api
