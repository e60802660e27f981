// What Stripe's state means for a standing, and what word of it counts.
#include "server/core/payments/follow_rule.h"
#include "server/core/payments/payment.h"
#include "server/core/payments/usage_record.h"

#include <QTest>

using namespace server::core;
using namespace Qt::StringLiterals;

namespace {

const QDateTime kBillingNow = QDateTime::fromString(u"2026-03-02T10:00:00Z"_s, Qt::ISODate);

const PlanCatalogue &catalogue()
{
    static const PlanCatalogue shipped = PlanCatalogue::fromJson(PlanCatalogue::builtin()).value();
    return shipped;
}

const Plan &plan(const char *id)
{
    return *catalogue().find(QLatin1String(id));
}

BillingPrice priceOf(const char *id)
{
    return {u"price_1"_s, plan(id).price, u"month"_s};
}

BillingSubscription paid(BillingStatus status = BillingStatus::Active)
{
    BillingSubscription subscription;
    subscription.id = u"sub_1"_s;
    subscription.plan = u"pro_monthly"_s;
    subscription.price = priceOf("pro_monthly");
    subscription.status = status;
    subscription.periodStart = kBillingNow.addDays(-1);
    subscription.periodEnd = kBillingNow.addDays(29);
    return subscription;
}

/// "active until 29" and so on: what the gate makes of it now, and the days to its end.
QString meaning(const BillingSubscription &subscription)
{
    const auto result = subscriptionOf(subscription, plan("pro_monthly"), kBillingNow);
    if (!result)
        return u"nothing"_s;
    const auto status = statusAt(*result, catalogue().rules(), kBillingNow);
    return u"%1 until %2"_s.arg(toText(status)).arg(kBillingNow.daysTo(result->endsAt));
}

Subscription of(const QString &source, const QString &id, int days)
{
    Subscription subscription;
    subscription.plan = u"pro_monthly"_s;
    subscription.source = source;
    subscription.externalId = id;
    subscription.startedAt = kBillingNow.addDays(-10);
    subscription.endsAt = kBillingNow.addDays(days);
    return subscription;
}

} // namespace

class BillingRules : public QObject
{
    Q_OBJECT
private slots:
    void stripesStateIsAStanding();
    void aPaymentOpensAndClosesRights();
    void laterWordCounts_data();
    void laterWordCounts();
    void thePriceSaysWhichPlan();
    void whoseWordCounts();
    void paymentsOnlyMoveOn();
    void useCostsOnlyThoseWhoPayByUse();
};

void BillingRules::stripesStateIsAStanding()
{
    using enum BillingStatus;
    QCOMPARE(meaning(paid()), u"active until 29"_s);
    QCOMPARE(meaning(paid(Trialing)), u"active until 29"_s);
    BillingSubscription ending = paid();
    ending.cancelsAtPeriodEnd = true;
    QCOMPARE(meaning(ending), u"cancelled until 29"_s);
    // The period that was not paid has begun a day ago: grace of the catalogue, from there.
    QCOMPARE(meaning(paid(PastDue)), u"grace_period until -1"_s);
    QCOMPARE(meaning(paid(Incomplete)), u"nothing"_s);
    for (const BillingStatus over : {Canceled, IncompleteExpired, Unpaid, Paused})
        QCOMPARE(meaning(paid(over)), u"expired until 0"_s);
    BillingSubscription ended = paid(Canceled);
    ended.endedAt = kBillingNow.addDays(-2);
    QCOMPARE(meaning(ended), u"expired until -2"_s);
}

void BillingRules::aPaymentOpensAndClosesRights()
{
    BillingSubscription late = paid(BillingStatus::PastDue);
    late.periodStart = kBillingNow.addDays(-4); // longer than the grace
    QCOMPARE(meaning(late), u"expired until -4"_s);
    late.status = BillingStatus::Active;
    QCOMPARE(meaning(late), u"active until 29"_s);
}

void BillingRules::laterWordCounts_data()
{
    QTest::addColumn<int>("stored");
    QTest::addColumn<int>("news");
    QTest::addColumn<int>("seconds"); // of the news after what is stored; -1000: an answer
    QTest::addColumn<bool>("counts");
    using enum BillingStatus;
    const auto row = [](const char *name, BillingStatus stored, BillingStatus news, int seconds,
                        bool counts) {
        QTest::newRow(name) << int(stored) << int(news) << seconds << counts;
    };
    row("newer", Active, PastDue, 1, true);
    row("of the same second", Active, PastDue, 0, true);
    row("older", Active, PastDue, -1, false);
    row("an answer", Active, PastDue, -1000, true);
    row("the end, whenever", Active, Canceled, -60, true);
    row("after the end", Canceled, Active, 60, false);
    row("after it was never paid", IncompleteExpired, Active, 60, false);
    row("open again in the same second", Active, Incomplete, 0, false);
    row("paid", Incomplete, Active, 0, true);
    row("open still", Incomplete, Incomplete, 1, true);
}

