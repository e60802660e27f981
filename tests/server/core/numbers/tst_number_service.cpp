// Numbers are bought, shown and given back; what is cut short costs nobody anything for long.
#include "server/core/numbers/number_service.h"
#include "server/core/numbers/own_accounts.h"
#include "tests/server/core/numbers/fake_market.h"
#include "tests/server/core/numbers/fake_number_store.h"
#include "tests/server/core/numbers/fake_phone_accounts.h"

#include <QTest>

using namespace server::core;
using namespace tests;

namespace {

const UserId kAnn{1};
const UserId kBob{2};
const PhoneAccount kOwn{QStringLiteral("AC") + QString(32, QLatin1Char('7')),
                        base::Secret("own token")};

struct World
{
    FakeNumberStore store;
    FakePhoneAccounts accounts;
    FakeMarket market;
    QDateTime now = QDateTime::fromString(QStringLiteral("2026-03-02T10:00:00Z"), Qt::ISODate);
    NumberService service{{store, accounts, market, [this] { return now; }}};

    Result<OwnedNumber> buy(UserId user = kAnn, const NumberService::Wish &wish = {})
    {
        return service.provision(user, wish, 3);
    }
};

NumberService::Wish wish(const char *number)
{
    return {PhoneNumber::parse(QString::fromLatin1(number)).value(), {}};
}

class FakeOwnAccounts final : public OwnAccountStore
{
public:
    Result<> connect(const OwnAccount &account, const base::Secret &,
                     const std::optional<OwnedNumber> &number) override
    {
        kept = account;
        keptNumber = number;
        return {};
    }
    Result<std::optional<OwnAccount>> ownAccount(UserId) override { return kept; }
    Result<bool> disconnect(UserId) override { return std::exchange(kept, {}).has_value(); }

    std::optional<OwnAccount> kept;
    std::optional<OwnedNumber> keptNumber;
};

} // namespace

class NumberServiceTest : public QObject
{
    Q_OBJECT
private slots:
    void buysTheFirstThatCanBeHad();
    void takesTheNextWhenOneIsGone();
    void saysWhyNot_data();
    void saysWhyNot();
    void limitHolds();
    void lostAnswersAreUndone();
    void lostOrdersAreHealed();
    void whatIsNotRecordedIsReleased();
    void purchasesThatNobodyFinishedAreHealed();
    void numbersOfNobodyAreReleased();
    void showsWhatTheNetworkSays();
    void releasesOnlyOnesOwn();
    void usesTheOwnersAccount();
    void triesAnAccountBeforeItIsKept_data();
    void triesAnAccountBeforeItIsKept();
};

void NumberServiceTest::buysTheFirstThatCanBeHad()
{
    World world;
    const auto number = world.buy();
    QVERIFY(number);
    QCOMPARE(number->e164, QStringLiteral("+14155550110"));
    QCOMPARE(number->owner, kAnn);
    QCOMPARE(number->accountSid, world.accounts.main.sid);
    QCOMPARE(number->friendlyName, QStringLiteral("(415) 555-0110")); // never the marker
    QVERIFY(world.store.purchases.empty());
    QCOMPARE(world.buy(kBob, wish("+14155550123"))->e164, QStringLiteral("+14155550123"));
    QCOMPARE(world.market.sold.size(), size_t(2));
    QVERIFY(world.market.sold[0].second.friendlyName != world.market.sold[1].second.friendlyName);
}

void NumberServiceTest::takesTheNextWhenOneIsGone()
{
    World world;
    world.market.buys = {FakeMarket::Strike::Refuse, FakeMarket::Strike::Refuse};
    QCOMPARE(world.buy()->e164, QStringLiteral("+14155550112"));
    // A certain number is that one or none.
    const auto gone = world.buy(kAnn, wish("+14155550112"));
    QCOMPARE(gone.error().fault, Fault::Invalid);
    QCOMPARE(gone.error().cause, QStringLiteral("not available"));
    QVERIFY(world.store.purchases.empty());
}

void NumberServiceTest::saysWhyNot_data()
{
    QTest::addColumn<QString>("area");
    QTest::addColumn<Fault>("fault");
    QTest::newRow("no number there") << QStringLiteral("999") << Fault::NotFound;
    QTest::newRow("all refused") << QStringLiteral("415") << Fault::Invalid;
}

void NumberServiceTest::saysWhyNot()
{
    QFETCH(QString, area);
    World world;
    world.market.buys.assign(100, FakeMarket::Strike::Refuse);
    QTEST(world.buy(kAnn, {{}, area}).error().fault, "fault");
    QVERIFY(world.store.purchases.empty()); // and the place is free again
    QVERIFY(world.store.numbers.empty());
}

void NumberServiceTest::limitHolds()
{
    World world;
    for (int i = 0; i < 3; ++i)
        QVERIFY(world.buy());
    QCOMPARE(world.buy().error().fault, Fault::LimitReached);
    QVERIFY(world.buy(kBob));
    QCOMPARE(world.market.sold.size(), size_t(4));
    QVERIFY(world.service.release(kAnn, *wish("+14155550111").number));
    QVERIFY(world.buy());
}

