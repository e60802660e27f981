// Users' telephone numbers in the database: the limit, purchases, changing hands.
#include "server/adapters/store/number_store.h"
#include "server/adapters/store/onboarding_store.h"
#include "server/adapters/store/sql_account_remover.h"
#include "tests/server/adapters/store/store_backends.h"
#include "tests/server/adapters/store/usage_fixture.h"

#include <QTest>

#include <atomic>
#include <latch>
#include <thread>

using namespace server;
using base::Fault;
using base::UserId;
using core::NumberPurchase;
using core::OwnedNumber;
using core::Platform;
using tests::addUser;
using tests::kUsageNow;

namespace {

const QString kAccount = QStringLiteral("AC00000000000000000000000000000001");

QString numberAt(int index)
{
    return QStringLiteral("+1415555%1").arg(100 + index, 4, 10, QLatin1Char('0'));
}

OwnedNumber numberOf(UserId owner, int index)
{
    OwnedNumber number;
    number.owner = owner;
    number.e164 = numberAt(index);
    number.sid = QStringLiteral("PN%1").arg(index);
    number.friendlyName = QStringLiteral("Ünï %1").arg(index);
    number.provisionedAt = kUsageNow;
    number.accountSid = kAccount;
    return number;
}

NumberPurchase purchaseOf(UserId user, const QString &marker, const QDateTime &at = kUsageNow)
{
    return {marker, user, kAccount, at};
}

/// Buys it from beginning to end; the fault, or nothing.
std::optional<Fault> buy(store::SqlNumberStore &numbers, const OwnedNumber &number, int limit = 3)
{
    const QString marker = QStringLiteral("marker ") + number.sid;
    const auto begun = numbers.beginPurchase(purchaseOf(number.owner, marker), limit, kUsageNow);
    if (!begun)
        return begun.error().fault;
    const auto bought = numbers.completePurchase(marker, number);
    return bought ? std::nullopt : std::optional(bought.error().fault);
}

} // namespace

class NumberStoreTest : public QObject
{
    Q_OBJECT
private slots:
    void numbersAreTheirOwners_data() { tests::addBackendRows(); }
    void numbersAreTheirOwners();
    void theLimitHoldsAgainstMany_data() { tests::addBackendRows(); }
    void theLimitHoldsAgainstMany();
    void purchasesCountWhileTheyLive_data() { tests::addBackendRows(); }
    void purchasesCountWhileTheyLive();
    void aPurchaseEndsOnce_data() { tests::addBackendRows(); }
    void aPurchaseEndsOnce();
    void givingUpAndCompletingExclude_data() { tests::addBackendRows(); }
    void givingUpAndCompletingExclude();
    void releasedNumbersChangeHands_data() { tests::addBackendRows(); }
    void releasedNumbersChangeHands();
    void deletedAccountsLeaveWhatIsToBeReleased_data() { tests::addBackendRows(); }
    void deletedAccountsLeaveWhatIsToBeReleased();
    void aNumberIsAFactOfTheOnboarding_data() { tests::addBackendRows(); }
    void aNumberIsAFactOfTheOnboarding();
};

void NumberStoreTest::numbersAreTheirOwners()
{
    SCRATCH_DATABASE(scratch);
    const auto ann = addUser(scratch->database(), QStringLiteral("ann"), Platform::Web);
    const auto bob = addUser(scratch->database(), QStringLiteral("bob"), Platform::Web);
    store::SqlNumberStore numbers(scratch->database());
    OwnedNumber mute = numberOf(ann, 0);
    mute.hasVoice = false;
    QVERIFY(!buy(numbers, mute));
    QVERIFY(!buy(numbers, numberOf(ann, 1)));
    QVERIFY(!buy(numbers, numberOf(bob, 2)));

    const auto own = numbers.ofOwner(ann);
    QCOMPARE(own->size(), size_t(2));
    QCOMPARE(own->at(1).e164, numberAt(1));
    QCOMPARE(own->at(1).friendlyName, QStringLiteral("Ünï 1"));
    QCOMPARE(own->at(1).provisionedAt, kUsageNow);
    QCOMPARE(own->at(1).accountSid, kAccount);
    QVERIFY(own->at(1).id > 0);
    QCOMPARE((*numbers.primaryOf(ann))->e164, numberAt(1)); // the other one cannot speak
    QCOMPARE((*numbers.findActive(numberAt(2)))->owner, bob);
    QVERIFY(!*numbers.findActive(numberAt(3)));
    QCOMPARE(*numbers.deactivate(bob, numberAt(1)), false);
    QCOMPARE(*numbers.deactivate(ann, numberAt(1)), true);
    QCOMPARE(*numbers.deactivate(ann, numberAt(1)), false);
    QVERIFY(!*numbers.findActive(numberAt(1)));
    QVERIFY(!*numbers.primaryOf(ann));
}

