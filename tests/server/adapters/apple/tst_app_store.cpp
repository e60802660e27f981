// Purchases: what Apple signed, what only looks so, and receipts of older apps.
#include "server/adapters/apple/app_store_verifier.h"
#include "tests/server/adapters/apple/app_store_signer.h"
#include "tests/server/adapters/local_service.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using base::Fault;
using namespace server;
using namespace Qt::StringLiterals;
using tests::AppStoreSigner;

namespace {

const QString kWeekly = u"speech_assistant_weekly"_s;
const QString kAddon = u"speech_assistant_addon_calls"_s;

sandbox::HttpAnswer body(const QByteArray &text, int status = 200)
{
    sandbox::HttpAnswer answer;
    answer.status = status;
    answer.body = text;
    return answer;
}

struct StoreWorld
{
    AppStoreSigner signer;
    tests::LocalService production;
    tests::LocalService sandboxOfApple;
    web::HttpClient web;
    bool takesSandbox = false;

    apple::AppStoreSettings settings() const
    {
        return {AppStoreSigner::bundleId(), takesSandbox,     signer.rootPem(),
                base::Secret("shared"),     production.url(), sandboxOfApple.url()};
    }
    base::Result<core::StoreTransaction> verify(const QString &receipt, bool isSandbox = false,
                                                const QStringList &products = {kWeekly})
    {
        return apple::AppStoreVerifier(settings(), web).verify(receipt, isSandbox, products);
    }
    base::Result<core::StoreNotification> hear(const QString &payload)
    {
        return apple::AppStoreVerifier(settings(), web).notification(payload);
    }
};

} // namespace

class AppStoreTest : public QObject
{
    Q_OBJECT
private slots:
    void signedTransactions();
    void whatAppleDidNotSign();
    void chainsThatLeadElsewhere_data();
    void chainsThatLeadElsewhere();
    void certificatesThatWereGoodAtTheTime();
    void applesOwnRootIsBuiltIn();
    void transactionsThatDoNotCount();
    void notifications();
    void receiptsOfOlderApps();
    void receiptsOfTheOtherEnvironment();
    void receiptsThatAreRefused_data();
    void receiptsThatAreRefused();
    void theNewestPurchaseOfBothLists();
};

void AppStoreTest::signedTransactions()
{
    StoreWorld world;
    const auto verified = world.verify(world.signer.transaction(
        u"2"_s, kWeekly, {{u"originalTransactionId"_s, u"1"_s}, {u"quantity"_s, 3}}));
    QVERIFY2(verified, qPrintable(verified ? QString() : verified.error().cause));
    QCOMPARE(verified->id, u"2"_s);
    QCOMPARE(verified->originalId, u"1"_s);
    QCOMPARE(verified->productId, kWeekly);
    QCOMPARE(verified->quantity, 3);
    QCOMPARE(verified->purchasedAt.daysTo(verified->expiresAt), 7);
    QVERIFY(!verified->refundedAt.isValid() && verified->signedAt.isValid());
    QVERIFY(!verified->isSandbox);
}

void AppStoreTest::whatAppleDidNotSign()
{
    StoreWorld world;
    const QString good = world.signer.transaction(u"1"_s, kWeekly);
    const auto refusal = [&](const QString &text) {
        const auto verified = world.verify(text);
        return verified ? QString() : verified.error().cause;
    };
    QCOMPARE(refusal(good), QString());
    const QStringList parts = good.split(u'.');
    const QStringList others = world.signer.transaction(u"2"_s, kAddon).split(u'.');
    QCOMPARE(refusal(parts[0] + u'.' + others[1] + u'.' + parts[2]), u"wrongly signed"_s);
    QCOMPARE(refusal(parts[0] + u'.' + parts[1] + u'.' + others[2]), u"wrongly signed"_s);
    QCOMPARE(refusal(parts[0] + u'.' + parts[1] + u".AAAA"_s), u"wrongly signed"_s);
    QCOMPARE(refusal(world.signer.sign({}, u"none"_s)), u"other algorithm"_s);
    QCOMPARE(refusal(world.signer.sign({}, u"HS256"_s)), u"other algorithm"_s);
    QCOMPARE(
        refusal(world.signer.transaction(
            u"1"_s, kWeekly, {{u"signedDate"_s, QDateTime::currentMSecsSinceEpoch() + 3'600'000}})),
        u"signed at no time that can be"_s);
    QCOMPARE(refusal(u"a.b.c"_s), u"other algorithm"_s);
    QCOMPARE(world.verify(good + u'x').error().fault, Fault::Invalid);
}

