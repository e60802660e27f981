#include "server/adapters/stripe/stripe_gateway.h"

#include "server/adapters/stripe/stripe_objects.h"

namespace server::stripe {

using base::Fault;
using base::Result;

namespace {

QString metadata(const QString &key)
{
    return QStringLiteral("metadata[%1]").arg(key);
}

template <typename T>
Result<T> read(const Result<QJsonObject> &object, Result<T> (*reader)(const QJsonObject &))
{
    return object ? reader(*object) : failed(object);
}

Result<QString> idOf(const Result<QJsonObject> &object)
{
    if (!object)
        return failed(object);
    QString id = object->value(QLatin1String("id")).toString();
    if (id.isEmpty())
        return base::fail(Fault::Upstream,
                          QStringLiteral("The payment provider gave no usable answer"),
                          QStringLiteral("an object without an id"));
    return id;
}

} // namespace

Result<QString> StripeGateway::createCustomer(const Customer &customer, const QString &key)
{
    web::Form form{{QStringLiteral("email"), customer.email}};
    if (!customer.name.isEmpty())
        form.append({QStringLiteral("name"), customer.name});
    form.append({metadata(kUserKey), QString::number(customer.user.value)});
    form.append({metadata(QStringLiteral("created_from")), QStringLiteral("speech_assistant_app")});
    return idOf(m_client.post(QStringLiteral("/v1/customers"), form, key));
}

Result<bool> StripeGateway::hasCustomer(const QString &customerId)
{
    const auto customer = m_client.get(QStringLiteral("/v1/customers/") + segment(customerId));
    if (!customer)
        return customer.error().fault == Fault::NotFound ? Result<bool>(false) : failed(customer);
    return !customer->value(QLatin1String("deleted")).toBool();
}

Result<core::BillingPrice> StripeGateway::price(const QString &priceId)
{
    return read(m_client.get(QStringLiteral("/v1/prices/") + segment(priceId)), priceFrom);
}

Result<QString> StripeGateway::attach(const QString &paymentMethodId, const QString &customerId,
                                      const QString &key)
{
    const QString path = QStringLiteral("/v1/payment_methods/") + segment(paymentMethodId);
    auto attached = idOf(m_client.post(path + QStringLiteral("/attach"),
                                       {{QStringLiteral("customer"), customerId}}, key));
    if (attached || attached.error().fault != Fault::Invalid)
        return attached;
    // Attached already: is it theirs?
    const auto method = m_client.get(path);
    const bool isTheirs =
        method && method->value(QLatin1String("customer")).toString() == customerId;
    return isTheirs ? idOf(method) : attached;
}

Result<core::BillingSubscription> StripeGateway::subscribe(const SubscriptionOrder &order,
                                                           const QString &key)
{
    const bool hasMethod = !order.paymentMethodId.isEmpty();
    web::Form form{
        {QStringLiteral("customer"), order.customerId},
        {QStringLiteral("items[0][price]"), order.priceId},
        {metadata(kUserKey), QString::number(order.user.value)},
        {metadata(kPlanKey), order.plan},
        {QStringLiteral("payment_behavior"),
         hasMethod ? QStringLiteral("allow_incomplete") : QStringLiteral("default_incomplete")},
        {QStringLiteral("payment_settings[save_default_payment_method]"),
         QStringLiteral("on_subscription")},
        {QStringLiteral("expand[0]"), QStringLiteral("latest_invoice.confirmation_secret")}};
    if (hasMethod)
        form.append({QStringLiteral("default_payment_method"), order.paymentMethodId});
    return read(m_client.post(QStringLiteral("/v1/subscriptions"), form, key), subscriptionFrom);
}

Result<core::BillingSubscription> StripeGateway::cancel(const QString &subscriptionId,
                                                        bool atPeriodEnd)
{
    const QString path = QStringLiteral("/v1/subscriptions/") + segment(subscriptionId);
    return read(atPeriodEnd ? m_client.post(
                    path, {{QStringLiteral("cancel_at_period_end"), QStringLiteral("true")}})
                            : m_client.remove(path),
                subscriptionFrom);
}

Result<core::BillingIntent> StripeGateway::createIntent(const IntentOrder &order,
                                                        const QString &key)
{
    web::Form form{{QStringLiteral("amount"), QString::number(order.amount.minor)},
                   {QStringLiteral("currency"), order.amount.currency},
                   {QStringLiteral("customer"), order.customerId},
                   {QStringLiteral("description"), order.description},
                   {QStringLiteral("automatic_payment_methods[enabled]"), QStringLiteral("true")},
                   {metadata(kUserKey), QString::number(order.user.value)},
                   {metadata(kTypeKey), toText(core::PaymentType::OneTime)}};
    for (auto it = order.metadata.begin(); it != order.metadata.end(); ++it) {
        if (it.key() != kUserKey && it.key() != kTypeKey)
            form.append({metadata(it.key()), it.value()});
    }
    return read(m_client.post(QStringLiteral("/v1/payment_intents"), form, key), intentFrom);
}

} // namespace server::stripe
