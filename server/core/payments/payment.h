// What was charged, or is to be.
#pragma once

#include "shared/base/ids.h"
#include "shared/base/money.h"

#include <QDateTime>

#include <optional>

namespace server::core {

enum class PaymentStatus { Pending, Succeeded, Failed, Refunded };
enum class PaymentType { Subscription, Usage, OneTime };

/// "pending", "succeeded" and so on.
QString toText(PaymentStatus status);
std::optional<PaymentStatus> paymentStatusFromText(const QString &text);
/// "subscription", "usage" or "one_time".
QString toText(PaymentType type);
std::optional<PaymentType> paymentTypeFromText(const QString &text);

struct Payment
{
    qint64 id = 0;
    base::UserId user;
    QString invoiceId = {}; ///< Stripe's; empty for a single payment
    QString intentId = {};  ///< Stripe's payment intent; empty where an invoice did not name it
    QString subscriptionId = {};
    base::Money amount;
    PaymentStatus status = PaymentStatus::Pending;
    PaymentType type = PaymentType::OneTime;
    QString description = {};
    QDateTime createdAt;
};

/// May `next` take the place of `current`? A refund is the last word, and nothing but a refund
/// follows a success.
bool mayFollow(PaymentStatus current, PaymentStatus next);

} // namespace server::core