void AppStoreTest::chainsThatLeadElsewhere_data()
{
    QTest::addColumn<int>("flaw");
    QTest::addColumn<QString>("refusal");
    QTest::newRow("another root") << 0 << u"a chain that leads nowhere"_s;
    QTest::newRow("not for receipts") << 1 << u"certificates for something else"_s;
    QTest::newRow("not of the relations") << 2 << u"certificates for something else"_s;
    QTest::newRow("another curve") << 3 << u"wrongly signed"_s;
    QTest::newRow("expired") << 4 << u"a chain that leads nowhere"_s;
    QTest::newRow("no authority") << 5 << u"a chain that leads nowhere"_s;
}

void AppStoreTest::chainsThatLeadElsewhere()
{
    QFETCH(int, flaw);
    QFETCH(QString, refusal);
    StoreWorld world;
    const AppStoreSigner other({.lacksReceiptMark = flaw == 1,
                                .lacksRelationsMark = flaw == 2,
                                .isOnOtherCurve = flaw == 3,
                                .isExpired = flaw == 4,
                                .isNoAuthority = flaw == 5});
    const auto jws =
        apple::AppStoreJws::create(flaw == 0 ? world.signer.rootPem() : other.rootPem());
    QVERIFY(jws.has_value());
    const auto verified =
        jws->verify(other.transaction(u"1"_s, kWeekly), QDateTime::currentDateTimeUtc());
    QVERIFY(!verified.has_value());
    QCOMPARE(verified.error().fault, Fault::Unauthenticated);
    QCOMPARE(verified.error().cause, refusal);
}

void AppStoreTest::certificatesThatWereGoodAtTheTime()
{
    const AppStoreSigner signer({.isExpired = true});
    const auto jws = apple::AppStoreJws::create(signer.rootPem());
    const qint64 lastWeek = QDateTime::currentMSecsSinceEpoch() - qint64(7) * 86'400'000;
    QVERIFY(
        jws->verify(signer.sign({{u"signedDate"_s, lastWeek}}), QDateTime::currentDateTimeUtc()));
}

void AppStoreTest::applesOwnRootIsBuiltIn()
{
    QVERIFY(apple::AppStoreJws::create(apple::AppStoreJws::appleRoot()));
    QVERIFY(!apple::AppStoreJws::create("no certificate"));
    QVERIFY(!apple::AppStoreJws::create({}));
}

void AppStoreTest::transactionsThatDoNotCount()
{
    StoreWorld world;
    const auto message = [&](const QJsonObject &changes) {
        const auto verified = world.verify(world.signer.transaction(u"1"_s, kWeekly, changes));
        return verified ? QString() : verified.error().message;
    };
    const QString foreign =
        u"Receipt validation failed: the App Store has not signed it for this app"_s;
    QCOMPARE(message({{u"bundleId"_s, u"com.example.other"_s}}), foreign);
    QCOMPARE(message({{u"transactionId"_s, u""_s}}), foreign);
    const QJsonObject sandbox{{u"environment"_s, u"Sandbox"_s}};
    QCOMPARE(message(sandbox), u"Receipt validation failed: it is from the sandbox"_s);
    world.takesSandbox = true;
    QCOMPARE(message(sandbox), QString());
    apple::AppStoreSettings without = world.settings();
    without.bundleId.clear();
    apple::AppStoreVerifier unset(without, world.web);
    const QString nobodys = world.signer.transaction(u"1"_s, kWeekly, {{u"bundleId"_s, u""_s}});
    QCOMPARE(unset.verify(nobodys, false, {kWeekly}).error().fault, Fault::Unavailable);
    QCOMPARE(unset.notification(world.signer.notification(u"n"_s, u"TEST"_s, {}, {})).error().fault,
             Fault::Unavailable);
}

