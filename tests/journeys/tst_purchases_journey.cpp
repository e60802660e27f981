// Buying in the App Store, as the iOS app and Apple do it.
#include "tests/journeys/app_clients.h"
#include "tests/server/adapters/apple/app_store_signer.h"
#include "tests/server/adapters/local_service.h"

#include <QFile>
#include <QObject>
#include <QTest>

using namespace tests;
using namespace Qt::StringLiterals;
using App = AppUser::App;

namespace {

const QString kPurchase = u"/mobile/purchase-subscription"_s;
const QString kUpgrade = u"/mobile/upgrade-subscription"_s;
const QString kWeekly = u"speech_assistant_weekly"_s;
const QString kAddon = u"speech_assistant_addon_calls"_s;

/// A server that trusts our App Store.
struct World
{
    AppStoreSigner signer;
    LocalService apple; ///< checks receipts of older apps
    QTemporaryDir folder;
    Stage stage{Stage::Store::Sqlite, settings()};

    Environment settings() const
    {
        QFile root(folder.filePath(u"root.pem"_s));
        if (!root.open(QIODevice::WriteOnly) || root.write(signer.rootPem()) < 0)
            qFatal("no root");
        return {{u"APPLE_ROOT_CA_FILE"_s, root.fileName()},
                {u"APP_STORE_BUNDLE_ID"_s, AppStoreSigner::bundleId()},
                {u"APP_STORE_SHARED_SECRET"_s, u"shared"_s},
                {u"APP_STORE_SANDBOX"_s, u"false"_s},
                {u"APP_STORE_RECEIPT_BASE_URL"_s, apple.url()},
                {u"APP_STORE_SANDBOX_RECEIPT_BASE_URL"_s, apple.url()}};
    }
    Answer hear(const QString &payload)
    {
        RestClient store(stage.server().url());
        return store.post(u"/mobile/app-store/webhook"_s, {{u"signedPayload"_s, payload}});
    }
};

Answer buy(AppUser &user, const QString &receipt, const QString &product)
{
    return user.post(kPurchase, {{u"receipt_data"_s, receipt}, {u"product_id"_s, product}});
}

QString planStatusOf(AppUser &user)
{
    return user.get(u"/mobile/subscription-status"_s)
        .object()
        .value(u"subscription_status"_s)
        .toString();
}

/// iOS: success, message and usage_stats of which upgrade_recommended must be there; and a 400 has
/// a text in `detail`.
bool decodes(const Answer &answer)
{
    const QJsonObject object = answer.object();
    if (answer.status == 400)
        return object.value(u"detail"_s).isString();
    return answer.status == 200 && object.value(u"success"_s).isBool()
           && object.value(u"message"_s).isString()
           && object[u"usage_stats"_s][u"upgrade_recommended"_s].isBool();
}

} // namespace

class PurchasesJourney : public QObject
{
    Q_OBJECT
private slots:
    void aWeekIsBoughtRenewedAndGivenBack();
    void addOnsCountOnce();
    void aPurchaseBelongsToOne();
    void receiptsOfOlderApps();
    void whatAppleDidNotSign();
    void withoutAnAppStore();
};

