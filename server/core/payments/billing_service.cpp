#include "server/core/payments/billing_service.h"

#include <QCryptographicHash>

namespace server::core {

using base::Fault;
using base::Result;

namespace {

/// Each part with its length, so that no two lists look alike.
QByteArray hashOf(const QStringList &parts)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const QString &part : parts) {
        const QByteArray bytes = part.toUtf8();
        hash.addData(QByteArray::number(bytes.size()) + ':');
        hash.addData(bytes);
    }
    return hash.result();
}

/// Whether the order was surely not carried out. Anything else may have gone wrong after Stripe had
/// done it, on our side too.
bool isRefusal(const base::Error &error)
{
    return error.fault == Fault::PaymentRequired || error.fault == Fault::NotFound
           || error.fault == Fault::Invalid || error.fault == Fault::Conflict;
}

tl::unexpected<base::Error> noSubscription()
{
    return base::fail(Fault::NotFound, QStringLiteral("No active subscription found"));
}

} // namespace

template <typename Ask>
auto BillingService::attempt(const Attempt &attempt, Ask &&ask) const
    -> std::invoke_result_t<Ask, const Order &>
{
    const QDateTime now = m_ports.now();
    const auto begun =
        m_ports.store.beginAttempt(attempt.user, attempt.purpose, attempt.requestHash, now);
    if (!begun)
        return failed(begun);
    const QString key =
        QString::fromLatin1(hashOf({QString::number(attempt.user.value), attempt.purpose,
                                    QString::fromLatin1(attempt.requestHash.toHex()),
                                    QString::number(begun->toMSecsSinceEpoch())})
                                .toHex());
    auto outcome = ask(Order{key, *begun < now});
    if (!outcome && !isRefusal(outcome.error()))
        return outcome;
    if (const auto ended = m_ports.store.endAttempt(attempt.user, attempt.purpose); !ended)
        return failed(ended);
    return outcome;
}

Result<> BillingService::requireSetUp() const
{
    if (!m_ports.gateway.isSetUp())
        return base::fail(Fault::Unavailable,
                          QStringLiteral("Payments are not set up on this server"));
    return {};
}

Result<> BillingService::checkPlan(const SubscriptionOrder &order) const
{
    const auto catalogue = m_ports.usage.catalogue();
    const Plan *plan = catalogue->find(order.plan);
    if (!plan || plan->isHidden || !plan->isSubscription() || plan->platform != Platform::Web)
        return base::fail(Fault::Invalid, QStringLiteral("There is no plan '%1'").arg(order.plan));
    if (plan->period().count() == 0)
        return base::fail(
            Fault::Invalid,
            QStringLiteral("Plan '%1' has no monthly price; please ask us for it").arg(order.plan));
    const auto view = m_ports.usage.look(order.buyer.user);
    if (!view)
        return failed(view);
    if (view->standing.platform != Platform::Web)
        return base::fail(Fault::Invalid,
                          QStringLiteral("Plan '%1' is for the web app").arg(order.plan));
    if (view->isSubscribed())
        return base::fail(Fault::Conflict,
                          QStringLiteral("You have a subscription already. Please cancel it "
                                         "first, or wait for its end."));
    return {};
}

/// A subscription whose first payment is open makes way for the new order; any other stands.
Result<> BillingService::clearWay(base::UserId user) const
{
    const auto live = m_ports.store.liveOf(user);
    if (!live)
        return failed(live);
    if (!*live)
        return {};
    if ((*live)->subscription.status != BillingStatus::Incomplete)
        return base::fail(Fault::Conflict,
                          QStringLiteral("You have a subscription with an open payment. Please "
                                         "pay or cancel it first."));
    const auto cancelled = cancel(user, false);
    if (!cancelled && cancelled.error().fault != Fault::NotFound)
        return failed(cancelled);
    return {};
}

Result<QString> BillingService::customerOf(const Buyer &buyer) const
{
    auto known = m_ports.store.customerOf(buyer.user);
    if (!known)
        return known;
    if (!known->isEmpty()) {
        const auto isThere = m_ports.gateway.hasCustomer(*known);
        if (!isThere)
            return failed(isThere);
        if (*isThere)
            return known;
    }
    const auto create = [&](const Order &order) -> Result<QString> {
        // Another order of theirs may have just made one.
        auto made = m_ports.store.customerOf(buyer.user);
        if (!made || *made != *known)
            return made;
        auto created =
            m_ports.gateway.createCustomer({buyer.user, buyer.email, buyer.name}, order.key);
        if (!created)
            return created;
        const auto stored = m_ports.store.setCustomer(buyer.user, *created, m_ports.now());
        if (!stored)
            return failed(stored);
        return created;
    };
    return attempt({buyer.user, QStringLiteral("customer"), hashOf({*known, buyer.email})}, create);
}