void AppStoreTest::notifications()
{
    StoreWorld world;
    const QString transaction = world.signer.transaction(u"1"_s, kWeekly);
    const qint64 graceEnds = 1'900'000'000'000;
    const auto heard = world.hear(world.signer.notification(
        u"uuid-1"_s, u"DID_FAIL_TO_RENEW"_s, u"GRACE_PERIOD"_s, transaction,
        {{u"signedRenewalInfo"_s, world.signer.sign({{u"gracePeriodExpiresDate"_s, graceEnds}})}}));
    QVERIFY2(heard, qPrintable(heard ? QString() : heard.error().cause));
    QCOMPARE(heard->id, u"uuid-1"_s);
    QCOMPARE(heard->type, u"DID_FAIL_TO_RENEW"_s);
    QCOMPARE(heard->subtype, u"GRACE_PERIOD"_s);
    QCOMPARE(heard->transaction->id, u"1"_s);
    QCOMPARE(heard->graceEndsAt.toMSecsSinceEpoch(), graceEnds);
    QVERIFY(!world.hear(world.signer.notification(u"u"_s, u"TEST"_s, {}, {}))->transaction);

    const auto refused = [&](const QString &payload) {
        const auto result = world.hear(payload);
        return !result && result.error().fault == Fault::Unauthenticated;
    };
    const AppStoreSigner other;
    QVERIFY(refused(other.notification(u"u"_s, u"REFUND"_s, {}, transaction)));
    // A transaction that somebody else signed, in a notification of Apple's.
    QVERIFY(refused(
        world.signer.notification(u"u"_s, u"REFUND"_s, {}, other.transaction(u"1"_s, kWeekly))));
    QVERIFY(refused(world.signer.notification(u"u"_s, u"REFUND"_s, {}, transaction,
                                              {{u"bundleId"_s, u"com.example.other"_s}})));
    QVERIFY(refused(world.signer.notification({}, u"REFUND"_s, {}, transaction)));
    QVERIFY(refused(u"text"_s));
    // Of the sandbox: heard, and nothing more.
    const auto sandbox = world.hear(world.signer.notification(u"u"_s, u"REFUND"_s, {}, transaction,
                                                              {{u"environment"_s, u"Sandbox"_s}}));
    QVERIFY(sandbox && !sandbox->transaction);
}

void AppStoreTest::receiptsOfOlderApps()
{
    StoreWorld world;
    world.production.answerWith(body(R"({"status": 0, "environment": "Production",
        "receipt": {"bundle_id": "com.example.speech", "in_app": []},
        "latest_receipt_info": [{"product_id": "speech_assistant_weekly", "quantity": "1",
            "transaction_id": "20", "original_transaction_id": "10",
            "purchase_date_ms": "1700000000000", "expires_date_ms": "1700604800000"}]})"));
    const auto verified = world.verify(u"cmVjZWlwdA=="_s);
    QVERIFY2(verified, qPrintable(verified ? QString() : verified.error().message));
    QCOMPARE(verified->id, u"20"_s);
    QCOMPARE(verified->originalId, u"10"_s);
    QCOMPARE(verified->expiresAt.toMSecsSinceEpoch(), 1'700'604'800'000);
    const auto requests = world.production.requests();
    QCOMPARE(requests.size(), 1U);
    QCOMPARE(requests.front().path, QByteArray("/verifyReceipt"));
    const QJsonObject asked = requests.front().json();
    QCOMPARE(asked[u"receipt-data"_s].toString(), u"cmVjZWlwdA=="_s);
    QCOMPARE(asked[u"password"_s].toString(), u"shared"_s);
}

