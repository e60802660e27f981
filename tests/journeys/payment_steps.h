// What journeys of payments do again and again.
#pragma once

#include "tests/journeys/app_clients.h"

namespace tests {

using namespace Qt::StringLiterals;

inline const QString kStripeWebhook = u"/payments/stripe-webhook"_s;

/// An order of a plan at the sandbox's price; without a card when none is named.
inline QJsonObject order(const QString &card, const QString &plan = u"pro_monthly"_s)
{
    QJsonObject body{{u"price_id"_s, u"price_"_s + plan}, {u"plan_name"_s, plan}};
    if (!card.isEmpty())
        body.insert(u"payment_method_id"_s, card);
    return body;
}

inline Answer subscribe(AppUser &user, const QJsonObject &body)
{
    return user.post(u"/payments/create-subscription"_s, body);
}

inline QString statusOf(AppUser &user)
{
    return user.get(u"/payments/subscription-status"_s).object().value(u"status"_s).toString();
}

/// "succeeded 9999", the newest first.
inline QStringList history(AppUser &user)
{
    QStringList list;
    const QJsonObject answer = user.get(u"/payments/billing-history?limit=10"_s).object();
    for (const auto &value : answer.value(u"billing_history"_s).toArray())
        list << u"%1 %2"_s.arg(value[u"status"_s].toString()).arg(value[u"amount"_s].toInt());
    return list;
}

/// Posts an event as Stripe does, or with another signature.
inline Answer post(Stage &stage, const QJsonObject &event, const QByteArray &signature = {})
{
    RestClient stripe(stage.server().url());
    const QByteArray body = QJsonDocument(event).toJson(QJsonDocument::Compact);
    const QByteArray header =
        signature.isEmpty() ? stage.sandbox().stripe().signature(body) : signature;
    return stripe.send("POST", kStripeWebhook, "application/json", body,
                       {{"Stripe-Signature", header}});
}

} // namespace tests
