// Purchases in the App Store: whose they are, and what they give, once.
#include "server/adapters/store/purchase_store.h"
#include "tests/server/adapters/store/payments_fixture.h"
#include "tests/server/adapters/store/store_backends.h"

#include <QObject>
#include <QTest>

#include <atomic>
#include <thread>

using namespace server;
using namespace Qt::StringLiterals;
using core::Platform;
using tests::kUsageNow;

namespace {

const QString kWeekly = u"speech_assistant_weekly"_s;
const QString kAddon = u"speech_assistant_addon_calls"_s;

/// Vouches for what the test says.
class Verifier final : public core::StoreVerifier
{
public:
    core::StoreTransaction transaction;
    core::StoreNotification next;

    base::Result<core::StoreTransaction> verify(const QString &, bool, const QStringList &) override
    {
        return transaction;
    }
    base::Result<core::StoreNotification> notification(const QString &) override { return next; }
};

struct PurchaseRig : tests::PaymentsRig
{
    explicit PurchaseRig(store::Database &database)
        : PaymentsRig(database),
          purchases(database),
          ann(tests::addUser(database, u"ios_ann"_s, Platform::Mobile)),
          eve(tests::addUser(database, u"ios_eve"_s, Platform::Mobile))
    {
    }

    store::SqlPurchaseStore purchases;
    Verifier verifier;
    core::PurchaseService shop{
        {verifier, purchases, billing, events, subscriptions, service, [this] { return now; }}};
    base::UserId ann;
    base::UserId eve;

    void buy(const QString &id, const QString &product, const QString &original = {})
    {
        verifier.transaction = {};
        verifier.transaction.id = id;
        verifier.transaction.originalId = original.isEmpty() ? id : original;
        verifier.transaction.productId = product;
        verifier.transaction.purchasedAt = now;
        verifier.transaction.signedAt = now;
        if (product != kAddon)
            verifier.transaction.expiresAt = now.addDays(7);
    }
    /// Empty when it worked, else what the user is told.
    QString redeem(base::UserId who, const QString &product = kWeekly) const
    {
        const auto view = shop.redeem(who, u"receipt"_s, false, {product});
        return view ? QString() : view.error().message;
    }
    void hear(const QString &id, const QString &type, const QString &subtype = {})
    {
        verifier.next = {};
        verifier.next.id = id;
        verifier.next.type = type;
        verifier.next.subtype = subtype;
        verifier.next.signedAt = now;
        verifier.next.transaction = verifier.transaction;
        QVERIFY(shop.hear(u"payload"_s));
    }
    QString standingOf(base::UserId who)
    {
        const auto view = service.look(who);
        return view->isSubscribed()
                   ? toText(statusAt(*view->standing.subscription, view->catalogue->rules(), now))
                   : view->verdict.status;
    }
    int addonCalls(base::UserId who) { return service.look(who)->standing.addonCalls; }
};

} // namespace

class PurchaseStoreTest : public QObject
{
    Q_OBJECT
private slots:
    void aWeekAndItsRenewals_data() { tests::addBackendRows(); }
    void aWeekAndItsRenewals();
    void aPurchaseIsOnePersons_data() { tests::addBackendRows(); }
    void aPurchaseIsOnePersons();
    void whatIsUsedUpCountsOnce_data() { tests::addBackendRows(); }
    void whatIsUsedUpCountsOnce();
    void appleSpeaksBeforeTheApp_data() { tests::addBackendRows(); }
    void appleSpeaksBeforeTheApp();
    void purchasesThatAreRefused_data() { tests::addBackendRows(); }
    void purchasesThatAreRefused();
    void manyTriesAtOnceAreOne_data() { tests::addBackendRows(); }
    void manyTriesAtOnceAreOne();
};

