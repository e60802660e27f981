// What somebody used, and what that costs.
#pragma once

#include "server/core/usage/gate.h"

#include <vector>

namespace server::core {

enum class MeteredService { VoiceCall, Transcription, Sms, CustomScenario };

/// "voice_call", "transcription", "sms" or "custom_scenario".
QString toText(MeteredService service);
std::optional<MeteredService> meteredServiceFromText(const QString &text);

struct UsageRecord
{
    qint64 id = 0;
    base::UserId user;
    MeteredService service = MeteredService::VoiceCall;
    qint64 amount = 0;
    QString unit; ///< "minutes", "calls", "messages" or "characters"
    base::Money cost;
    QString billingPeriod;   ///< "2026-03"
    qint64 resourceId = 0;   ///< what was used: a call, a transcript; 0: not said
    bool isReported = false; ///< by a client: shown, and never charged
    QDateTime recordedAt;
};

/// All that one user used of a service in a billing period.
struct UsageTotal
{
    MeteredService service = MeteredService::VoiceCall;
    QString unit;
    qint64 amount = 0;
    qint64 cost = 0; ///< minor units
    qint64 records = 0;
    qint64 reportedAmount = 0; ///< of `amount`
    qint64 reportedCost = 0;   ///< of `cost`
};

/// What one unit costs on the catalogue's plan that is paid by use; nothing where there is no such
/// plan or price.
base::Money unitPrice(MeteredService service, const PlanCatalogue &catalogue);

/// What somebody pays for `amount` units: nothing, unless their plan is paid by use.
base::Money costOf(MeteredService service, qint64 amount, const Standing &standing,
                   const PlanCatalogue &catalogue, const QDateTime &now);

/// "2026-03", of the UTC month.
QString billingPeriodOf(const QDateTime &time);
bool isBillingPeriod(const QString &text);

/// Begun minutes count.
qint64 minutesOf(int seconds);

} // namespace server::core
