// Stripe's objects, in the form of before and since version 2025-03-31.basil.
#pragma once

#include "server/core/payments/billing.h"
#include "server/core/payments/payment.h"
#include "shared/base/result.h"

#include <QJsonObject>

namespace server::stripe {

// Pure; any thread. What an object lacks is empty; Fault::Upstream for one that makes no sense.
base::Result<core::BillingSubscription> subscriptionFrom(const QJsonObject &object);
base::Result<core::BillingPrice> priceFrom(const QJsonObject &object);
base::Result<core::BillingIntent> intentFrom(const QJsonObject &object);

/// An event as the webhook gets it. Fault::Invalid for a body that is no event; one of a type that
/// does not concern us, or whose object makes no sense, is one that tells nothing. One without a
/// time is of `now`.
base::Result<core::BillingEvent> eventFrom(const QByteArray &body, const QDateTime &now);

/// The metadata under which we find our users and orders again.
inline const QString kUserKey = QStringLiteral("user_id");
inline const QString kPlanKey = QStringLiteral("plan_name");
inline const QString kTypeKey = QStringLiteral("payment_type");

} // namespace server::stripe
