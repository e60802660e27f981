// What tests of payments need in a database before they begin.
#pragma once

#include "server/adapters/store/billing_store.h"
#include "server/adapters/store/paid_subscriptions.h"
#include "server/adapters/store/payment_event_store.h"
#include "server/core/payments/billing_events.h"
#include "tests/server/adapters/store/usage_fixture.h"

namespace tests {

/// The stores of payments, on one database, beside those that count calls.
struct PaymentsRig : UsageRig
{
    explicit PaymentsRig(server::store::Database &database)
        : UsageRig(database),
          billing(database),
          events(database),
          subscriptions(database, plans),
          user(addUser(database, QStringLiteral("ann"), server::core::Platform::Web))
    {
        const auto set = billing.setCustomer(user, QStringLiteral("cus_1"), now);
        if (!set)
            qFatal("%s", qPrintable(set.error().cause));
    }

    server::store::SqlBillingStore billing;
    server::store::SqlPaymentEventStore events;
    server::store::SqlPaidSubscriptions subscriptions;
    server::core::BillingEvents stripe{
        {billing, events, subscriptions, plans, [this] { return now; }}};
    base::UserId user;

    /// Of the user, on the pro plan, from `now` on.
    server::core::BillingSubscription subscription(server::core::BillingStatus status) const
    {
        server::core::BillingSubscription result;
        result.id = QStringLiteral("sub_1");
        result.customerId = QStringLiteral("cus_1");
        result.plan = QStringLiteral("pro_monthly");
        result.price = {QStringLiteral("price_1"), plans.current()->find(result.plan)->price,
                        QStringLiteral("month")};
        result.status = status;
        result.createdAt = result.periodStart = kUsageNow;
        result.periodEnd = kUsageNow.addDays(30);
        return result;
    }
    /// How the user stands: "active pro_monthly", or "trial_call_available".
    QString standing() const
    {
        const auto view = service.look(user);
        if (!view)
            return view.error().message;
        return view->isSubscribed()
                   ? toText(statusAt(*view->standing.subscription, view->catalogue->rules(), now))
                         + QLatin1Char(' ') + view->standing.subscription->plan
                   : view->verdict.status;
    }
};

/// An event of Stripe; ids are never the same twice.
inline server::core::BillingEvent told(const QDateTime &at,
                                       decltype(server::core::BillingEvent::what) what)
{
    static int count = 0;
    return {QStringLiteral("evt_%1").arg(++count), QStringLiteral("some.event"), at,
            std::move(what)};
}

} // namespace tests