Result<BillingSubscription> BillingService::placeOrder(const SubscriptionOrder &order,
                                                       const QString &key) const
{
    const auto price = m_ports.gateway.price(order.priceId);
    if (!price)
        return failed(price);
    const auto catalogue = m_ports.usage.catalogue();
    const Plan *plan = catalogue->find(order.plan);
    if (!plan || !price->isActive || !price->fits(*plan))
        return base::fail(Fault::Invalid,
                          QStringLiteral("That is not the price of plan '%1'").arg(order.plan));
    const auto customer = customerOf(order.buyer);
    if (!customer)
        return failed(customer);
    QString method;
    if (!order.paymentMethodId.isEmpty()) {
        auto attached = m_ports.gateway.attach(order.paymentMethodId, *customer,
                                               key + QStringLiteral("-attach"));
        if (!attached)
            return failed(attached);
        method = std::move(*attached);
    }
    auto subscription = m_ports.gateway.subscribe(
        {order.buyer.user, *customer, order.plan, order.priceId, method}, key);
    if (!subscription)
        return subscription;
    if (const auto noted = m_ports.events.note(*subscription); !noted)
        return failed(noted);
    return subscription;
}

Result<BillingSubscription> BillingService::subscribe(const SubscriptionOrder &order) const
{
    if (const auto checked = checkPlan(order); !checked)
        return failed(checked);
    if (const auto ready = requireSetUp(); !ready)
        return failed(ready);
    const QByteArray hash = hashOf({order.plan, order.priceId, order.paymentMethodId});
    auto outcome = attempt({order.buyer.user, QStringLiteral("subscription"), hash},
                           [&](const Order &made) -> Result<BillingSubscription> {
                               // What a repeated order would clear away is its own first try.
                               if (!made.isRepeated) {
                                   if (const auto clear = clearWay(order.buyer.user); !clear)
                                       return failed(clear);
                               }
                               return placeOrder(order, made.key);
                           });
    if (!outcome && outcome.error().fault == Fault::NotFound)
        return base::fail(Fault::Invalid, outcome.error().message, outcome.error().cause);
    return outcome;
}

Result<BillingSubscription> BillingService::cancel(base::UserId user, bool atPeriodEnd) const
{
    const auto live = m_ports.store.liveOf(user);
    if (!live)
        return failed(live);
    if (!*live)
        return noSubscription();
    if (const auto ready = requireSetUp(); !ready)
        return failed(ready);
    BillingSubscription known = (*live)->subscription;
    const bool isLater = atPeriodEnd && known.status != BillingStatus::Incomplete;
    auto cancelled = m_ports.gateway.cancel(known.id, isLater);
    const bool isGone = !cancelled && cancelled.error().fault == Fault::NotFound;
    if (!cancelled && !isGone)
        return cancelled;
    if (isGone) {
        known.status = BillingStatus::Canceled;
        known.endedAt = m_ports.now();
    }
    if (const auto noted = m_ports.events.note(isGone ? known : *cancelled); !noted)
        return failed(noted);
    if (isGone)
        return noSubscription();
    return cancelled;
}

Result<BillingIntent> BillingService::createPayment(const PaymentOrder &order) const
{
    const auto catalogue = m_ports.usage.catalogue();
    const auto &plans = catalogue->plans();
    const bool isSoldIn = std::any_of(plans.begin(), plans.end(), [&](const Plan &plan) {
        return plan.price.currency == order.amount.currency;
    });
    if (!isSoldIn)
        return base::fail(
            Fault::Invalid,
            QStringLiteral("Nothing is sold in '%1' here").arg(order.amount.currency));
    if (const auto ready = requireSetUp(); !ready)
        return failed(ready);
    QStringList parts{QString::number(order.amount.minor), order.amount.currency,
                      order.description};
    for (auto it = order.metadata.begin(); it != order.metadata.end(); ++it)
        parts << it.key() << it.value();
    const QByteArray hash = hashOf(parts);
    const auto create = [&](const Order &made) -> Result<BillingIntent> {
        const auto customer = customerOf(order.buyer);
        if (!customer)
            return failed(customer);
        auto intent = m_ports.gateway.createIntent(
            {order.buyer.user, *customer, order.amount, order.description, order.metadata},
            made.key);
        if (!intent)
            return intent;
        const auto saved = m_ports.store.savePayment({.user = order.buyer.user,
                                                      .intentId = intent->id,
                                                      .amount = order.amount,
                                                      .description = order.description,
                                                      .createdAt = m_ports.now()});
        if (!saved)
            return failed(saved);
        return intent;
    };
    // Different payments of one person do not wait for each other.
    return attempt(
        {order.buyer.user, QStringLiteral("payment:") + QString::fromLatin1(hash.toHex()), hash},
        create);
}

Result<std::vector<Payment>> BillingService::history(base::UserId user, int limit, int offset) const
{
    return m_ports.store.paymentsOf(user, limit, offset);
}

} // namespace server::core
