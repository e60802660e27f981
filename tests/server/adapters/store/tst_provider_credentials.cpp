// Users' own accounts in the database: sealed, isolated, and sealed anew.
#include "server/adapters/store/key_rotation.h"
#include "server/adapters/store/number_store.h"
#include "server/adapters/store/onboarding_store.h"
#include "server/adapters/store/provider_credentials_store.h"
#include "server/adapters/store/sql_account_remover.h"
#include "tests/server/adapters/store/store_backends.h"
#include "tests/server/adapters/store/usage_fixture.h"

#include <QTest>

using namespace server;
using base::Fault;
using base::Secret;
using base::UserId;
using core::OwnAccount;
using core::OwnedNumber;
using core::PhoneAccount;
using core::Platform;
using core::SecretBox;
using tests::addUser;
using tests::kUsageNow;

namespace {

const PhoneAccount kService{QStringLiteral("AC00000000000000000000000000000001"),
                            Secret("service token")};
const QString kAnns = QStringLiteral("AC000000000000000000000000000000a1");
const QString kBobs = QStringLiteral("AC000000000000000000000000000000b2");
const Secret kAnnsToken("0123456789abcdef0123456789abcdef");
const Secret kBobsToken("fedcba9876543210fedcba9876543210");
const QByteArray kKeyA = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const QByteArray kKeyB = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

SecretBox boxOf(const QByteArray &keys)
{
    return SecretBox::fromKeys(Secret(keys)).value();
}

OwnedNumber numberOf(UserId owner, const char *e164, const QString &account)
{
    OwnedNumber number;
    number.owner = owner;
    number.e164 = QString::fromLatin1(e164);
    number.sid = QStringLiteral("PN") + number.e164;
    number.provisionedAt = kUsageNow;
    number.accountSid = account;
    return number;
}

/// Two users, each with an account of their own and a number in it, on one database.
struct CredentialsRig
{
    explicit CredentialsRig(store::Database &on, const QByteArray &keys = kKeyA)
        : database(on), accounts(on, kService, boxOf(keys)), numbers(on)
    {
        ann = addUser(database, QStringLiteral("ann"), Platform::Web);
        bob = addUser(database, QStringLiteral("bob"), Platform::Web);
    }

    base::Result<> connect(UserId user, const QString &sid, const Secret &token,
                           const char *number = "")
    {
        std::optional<OwnedNumber> owned;
        if (*number != '\0')
            owned = numberOf(user, number, sid);
        return accounts.connect({user, sid, QString::fromLatin1(number), kUsageNow}, token, owned);
    }
    bool connectBoth()
    {
        return connect(ann, kAnns, kAnnsToken, "+14155550151")
               && connect(bob, kBobs, kBobsToken, "+14155550152");
    }
    /// A call of our number, by id.
    core::Call addCall(UserId owner, const char *ownNumber, const char *sid)
    {
        tests::UsageRig rig(database);
        core::Call call = tests::draftFor(owner);
        call.ownNumber = QString::fromLatin1(ownNumber);
        call.callSid = QString::fromLatin1(sid);
        return rig.calls.add(call).value();
    }
    size_t signers(const QString &account, const char *callSid, const char *number,
                   base::CallId call = {})
    {
        return accounts
            .signersOf({account, QString::fromLatin1(callSid), call, QString::fromLatin1(number)})
            ->size();
    }
    QString stored() const
    {
        const auto rows = database.session().execute(
            store::Sql(QStringLiteral("SELECT auth_token FROM provider_credentials ORDER BY id")));
        return rows->first().text(0);
    }

    store::Database &database;
    store::SqlProviderCredentialsStore accounts;
    store::SqlNumberStore numbers;
    UserId ann;
    UserId bob;
};

} // namespace