void PurchasesJourney::aWeekIsBoughtRenewedAndGivenBack()
{
    World world;
    QVERIFY2(world.stage.isReady(), qPrintable(world.stage.why()));
    AppUser ann(world.stage, App::Ios, u"ann"_s);
    const QString first = world.signer.transaction(u"100"_s, kWeekly);
    const Answer bought = ann.post(kUpgrade, {{u"receipt_data"_s, first}});
    QVERIFY2(decodes(bought) && bought.status == 200, bought.body);
    QCOMPARE(bought.object().value(u"subscription_tier"_s).toString(), u"mobile_weekly"_s);
    QVERIFY(bought.object()[u"usage_stats"_s][u"is_subscribed"_s].toBool());
    const QJsonObject status = ann.get(u"/mobile/subscription-status"_s).object();
    QCOMPARE(status.value(u"app_store_transaction_id"_s).toString(), u"100"_s);
    QCOMPARE(status.value(u"app_store_product_id"_s).toString(), kWeekly);
    QCOMPARE(status.value(u"billing_cycle"_s).toString(), u"weekly"_s);
    const auto permission = iosPermission(ann.postNothing(u"/mobile/check-call-permission"_s));
    QCOMPARE(permission->status, u"subscription_active"_s);
    QCOMPARE(ann.post(kUpgrade, {{u"receipt_data"_s, first}}).status, 200); // again: harmless

    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    const QJsonObject renewal{{u"originalTransactionId"_s, u"100"_s},
                              {u"expiresDate"_s, now + qint64(14) * 86'400'000}};
    const QString second = world.signer.transaction(u"101"_s, kWeekly, renewal);
    const QString renewed = world.signer.notification(u"n1"_s, u"DID_RENEW"_s, {}, second);
    const QString endsBefore = status.value(u"subscription_end_date"_s).toString();
    for (int time = 0; time < 2; ++time) {
        const Answer heard = world.hear(renewed);
        QCOMPARE(heard.status, 200);
        QCOMPARE(heard.object().value(u"status"_s).toString(), u"success"_s);
    }
    const QString endsNow = ann.get(u"/mobile/subscription-status"_s)
                                .object()
                                .value(u"subscription_end_date"_s)
                                .toString();
    QVERIFY(endsNow > endsBefore);
    const auto hear = [&](const char *id, const char *type, const char *subtype) {
        return world
            .hear(world.signer.notification(QLatin1String(id), QLatin1String(type),
                                            QLatin1String(subtype), second))
            .status;
    };
    QCOMPARE(hear("n2", "DID_CHANGE_RENEWAL_STATUS", "AUTO_RENEW_DISABLED"), 200);
    QCOMPARE(planStatusOf(ann), u"cancelled"_s);
    QCOMPARE(hear("n3", "DID_FAIL_TO_RENEW", ""), 200);
    QCOMPARE(planStatusOf(ann), u"billing_retry"_s);
    QCOMPARE(hear("n4", "REFUND", ""), 200);
    QCOMPARE(planStatusOf(ann), u"expired"_s);
    const auto over = iosPermission(ann.postNothing(u"/mobile/check-call-permission"_s));
    QCOMPARE(over->status, u"upgrade_required"_s);
    const Answer tooLate = ann.post(kUpgrade, {{u"receipt_data"_s, first}});
    QVERIFY(decodes(tooLate) && tooLate.status == 400);
    QCOMPARE(hear("n5", "TEST", ""), 200);
    QCOMPARE(hear("n6", "SOMETHING_NEW", ""), 200);
    QCOMPARE(ann.get(u"/users/me/export"_s).object()[u"purchases"_s].toArray().size(), 2);
}

void PurchasesJourney::addOnsCountOnce()
{
    World world;
    QVERIFY2(world.stage.isReady(), qPrintable(world.stage.why()));
    AppUser ann(world.stage, App::Ios, u"ann"_s);
    const QString five = world.signer.transaction(u"200"_s, kAddon);
    for (int time = 0; time < 2; ++time) {
        const Answer bought = buy(ann, five, kAddon);
        QVERIFY2(decodes(bought) && bought.status == 200, bought.body);
        QCOMPARE(bought.object()[u"usage_stats"_s][u"addon_calls_remaining"_s].toInt(), 5);
    }
    QCOMPARE(world.hear(world.signer.notification(u"n1"_s, u"REFUND"_s, {}, five)).status, 200);
    QCOMPARE(ann.get(u"/mobile/usage-stats"_s).object().value(u"addon_calls_remaining"_s).toInt(),
             0);
}

void PurchasesJourney::aPurchaseBelongsToOne()
{
    World world;
    QVERIFY2(world.stage.isReady(), qPrintable(world.stage.why()));
    AppUser ann(world.stage, App::Ios, u"ann"_s);
    AppUser eve(world.stage, App::Ios, u"eve"_s);
    AppUser bob(world.stage, App::Web, u"bob"_s);
    const QString receipt = world.signer.transaction(u"300"_s, kWeekly);
    QCOMPARE(buy(ann, receipt, kWeekly).status, 200);
    const Answer stolen = buy(eve, receipt, kWeekly);
    QVERIFY(decodes(stolen) && stolen.status == 400);
    QCOMPARE(webErrorText(stolen), u"This transaction has already been processed"_s);
    const QString renewal =
        world.signer.transaction(u"301"_s, kWeekly, {{u"originalTransactionId"_s, u"300"_s}});
    QCOMPARE(buy(eve, renewal, kWeekly).status, 400);
    QCOMPARE(buy(bob, world.signer.transaction(u"302"_s, kWeekly), kWeekly).status, 400);
    const Answer mismatch = buy(ann, world.signer.transaction(u"303"_s, kWeekly), kAddon);
    QCOMPARE(webErrorText(mismatch), u"Product ID mismatch"_s);
    QCOMPARE(webErrorText(buy(ann, receipt, u"nothing"_s)), u"Invalid product ID"_s);
    const QString premium =
        world.signer.transaction(u"304"_s, u"speech_assistant_premium_monthly"_s);
    QCOMPARE(webErrorText(ann.post(kUpgrade, {{u"receipt_data"_s, premium}})),
             u"Invalid product ID in receipt"_s);
    QCOMPARE(webErrorText(ann.post(
                 kUpgrade, {{u"receipt_data"_s, receipt}, {u"subscription_tier"_s, u"gold"_s}})),
             u"Invalid subscription tier for mobile app"_s);
}

