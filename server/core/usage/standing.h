// Where somebody stands: what they have, and what they have used of it.
#pragma once

#include "server/core/accounts/platform.h"
#include "server/core/plans/plan_catalogue.h"
#include "shared/base/ids.h"

#include <QDateTime>

#include <optional>

namespace server::core {

enum class SubscriptionStatus { Active, Cancelled, BillingRetry, GracePeriod, Expired, Pending };

/// As clients read it: "active", "cancelled", "billing_retry" and so on.
QString toText(SubscriptionStatus status);
std::optional<SubscriptionStatus> subscriptionStatusFromText(const QString &text);

struct Subscription
{
    QString plan; ///< id
    SubscriptionStatus status = SubscriptionStatus::Active;
    QString source; ///< who says so: "staff", "stripe" or "app_store"
    QDateTime startedAt;
    QDateTime endsAt; ///< of the paid period; invalid: it has no end
    QDateTime lastPaymentAt;
    QString externalId = {}; ///< the payer's own id of it; staff's have none
    QString productId = {};  ///< of the app store; else empty
};

/// What was used. `quota...` counts calls that a subscription's quota paid for, `calls...` all.
struct Counters
{
    QString day; ///< UTC, ISO 8601
    QDateTime weekStart;
    QDateTime monthStart;
    int callsToday = 0;
    int callsWeek = 0;
    int callsMonth = 0;
    int callsTotal = 0;
    int quotaWeek = 0;
    int quotaMonth = 0;
    int secondsWeek = 0;
    int secondsMonth = 0;

    bool operator==(const Counters &) const = default;
};

struct Standing
{
    base::UserId user;
    Platform platform = Platform::Web;
    bool isStaff = false;
    QDateTime trialStartedAt;
    QDateTime trialEndsAt; ///< without any extension
    int trialUsed = 0;
    int addonCalls = 0;
    QDateTime addonExpiresAt;
    std::optional<Subscription> subscription; ///< the newest, whatever became of it
    Counters counters;
};

/// What pays for a call.
enum class ChargeSource { Staff, Subscription, Trial, Addon };

QString toText(ChargeSource source);
std::optional<ChargeSource> chargeSourceFromText(const QString &text);

/// What one call took, so that exactly that can be given back.
struct Charge
{
    ChargeSource source = ChargeSource::Staff;
    QString day;
    QDateTime weekStart;
    QDateTime monthStart;
};

/// Somebody who has just arrived.
Standing freshStanding(base::UserId user, Platform platform, bool isStaff,
                       const PlanCatalogue &catalogue, const QDateTime &now);

/// Starts the day, week and month that `now` lies in and drops an add-on that has expired. Windows
/// move by whole periods. Doing it twice changes nothing.
void settle(Standing &standing, const QDateTime &now);

/// Counts a call that `source` pays for. REQUIRES: a settled standing.
Charge take(Standing &standing, ChargeSource source);
/// Takes the count back from the windows it still lies in. REQUIRES: a settled standing, and that
/// it is done once for a charge.
void giveBack(Standing &standing, const Charge &charge, const QDateTime &now);
/// Counts speaking time of a charged call. REQUIRES: as giveBack().
void addSeconds(Standing &standing, const Charge &charge, int seconds);

/// Puts somebody on a plan: windows and quotas begin anew, and the trial is over.
void subscribe(Standing &standing, const Subscription &subscription);

} // namespace server::core