void AppStoreTest::receiptsOfTheOtherEnvironment()
{
    StoreWorld world;
    world.production.answerWith(body(R"({"status": 21007})"));
    world.sandboxOfApple.answerWith(body(R"({"status": 0,
        "receipt": {"bundle_id": "com.example.speech", "in_app": [
            {"product_id": "speech_assistant_weekly", "transaction_id": "1",
             "original_transaction_id": "1", "purchase_date_ms": "1700000000000"}]}})"));
    // The client's word changes nothing in production.
    for (const bool says : {false, true})
        QCOMPARE(world.verify(u"cmVjZWlwdA=="_s, says).error().message,
                 u"Receipt validation failed: it is from the sandbox"_s);
    QCOMPARE(world.sandboxOfApple.requests().size(), 0U);
    world.takesSandbox = true;
    const auto verified = world.verify(u"cmVjZWlwdA=="_s);
    QVERIFY(verified && verified->isSandbox);
    // Both send us to the other: asked once each, and that is that.
    world.sandboxOfApple.answerWith(body(R"({"status": 21008})"));
    QCOMPARE(world.verify(u"cmVjZWlwdA=="_s, true).error().message,
             u"Receipt validation failed: status 21007"_s);
}

void AppStoreTest::receiptsThatAreRefused_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<int>("status");
    QTest::addColumn<int>("fault");
    const auto row = [](const char *name, const char *answer, Fault fault, int status = 200) {
        QTest::newRow(name) << QByteArray(answer) << status << int(fault);
    };
    row("malformed", R"({"status": 21002})", Fault::Invalid);
    row("our secret", R"({"status": 21004})", Fault::Unavailable);
    row("busy", R"({"status": 21005})", Fault::Upstream);
    row("internal", R"({"status": 21150})", Fault::Upstream);
    row("no JSON", "<html>", Fault::Upstream);
    row("failing", R"({"status": 0})", Fault::Upstream, 503);
    row("of another app", R"({"status": 0, "receipt": {"bundle_id": "com.example.other"}})",
        Fault::Invalid);
    row("of another product", R"({"status": 0, "receipt": {"bundle_id": "com.example.speech"}})",
        Fault::Invalid);
}

void AppStoreTest::receiptsThatAreRefused()
{
    QFETCH(QByteArray, answer);
    QFETCH(int, status);
    QFETCH(int, fault);
    StoreWorld world;
    world.production.answerWith(body(answer, status));
    QCOMPARE(int(world.verify(u"cmVjZWlwdA=="_s).error().fault), fault);
    QCOMPARE(world.verify(u"not base64!"_s).error().fault, Fault::Invalid);
    QCOMPARE(world.production.requests().size(), 1U);
}

void AppStoreTest::theNewestPurchaseOfBothLists()
{
    const QJsonObject answer = QJsonDocument::fromJson(R"({"latest_receipt_info": [
            {"product_id": "speech_assistant_weekly", "transaction_id": "3",
             "original_transaction_id": "1", "purchase_date_ms": "3000"},
            {"product_id": "speech_assistant_weekly", "transaction_id": "2",
             "original_transaction_id": "1", "purchase_date_ms": "2000",
             "cancellation_date_ms": "2500"}],
          "receipt": {"in_app": [
            {"product_id": "speech_assistant_addon_calls", "transaction_id": "9",
             "original_transaction_id": "9", "purchase_date_ms": "9000", "quantity": "2"},
            {"product_id": "speech_assistant_addon_calls"}]}})")
                                   .object();
    QCOMPARE(apple::newestPurchase(answer, {kWeekly})->id, u"3"_s);
    const auto addon = apple::newestPurchase(answer, {kAddon});
    QCOMPARE(addon->id, u"9"_s);
    QCOMPARE(addon->quantity, 2);
    QVERIFY(!addon->expiresAt.isValid());
    QCOMPARE(apple::newestPurchase(answer, {kWeekly, kAddon})->id, u"9"_s);
    QVERIFY(!apple::newestPurchase(answer, {u"other"_s}));
    QVERIFY(!apple::newestPurchase({}, {kWeekly}));
}

QTEST_GUILESS_MAIN(AppStoreTest)
#include "tst_app_store.moc"
