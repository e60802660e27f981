// Customers, prices, subscriptions and payments as Stripe keeps them.
#pragma once

#include "tests/sandbox/form.h"

#include <QDateTime>
#include <QJsonObject>
#include <QMap>

#include <optional>
#include <variant>

namespace sandbox {

/// `{"error": {"type", "code", "message", "param"}}` with its status.
struct StripeRefusal
{
    int status = 400;
    QString type = QStringLiteral("invalid_request_error");
    QString code;
    QString message;
    QString param;
};

/// The rules of Stripe's objects, in the form of version 2025-03-31.basil, without any HTTP.
///
/// Payment methods are Stripe's test ones: pm_card_visa pays, pm_card_chargeDeclined is refused
/// when it is attached, pm_card_chargeCustomerFail when it is charged, and
/// pm_card_authenticationRequired wants to be confirmed by its owner.
class StripeLedger
{
public:
    using Outcome = std::variant<QJsonObject, StripeRefusal>;

    /// The business plans' prices: price_basic_monthly, price_pro_monthly,
    /// price_enterprise_monthly.
    StripeLedger();

    void addPrice(const QString &id, qint64 cents, const QString &interval);
    void removeCustomer(const QString &id)
    {
        m_customers[id].insert(QStringLiteral("deleted"), true);
    }

    Outcome createCustomer(const Form &form);
    Outcome find(const QString &kind, const QString &id) const; ///< "customers", "prices" and so on
    Outcome attach(const QString &method, const Form &form);
    Outcome subscribe(const Form &form);
    Outcome update(const QString &id, const Form &form);
    Outcome cancel(const QString &id);
    Outcome createIntent(const Form &form);

    // What the world does.
    /// The first payment of an incomplete subscription is made.
    QJsonObject confirm(const QString &id);
    /// The next period begins; the status is past_due where it is not paid.
    QJsonObject renew(const QString &id, bool isPaid);
    QJsonObject settleIntent(const QString &id, bool isPaid);
    /// The latest invoice of a subscription.
    QJsonObject invoiceOf(const QString &subscription) const;
    QJsonObject subscription(const QString &id) const { return m_subscriptions.value(id); }
    QList<QString> subscriptionIds() const { return m_subscriptions.keys(); }
    QList<QString> intentIds() const { return m_intents.keys(); }
    QList<QString> customerIds() const { return m_customers.keys(); }

private:
    QString newId(const QString &prefix);
    void setPeriod(QJsonObject &subscription, qint64 start) const;
    void bill(QJsonObject &subscription, const QString &status);

    int m_count = 0;
    QMap<QString, QJsonObject> m_customers;
    QMap<QString, QJsonObject> m_prices;
    QMap<QString, QJsonObject> m_methods;
    QMap<QString, QJsonObject> m_subscriptions;
    QMap<QString, QJsonObject> m_invoices; ///< by subscription: the latest
    QMap<QString, QJsonObject> m_intents;
};

} // namespace sandbox