void PurchaseStoreTest::aWeekAndItsRenewals()
{
    SCRATCH_DATABASE(scratch);
    PurchaseRig rig(scratch->database());
    rig.buy(u"1"_s, kWeekly);
    QCOMPARE(rig.redeem(rig.ann), QString());
    QCOMPARE(rig.standingOf(rig.ann), u"active"_s);
    const auto subscription = rig.service.look(rig.ann)->standing.subscription;
    QCOMPARE(subscription->plan, u"mobile_weekly"_s);
    QCOMPARE(subscription->endsAt, kUsageNow.addDays(7));
    QCOMPARE(subscription->externalId, u"1"_s);
    QCOMPARE(subscription->productId, kWeekly);
    QCOMPARE(rig.redeem(rig.ann), QString()); // again: nothing changes
    rig.now = kUsageNow.addDays(7).addSecs(-60);
    rig.buy(u"2"_s, kWeekly, u"1"_s);
    rig.hear(u"n1"_s, u"DID_RENEW"_s);
    QCOMPARE(rig.service.look(rig.ann)->standing.subscription->endsAt, rig.now.addDays(7));
    // What the app still has is older than what Apple told.
    core::StoreTransaction older = rig.verifier.transaction;
    older.id = u"1"_s;
    older.expiresAt = rig.now.addSecs(60);
    older.signedAt = kUsageNow;
    rig.verifier.transaction = older;
    QCOMPARE(rig.redeem(rig.ann), QString());
    QCOMPARE(rig.service.look(rig.ann)->standing.subscription->endsAt, rig.now.addDays(7));
    rig.hear(u"n2"_s, u"DID_CHANGE_RENEWAL_STATUS"_s, u"AUTO_RENEW_DISABLED"_s);
    QCOMPARE(rig.standingOf(rig.ann), u"cancelled"_s);
    rig.now = rig.now.addSecs(10);
    rig.hear(u"n3"_s, u"REFUND"_s);
    QCOMPARE(rig.standingOf(rig.ann), u"upgrade_required"_s);
    // Late news of before.
    rig.now = rig.now.addSecs(-5);
    rig.hear(u"n4"_s, u"DID_RENEW"_s);
    rig.now = rig.now.addSecs(5);
    QCOMPARE(rig.standingOf(rig.ann), u"upgrade_required"_s);
}

void PurchaseStoreTest::aPurchaseIsOnePersons()
{
    SCRATCH_DATABASE(scratch);
    PurchaseRig rig(scratch->database());
    const QString taken = u"This transaction has already been processed"_s;
    rig.buy(u"1"_s, kWeekly);
    QCOMPARE(rig.redeem(rig.ann), QString());
    QCOMPARE(rig.redeem(rig.eve), taken);
    rig.buy(u"2"_s, kWeekly, u"1"_s); // a renewal of the same subscription
    QCOMPARE(rig.redeem(rig.eve), taken);
    QCOMPARE(rig.standingOf(rig.eve), u"trial_call_available"_s);
    QCOMPARE(rig.redeem(rig.ann), QString());
    // The account goes; the subscription goes on, for whoever has it.
    QVERIFY(scratch->database().session().execute(store::Sql(u"DELETE FROM users WHERE id = ?"_s),
                                                  {rig.ann.value}));
    QCOMPARE(rig.redeem(rig.eve), QString());
    QCOMPARE(rig.standingOf(rig.eve), u"active"_s);
}

void PurchaseStoreTest::whatIsUsedUpCountsOnce()
{
    SCRATCH_DATABASE(scratch);
    PurchaseRig rig(scratch->database());
    rig.buy(u"1"_s, kAddon);
    rig.verifier.transaction.quantity = 2;
    QCOMPARE(rig.redeem(rig.ann, kAddon), QString());
    QCOMPARE(rig.addonCalls(rig.ann), 10);
    QCOMPARE(rig.redeem(rig.ann, kAddon), QString());
    QCOMPARE(rig.addonCalls(rig.ann), 10);
    const auto bought = rig.verifier.transaction;
    rig.buy(u"2"_s, kAddon);
    QCOMPARE(rig.redeem(rig.ann, kAddon), QString());
    QCOMPARE(rig.addonCalls(rig.ann), 15);
    rig.verifier.transaction = bought;
    rig.hear(u"n1"_s, u"REFUND"_s);
    QCOMPARE(rig.addonCalls(rig.ann), 5);
    rig.hear(u"n2"_s, u"REFUND"_s);
    QCOMPARE(rig.addonCalls(rig.ann), 5);
    // Nobody redeems it a second time by way of another account.
    QVERIFY(scratch->database().session().execute(store::Sql(u"DELETE FROM users WHERE id = ?"_s),
                                                  {rig.ann.value}));
    QCOMPARE(rig.redeem(rig.eve, kAddon), u"This transaction has already been processed"_s);
}

