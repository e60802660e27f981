// Orders at the sandbox's Stripe.
#include "server/adapters/stripe/stripe_gateway.h"
#include "tests/sandbox/stripe_service.h"

#include <QTest>
#include <QThread>

using base::Fault;
using namespace server;
using namespace Qt::StringLiterals;
using sandbox::StripeFault;

namespace {

/// The stand-in in a thread of its own, since the gateway blocks.
class Stripe
{
public:
    Stripe()
    {
        m_thread.start();
        m_context.moveToThread(&m_thread);
        onThread([this] {
            m_service =
                std::make_unique<sandbox::StripeService>(sandbox::StripeSettings{}, journal);
            if (!m_service->listen(QHostAddress::LocalHost, 0))
                qFatal("no port");
        });
    }
    ~Stripe()
    {
        onThread([this] { m_service.reset(); });
        m_thread.quit();
        m_thread.wait();
    }
    Stripe(const Stripe &) = delete;
    Stripe &operator=(const Stripe &) = delete;

    QString url() const { return m_service->baseUrl(); }
    /// Until works(): a client may try again by itself where a kept connection ends.
    void fail(StripeFault::Kind kind, const QByteArray &only)
    {
        onThread([&] { m_service->addFault({kind, -1, only}); });
    }
    void works()
    {
        onThread([this] { m_service->clearFaults(); });
    }
    void removeCustomer(const QString &id)
    {
        onThread([&] { m_service->ledger().removeCustomer(id); });
    }
    qsizetype subscriptions()
    {
        qsizetype count = 0;
        onThread([&] { count = m_service->ledger().subscriptionIds().size(); });
        return count;
    }
    sandbox::Journal journal;

private:
    template <typename Work>
    void onThread(Work work)
    {
        QMetaObject::invokeMethod(&m_context, std::move(work), Qt::BlockingQueuedConnection);
    }

    QThread m_thread;
    QObject m_context;
    std::unique_ptr<sandbox::StripeService> m_service;
};

struct World
{
    Stripe stripe;
    web::HttpClient web;
    stripe::StripeGateway gateway{{stripe.url(), base::Secret("sk_test_sandbox")}, web};

    QString customer = *gateway.createCustomer({{7}, u"ann@example.com"_s, u"Ann"_s}, u"k0"_s);
    QString method(const QString &card, const QString &key)
    {
        return gateway.attach(card, customer, key).value_or(QString());
    }
    core::BillingGateway::SubscriptionOrder order(const QString &methodId) const
    {
        return {{7}, customer, u"pro_monthly"_s, u"price_pro_monthly"_s, methodId};
    }
};

} // namespace

class StripeGatewayTest : public QObject
{
    Q_OBJECT
private slots:
    void aCardThatPays();
    void aCardThatDoesNot();
    void oneKeyIsOneOrder();
    void whatStripeRefuses();
    void paymentsCarryOurMetadata();
};