void PurchasesJourney::receiptsOfOlderApps()
{
    World world;
    QVERIFY2(world.stage.isReady(), qPrintable(world.stage.why()));
    AppUser ann(world.stage, App::Ios, u"ann"_s);
    sandbox::HttpAnswer answer;
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    answer.body = uR"({"status": 0, "receipt": {"bundle_id": "%1", "in_app": []},
        "latest_receipt_info": [{"product_id": "speech_assistant_basic_weekly",
            "transaction_id": "401", "original_transaction_id": "400",
            "purchase_date_ms": "%2", "expires_date_ms": "%3"}]})"_s.arg(AppStoreSigner::bundleId())
                      .arg(now)
                      .arg(now + 604'800'000)
                      .toUtf8();
    world.apple.answerWith(answer);
    const QString receipt = u"cmVjZWlwdA=="_s;
    const Answer bought = buy(ann, receipt, u"speech_assistant_basic_weekly"_s);
    QVERIFY2(decodes(bought) && bought.status == 200, bought.body);
    QCOMPARE(bought.object()[u"usage_stats"_s][u"subscription_tier"_s].toString(),
             u"mobile_weekly"_s);
    answer.body = R"({"status": 21002})";
    world.apple.answerWith(answer);
    const Answer refused = ann.post(kUpgrade, {{u"receipt_data"_s, receipt}});
    QVERIFY(decodes(refused));
    QVERIFY(webErrorText(refused).startsWith(u"Receipt validation failed: "));
    answer.body = R"({"status": 21005})";
    world.apple.answerWith(answer);
    QCOMPARE(ann.post(kUpgrade, {{u"receipt_data"_s, receipt}}).status, 502);
    QCOMPARE(ann.post(kUpgrade, {}).status, 422);
    QCOMPARE(ann.post(kPurchase, {{u"receipt_data"_s, receipt}}).status, 422);
}

void PurchasesJourney::whatAppleDidNotSign()
{
    World world;
    QVERIFY2(world.stage.isReady(), qPrintable(world.stage.why()));
    AppUser ann(world.stage, App::Ios, u"ann"_s);
    const AppStoreSigner forger;
    const Answer forged = buy(ann, forger.transaction(u"500"_s, kWeekly), kWeekly);
    QVERIFY(decodes(forged) && forged.status == 400);
    const QString sandbox =
        world.signer.transaction(u"501"_s, kWeekly, {{u"environment"_s, u"Sandbox"_s}});
    QCOMPARE(ann.post(kPurchase, {{u"receipt_data"_s, sandbox},
                                  {u"product_id"_s, kWeekly},
                                  {u"is_sandbox"_s, true}})
                 .status,
             400);
    const QString good = world.signer.transaction(u"502"_s, kWeekly);
    QCOMPARE(buy(ann, good, kWeekly).status, 200);
    const Answer revoked = world.hear(forger.notification(u"n1"_s, u"REVOKE"_s, {}, good));
    QCOMPARE(revoked.status, 401);
    QCOMPARE(webErrorText(revoked), u"Invalid signature"_s);
    QCOMPARE(world.hear(u"nonsense"_s).status, 401);
    // The body of the older form: without a signed payload it is nothing.
    RestClient store(world.stage.server().url());
    QCOMPARE(store
                 .post(u"/mobile/app-store/webhook"_s,
                       {{u"notificationType"_s, u"CANCEL"_s},
                        {u"data"_s, QJsonObject{{u"originalTransactionId"_s, u"502"_s}}}})
                 .status,
             422);
    QCOMPARE(planStatusOf(ann), u"active"_s);
}

void PurchasesJourney::withoutAnAppStore()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    AppUser ann(stage, App::Ios, u"ann"_s);
    const AppStoreSigner signer;
    // Nothing that our own root has signed counts with Apple's.
    QCOMPARE(buy(ann, signer.transaction(u"1"_s, kWeekly), kWeekly).status, 400);
    const Answer receipt = buy(ann, u"cmVjZWlwdA=="_s, kWeekly);
    QVERIFY(decodes(receipt) && receipt.status == 400);
    ServerProcess broken;
    Environment settings = stage.environment();
    settings.insert(u"APPLE_ROOT_CA_FILE"_s, u"/nowhere.pem"_s);
    QCOMPARE(broken.run({}, settings), 2);
    QVERIFY2(broken.errors().contains("APPLE_ROOT_CA_FILE"), broken.errors());
}

QTEST_GUILESS_MAIN(PurchasesJourney)
#include "tst_purchases_journey.moc"
