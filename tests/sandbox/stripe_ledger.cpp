#include "tests/sandbox/stripe_ledger.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace sandbox {

namespace {

qint64 unixNow()
{
    return QDateTime::currentSecsSinceEpoch();
}

StripeRefusal missing(const QString &what, const QString &param, const QString &id)
{
    return {404, u"invalid_request_error"_s, u"resource_missing"_s,
            u"No such %1: '%2'"_s.arg(what, id), param};
}

StripeRefusal wrong(const QString &param, const QString &message, const QString &code = {})
{
    return {400, u"invalid_request_error"_s, code, message, param};
}

QJsonObject metadataIn(const Form &form)
{
    QJsonObject metadata;
    for (const auto &[key, value] : form.fields()) {
        if (key.startsWith(u"metadata[") && key.endsWith(u']'))
            metadata.insert(key.sliced(9).chopped(1), value);
    }
    return metadata;
}

/// The first name that the call does not know.
std::optional<StripeRefusal> unknownIn(const Form &form, const QStringList &known)
{
    for (const auto &[key, value] : form.fields()) {
        if (!known.contains(key) && !key.startsWith(u"metadata["))
            return wrong(key, u"Received unknown parameter: "_s + key, u"parameter_unknown"_s);
    }
    return std::nullopt;
}

QJsonObject listOf(const QJsonObject &item)
{
    return {{u"object"_s, u"list"_s}, {u"data"_s, QJsonArray{item}}};
}

QJsonObject itemOf(const QJsonObject &subscription)
{
    return subscription[u"items"_s][u"data"_s][0].toObject();
}

qint64 periodEnd(const QJsonObject &subscription)
{
    return itemOf(subscription)[u"current_period_end"_s].toInteger();
}

} // namespace