void NumberStoreTest::theLimitHoldsAgainstMany()
{
    SCRATCH_DATABASE(scratch);
    const auto ann = addUser(scratch->database(), QStringLiteral("ann"), Platform::Web);
    const auto bob = addUser(scratch->database(), QStringLiteral("bob"), Platform::Web);
    const auto otherServer = scratch->another();
    store::SqlNumberStore first(scratch->database());
    store::SqlNumberStore second(*otherServer);
    constexpr int kThreads = 20;
    std::atomic<int> bought = 0;
    std::atomic<int> refused = 0;
    std::latch together(kThreads);
    std::vector<std::thread> threads;
    threads.reserve(kThreads);
    for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&, i] {
            together.arrive_and_wait();
            const auto fault = buy(i % 2 == 0 ? first : second, numberOf(ann, i));
            if (!fault)
                ++bought;
            else if (*fault == Fault::LimitReached)
                ++refused;
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    QCOMPARE(bought.load(), 3);
    QCOMPARE(refused.load(), kThreads - 3);
    QCOMPARE(first.ofOwner(ann)->size(), size_t(3));
    QVERIFY(!buy(first, numberOf(bob, kThreads)));
}

void NumberStoreTest::purchasesCountWhileTheyLive()
{
    SCRATCH_DATABASE(scratch);
    const auto ann = addUser(scratch->database(), QStringLiteral("ann"), Platform::Web);
    store::SqlNumberStore numbers(scratch->database());
    const QDateTime later = kUsageNow.addSecs(300);
    QVERIFY(!buy(numbers, numberOf(ann, 0)));
    for (const char *marker : {"a", "b"})
        QVERIFY(numbers.beginPurchase(purchaseOf(ann, QLatin1String(marker)), 3, kUsageNow));
    const auto third = numbers.beginPurchase(purchaseOf(ann, QStringLiteral("c")), 3, kUsageNow);
    QCOMPARE(third.error().fault, Fault::LimitReached);
    // The one that came to nothing counts no more, nor those that are too old to be alive.
    QVERIFY(numbers.endPurchase(QStringLiteral("a")));
    QVERIFY(numbers.beginPurchase(purchaseOf(ann, QStringLiteral("d"), later), 3, kUsageNow));
    QVERIFY(!numbers.beginPurchase(purchaseOf(ann, QStringLiteral("e"), later), 3, kUsageNow));
    QVERIFY(numbers.beginPurchase(purchaseOf(ann, QStringLiteral("e"), later), 3,
                                  kUsageNow.addSecs(1)));
}

void NumberStoreTest::aPurchaseEndsOnce()
{
    SCRATCH_DATABASE(scratch);
    const auto ann = addUser(scratch->database(), QStringLiteral("ann"), Platform::Web);
    const auto bob = addUser(scratch->database(), QStringLiteral("bob"), Platform::Web);
    store::SqlNumberStore numbers(scratch->database());
    const QString marker = QStringLiteral("m");
    QVERIFY(numbers.beginPurchase(purchaseOf(ann, marker), 3, kUsageNow));
    QCOMPARE(numbers.completePurchase(marker, numberOf(bob, 0)).error().fault, Fault::Conflict);
    QVERIFY(numbers.completePurchase(marker, numberOf(ann, 0)));
    QCOMPARE(numbers.completePurchase(marker, numberOf(ann, 1)).error().fault, Fault::Conflict);
    // A number that is somebody's: the purchase stays for its end.
    QVERIFY(numbers.beginPurchase(purchaseOf(bob, marker), 3, kUsageNow));
    QCOMPARE(numbers.completePurchase(marker, numberOf(bob, 0)).error().fault, Fault::Conflict);
    QCOMPARE((*numbers.findActive(numberAt(0)))->owner, ann);
    QCOMPARE(numbers.giveUpPurchases(kUsageNow.addSecs(1))->size(), size_t(1));
}

