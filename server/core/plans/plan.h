// What somebody may buy, and what it allows.
#pragma once

#include "server/core/accounts/platform.h"
#include "shared/base/money.h"
#include "shared/base/result.h"

#include <QJsonObject>
#include <QStringList>

#include <chrono>
#include <optional>

namespace server::core {

enum class PlanType { Trial, Weekly, Monthly, Yearly, Usage, Addon, Staff };

QString toText(PlanType type);
std::optional<PlanType> planTypeFromText(const QString &text);

/// How many calls, and of what stretch of time. A trial and an add-on are their own stretch.
enum class CallWindow { Trial, Week, Month, Addon };

struct CallQuota
{
    int count = 0;
    CallWindow per = CallWindow::Week;
};

/// One entry of the catalogue, checked when it was read. No price and no limit stands anywhere
/// else.
struct Plan
{
    QString id;
    QString name;
    Platform platform = Platform::Web;
    PlanType type = PlanType::Monthly;
    QString tier; ///< the name clients know it by, such as "business_basic"
    base::Money price;
    std::optional<CallQuota> calls; ///< none: unlimited
    std::chrono::seconds callDuration{0};
    std::chrono::days trialLength{0};
    std::chrono::days addonLength{0};
    std::optional<int> voiceMinutes;        ///< a month; none: unlimited
    std::optional<int> customScenarios;     ///< none: unlimited
    int phoneNumbers = 0;                   ///< of their own; 0: they share the service's
    std::chrono::days transcriptStorage{0}; ///< from the end of the call; then its words go
    QString callsText;
    QString durationText;
    QString description;
    QString offerName;  ///< how an upgrade option calls it; empty: never offered
    QString pricingKey; ///< its key in the `pricing` object of the web app; empty: not shown there
    QStringList productIds; ///< of the app stores; all mean this plan
    QStringList highlights;
    QStringList upgradeTo; ///< plan ids, best first
    bool isHidden = false; ///< goes on for those who have it; nobody else gets it
    QJsonObject features;
    QJsonObject pricing; ///< prices of single uses, decimal texts

    bool isSubscription() const;
    /// "weekly", "monthly" or "yearly"; empty for what is not billed in periods.
    QString billingCycle() const;
    /// One period of a subscription; zero for the others.
    std::chrono::days period() const;

    /// Fault::Invalid names the field that is wrong.
    static base::Result<Plan> fromJson(const QJsonObject &object);
};

} // namespace server::core
