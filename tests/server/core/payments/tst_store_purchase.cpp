// What the App Store's notifications mean.
#include "server/core/payments/store_purchase.h"

#include <QTest>

using namespace server::core;
using namespace Qt::StringLiterals;

namespace {

const QDateTime kPurchaseNow = QDateTime::fromString(u"2026-03-02T10:00:00Z"_s, Qt::ISODate);

StoreNotification told(const QString &type, const QString &subtype = {})
{
    StoreNotification notification;
    notification.id = u"uuid"_s;
    notification.type = type;
    notification.subtype = subtype;
    notification.signedAt = kPurchaseNow;
    StoreTransaction transaction;
    transaction.id = u"2"_s;
    transaction.originalId = u"1"_s;
    transaction.productId = u"speech_assistant_weekly"_s;
    transaction.purchasedAt = kPurchaseNow.addDays(-1);
    transaction.expiresAt = kPurchaseNow.addDays(6);
    notification.transaction = transaction;
    return notification;
}

} // namespace

class StorePurchase : public QObject
{
    Q_OBJECT
private slots:
    void notificationsHaveMeanings_data();
    void notificationsHaveMeanings();
    void applesGraceIsItsOwn();
    void refundsEndAtOnce();
};

void StorePurchase::notificationsHaveMeanings_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("subtype");
    QTest::addColumn<QString>("status"); // empty: nothing changes
    const auto row = [](const QString &type, const QString &subtype, const QString &status) {
        QTest::addRow("%s %s", qPrintable(type), qPrintable(subtype)) << type << subtype << status;
    };
    row(u"SUBSCRIBED"_s, u"INITIAL_BUY"_s, u"active"_s);
    row(u"SUBSCRIBED"_s, u"RESUBSCRIBE"_s, u"active"_s);
    row(u"DID_RENEW"_s, {}, u"active"_s);
    row(u"DID_RENEW"_s, u"BILLING_RECOVERY"_s, u"active"_s);
    row(u"DID_CHANGE_RENEWAL_STATUS"_s, u"AUTO_RENEW_DISABLED"_s, u"cancelled"_s);
    row(u"DID_CHANGE_RENEWAL_STATUS"_s, u"AUTO_RENEW_ENABLED"_s, u"active"_s);
    row(u"DID_CHANGE_RENEWAL_PREF"_s, u"UPGRADE"_s, u"active"_s);
    row(u"DID_CHANGE_RENEWAL_PREF"_s, u"DOWNGRADE"_s, {});
    row(u"DID_FAIL_TO_RENEW"_s, {}, u"billing_retry"_s);
    row(u"GRACE_PERIOD_EXPIRED"_s, {}, u"expired"_s);
    row(u"EXPIRED"_s, u"VOLUNTARY"_s, u"expired"_s);
    row(u"REFUND"_s, {}, u"expired"_s);
    row(u"REVOKE"_s, {}, u"expired"_s);
    row(u"PRICE_INCREASE"_s, u"PENDING"_s, {});
    row(u"TEST"_s, {}, {});
    row(u"SOMETHING_NEW"_s, {}, {});
}

void StorePurchase::notificationsHaveMeanings()
{
    QFETCH(QString, type);
    QFETCH(QString, subtype);
    QFETCH(QString, status);
    const auto after = subscriptionAfter(told(type, subtype), {7});
    QCOMPARE(after.has_value(), !status.isEmpty());
    if (!after)
        return;
    QCOMPARE(toText(after->status), status);
    QCOMPARE(after->originalId, u"1"_s);
    QCOMPARE(after->user.value, 7);
    QCOMPARE(after->eventAt, kPurchaseNow);
}

void StorePurchase::applesGraceIsItsOwn()
{
    StoreNotification notification = told(u"DID_FAIL_TO_RENEW"_s, u"GRACE_PERIOD"_s);
    notification.graceEndsAt = kPurchaseNow.addDays(16);
    const auto after = subscriptionAfter(notification, {7});
    QCOMPARE(after->status, SubscriptionStatus::GracePeriod);
    QCOMPARE(after->endsAt, kPurchaseNow.addDays(16));
}

void StorePurchase::refundsEndAtOnce()
{
    StoreNotification notification = told(u"REFUND"_s);
    QCOMPARE(subscriptionAfter(notification, {7})->endsAt, kPurchaseNow);
    notification.transaction->refundedAt = kPurchaseNow.addSecs(-60);
    QCOMPARE(subscriptionAfter(notification, {7})->endsAt, kPurchaseNow.addSecs(-60));
}

QTEST_GUILESS_MAIN(StorePurchase)
#include "tst_store_purchase.moc"