void NumberServiceTest::lostAnswersAreUndone()
{
    World world;
    world.market.buys = {FakeMarket::Strike::LoseAnswer};
    QCOMPARE(world.buy().error().fault, Fault::Upstream);
    QVERIFY(world.market.sold.empty());
    QVERIFY(world.store.purchases.empty());
}

void NumberServiceTest::lostOrdersAreHealed()
{
    World world;
    world.market.buys = {FakeMarket::Strike::LoseOrder};
    QCOMPARE(world.buy().error().fault, Fault::Timeout);
    // It may still be on its way, and then it is bought after we have looked.
    QCOMPARE(world.store.purchases.size(), size_t(1));
    const QString marker = world.store.purchases.begin()->first;
    QVERIFY(world.market.buy(world.accounts.main, QStringLiteral("+14155550110"), marker));
    QCOMPARE(*world.service.heal(), 0); // too early
    world.now = world.now.addSecs(301);
    QCOMPARE(*world.service.heal(), 1);
    QVERIFY(world.market.sold.empty());
    QVERIFY(world.store.purchases.empty());
}

void NumberServiceTest::whatIsNotRecordedIsReleased()
{
    World world;
    world.store.completion = base::Error{Fault::Unavailable, QStringLiteral("no database"), {}};
    QCOMPARE(world.buy().error().message, QStringLiteral("no database"));
    QVERIFY(world.market.sold.empty());
    QVERIFY(world.store.purchases.empty());

    world.market.isDown = true; // then it cannot be released now either
    QVERIFY(!world.buy());
    QCOMPARE(world.market.sold.size(), size_t(1));
    QCOMPARE(world.store.purchases.size(), size_t(1));
    world.now = world.now.addSecs(301);
    QCOMPARE(*world.service.heal(), 0);
    QCOMPARE(world.store.purchases.size(), size_t(1));
    world.market.isDown = false;
    QCOMPARE(*world.service.heal(), 1);
    QVERIFY(world.market.sold.empty());
    QVERIFY(world.store.purchases.empty());
}

void NumberServiceTest::purchasesThatNobodyFinishedAreHealed()
{
    World world;
    const NumberPurchase purchase{QStringLiteral("Speech Assistant 1"), kAnn,
                                  world.accounts.main.sid, world.now};
    QVERIFY(world.store.beginPurchase(purchase, 3, world.now.addSecs(-300)));
    QVERIFY(world.market.buy(world.accounts.main, QStringLiteral("+14155550110"), purchase.marker));
    QVERIFY(world.market.buy(world.accounts.main, QStringLiteral("+14155550111"),
                             QStringLiteral("Speech Assistant 12"))); // another's
    world.now = world.now.addSecs(301);
    QCOMPARE(*world.service.heal(), 1);
    QCOMPARE(world.market.sold.size(), size_t(1));
    QVERIFY(world.market.has(QStringLiteral("+14155550111")));
    QCOMPARE(*world.service.heal(), 0);

    // One in an account that its user has taken back is nobody's business any more.
    QVERIFY(world.store.beginPurchase({QStringLiteral("m"), kAnn, kOwn.sid, world.now}, 3,
                                      world.now.addSecs(-300)));
    world.now = world.now.addSecs(301);
    QCOMPARE(*world.service.heal(), 1);
    QVERIFY(world.store.purchases.empty());
}

void NumberServiceTest::numbersOfNobodyAreReleased()
{
    World world;
    QVERIFY(world.buy());
    QVERIFY(world.buy(kBob));
    world.store.numbers.front().owner = {};
    QVERIFY(world.market.buy(kOwn, QStringLiteral("+14155550119"), QStringLiteral("Mine")));
    OwnedNumber theirs;
    theirs.id = 9;
    theirs.e164 = QStringLiteral("+14155550119");
    theirs.sid = world.market.sold.back().second.sid;
    theirs.accountSid = kOwn.sid;
    world.store.numbers.push_back(theirs);
    world.market.isDown = true;
    QCOMPARE(*world.service.heal(), 1); // the user's own number is theirs: we only forget it
    world.market.isDown = false;
    QCOMPARE(*world.service.heal(), 1);
    QVERIFY(!world.market.has(QStringLiteral("+14155550110")));
    QVERIFY(world.market.has(QStringLiteral("+14155550111")));
    QVERIFY(world.market.has(QStringLiteral("+14155550119")));
    QCOMPARE(world.store.numbers.size(), size_t(1));
}