class ProviderCredentialsTest : public QObject
{
    Q_OBJECT
private slots:
    void keepsThemSealed_data() { tests::addBackendRows(); }
    void keepsThemSealed();
    void findsTheAccountOfEverything_data() { tests::addBackendRows(); }
    void findsTheAccountOfEverything();
    void signsForItsOwnCallsOnly_data() { tests::addBackendRows(); }
    void signsForItsOwnCallsOnly();
    void anotherAccountAndNoneLoseTheNumbers_data() { tests::addBackendRows(); }
    void anotherAccountAndNoneLoseTheNumbers();
    void somebodyElsesNumberIsNotTaken_data() { tests::addBackendRows(); }
    void somebodyElsesNumberIsNotTaken();
    void goesWithTheAccount_data() { tests::addBackendRows(); }
    void goesWithTheAccount();
    void keysAreRotated_data() { tests::addBackendRows(); }
    void keysAreRotated();
};

void ProviderCredentialsTest::keepsThemSealed()
{
    SCRATCH_DATABASE(scratch);
    CredentialsRig rig(scratch->database());
    QVERIFY(!*rig.accounts.ownAccount(rig.ann));
    QVERIFY(rig.connect(rig.ann, kAnns, kAnnsToken));
    QVERIFY(!rig.stored().contains(QString::fromLatin1(kAnnsToken.reveal())));
    QCOMPARE(boxOf(kKeyA).open(rig.stored())->reveal(), kAnnsToken.reveal());
    const auto own = rig.accounts.ownAccount(rig.ann);
    QCOMPARE((*own)->accountSid, kAnns);
    QCOMPARE((*own)->connectedAt, kUsageNow);
    const auto providers = store::SqlOnboardingStore(rig.database).providersOf(rig.ann);
    QCOMPARE(providers->size(), size_t(1));
    QCOMPARE(providers->front().provider, QStringLiteral("twilio"));
    QVERIFY(providers->front().isConnected);

    QCOMPARE(*rig.accounts.disconnect(rig.ann), true);
    QCOMPARE(*rig.accounts.disconnect(rig.ann), false);
    QVERIFY(!store::SqlOnboardingStore(rig.database).providersOf(rig.ann)->front().isConnected);
    QCOMPARE(rig.accounts.ofUser(rig.ann)->sid, kService.sid);

    store::SqlProviderCredentialsStore keyless(rig.database, kService, std::nullopt);
    const auto refused = keyless.connect({rig.ann, kAnns, {}, kUsageNow}, kAnnsToken, {});
    QCOMPARE(refused.error().fault, Fault::Unavailable);
    QVERIFY(refused.error().message.contains(QLatin1String("DATA_ENCRYPTION_KEY")));
    QVERIFY(rig.connect(rig.ann, kAnns, kAnnsToken));
    QCOMPARE(keyless.ofUser(rig.ann).error().fault, Fault::Unavailable);
    QCOMPARE(keyless.ofUser(rig.bob)->sid, kService.sid);
}

void ProviderCredentialsTest::findsTheAccountOfEverything()
{
    SCRATCH_DATABASE(scratch);
    CredentialsRig rig(scratch->database());
    QVERIFY(rig.connectBoth());
    const QString marker = QStringLiteral("m"); // one that Ann bought before, of the service
    QVERIFY(rig.numbers.beginPurchase({marker, rig.ann, kService.sid, kUsageNow}, 3, kUsageNow));
    QVERIFY(rig.numbers.completePurchase(marker, numberOf(rig.ann, "+14155550150", kService.sid)));
    rig.addCall(rig.ann, "+14155550151", "CA-own");
    rig.addCall(rig.ann, "+14155550150", "CA-service");

    const auto sid = [](const base::Result<PhoneAccount> &account) { return account->sid; };
    QCOMPARE(sid(rig.accounts.ofUser(rig.ann)), kAnns);
    QCOMPARE(rig.accounts.ofUser(rig.ann)->token.reveal(), kAnnsToken.reveal());
    QCOMPARE(sid(rig.accounts.ofNumber(QStringLiteral("+14155550151"))), kAnns);
    QCOMPARE(sid(rig.accounts.ofNumber(QStringLiteral("+14155550152"))), kBobs);
    QCOMPARE(sid(rig.accounts.ofNumber(QStringLiteral("+14155550150"))), kService.sid);
    QCOMPARE(sid(rig.accounts.ofNumber(QStringLiteral("+14155550100"))), kService.sid);
    QCOMPARE(sid(rig.accounts.ofCall(QStringLiteral("CA-own"))), kAnns);
    QCOMPARE(sid(rig.accounts.ofCall(QStringLiteral("CA-service"))), kService.sid);
    QCOMPARE(sid(rig.accounts.ofCall(QStringLiteral("CA-unknown"))), kService.sid);
    QCOMPARE((*rig.accounts.find(rig.ann, kAnns))->sid, kAnns);
    QCOMPARE((*rig.accounts.find({}, kService.sid))->sid, kService.sid);
    QVERIFY(!*rig.accounts.find(rig.ann, kBobs));
    // The one they named for their own account comes first, though the other is older there.
    QCOMPARE((*rig.numbers.primaryOf(rig.ann))->e164, QStringLiteral("+14155550151"));
    // A call goes on when its number is released.
    QVERIFY(*rig.numbers.deactivate(rig.ann, QStringLiteral("+14155550151")));
    QCOMPARE(sid(rig.accounts.ofCall(QStringLiteral("CA-own"))), kAnns);
    QCOMPARE(sid(rig.accounts.ofNumber(QStringLiteral("+14155550151"))), kService.sid);
}