StripeLedger::StripeLedger()
{
    addPrice(u"price_basic_monthly"_s, 4'999, u"month"_s);
    addPrice(u"price_pro_monthly"_s, 9'999, u"month"_s);
    addPrice(u"price_enterprise_monthly"_s, 29'999, u"month"_s);
}

QString StripeLedger::newId(const QString &prefix)
{
    return prefix + u"_sandbox%1"_s.arg(++m_count, 8, 10, QLatin1Char('0'));
}

void StripeLedger::addPrice(const QString &id, qint64 cents, const QString &interval)
{
    m_prices.insert(id, {{u"id"_s, id},
                         {u"object"_s, u"price"_s},
                         {u"active"_s, true},
                         {u"currency"_s, u"usd"_s},
                         {u"unit_amount"_s, cents},
                         {u"type"_s, u"recurring"_s},
                         {u"recurring"_s, QJsonObject{{u"interval"_s, interval},
                                                      {u"interval_count"_s, 1},
                                                      {u"usage_type"_s, u"licensed"_s}}}});
}

StripeLedger::Outcome StripeLedger::find(const QString &kind, const QString &id) const
{
    const QMap<QString, QJsonObject> &all = kind == u"customers"         ? m_customers
                                            : kind == u"prices"          ? m_prices
                                            : kind == u"payment_methods" ? m_methods
                                            : kind == u"subscriptions"   ? m_subscriptions
                                                                         : m_intents;
    const QString one = kind.chopped(1);
    if (!all.contains(id))
        return missing(one, one, id);
    return all.value(id);
}

StripeLedger::Outcome StripeLedger::createCustomer(const Form &form)
{
    if (auto unknown = unknownIn(form, {u"email"_s, u"name"_s}))
        return *unknown;
    const QString id = newId(u"cus"_s);
    m_customers.insert(id, {{u"id"_s, id},
                            {u"object"_s, u"customer"_s},
                            {u"created"_s, unixNow()},
                            {u"email"_s, form.value(u"email"_s)},
                            {u"name"_s, form.value(u"name"_s)},
                            {u"metadata"_s, metadataIn(form)}});
    return m_customers.value(id);
}

StripeLedger::Outcome StripeLedger::attach(const QString &method, const Form &form)
{
    if (auto unknown = unknownIn(form, {u"customer"_s}))
        return *unknown;
    const QString customer = form.value(u"customer"_s);
    if (!m_customers.contains(customer))
        return missing(u"customer"_s, u"customer"_s, customer);
    if (method == u"pm_card_chargeDeclined")
        return StripeRefusal{
            402, u"card_error"_s, u"card_declined"_s, u"Your card was declined."_s, {}};
    if (m_methods.contains(method))
        return wrong({},
                     u"The payment method you provided has already been attached to a customer."_s,
                     u"payment_method_unexpected_state"_s);
    if (!method.startsWith(u"pm_card_"))
        return missing(u"PaymentMethod"_s, u"payment_method"_s, method);
    const QString id = newId(u"pm"_s);
    m_methods.insert(id, {{u"id"_s, id},
                          {u"object"_s, u"payment_method"_s},
                          {u"customer"_s, customer},
                          {u"type"_s, u"card"_s},
                          {u"sandbox_card"_s, method}});
    return m_methods.value(id);
}

void StripeLedger::setPeriod(QJsonObject &subscription, qint64 start) const
{
    QJsonObject item = itemOf(subscription);
    const QString interval = item[u"price"_s][u"recurring"_s][u"interval"_s].toString();
    const QDateTime begin = QDateTime::fromSecsSinceEpoch(start, Qt::UTC);
    const QDateTime end = interval == u"year"    ? begin.addYears(1)
                          : interval == u"month" ? begin.addMonths(1)
                                                 : begin.addDays(7);
    item.insert(u"current_period_start"_s, start);
    item.insert(u"current_period_end"_s, end.toSecsSinceEpoch());
    subscription.insert(u"items"_s, listOf(item));
}

/// The invoice of the current period.
void StripeLedger::bill(QJsonObject &subscription, const QString &status)
{
    const QString id = subscription[u"id"_s].toString();
    const QJsonObject item = itemOf(subscription);
    const qint64 amount = item[u"price"_s][u"unit_amount"_s].toInteger();
    const bool isPaid = status == u"paid";
    const QString invoice = newId(u"in"_s);
    const QJsonObject period{{u"start"_s, item[u"current_period_start"_s]},
                             {u"end"_s, item[u"current_period_end"_s]}};
    const QJsonObject details{{u"subscription"_s, id},
                              {u"metadata"_s, subscription[u"metadata"_s]}};
    m_invoices.insert(
        id, {{u"id"_s, invoice},
             {u"object"_s, u"invoice"_s},
             {u"created"_s, unixNow()},
             {u"customer"_s, subscription[u"customer"_s]},
             {u"currency"_s, u"usd"_s},
             {u"amount_due"_s, amount},
             {u"amount_paid"_s, isPaid ? amount : 0},
             {u"status"_s, isPaid ? u"paid"_s : u"open"_s},
             {u"description"_s, QJsonValue()},
             {u"parent"_s, QJsonObject{{u"type"_s, u"subscription_details"_s},
                                       {u"subscription_details"_s, details}}},
             {u"lines"_s,
              listOf({{u"id"_s, newId(u"il"_s)}, {u"amount"_s, amount}, {u"period"_s, period}})}});
    subscription.insert(u"latest_invoice"_s,
                        QJsonObject{{u"id"_s, invoice},
                                    {u"confirmation_secret"_s,
                                     QJsonObject{{u"type"_s, u"payment_intent"_s},
                                                 {u"client_secret"_s, invoice + u"_secret_1"_s}}}});
}

StripeLedger::Outcome StripeLedger::subscribe(const Form &form)
{
    if (auto unknown =
            unknownIn(form, {u"customer"_s, u"items[0][price]"_s, u"default_payment_method"_s,
                             u"payment_behavior"_s,
                             u"payment_settings[save_default_payment_method]"_s, u"expand[0]"_s}))
        return *unknown;
    const QString customer = form.value(u"customer"_s);
    const QString price = form.value(u"items[0][price]"_s);
    const QString method = form.value(u"default_payment_method"_s);
    if (!m_customers.contains(customer))
        return missing(u"customer"_s, u"customer"_s, customer);
    if (!m_prices.contains(price))
        return missing(u"price"_s, u"items[0][price]"_s, price);
    if (!method.isEmpty() && m_methods.value(method)[u"customer"_s].toString() != customer)
        return wrong(u"default_payment_method"_s,
                     u"The customer does not have a payment method with that ID."_s);
    if (form.value(u"expand[0]"_s) != u"latest_invoice.confirmation_secret")
        return wrong(u"expand"_s, u"This property cannot be expanded."_s);
    const QString card = m_methods.value(method)[u"sandbox_card"_s].toString();
    const bool isPaid = card == u"pm_card_visa";
    QJsonObject subscription{
        {u"id"_s, newId(u"sub"_s)},
        {u"object"_s, u"subscription"_s},
        {u"created"_s, unixNow()},
        {u"customer"_s, customer},
        {u"status"_s, isPaid ? u"active"_s : u"incomplete"_s},
        {u"cancel_at_period_end"_s, false},
        {u"ended_at"_s, QJsonValue()},
        {u"metadata"_s, metadataIn(form)},
        {u"items"_s, listOf({{u"id"_s, newId(u"si"_s)}, {u"price"_s, m_prices.value(price)}})}};
    setPeriod(subscription, unixNow());
    bill(subscription, isPaid ? u"paid"_s : u"open"_s);
    m_subscriptions.insert(subscription[u"id"_s].toString(), subscription);
    return subscription;
}

StripeLedger::Outcome StripeLedger::update(const QString &id, const Form &form)
{
    if (auto unknown = unknownIn(form, {u"cancel_at_period_end"_s}))
        return *unknown;
    if (!m_subscriptions.contains(id))
        return missing(u"subscription"_s, u"id"_s, id);
    QJsonObject &subscription = m_subscriptions[id];
    const QString status = subscription[u"status"_s].toString();
    if (status == u"canceled" || status == u"incomplete")
        return wrong(u"cancel_at_period_end"_s, u"This subscription cannot be updated."_s);
    subscription.insert(u"cancel_at_period_end"_s,
                        form.value(u"cancel_at_period_end"_s) == u"true");
    return subscription;
}

StripeLedger::Outcome StripeLedger::cancel(const QString &id)
{
    if (!m_subscriptions.contains(id)
        || m_subscriptions.value(id)[u"status"_s].toString() == u"canceled")
        return missing(u"subscription"_s, u"id"_s, id);
    QJsonObject &subscription = m_subscriptions[id];
    subscription.insert(u"status"_s, u"canceled"_s);
    subscription.insert(u"ended_at"_s, unixNow());
    return subscription;
}

StripeLedger::Outcome StripeLedger::createIntent(const Form &form)
{
    if (auto unknown = unknownIn(form, {u"amount"_s, u"currency"_s, u"customer"_s, u"description"_s,
                                        u"automatic_payment_methods[enabled]"_s}))
        return *unknown;
    const qint64 amount = form.value(u"amount"_s).toLongLong();
    if (amount < 50)
        return wrong(u"amount"_s, u"Amount must be at least $0.50 usd"_s, u"amount_too_small"_s);
    if (!m_customers.contains(form.value(u"customer"_s)))
        return missing(u"customer"_s, u"customer"_s, form.value(u"customer"_s));
    const QString id = newId(u"pi"_s);
    m_intents.insert(id, {{u"id"_s, id},
                          {u"object"_s, u"payment_intent"_s},
                          {u"created"_s, unixNow()},
                          {u"amount"_s, amount},
                          {u"currency"_s, form.value(u"currency"_s)},
                          {u"customer"_s, form.value(u"customer"_s)},
                          {u"description"_s, form.value(u"description"_s)},
                          {u"status"_s, u"requires_payment_method"_s},
                          {u"client_secret"_s, id + u"_secret_1"_s},
                          {u"metadata"_s, metadataIn(form)}});
    return m_intents.value(id);
}

QJsonObject StripeLedger::confirm(const QString &id)
{
    QJsonObject &subscription = m_subscriptions[id];
    subscription.insert(u"status"_s, u"active"_s);
    QJsonObject &invoice = m_invoices[id];
    invoice.insert(u"status"_s, u"paid"_s);
    invoice.insert(u"amount_paid"_s, invoice[u"amount_due"_s]);
    return subscription;
}

QJsonObject StripeLedger::renew(const QString &id, bool isPaid)
{
    QJsonObject &subscription = m_subscriptions[id];
    setPeriod(subscription, periodEnd(subscription));
    bill(subscription, isPaid ? u"paid"_s : u"open"_s);
    subscription.insert(u"status"_s, isPaid ? u"active"_s : u"past_due"_s);
    return subscription;
}

QJsonObject StripeLedger::settleIntent(const QString &id, bool isPaid)
{
    QJsonObject &intent = m_intents[id];
    intent.insert(u"status"_s, isPaid ? u"succeeded"_s : u"requires_payment_method"_s);
    return intent;
}

QJsonObject StripeLedger::invoiceOf(const QString &subscription) const
{
    return m_invoices.value(subscription);
}

} // namespace sandbox