void StripeGatewayTest::aCardThatPays()
{
    World world;
    const auto price = world.gateway.price(u"price_pro_monthly"_s);
    QVERIFY(price && price->isActive);
    QCOMPARE(price->amount.minor, 9'999);
    const QString method = world.method(u"pm_card_visa"_s, u"k1"_s);
    QVERIFY(method.startsWith(u"pm_"));
    // The same card again, by the id that it has now.
    QCOMPARE(world.method(method, u"k2"_s), method);
    const auto subscription = world.gateway.subscribe(world.order(method), u"k3"_s);
    QVERIFY(subscription.has_value());
    QCOMPARE(subscription->status, core::BillingStatus::Active);
    QCOMPARE(subscription->user.value, 7);
    QCOMPARE(subscription->plan, u"pro_monthly"_s);
    QVERIFY(subscription->periodEnd > subscription->periodStart);
    const auto later = world.gateway.cancel(subscription->id, true);
    QVERIFY(later && later->cancelsAtPeriodEnd);
    const auto now = world.gateway.cancel(subscription->id, false);
    QVERIFY(now && now->status == core::BillingStatus::Canceled && now->endedAt.isValid());
    QCOMPARE(world.gateway.cancel(subscription->id, false).error().fault, Fault::NotFound);
    QCOMPARE(world.stripe.journal.breaches(), QStringList());
}

void StripeGatewayTest::aCardThatDoesNot()
{
    World world;
    const auto declined =
        world.gateway.attach(u"pm_card_chargeDeclined"_s, world.customer, u"k1"_s);
    QCOMPARE(declined.error().fault, Fault::PaymentRequired);
    QCOMPARE(declined.error().message, u"Your card was declined."_s);
    const QString method = world.method(u"pm_card_authenticationRequired"_s, u"k2"_s);
    const auto open = world.gateway.subscribe(world.order(method), u"k3"_s);
    QVERIFY(open && open->status == core::BillingStatus::Incomplete);
    QVERIFY(!open->clientSecret.isEmpty());
    const auto without = world.gateway.subscribe(world.order({}), u"k4"_s);
    QVERIFY(without && without->status == core::BillingStatus::Incomplete);
}

void StripeGatewayTest::oneKeyIsOneOrder()
{
    World world;
    const QString method = world.method(u"pm_card_visa"_s, u"k1"_s);
    world.stripe.fail(StripeFault::Kind::Lost, "POST /v1/subscriptions");
    QCOMPARE(world.gateway.subscribe(world.order(method), u"k2"_s).error().fault, Fault::Timeout);
    world.stripe.works();
    const auto again = world.gateway.subscribe(world.order(method), u"k2"_s);
    QVERIFY(again && again->status == core::BillingStatus::Active);
    QCOMPARE(world.stripe.subscriptions(), 1);
    QVERIFY(world.gateway.subscribe(world.order(method), u"k3"_s).has_value());
    QCOMPARE(world.stripe.subscriptions(), 2);
}

void StripeGatewayTest::whatStripeRefuses()
{
    World world;
    const auto noPrice = world.gateway.price(u"price_nowhere"_s);
    QCOMPARE(noPrice.error().fault, Fault::NotFound);
    QCOMPARE(noPrice.error().message, u"No such price"_s);
    QCOMPARE(world.gateway.attach(u"pm_nowhere"_s, world.customer, u"k1"_s).error().fault,
             Fault::NotFound);
    QVERIFY(world.gateway.hasCustomer(world.customer).value());
    world.stripe.removeCustomer(world.customer);
    QVERIFY(!world.gateway.hasCustomer(world.customer).value());
    QVERIFY(!world.gateway.hasCustomer(u"cus_nowhere"_s).value());
    // An id is one segment, whatever stands in it.
    QCOMPARE(world.gateway.price(u"../customers"_s).error().fault, Fault::NotFound);
    world.stripe.fail(StripeFault::Kind::Failing, "GET");
    QCOMPARE(world.gateway.price(u"price_pro_monthly"_s).error().fault, Fault::Upstream);
    world.stripe.works();
    world.stripe.fail(StripeFault::Kind::Drop, "GET");
    QCOMPARE(world.gateway.price(u"price_pro_monthly"_s).error().fault, Fault::Timeout);
    world.stripe.works();
    stripe::StripeGateway stranger({world.stripe.url(), base::Secret("sk_wrong")}, world.web);
    QCOMPARE(stranger.price(u"price_pro_monthly"_s).error().fault, Fault::Unavailable);
    QVERIFY(!stripe::StripeGateway({world.stripe.url(), {}}, world.web).isSetUp());
}

void StripeGatewayTest::paymentsCarryOurMetadata()
{
    World world;
    const auto intent = world.gateway.createIntent(
        {{7},
         world.customer,
         {1'000, u"usd"_s},
         u"Setup"_s,
         {{u"user_id"_s, u"8"_s}, {u"payment_type"_s, u"free"_s}, {u"order"_s, u"A 1&2"_s}}},
        u"k1"_s);
    QVERIFY(intent.has_value());
    QVERIFY(intent->id.startsWith(u"pi_") && intent->clientSecret.contains(u"_secret_"));
    QCOMPARE(intent->user.value, 7);
    QVERIFY(intent->isOneTime);
    QCOMPARE(intent->amount.minor, 1'000);
    QCOMPARE(world.stripe.journal.breaches(), QStringList());
}

QTEST_GUILESS_MAIN(StripeGatewayTest)
#include "tst_stripe_gateway.moc"
