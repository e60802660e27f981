// Stripe's word in the database: each once, in any order.
#include "tests/server/adapters/store/payments_fixture.h"
#include "tests/server/adapters/store/store_backends.h"

#include <QObject>
#include <QTest>

#include <atomic>
#include <thread>

using namespace server;
using namespace Qt::StringLiterals;
using base::Fault;
using core::BillingStatus;
using core::InvoiceTold;
using core::SubscriptionTold;
using tests::kUsageNow;
using tests::PaymentsRig;
using tests::told;

namespace {

core::BillingInvoice invoice(const QDateTime &start)
{
    core::BillingInvoice result;
    result.id = u"in_%1"_s.arg(start.toSecsSinceEpoch());
    result.customerId = u"cus_1"_s;
    result.subscriptionId = u"sub_1"_s;
    result.plan = u"pro_monthly"_s;
    result.amount = {9'999, u"usd"_s};
    result.periodStart = start;
    result.periodEnd = start.addDays(30);
    return result;
}

QStringList payments(PaymentsRig &rig)
{
    QStringList list;
    const auto found = rig.billing.paymentsOf(rig.user, 100, 0);
    for (const core::Payment &payment : found.value())
        list << u"%1 %2 %3"_s.arg(toText(payment.type), toText(payment.status))
                    .arg(payment.amount.minor);
    return list;
}

} // namespace

class BillingStoreTest : public QObject
{
    Q_OBJECT
private slots:
    void aMonthOfASubscription_data() { tests::addBackendRows(); }
    void aMonthOfASubscription();
    void anyOrderEndsTheSame_data() { tests::addBackendRows(); }
    void anyOrderEndsTheSame();
    void anEventOvertakesTheAnswer_data() { tests::addBackendRows(); }
    void anEventOvertakesTheAnswer();
    void eachEventOnce_data() { tests::addBackendRows(); }
    void eachEventOnce();
    void aFailureLeavesNothingButItsNote_data() { tests::addBackendRows(); }
    void aFailureLeavesNothingButItsNote();
    void ordersUnderWay_data() { tests::addBackendRows(); }
    void ordersUnderWay();
    void paymentsStandOnce_data() { tests::addBackendRows(); }
    void paymentsStandOnce();
    void nobodysWordIsHeardAndForgotten_data() { tests::addBackendRows(); }
    void nobodysWordIsHeardAndForgotten();
};

void BillingStoreTest::aMonthOfASubscription()
{
    SCRATCH_DATABASE(scratch);
    PaymentsRig rig(scratch->database());
    QCOMPARE(rig.standing(), u"trial_call_available"_s);
    // Open at first: the trial stays.
    QVERIFY(rig.stripe.note(rig.subscription(BillingStatus::Incomplete)));
    QCOMPARE(rig.standing(), u"trial_call_available"_s);
    QCOMPARE(rig.billing.liveOf(rig.user).value()->subscription.status, BillingStatus::Incomplete);
    QVERIFY(rig.stripe.handle(told(kUsageNow.addSecs(5), InvoiceTold{invoice(kUsageNow), true})));
    QCOMPARE(rig.standing(), u"active pro_monthly"_s);
    QCOMPARE(rig.service.look(rig.user)->standing.subscription->lastPaymentAt,
             kUsageNow.addSecs(5));
    // A call of this week is remembered over the renewal.
    QVERIFY(rig.service.reserve(tests::draftFor(rig.user)));
    rig.now = kUsageNow.addDays(30).addSecs(60);
    core::BillingSubscription renewed = rig.subscription(BillingStatus::PastDue);
    renewed.periodStart = kUsageNow.addDays(30);
    renewed.periodEnd = kUsageNow.addDays(60);
    QVERIFY(rig.stripe.handle(told(rig.now, SubscriptionTold{renewed})));
    QCOMPARE(rig.standing(), u"grace_period pro_monthly"_s);
    QCOMPARE(rig.service.look(rig.user)->standing.counters.callsTotal, 1);
    rig.now = kUsageNow.addDays(34); // the catalogue's grace is over
    QCOMPARE(rig.standing(), u"upgrade_required"_s);
    QVERIFY(rig.stripe.handle(told(rig.now, InvoiceTold{invoice(kUsageNow.addDays(30)), true})));
    QCOMPARE(rig.standing(), u"active pro_monthly"_s);
    QCOMPARE(rig.service.look(rig.user)->standing.subscription->endsAt, kUsageNow.addDays(60));
    core::BillingSubscription ended = rig.subscription(BillingStatus::Canceled);
    ended.endedAt = rig.now;
    QVERIFY(rig.stripe.handle(told(rig.now, SubscriptionTold{ended})));
    QCOMPARE(rig.standing(), u"upgrade_required"_s);
    QVERIFY(!rig.billing.liveOf(rig.user).value());
    QCOMPARE(payments(rig),
             QStringList({u"subscription succeeded 9999"_s, u"subscription succeeded 9999"_s}));
    const auto audited = scratch->database().session().execute(store::Sql(
        u"SELECT count(*) FROM audit_log WHERE action = 'subscription.paid' AND actor_user_id IS NULL"_s));
    QVERIFY2(audited, qPrintable(audited ? QString() : audited.error().cause));
    QCOMPARE(audited->first().integer(0), 4);
}

/// The same four events in every order: what Stripe said last is what stands.
void BillingStoreTest::anyOrderEndsTheSame()
{
    QList<int> order{0, 1, 2, 3};
    SCRATCH_DATABASE(scratch);
    PaymentsRig rig(scratch->database());
    int number = 0;
    do {
        const auto user =
            tests::addUser(scratch->database(), u"u%1"_s.arg(++number), core::Platform::Web);
        const QString customer = u"cus_u%1"_s.arg(number);
        QVERIFY(rig.billing.setCustomer(user, customer, kUsageNow));
        const auto mine = [&](core::BillingSubscription subscription) {
            subscription.id = u"sub_u%1"_s.arg(number);
            subscription.customerId = customer;
            return subscription;
        };
        core::BillingSubscription ending = mine(rig.subscription(BillingStatus::Active));
        ending.cancelsAtPeriodEnd = true;
        core::BillingInvoice paid = invoice(kUsageNow);
        paid.id = u"in_u%1"_s.arg(number);
        paid.customerId = customer;
        paid.subscriptionId = ending.id;
        const QList<core::BillingEvent> events{
            told(kUsageNow, SubscriptionTold{mine(rig.subscription(BillingStatus::Incomplete))}),
            told(kUsageNow.addSecs(2), InvoiceTold{paid, true}),
            told(kUsageNow.addSecs(2),
                 SubscriptionTold{mine(rig.subscription(BillingStatus::Active))}),
            told(kUsageNow.addSecs(9), SubscriptionTold{ending})};
        for (const int index : order)
            QVERIFY(rig.stripe.handle(events.at(index)));
        const auto view = rig.service.look(user);
        QVERIFY(view && view->standing.subscription);
        QVERIFY2(view->standing.subscription->status == core::SubscriptionStatus::Cancelled,
                 qPrintable(u"order %1"_s.arg(number)));
        QCOMPARE(view->standing.subscription->endsAt, kUsageNow.addDays(30));
        QCOMPARE(rig.billing.paymentsOf(user, 10, 0)->size(), 1U);
    } while (std::next_permutation(order.begin(), order.end()));
    QCOMPARE(number, 24);
}

void BillingStoreTest::anEventOvertakesTheAnswer()
{
    SCRATCH_DATABASE(scratch);
    PaymentsRig rig(scratch->database());
    QVERIFY(rig.stripe.handle(
        told(kUsageNow.addSecs(1), SubscriptionTold{rig.subscription(BillingStatus::Active)})));
    QCOMPARE(rig.standing(), u"active pro_monthly"_s);
    // Staff cannot end here what Stripe would charge on.
    QCOMPARE(rig.service.end(rig.user, rig.user, false, {}).error().fault, Fault::Conflict);
    // The answer of the order, which still says how it was when it was made.
    QVERIFY(rig.stripe.note(rig.subscription(BillingStatus::Incomplete)));
    QCOMPARE(rig.standing(), u"active pro_monthly"_s);
    // Its user is found by the metadata too.
    core::BillingSubscription other = rig.subscription(BillingStatus::Active);
    other.id = u"sub_2"_s;
    other.customerId = u"cus_unknown"_s;
    other.user = tests::addUser(scratch->database(), u"bob"_s, core::Platform::Web);
    QVERIFY(rig.stripe.handle(told(kUsageNow, SubscriptionTold{other})));
    QVERIFY(rig.service.look(other.user)->isSubscribed());
}

void BillingStoreTest::eachEventOnce()
{
    SCRATCH_DATABASE(scratch);
    PaymentsRig rig(scratch->database());
    const auto event = told(kUsageNow, InvoiceTold{invoice(kUsageNow), true});
    std::atomic<int> effects = 0;
    std::vector<std::thread> deliveries;
    deliveries.reserve(8);
    for (int i = 0; i < 8; ++i)
        deliveries.emplace_back([&] {
            const auto another = scratch->another();
            store::SqlPaymentEventStore events(*another);
            const auto heard = events.once({u"stripe"_s, event.id, event.type, kUsageNow},
                                           kUsageNow, [&]() -> base::Result<> {
                                               ++effects;
                                               return {};
                                           });
            if (!heard)
                qFatal("%s", qPrintable(heard.error().cause));
        });
    for (std::thread &delivery : deliveries)
        delivery.join();
    QCOMPARE(effects.load(), 1);
    QCOMPARE(rig.stripe.handle(event).value(), false);
    QCOMPARE(payments(rig), QStringList());
    // The App Store may use the same words.
    QCOMPARE(rig.events
                 .once({u"app_store"_s, event.id, event.type, kUsageNow}, kUsageNow,
                       [] { return base::Result<>(); })
                 .value(),
             true);
    QCOMPARE(rig.events.removeBefore(kUsageNow).value(), 0);
    QCOMPARE(rig.events.removeBefore(kUsageNow.addSecs(1)).value(), 2);
}

void BillingStoreTest::aFailureLeavesNothingButItsNote()
{
    SCRATCH_DATABASE(scratch);
    PaymentsRig rig(scratch->database());
    const core::PaymentEventKey key{u"stripe"_s, u"evt_x"_s, u"x"_s, kUsageNow};
    const auto failing = rig.events.once(key, kUsageNow, [&]() -> base::Result<> {
        const auto saved = rig.billing.savePayment({.user = rig.user,
                                                    .intentId = u"pi_1"_s,
                                                    .amount = {100, u"usd"_s},
                                                    .createdAt = kUsageNow});
        return saved ? base::fail(Fault::Unavailable, u"No"_s) : saved;
    });
    QVERIFY(!failing);
    QCOMPARE(payments(rig), QStringList());
    QVERIFY(rig.events.noteFailure(key, kUsageNow, u"No"_s));
    const auto again = rig.events.once(key, kUsageNow, [] { return base::Result<>(); });
    QCOMPARE(again.value(), true);
    QVERIFY(rig.events.noteFailure(key, kUsageNow, u"Late"_s));
    QCOMPARE(rig.events.once(key, kUsageNow, [] { return base::Result<>(); }).value(), false);
}

void BillingStoreTest::ordersUnderWay()
{
    SCRATCH_DATABASE(scratch);
    PaymentsRig rig(scratch->database());
    const auto begin = [&](const char *order, int seconds) {
        return rig.billing.beginAttempt(rig.user, u"subscription"_s, order,
                                        kUsageNow.addSecs(seconds));
    };
    QCOMPARE(begin("a", 0).value(), kUsageNow);
    QCOMPARE(begin("a", 60).value(), kUsageNow); // the same key again
    QCOMPARE(begin("b", 60).error().fault, Fault::Conflict);
    QCOMPARE(begin("b", 121).value(), kUsageNow.addSecs(121));
    QCOMPARE(begin("a", 130).error().fault, Fault::Conflict);
    QVERIFY(rig.billing.endAttempt(rig.user, u"subscription"_s));
    QCOMPARE(begin("a", 130).value(), kUsageNow.addSecs(130));
    constexpr int kDay = 24 * 60 * 60; // Stripe has forgotten the key by then
    QCOMPARE(begin("a", 130 + kDay).value(), kUsageNow.addSecs(130 + kDay));
    QVERIFY(rig.billing.beginAttempt(rig.user, u"customer"_s, "b", kUsageNow));
}

void BillingStoreTest::paymentsStandOnce()
{
    SCRATCH_DATABASE(scratch);
    PaymentsRig rig(scratch->database());
    core::BillingInvoice first = invoice(kUsageNow);
    QVERIFY(rig.stripe.handle(told(kUsageNow, InvoiceTold{first, false})));
    QCOMPARE(payments(rig), QStringList{u"subscription failed 9999"_s});
    first.intentId = u"pi_1"_s;
    QVERIFY(rig.stripe.handle(told(kUsageNow, InvoiceTold{first, true})));
    QVERIFY(rig.stripe.handle(told(kUsageNow, InvoiceTold{first, true})));  // invoice.paid
    QVERIFY(rig.stripe.handle(told(kUsageNow, InvoiceTold{first, false}))); // late
    QCOMPARE(payments(rig), QStringList{u"subscription succeeded 9999"_s});
    QVERIFY(rig.stripe.handle(told(kUsageNow, core::RefundTold{u"pi_1"_s, {}, false})));
    QCOMPARE(payments(rig), QStringList{u"subscription succeeded 9999"_s});
    QVERIFY(rig.stripe.handle(told(kUsageNow, core::RefundTold{u"pi_1"_s, {}, true})));
    QCOMPARE(payments(rig), QStringList{u"subscription refunded 9999"_s});

    core::BillingIntent intent{u"pi_2"_s, {}, rig.user, {500, u"usd"_s}, u"Setup"_s, true};
    QVERIFY(rig.stripe.handle(told(kUsageNow, core::IntentTold{intent, true})));
    intent.id = u"pi_3"_s;
    intent.isOneTime = false; // of an invoice
    QVERIFY(rig.stripe.handle(told(kUsageNow, core::IntentTold{intent, true})));
    QCOMPARE(payments(rig),
             QStringList({u"one_time succeeded 500"_s, u"subscription refunded 9999"_s}));
}

void BillingStoreTest::nobodysWordIsHeardAndForgotten()
{
    SCRATCH_DATABASE(scratch);
    PaymentsRig rig(scratch->database());
    core::BillingSubscription stranger = rig.subscription(BillingStatus::Active);
    stranger.customerId = u"cus_unknown"_s;
    stranger.user = {999'999};
    QVERIFY(rig.stripe.handle(told(kUsageNow, SubscriptionTold{stranger})));
    core::BillingInvoice theirs = invoice(kUsageNow);
    theirs.customerId = u"cus_unknown"_s;
    QVERIFY(rig.stripe.handle(told(kUsageNow, InvoiceTold{theirs, true})));
    const core::BillingIntent intent{u"pi_2"_s, {}, {999'999}, {500, u"usd"_s}, {}, true};
    QVERIFY(rig.stripe.handle(told(kUsageNow, core::IntentTold{intent, true})));
    QVERIFY(rig.stripe.handle(told(kUsageNow, std::monostate{})));
    QCOMPARE(rig.standing(), u"trial_call_available"_s);
    QCOMPARE(payments(rig), QStringList());
}

QTEST_GUILESS_MAIN(BillingStoreTest)
#include "tst_billing_store.moc"