void NumberServiceTest::showsWhatTheNetworkSays()
{
    World world;
    QVERIFY(world.buy());
    QVERIFY(world.buy());
    QVERIFY(world.buy(kBob));
    world.market.sold[0].second.friendlyName = QStringLiteral("Front desk");
    world.market.sold[0].second.hasSms = false;
    const auto shown = world.service.ofOwner(kAnn);
    QCOMPARE(shown->size(), size_t(2));
    QCOMPARE(shown->at(0).friendlyName, QStringLiteral("Front desk"));
    QVERIFY(!shown->at(0).hasSms);
    QCOMPARE(shown->at(1).friendlyName, QStringLiteral("(415) 555-0111"));

    world.market.isDown = true; // what we know will do
    QCOMPARE(world.service.ofOwner(kAnn)->at(0).friendlyName, QStringLiteral("(415) 555-0110"));
    world.market.isDown = false;

    world.market.sold.erase(world.market.sold.begin()); // released by hand
    QCOMPARE(world.service.ofOwner(kAnn)->size(), size_t(1));
    QCOMPARE(world.store.ofOwner(kAnn)->size(), size_t(1));
    QCOMPARE(world.service.primaryOf(kAnn)->e164, QStringLiteral("+14155550111"));
    QCOMPARE(world.service.primaryOf(UserId{7}).error().fault, Fault::NotFound);
}

void NumberServiceTest::releasesOnlyOnesOwn()
{
    World world;
    QVERIFY(world.buy());
    const PhoneNumber number = *wish("+14155550110").number;
    QCOMPARE(world.service.release(kBob, number).error().fault, Fault::NotFound);
    QVERIFY(world.market.has(number.e164()));
    world.market.isDown = true;
    QCOMPARE(world.service.release(kAnn, number).error().fault, Fault::Upstream);
    QCOMPARE(world.store.ofOwner(kAnn)->size(), size_t(1));
    world.market.isDown = false;
    QVERIFY(world.service.release(kAnn, number));
    QVERIFY(!world.market.has(number.e164()));
    QCOMPARE(world.service.release(kAnn, number).error().fault, Fault::NotFound);
}

void NumberServiceTest::usesTheOwnersAccount()
{
    World world;
    world.accounts.own[kAnn.value] = kOwn;
    QCOMPARE(world.buy()->accountSid, kOwn.sid);
    QCOMPARE(world.market.sold[0].first, kOwn.sid);
    QVERIFY(world.service.account(kAnn)->isOwn);
    QVERIFY(!world.service.account(kBob)->isOwn);
    world.accounts.numbers[QStringLiteral("+14155550110")] = kOwn;
    QVERIFY(world.service.release(kAnn, *wish("+14155550110").number));
    QVERIFY(world.market.sold.empty());
}

void NumberServiceTest::triesAnAccountBeforeItIsKept_data()
{
    QTest::addColumn<QString>("sid");
    QTest::addColumn<QByteArray>("token");
    QTest::addColumn<QString>("number");
    QTest::addColumn<QString>("status");
    QTest::addColumn<int>("fault"); // -1: none
    const QString active = QStringLiteral("active");
    const QString own = QStringLiteral("+14155550177");
    const FakePhoneAccounts accounts;
    QTest::newRow("good") << kOwn.sid << QByteArray("t") << QString() << active << -1;
    QTest::newRow("with a number") << kOwn.sid << QByteArray("t") << own << active << -1;
    QTest::newRow("refused") << kOwn.sid << QByteArray("wrong") << QString() << active
                             << int(Fault::Invalid);
    QTest::newRow("suspended") << kOwn.sid << QByteArray("t") << QString()
                               << QStringLiteral("suspended") << int(Fault::Invalid);
    QTest::newRow("not its number") << kOwn.sid << QByteArray("t") << QStringLiteral("+14155550178")
                                    << active << int(Fault::Invalid);
    QTest::newRow("ours") << accounts.main.sid << QByteArray("t") << QString() << active
                          << int(Fault::Conflict);
}

void NumberServiceTest::triesAnAccountBeforeItIsKept()
{
    QFETCH(QString, sid);
    QFETCH(QByteArray, token);
    QFETCH(QString, number);
    QFETCH(QString, status);
    QFETCH(int, fault);
    World world;
    world.market.status = status;
    QVERIFY(world.market.buy(kOwn, QStringLiteral("+14155550177"), QStringLiteral("Shop")));
    FakeOwnAccounts kept;
    OwnAccounts own({kept, world.accounts, world.market, [&] { return world.now; }});
    const auto wanted =
        number.isEmpty() ? std::nullopt : std::optional(PhoneNumber::parse(number).value());
    const auto connected = own.connect(kAnn, {sid, base::Secret(token)}, wanted);
    QCOMPARE(connected ? -1 : int(connected.error().fault), fault);
    QCOMPARE(kept.kept.has_value(), fault == -1);
    QCOMPARE(kept.keptNumber ? kept.keptNumber->e164 : QString(), fault == -1 ? number : QString());
    QCOMPARE(own.show(kAnn).has_value(), fault == -1);
    QCOMPARE(own.disconnect(kAnn).has_value(), fault == -1);
    QVERIFY(!own.disconnect(kAnn));
}

QTEST_GUILESS_MAIN(NumberServiceTest)
#include "tst_number_service.moc"