void ProviderCredentialsTest::signsForItsOwnCallsOnly()
{
    SCRATCH_DATABASE(scratch);
    CredentialsRig rig(scratch->database());
    QVERIFY(rig.connectBoth());
    const core::Call anns = rig.addCall(rig.ann, "+14155550151", "CA-ann");
    const core::Call service = rig.addCall(rig.ann, "+14155550100", "CA-service");
    QCOMPARE(rig.signers(kAnns, "CA-ann", ""), size_t(1));
    QCOMPARE(rig.signers(kAnns, "CA-new", "+14155550151"), size_t(1));
    QCOMPARE(rig.signers(kAnns, "", "", anns.id), size_t(1));
    // Bob's account says that it has Ann's call, or the service's, or their number.
    QCOMPARE(rig.signers(kBobs, "CA-ann", "+14155550152"), size_t(0));
    QCOMPARE(rig.signers(kBobs, "CA-service", "+14155550152"), size_t(0));
    QCOMPARE(rig.signers(kBobs, "CA-new", "+14155550152", anns.id), size_t(0));
    QCOMPARE(rig.signers(kBobs, "CA-new", "+14155550152", service.id), size_t(0));
    QCOMPARE(rig.signers(kBobs, "CA-new", "+14155550151"), size_t(0));
    QCOMPARE(rig.signers(kBobs, "CA-new", "+14155550100"), size_t(0));
    QCOMPARE(rig.signers(kBobs, "CA-new", ""), size_t(0));
    QCOMPARE(rig.signers(QString(), "CA-ann", "+14155550151"), size_t(0));

    // A handshake names no account: those that have a call waiting for its stream may have made it.
    QVERIFY(rig.accounts.streamSigners(kUsageNow)->empty());
    tests::UsageRig calls(rig.database);
    QVERIFY(calls.calls.setMediaToken(anns.id, "hash", kUsageNow.addSecs(120)));
    QCOMPARE(rig.accounts.streamSigners(kUsageNow)->size(), size_t(1));
    QCOMPARE(rig.accounts.streamSigners(kUsageNow)->front().reveal(), kAnnsToken.reveal());
    QVERIFY(rig.accounts.streamSigners(kUsageNow.addSecs(121))->empty());
}

void ProviderCredentialsTest::anotherAccountAndNoneLoseTheNumbers()
{
    SCRATCH_DATABASE(scratch);
    CredentialsRig rig(scratch->database());
    const QString first = QStringLiteral("+14155550151");
    QVERIFY(rig.connectBoth());
    QVERIFY(rig.connect(rig.ann, kAnns, Secret("a new token of the same account")));
    QVERIFY(*rig.numbers.findActive(first));
    QCOMPARE(rig.accounts.ofNumber(first)->token.reveal(),
             QByteArray("a new token of the same account"));
    QVERIFY(rig.connect(rig.ann, QStringLiteral("ACother"), kAnnsToken, "+14155550153"));
    QVERIFY(!*rig.numbers.findActive(first));
    QCOMPARE(rig.numbers.ofOwner(rig.ann)->size(), size_t(1));
    QVERIFY(*rig.accounts.disconnect(rig.ann));
    QVERIFY(rig.numbers.ofOwner(rig.ann)->empty());
    QCOMPARE(rig.numbers.ofOwner(rig.bob)->size(), size_t(1));
}