void PurchaseStoreTest::appleSpeaksBeforeTheApp()
{
    SCRATCH_DATABASE(scratch);
    PurchaseRig rig(scratch->database());
    rig.buy(u"1"_s, kWeekly);
    const auto asBought = rig.verifier.transaction;
    rig.hear(u"n1"_s, u"SUBSCRIBED"_s, u"INITIAL_BUY"_s);
    rig.now = kUsageNow.addSecs(60);
    rig.hear(u"n2"_s, u"REFUND"_s);
    rig.now = kUsageNow.addSecs(120);
    rig.verifier.transaction = asBought; // the app does not know yet
    QCOMPARE(rig.redeem(rig.ann), u"This subscription has ended"_s);
    QCOMPARE(rig.standingOf(rig.ann), u"trial_call_available"_s);
    rig.hear(u"n3"_s, u"TEST"_s);
    rig.verifier.next.transaction.reset();
    rig.verifier.next.id = u"n4"_s;
    QCOMPARE(rig.shop.hear(u"payload"_s).value(), true);
    QCOMPARE(rig.shop.hear(u"payload"_s).value(), false);
}

void PurchaseStoreTest::purchasesThatAreRefused()
{
    SCRATCH_DATABASE(scratch);
    PurchaseRig rig(scratch->database());
    rig.buy(u"1"_s, kWeekly);
    QCOMPARE(rig.redeem(rig.user), u"This purchase is for the mobile app"_s);
    rig.buy(u"1"_s, u"speech_assistant_business_pro"_s);
    QCOMPARE(rig.redeem(rig.ann), u"Product ID mismatch"_s);
    QCOMPARE(rig.redeem(rig.ann, u"speech_assistant_business_pro"_s), u"Invalid product ID"_s);
    rig.buy(u"1"_s, kWeekly);
    rig.verifier.transaction.expiresAt = rig.now;
    QCOMPARE(rig.redeem(rig.ann), u"This subscription has ended"_s);
    rig.verifier.transaction.expiresAt = {};
    QCOMPARE(rig.redeem(rig.ann), u"This subscription has ended"_s);
    rig.buy(u"1"_s, kAddon);
    rig.verifier.transaction.refundedAt = rig.now;
    QCOMPARE(rig.redeem(rig.ann, kAddon), u"This purchase was refunded"_s);
    QCOMPARE(rig.standingOf(rig.ann), u"trial_call_available"_s);
}

void PurchaseStoreTest::manyTriesAtOnceAreOne()
{
    SCRATCH_DATABASE(scratch);
    PurchaseRig rig(scratch->database());
    core::StoreTransaction transaction;
    transaction.id = transaction.originalId = u"1"_s;
    transaction.productId = kAddon;
    transaction.purchasedAt = kUsageNow;
    std::atomic<int> wins = 0;
    std::vector<std::thread> tries;
    tries.reserve(8);
    for (int i = 0; i < 8; ++i)
        tries.emplace_back([&, i] {
            const auto another = scratch->another();
            store::SqlPurchaseStore purchases(*another);
            const auto redeemed =
                purchases.redeem(transaction, i % 2 == 0 ? rig.ann : rig.eve, kUsageNow);
            if (!redeemed)
                qFatal("%s", qPrintable(redeemed.error().cause));
            wins += redeemed->isNew ? 1 : 0;
        });
    for (std::thread &one : tries)
        one.join();
    QCOMPARE(wins.load(), 1);
}

QTEST_GUILESS_MAIN(PurchaseStoreTest)
#include "tst_purchase_store.moc"
