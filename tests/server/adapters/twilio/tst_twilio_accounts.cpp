// Numbers, calls and signatures of several accounts, against the sandbox's phone network.
#include "server/adapters/twilio/account_signatures.h"
#include "server/adapters/twilio/twilio_client.h"
#include "server/adapters/twilio/twilio_numbers.h"
#include "tests/sandbox/sandbox.h"
#include "tests/server/core/numbers/fake_phone_accounts.h"

#include <QTest>

#include <future>

using namespace server;
using namespace server::twilio;
using base::Fault;
using base::Secret;
using core::PhoneAccount;

namespace {

const QByteArray kOwnSid = "AC000000000000000000000000000000a1";
const QByteArray kOwnToken = "0123456789abcdef0123456789abcdef";

sandbox::Sandbox::Settings settings()
{
    sandbox::Sandbox::Settings settings;
    settings.phone.otherAccounts.insert(kOwnSid, kOwnToken);
    return settings;
}

struct AccountWorld
{
    AccountWorld()
    {
        auto created = sandbox::Sandbox::create(settings());
        if (!created)
            qFatal("no sandbox: %s", qPrintable(created.error().message));
        sandbox = std::move(*created);
        rest = std::make_unique<TwilioRest>(sandbox->phone().baseUrl(), web);
        numbers = std::make_unique<TwilioNumbers>(
            *rest, QUrl(QStringLiteral("https://api.example.com/base")));
        const sandbox::PhoneSettings &phone = sandbox->phone().settings();
        service = {QString::fromLatin1(phone.accountSid), Secret(phone.authToken)};
        accounts.main = service;
    }