void ProviderCredentialsTest::somebodyElsesNumberIsNotTaken()
{
    SCRATCH_DATABASE(scratch);
    CredentialsRig rig(scratch->database());
    QVERIFY(rig.connect(rig.ann, kAnns, kAnnsToken, "+14155550151"));
    const auto taken = rig.connect(rig.bob, kBobs, kBobsToken, "+14155550151");
    QCOMPARE(taken.error().fault, Fault::Conflict);
    QVERIFY(!*rig.accounts.ownAccount(rig.bob)); // all or nothing
    QVERIFY(store::SqlOnboardingStore(rig.database).providersOf(rig.bob)->empty());
    QVERIFY(*rig.accounts.disconnect(rig.ann));
    QVERIFY(rig.connect(rig.bob, kBobs, kBobsToken, "+14155550151"));
}

void ProviderCredentialsTest::goesWithTheAccount()
{
    SCRATCH_DATABASE(scratch);
    CredentialsRig rig(scratch->database());
    QVERIFY(rig.connectBoth());
    QVERIFY(store::SqlAccountRemover(rig.database).removeAccount(rig.ann, kUsageNow));
    QVERIFY(!*rig.accounts.ownAccount(rig.ann));
    QCOMPARE(rig.accounts.ofNumber(QStringLiteral("+14155550151"))->sid, kService.sid);
    const auto rows = rig.database.session().execute(
        store::Sql(QStringLiteral("SELECT count(*) FROM provider_credentials")));
    QCOMPARE(rows->first().integer(0), qint64(1));
}

void ProviderCredentialsTest::keysAreRotated()
{
    SCRATCH_DATABASE(scratch);
    CredentialsRig rig(scratch->database());
    QVERIFY(rig.connectBoth());
    // A row as the earlier backend wrote it: Fernet with key A, from Python's `cryptography`.
    const QString fernet =
        QStringLiteral("gAAAAABoubFAAAECAwQFBgcICQoLDA0OD7eteCFsVWnW2hqrh_bbxWH-8PgA"
                       "io17T7dEekF4dA3FWAIbVvFecGg4DEbtJP--gA==");
    const store::Sql update(QStringLiteral("UPDATE provider_credentials SET auth_token = ? "
                                           "WHERE user_id = ?"));
    QVERIFY(rig.database.session().execute(update, {fernet, rig.bob.value}));

    const auto rotate = [&](const QByteArray &keys) {
        const auto tables = store::rotateKeys(rig.database, boxOf(keys), store::sealedColumns());
        return tables->front();
    };
    const auto lost = rotate(kKeyB);
    QCOMPARE(lost.sealed, 2);
    QCOMPARE(lost.unreadable, 2);
    QCOMPARE(lost.renewed, 0);
    const auto done = rotate(kKeyB + "," + kKeyA);
    QCOMPARE(done.table, QStringLiteral("provider_credentials"));
    QCOMPARE(done.renewed, 2);
    QCOMPARE(done.unreadable, 0);
    QCOMPARE(rotate(kKeyB + "," + kKeyA).renewed, 0);
    store::SqlProviderCredentialsStore newest(rig.database, kService, boxOf(kKeyB));
    QCOMPARE(newest.ofUser(rig.ann)->token.reveal(), kAnnsToken.reveal());
    QCOMPARE(newest.ofUser(rig.bob)->token.reveal(), QByteArray());
    QCOMPARE(rig.accounts.ofUser(rig.ann).error().fault, Fault::Unavailable);
}

QTEST_GUILESS_MAIN(ProviderCredentialsTest)
#include "tst_provider_credentials.moc"