void BillingRules::laterWordCounts()
{
    QFETCH(int, stored);
    QFETCH(int, news);
    QFETCH(int, seconds);
    QFETCH(bool, counts);
    const BillingRecord record{paid(BillingStatus(stored)), kBillingNow};
    const QDateTime at = seconds == -1000 ? QDateTime() : kBillingNow.addSecs(seconds);
    QCOMPARE(supersedes(paid(BillingStatus(news)), at, record), counts);
}

void BillingRules::thePriceSaysWhichPlan()
{
    QVERIFY(priceOf("pro_monthly").fits(plan("pro_monthly")));
    QVERIFY(!priceOf("basic_monthly").fits(plan("pro_monthly")));
    BillingPrice yearly = priceOf("pro_monthly");
    yearly.interval = u"year"_s;
    QVERIFY(!yearly.fits(plan("pro_monthly")));
    BillingPrice quarterly = priceOf("pro_monthly");
    quarterly.intervals = 3;
    QVERIFY(!quarterly.fits(plan("pro_monthly")));
    BillingPrice euros = priceOf("pro_monthly");
    euros.amount.currency = u"eur"_s;
    QVERIFY(!euros.fits(plan("pro_monthly")));
    QVERIFY(!BillingPrice{}.fits(plan("usage_based")));

    BillingSubscription subscription = paid();
    QCOMPARE(planOf(subscription, catalogue())->id, u"pro_monthly"_s);
    subscription.price = priceOf("basic_monthly"); // changed in Stripe's dashboard
    QCOMPARE(planOf(subscription, catalogue())->id, u"basic_monthly"_s);
    subscription.price.amount.minor = 1; // a price that staff arranged
    QCOMPARE(planOf(subscription, catalogue())->id, u"pro_monthly"_s);
    subscription.plan = u"nowhere"_s;
    QVERIFY(!planOf(subscription, catalogue()));
}

void BillingRules::whoseWordCounts()
{
    const auto rule = [](const std::optional<Subscription> &current, const Subscription &news) {
        return followRule(current, news, catalogue().rules(), kBillingNow);
    };
    const Subscription live = of(u"stripe"_s, u"sub_1"_s, 29);
    const Subscription over = of(u"stripe"_s, u"sub_1"_s, -29);
    QCOMPARE(rule({}, live), Follow::Replace);
    QCOMPARE(rule({}, over), Follow::Ignore); // it takes nobody's trial
    QCOMPARE(rule(live, over), Follow::Update);
    QCOMPARE(rule(over, live), Follow::Update);
    QCOMPARE(rule(live, of(u"stripe"_s, u"sub_2"_s, 29)), Follow::Replace);
    QCOMPARE(rule(live, of(u"stripe"_s, u"sub_0"_s, -29)), Follow::Ignore);
    QCOMPARE(rule(of(u"staff"_s, {}, 29), live), Follow::Ignore);
    QCOMPARE(rule(of(u"staff"_s, {}, -29), live), Follow::Replace);
    QCOMPARE(rule(live, of(u"app_store"_s, u"sub_1"_s, 29)), Follow::Replace);
}

void BillingRules::paymentsOnlyMoveOn()
{
    using enum PaymentStatus;
    QVERIFY(mayFollow(Pending, Failed) && mayFollow(Failed, Succeeded));
    QVERIFY(mayFollow(Succeeded, Refunded));
    QVERIFY(!mayFollow(Succeeded, Failed) && !mayFollow(Succeeded, Pending));
    QVERIFY(!mayFollow(Refunded, Succeeded));
}

void BillingRules::useCostsOnlyThoseWhoPayByUse()
{
    QCOMPARE(unitPrice(MeteredService::VoiceCall, catalogue()).minor, 5);
    QCOMPARE(unitPrice(MeteredService::CustomScenario, catalogue()).minor, 500);
    QCOMPARE(minutesOf(60), 1);
    QCOMPARE(minutesOf(61), 2);
    Standing standing = freshStanding({1}, Platform::Web, false, catalogue(), kBillingNow);
    const auto cost = [&] {
        return costOf(MeteredService::VoiceCall, 7, standing, catalogue(), kBillingNow).minor;
    };
    QCOMPARE(cost(), 0);
    standing.subscription = of(u"staff"_s, {}, 29);
    QCOMPARE(cost(), 0);
    standing.subscription->plan = u"usage_based"_s;
    QCOMPARE(cost(), 35);
    standing.subscription->endsAt = kBillingNow.addDays(-10);
    QCOMPARE(cost(), 0);
}

QTEST_GUILESS_MAIN(BillingRules)
#include "tst_billing_rules.moc"