    /// Runs what blocks beside the sandbox, which lives on this thread.
    template <typename Work>
    static auto beside(Work work)
    {
        auto result = std::async(std::launch::async, std::move(work));
        [[maybe_unused]] const bool inTime = QTest::qWaitFor(
            [&] { return result.wait_for(std::chrono::seconds(0)) == std::future_status::ready; },
            60'000);
        return result.get();
    }
    auto buy(const PhoneAccount &account, const char *number, const char *name = "A name") const
    {
        return beside(
            [&] { return numbers->buy(account, QLatin1String(number), QLatin1String(name)); });
    }
    sandbox::NumberMarket &market() const { return sandbox->phone().market(); }

    std::unique_ptr<sandbox::Sandbox> sandbox;
    web::HttpClient web;
    std::unique_ptr<TwilioRest> rest;
    std::unique_ptr<TwilioNumbers> numbers;
    tests::FakePhoneAccounts accounts;
    PhoneAccount service;
    PhoneAccount own{QString::fromLatin1(kOwnSid), Secret(kOwnToken)};
};

core::DialOrder orderFrom(const char *number)
{
    core::DialOrder order;
    order.to = QStringLiteral("+14155550123");
    order.from = QLatin1String(number);
    order.answerUrl = QStringLiteral("http://127.0.0.1:1/answer");
    order.statusUrl = QStringLiteral("http://127.0.0.1:1/status");
    order.timeLimit = std::chrono::seconds(60);
    return order;
}

} // namespace

class TwilioAccountsTest : public QObject
{
    Q_OBJECT
private slots:
    void searches();
    void buysShowsAndReleases();
    void findsByNameAndNumber();
    void asksForTheAccount();
    void saysWhatWentWrong();
    void callsGoThroughTheAccountOfTheirNumber();
    void checksWithTheTokenOfTheAccount_data();
    void checksWithTheTokenOfTheAccount();
    void handshakesNameNoAccount();
};

void TwilioAccountsTest::searches()
{
    AccountWorld world;
    const auto search = [&](const char *area, int limit) {
        return AccountWorld::beside(
            [&] { return world.numbers->search(world.service, QLatin1String(area), limit); });
    };
    const auto found = search("212", 3);
    QCOMPARE(found->size(), size_t(3));
    QCOMPARE(found->front().e164, QStringLiteral("+12125550110"));
    QCOMPARE(found->front().friendlyName, QStringLiteral("(212) 555-0110"));
    QCOMPARE(found->front().locality, QStringLiteral("San Francisco"));
    QCOMPARE(found->front().region, QStringLiteral("CA"));
    QVERIFY(found->front().hasVoice && found->front().hasSms);
    QCOMPARE(search("", 50)->size(), size_t(20));
    QVERIFY(search("999", 3)->empty());
    QCOMPARE(search("012", 3).error().fault, Fault::Invalid);
}

void TwilioAccountsTest::buysShowsAndReleases()
{
    AccountWorld world;
    const auto bought = world.buy(world.service, "+14155550110", "Speech Assistant 1");
    QCOMPARE(bought->e164, QStringLiteral("+14155550110"));
    QCOMPARE(bought->friendlyName, QStringLiteral("Speech Assistant 1"));
    QVERIFY(bought->createdAt.isValid());
    QVERIFY(bought->hasVoice && bought->hasSms);
    const sandbox::NumberMarket::Number *sold = world.market().find(bought->e164);
    QCOMPARE(sold->voiceUrl, QStringLiteral("https://api.example.com/base/incoming-call/default"));
    QCOMPARE(sold->voiceMethod, QStringLiteral("POST"));
    QCOMPARE(sold->statusCallback, QStringLiteral("https://api.example.com/base/twilio-callback"));
    QCOMPARE(sold->statusCallbackMethod, QStringLiteral("POST"));

    const auto gone = world.buy(world.service, "+14155550110");
    QCOMPARE(gone.error().fault, Fault::Invalid);
    QCOMPARE(gone.error().cause, QStringLiteral("+14155550110 is not available"));
    const auto find = [&] {
        return AccountWorld::beside(
            [&] { return world.numbers->find(world.service, bought->sid); });
    };
    QCOMPARE((*find())->e164, bought->e164);
    for (int i = 0; i < 2; ++i) // the second time it is released already
        QVERIFY(AccountWorld::beside(
            [&] { return world.numbers->release(world.service, bought->sid); }));
    QVERIFY(!world.market().find(bought->e164));
    QVERIFY(find().has_value() && !*find());
}

void TwilioAccountsTest::findsByNameAndNumber()
{
    AccountWorld world;
    QVERIFY(world.buy(world.service, "+14155550110", "Speech Assistant 1"));
    QVERIFY(world.buy(world.service, "+14155550111", "Speech Assistant 12"));
    const auto named = AccountWorld::beside(
        [&] { return world.numbers->named(world.service, QStringLiteral("Speech Assistant 1")); });
    QCOMPARE(named->size(), size_t(1));
    QCOMPARE(named->front().e164, QStringLiteral("+14155550110"));
    const auto byNumber = [&](const PhoneAccount &account, const char *number) {
        return *AccountWorld::beside(
            [&] { return world.numbers->byNumber(account, QLatin1String(number)); });
    };
    QVERIFY(byNumber(world.service, "+14155550111").has_value());
    QVERIFY(!byNumber(world.service, "+1415555011").has_value());
    QVERIFY(!byNumber(world.own, "+14155550111").has_value()); // another account's
}

void TwilioAccountsTest::asksForTheAccount()
{
    AccountWorld world;
    const auto seen =
        AccountWorld::beside([&] { return world.numbers->lookWithBalance(world.own); });
    QCOMPARE(seen->sid, world.own.sid);
    QCOMPARE(seen->status, QStringLiteral("active"));
    QCOMPARE(seen->balance, QStringLiteral("23.45"));
    QCOMPARE(seen->currency, QStringLiteral("USD"));
    const PhoneAccount wrong{world.own.sid, Secret("another token")};
    const auto refused = AccountWorld::beside([&] { return world.numbers->look(wrong); });
    QCOMPARE(refused.error().fault, Fault::Unauthenticated);
    const auto nobody = AccountWorld::beside([&] { return world.numbers->look({}); });
    QCOMPARE(nobody.error().fault, Fault::Unavailable);
}

void TwilioAccountsTest::saysWhatWentWrong()
{
    AccountWorld world;
    for (const auto kind : {sandbox::FaultKind::TooMany, sandbox::FaultKind::Refuse}) {
        world.sandbox->phone().faults().add({kind, {}, 1});
        QCOMPARE(world.buy(world.service, "+14155550110").error().fault, Fault::Upstream);
        QVERIFY(!world.market().find(QStringLiteral("+14155550110")));
    }
    world.market().loseAnswers(1);
    QCOMPARE(world.buy(world.service, "+14155550110").error().fault, Fault::Timeout);
    QVERIFY(world.market().find(QStringLiteral("+14155550110"))); // bought all the same
}

void TwilioAccountsTest::callsGoThroughTheAccountOfTheirNumber()
{
    AccountWorld world;
    world.market().give(kOwnSid, QStringLiteral("+14155550151"));
    world.accounts.numbers[QStringLiteral("+14155550151")] = world.own;
    base::WorkerPool pool("hang-up", 1, 8);
    TwilioClient client(*world.rest, world.accounts, pool);
    const auto accountOf = [&](const QString &sid) {
        return world.sandbox->phone()
            .call(sid)
            ->resource()
            .value(QStringLiteral("account_sid"))
            .toString();
    };
    const auto dial = [&](const char *from) {
        return AccountWorld::beside([&] { return client.dial(orderFrom(from)); });
    };
    const auto own = dial("+14155550151");
    const auto shared = dial("+14155550100");
    QCOMPARE(accountOf(own->callSid), world.own.sid);
    QCOMPARE(accountOf(shared->callSid), world.service.sid);

    world.accounts.calls[own->callSid] = QStringLiteral("+14155550151");
    for (const QString &sid : {own->callSid, shared->callSid}) {
        client.hangUp(sid);
        QTRY_VERIFY(world.sandbox->phone().call(sid)->isOver());
    }
    // A number that is not in the account that we take it to be in.
    world.accounts.numbers[QStringLiteral("+14155550199")] = world.own;
    QCOMPARE(dial("+14155550199").error().fault, Fault::Invalid);
    pool.stop();
}

void TwilioAccountsTest::checksWithTheTokenOfTheAccount_data()
{
    QTest::addColumn<QString>("accountSid");
    QTest::addColumn<QByteArray>("token");
    QTest::addColumn<QString>("direction");
    QTest::addColumn<bool>("isGet");
    QTest::addColumn<bool>("isValid");
    const QString own = QString::fromLatin1(kOwnSid);
    const QString service = tests::FakePhoneAccounts().main.sid;
    const QString in = QStringLiteral("inbound");
    const QString out = QStringLiteral("outbound-api");
    QTest::newRow("service") << service << QByteArray("main token") << in << false << true;
    QTest::newRow("own, in") << own << kOwnToken << in << false << true;
    QTest::newRow("own, GET") << own << kOwnToken << in << true << true;
    QTest::newRow("own, out: not its number") << own << kOwnToken << out << false << false;
    QTest::newRow("own, the service's token")
        << own << QByteArray("main token") << in << false << true;
    QTest::newRow("service, own token") << service << kOwnToken << in << false << false;
    QTest::newRow("no account, own token") << QString() << kOwnToken << in << false << false;
    QTest::newRow("stranger") << own << QByteArray("guess") << in << false << false;
}

void TwilioAccountsTest::checksWithTheTokenOfTheAccount()
{
    QFETCH(QString, accountSid);
    QFETCH(QByteArray, token);
    QFETCH(QString, direction);
    QFETCH(bool, isGet);
    tests::FakePhoneAccounts accounts;
    accounts.numbers[QStringLiteral("+14155550151")] = {QString::fromLatin1(kOwnSid),
                                                        Secret(kOwnToken)};
    const AccountSignatures signatures(accounts, base::utcNow);
    AccountSignatures::Fields fields{{QStringLiteral("AccountSid"), accountSid},
                                     {QStringLiteral("CallSid"), QStringLiteral("CA1")},
                                     {QStringLiteral("From"), QStringLiteral("+14155550199")},
                                     {QStringLiteral("To"), QStringLiteral("+14155550151")},
                                     {QStringLiteral("Direction"), direction}};
    QString url = QStringLiteral("https://api.example.com/incoming-call/default?call=7");
    if (isGet) {
        url += QLatin1Char('&') + QString::fromLatin1(web::HttpClient::encode(fields));
        fields.clear();
    }
    const QByteArray signature = RequestSignature(Secret(token)).sign(url, fields);
    QTEST(signatures.isValid(url, fields, signature), "isValid");
    QVERIFY(!signatures.isValid(url, fields, {}));
    if (!accounts.asked.empty()) {
        QCOMPARE(accounts.asked.front().callSid, QStringLiteral("CA1"));
        QCOMPARE(accounts.asked.front().call, base::CallId{7});
    }
}

void TwilioAccountsTest::handshakesNameNoAccount()
{
    tests::FakePhoneAccounts accounts;
    const AccountSignatures signatures(accounts, base::utcNow);
    const QString url = QStringLiteral("wss://api.example.com/media-stream/default");
    const QByteArray own = RequestSignature(Secret(kOwnToken)).sign(url, {});
    QVERIFY(signatures.isValid(url, {}, RequestSignature(Secret("main token")).sign(url, {})));
    QVERIFY(!signatures.isValid(url, {}, own));
    accounts.waiting = {Secret("another"), Secret(kOwnToken)};
    QVERIFY(signatures.isValid(url, {}, own));
    QVERIFY(!signatures.isValid(url + QLatin1Char('x'), {}, own));
}

QTEST_GUILESS_MAIN(TwilioAccountsTest)
#include "tst_twilio_accounts.moc"