void NumberStoreTest::givingUpAndCompletingExclude()
{
    SCRATCH_DATABASE(scratch);
    const auto ann = addUser(scratch->database(), QStringLiteral("ann"), Platform::Web);
    store::SqlNumberStore numbers(scratch->database());
    constexpr int kRounds = 20;
    int completed = 0;
    for (int i = 0; i < kRounds; ++i) {
        const QString marker = QStringLiteral("m%1").arg(i);
        QVERIFY(numbers.beginPurchase(purchaseOf(ann, marker), 100, kUsageNow));
        std::latch together(2);
        bool isCompleted = false;
        bool isGivenUp = false;
        std::thread completing([&] {
            together.arrive_and_wait();
            isCompleted = numbers.completePurchase(marker, numberOf(ann, i)).has_value();
        });
        std::thread givingUp([&] {
            together.arrive_and_wait();
            const auto old = numbers.giveUpPurchases(kUsageNow.addSecs(1));
            isGivenUp = old && !old->empty();
        });
        completing.join();
        givingUp.join();
        QVERIFY(isCompleted != isGivenUp);
        completed += isCompleted ? 1 : 0;
        QVERIFY(numbers.endPurchase(marker));
    }
    QCOMPARE(int(numbers.ofOwner(ann)->size()), completed);
}

void NumberStoreTest::releasedNumbersChangeHands()
{
    SCRATCH_DATABASE(scratch);
    const auto ann = addUser(scratch->database(), QStringLiteral("ann"), Platform::Web);
    const auto bob = addUser(scratch->database(), QStringLiteral("bob"), Platform::Web);
    store::SqlNumberStore numbers(scratch->database());
    QVERIFY(!buy(numbers, numberOf(ann, 0)));
    const qint64 id = numbers.ofOwner(ann)->front().id;
    QVERIFY(*numbers.deactivate(ann, numberAt(0)));
    OwnedNumber again = numberOf(ann, 0);
    again.sid = QStringLiteral("PN-again");
    QVERIFY(!buy(numbers, again));
    QCOMPARE(numbers.ofOwner(ann)->front().id, id);
    QCOMPARE(numbers.ofOwner(ann)->front().sid, again.sid);
    QVERIFY(*numbers.deactivate(ann, numberAt(0)));
    QVERIFY(!buy(numbers, numberOf(bob, 0)));
    QVERIFY(numbers.ofOwner(ann)->empty());
    QCOMPARE((*numbers.findActive(numberAt(0)))->owner, bob);
}

void NumberStoreTest::deletedAccountsLeaveWhatIsToBeReleased()
{
    SCRATCH_DATABASE(scratch);
    const auto ann = addUser(scratch->database(), QStringLiteral("ann"), Platform::Web);
    store::SqlNumberStore numbers(scratch->database());
    QVERIFY(!buy(numbers, numberOf(ann, 0)));
    QVERIFY(numbers.beginPurchase(purchaseOf(ann, QStringLiteral("m")), 3, kUsageNow));
    QVERIFY(numbers.orphans()->empty());
    QVERIFY(numbers.forget(numbers.ofOwner(ann)->front().id)); // not as long as it is somebody's
    QCOMPARE(numbers.ofOwner(ann)->size(), size_t(1));
    QVERIFY(store::SqlAccountRemover(scratch->database()).removeAccount(ann, kUsageNow));

    QVERIFY(!numbers.completePurchase(QStringLiteral("m"), numberOf(ann, 1)));
    const auto purchases = numbers.giveUpPurchases(kUsageNow.addSecs(1));
    QCOMPARE(purchases->size(), size_t(1));
    QVERIFY(!purchases->front().user.isValid());
    const auto orphans = numbers.orphans();
    QCOMPARE(orphans->size(), size_t(1));
    QCOMPARE(orphans->front().e164, numberAt(0));
    QVERIFY(!orphans->front().owner.isValid());
    QVERIFY(!*numbers.findActive(numberAt(0)));
    QVERIFY(numbers.forget(orphans->front().id));
    QVERIFY(numbers.orphans()->empty());
}

void NumberStoreTest::aNumberIsAFactOfTheOnboarding()
{
    SCRATCH_DATABASE(scratch);
    const auto ann = addUser(scratch->database(), QStringLiteral("ann"), Platform::Web);
    const auto bob = addUser(scratch->database(), QStringLiteral("bob"), Platform::Web);
    store::SqlNumberStore numbers(scratch->database());
    store::SqlOnboardingStore onboarding(scratch->database());
    QVERIFY(!onboarding.factsOf(ann)->hasPhoneNumber);
    QVERIFY(!buy(numbers, numberOf(ann, 0)));
    QVERIFY(onboarding.factsOf(ann)->hasPhoneNumber);
    QVERIFY(!onboarding.factsOf(bob)->hasPhoneNumber);
    QVERIFY(*numbers.deactivate(ann, numberAt(0)));
    QVERIFY(!onboarding.factsOf(ann)->hasPhoneNumber);
}

QTEST_GUILESS_MAIN(NumberStoreTest)
#include "tst_number_store.moc"
