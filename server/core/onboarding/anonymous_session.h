// An onboarding of somebody who has no account yet.
#pragma once

#include "server/core/onboarding/profile.h"
#include "shared/base/ids.h"

#include <QDateTime>
#include <QString>
#include <QStringList>

#include <array>

namespace server::core {

/// The pages of the mobile app before there is an account, in their order.
enum class MobileStep { Welcome, Profile, Tutorial };

constexpr std::array<MobileStep, 3> kMobileSteps{MobileStep::Welcome, MobileStep::Profile,
                                                 MobileStep::Tutorial};

/// "welcome", "profile", "tutorial".
QString toText(MobileStep step);
std::optional<MobileStep> mobileStepFromText(const QString &text);
std::optional<MobileStep> stepAfter(MobileStep step);

/// What somebody has told so far. There are two ways through it: name, scenario, complete; or the
/// three mobile steps. A value; empty texts were not given.
struct AnonymousSession
{
    QString name;
    QString phoneNumber;
    QString voice;
    bool wantsNotifications = true;
    QString scenario;
    bool isWelcomeDone = false;
    bool isProfileDone = false;
    bool isTutorialDone = false;
    bool isCompleted = false; ///< the first way was walked to its end
    QString currentStep;      ///< what the last request led to, in the client's words
    QDateTime createdAt;
    QDateTime expiresAt;
    base::UserId user; ///< whose it has become; none: nobody's yet

    /// Until it expires or belongs to an account.
    bool isUsable(const QDateTime &now) const { return !user.isValid() && now < expiresAt; }
    /// Whether an account may be made of it.
    bool isRegistrable() const { return isCompleted || doneSteps().size() == kMobileSteps.size(); }
    bool isDone(MobileStep step) const;
    std::vector<MobileStep> doneSteps() const;
    /// 0 to 1, of the mobile steps.
    double share() const { return double(doneSteps().size()) / double(kMobileSteps.size()); }

    void setName(const QString &text);
    void selectScenario(const QString &id);
    /// Fault::Invalid without name or scenario.
    base::Result<> complete();
    /// In any order, and again. The profile is taken with its own step only.
    void complete(MobileStep step, const Profile &profile);

    /// What an account takes over.
    Profile profile() const;
};

} // namespace server::core
