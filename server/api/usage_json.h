// Usage, plans and refusals in the shapes that the two apps decode.
#pragma once

#include "server/core/usage/usage_service.h"
#include "server/http/response.h"

namespace server::api {

/// An instant as the older routes write it: UTC without a zone, whole seconds. Null for none.
QJsonValue naiveTime(const QDateTime &time);

/// The usage-stats object of both apps.
QJsonObject usageStats(const core::UsageView &view);
/// GET /usage-stats of the web app.
QJsonObject webUsageStats(const core::UsageView &view);
/// What comes with a call that was placed.
QJsonObject remainingCalls(const core::UsageView &view);
/// The answer of /mobile/check-call-permission.
QJsonObject callPermission(const core::UsageView &view);
/// GET /mobile/subscription-status.
QJsonObject subscriptionStatus(const core::UsageView &view);
/// GET /mobile/pricing.
QJsonObject mobilePricing(const core::PlanCatalogue &catalogue);

/// 402 for the mobile app: `detail` is an object.
http::Response mobileRefusal(const core::UsageView &view);
/// 402 for everybody else: `detail` is a text, and what else there is to say stands beside it.
http::Response webRefusal(const core::UsageView &view);

} // namespace server::api
