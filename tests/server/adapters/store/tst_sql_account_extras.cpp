// Apple ids, sessions, new passwords and deletion, on both databases.
#include "server/adapters/store/sql_account_remover.h"
#include "server/adapters/store/sql_account_store.h"
#include "server/adapters/store/sql_password_store.h"
#include "server/core/accounts/refresh_rule.h"
#include "tests/server/adapters/store/at_once.h"
#include "tests/server/adapters/store/store_backends.h"

#include <QTest>

#include <atomic>

using namespace server::core;
using namespace server::store;
using base::Fault;
using base::UserId;

namespace {

const QDateTime kExtrasNow = QDateTime::fromMSecsSinceEpoch(1'800'000'000'123, Qt::UTC);

NewAccount person(const QString &name)
{
    NewAccount account;
    account.email = account.emailKey = name + u"@b.com"_qs;
    account.passwordHash = "old";
    account.authProvider = u"password"_qs;
    account.createdAt = kExtrasNow;
    return account;
}

QByteArray extraHash(int number)
{
    return QByteArray(24, '\xff') + QByteArray::number(number).rightJustified(8, '0');
}

RefreshToken extraToken(int number, UserId user, const QString &family,
                        const QDateTime &issuedAt = kExtrasNow)
{
    RefreshToken token;
    token.user = user;
    token.family = family;
    token.hash = extraHash(number);
    token.issuedAt = token.startedAt = issuedAt;
    token.expiresAt = issuedAt.addDays(7);
    token.userAgent = u"Agent %1"_qs.arg(number);
    return token;
}

struct Stores
{
    explicit Stores(Database &database)
        : session(database.session()), accounts(database), passwords(database), remover(database)
    {
    }
    Session session;
    SqlAccountStore accounts;
    SqlPasswordStore passwords;
    SqlAccountRemover remover;

    qint64 count(const QString &from)
    {
        return session.execute(u"SELECT count(*) FROM "_qs + from)->first().integer(0);
    }
    bool isGood(int number, const QDateTime &at = kExtrasNow)
    {
        RefreshToken next = extraToken(1000 + ++uses, {}, {});
        const auto used = accounts.useRefreshToken(
            extraHash(number), next, [&](const RefreshToken &stored, const Account &owner) {
                return judgeRefresh(stored, owner, at, RefreshMode::Lenient);
            });
        return used && *used;
    }
    int uses = 0;
    /// A call row; `answered` and `ended` as SQL, "NULL" or a column of now.
    qint64 addCall(UserId user, bool isAnswered, bool isEnded, const QDateTime &createdAt,
                   const QString &recording = {})
    {
        const auto rows = session.execute(
            u"INSERT INTO calls (user_id, scenario, scenario_title, direction, phone_number, "
            "own_number, status, brief, duration_limit, created_at, answered_at, ended_at, "
            "recording_file) VALUES (?, 's', 's', 'outbound', '+1', '+2', 'x', '{}', 60, ?, ?, ?, "
            "?) "
            "RETURNING id"_qs,
            {user.value, createdAt, isAnswered ? createdAt : QDateTime(),
             isEnded ? createdAt : QDateTime(), recording});
        return rows ? rows->first().integer(0) : 0;
    }
    bool addDetail(qint64 call)
    {
        return session
            .execute(u"INSERT INTO call_details (call_id, detail) VALUES (?, '{}')"_qs, {call})
            .has_value();
    }
};

} // namespace

class TestSqlAccountExtras : public QObject
{
    Q_OBJECT

private slots:
    void knowsPlatformAndAppleId_data() { tests::addBackendRows(); }
    void knowsPlatformAndAppleId()
    {
        SCRATCH_DATABASE(scratch);
        Stores stores(scratch->database());
        NewAccount ann = person(u"ann"_qs);
        ann.platform = Platform::Mobile;
        ann.appleId = u"001.a"_qs;
        ann.isEmailVerified = true;
        const auto created = stores.accounts.create(ann);
        QVERIFY(created);
        const auto byApple = stores.accounts.findByAppleId(u"001.a"_qs);
        const auto byId = stores.accounts.findById(created->id);
        QVERIFY(byApple && *byApple && byId && *byId);
        for (const Account &account : {*created, **byApple, **byId}) {
            QCOMPARE(account.id, created->id);
            QCOMPARE(account.platform, Platform::Mobile);
            QVERIFY(account.isEmailVerified);
            QVERIFY(!account.tokensValidFrom.isValid());
        }
        QCOMPARE(stores.accounts.findPrincipal(created->id)->value().platform, Platform::Mobile);

        // Any number of accounts have no Apple id, but no two have the same.
        QVERIFY(stores.accounts.create(person(u"bob"_qs)));
        const auto carl = stores.accounts.create(person(u"carl"_qs));
        QVERIFY(carl);
        QCOMPARE(stores.accounts.findById(carl->id)->value().platform, Platform::Web);
        NewAccount twin = person(u"dora"_qs);
        twin.appleId = u"001.a"_qs;
        QCOMPARE(stores.accounts.create(twin).error().fault, Fault::Conflict);
        QVERIFY(!stores.accounts.findByAppleId(QString())->has_value());
        QVERIFY(!stores.accounts.findById(UserId{99})->has_value());
    }

    void listsAndEndsSessions_data() { tests::addBackendRows(); }
    void listsAndEndsSessions()
    {
        SCRATCH_DATABASE(scratch);
        Stores stores(scratch->database());
        const UserId ann = stores.accounts.create(person(u"ann"_qs))->id;
        const UserId bob = stores.accounts.create(person(u"bob"_qs))->id;
        QVERIFY(stores.accounts.addRefreshToken(extraToken(1, ann, u"one"_qs)));
        QVERIFY(
            stores.accounts.addRefreshToken(extraToken(2, ann, u"two"_qs, kExtrasNow.addSecs(10))));
        QVERIFY(stores.accounts.addRefreshToken(extraToken(3, bob, u"three"_qs)));
        QVERIFY(
            stores.accounts.addRefreshToken(extraToken(4, ann, u"old"_qs, kExtrasNow.addDays(-8))));
        auto next = extraToken(5, {}, {}, kExtrasNow.addSecs(60));
        next.startedAt = {}; // the store knows
        QVERIFY(stores.accounts.useRefreshToken(
            extraHash(1), next, [](const auto &, const auto &) { return RefreshVerdict::Accept; }));

        const auto sessions = stores.accounts.sessionsOf(ann, kExtrasNow.addSecs(60));
        QVERIFY(sessions);
        QCOMPARE(sessions->size(), size_t(2));
        QCOMPARE(sessions->at(0).id, u"one"_qs);
        QCOMPARE(sessions->at(0).createdAt, kExtrasNow);
        QCOMPARE(sessions->at(0).lastUsedAt, kExtrasNow.addSecs(60));
        QCOMPARE(sessions->at(0).expiresAt, kExtrasNow.addSecs(60).addDays(7));
        QCOMPARE(sessions->at(0).userAgent, u"Agent 5"_qs);
        QCOMPARE(sessions->at(1).id, u"two"_qs);

        // A family remembers when it began, even when its first token is long gone.
        QVERIFY(stores.session.execute(u"DELETE FROM refresh_tokens WHERE token_hash = ?"_qs,
                                       {extraHash(1)}));
        QCOMPARE(stores.accounts.sessionsOf(ann, kExtrasNow.addSecs(60))->at(0).createdAt,
                 kExtrasNow);

        QVERIFY(!*stores.accounts.revokeFamily(bob, u"one"_qs, kExtrasNow)); // not theirs
        QVERIFY(!*stores.accounts.revokeFamily(ann, u"old"_qs, kExtrasNow)); // over
        QVERIFY(!*stores.accounts.revokeFamily(ann, u"nope"_qs, kExtrasNow));
        QVERIFY(*stores.accounts.revokeFamily(ann, u"one"_qs, kExtrasNow));
        QVERIFY(!*stores.accounts.revokeFamily(ann, u"one"_qs, kExtrasNow));
        QVERIFY(!stores.isGood(5));
        QVERIFY(stores.isGood(2) && stores.isGood(3));
    }

    void changesPasswords_data() { tests::addBackendRows(); }
    void changesPasswords()
    {
        SCRATCH_DATABASE(scratch);
        Stores stores(scratch->database());
        const UserId ann = stores.accounts.create(person(u"ann"_qs))->id;
        const UserId bob = stores.accounts.create(person(u"bob"_qs))->id;
        QVERIFY(stores.accounts.addRefreshToken(extraToken(1, ann, u"here"_qs)));
        QVERIFY(stores.accounts.addRefreshToken(extraToken(2, ann, u"there"_qs)));
        QVERIFY(stores.accounts.addRefreshToken(extraToken(3, bob, u"there"_qs)));
        QVERIFY(*stores.passwords.addReset(
            {ann, extraHash(50), kExtrasNow, kExtrasNow.addSecs(3600)}, kExtrasNow));

        QVERIFY(!*stores.passwords.changePassword(ann, "other", "new", u"here"_qs, kExtrasNow));
        QVERIFY(stores.isGood(2));
        QVERIFY(*stores.passwords.changePassword(ann, "old", "new", u"here"_qs, kExtrasNow));
        const Account account = stores.accounts.findById(ann)->value();
        QCOMPARE(account.passwordHash, QByteArray("new"));
        QCOMPARE(account.tokensValidFrom, kExtrasNow);
        QCOMPARE(stores.accounts.findPrincipal(ann)->value().tokensValidFrom, kExtrasNow);
        QVERIFY(stores.isGood(1) && !stores.isGood(2) && stores.isGood(3));
        QVERIFY(!*stores.passwords.hasReset(extraHash(50), kExtrasNow));
    }

    void resetTokensWorkOnce_data() { tests::addBackendRows(); }
    void resetTokensWorkOnce()
    {
        SCRATCH_DATABASE(scratch);
        Stores stores(scratch->database());
        const UserId ann = stores.accounts.create(person(u"ann"_qs))->id;
        QVERIFY(stores.accounts.addRefreshToken(extraToken(1, ann, u"one"_qs)));
        const auto reset = [&](int number, const QDateTime &at) {
            return PasswordReset{ann, extraHash(number), at, at.addSecs(3600)};
        };
        QVERIFY(*stores.passwords.addReset(reset(1, kExtrasNow), kExtrasNow.addSecs(-60)));
        QVERIFY(!*stores.passwords.addReset(reset(2, kExtrasNow), kExtrasNow.addSecs(-60)));
        QVERIFY(
            *stores.passwords.addReset(reset(2, kExtrasNow.addSecs(61)), kExtrasNow.addSecs(1)));
        QVERIFY(!*stores.passwords.hasReset(extraHash(3), kExtrasNow));
        QVERIFY(*stores.passwords.hasReset(extraHash(1), kExtrasNow.addMSecs(3'599'999)));
        QVERIFY(!*stores.passwords.hasReset(extraHash(1), kExtrasNow.addSecs(3600)));
        QVERIFY(!*stores.passwords.useReset(extraHash(1), "new", kExtrasNow.addSecs(3600)));

        std::atomic<int> winners = 0;
        tests::atOnce(8, [&](int index) {
            SqlPasswordStore own(scratch->database());
            const auto used = own.useReset(extraHash(1 + index % 2), "new", kExtrasNow);
            winners += used && *used ? 1 : 0;
        });
        QCOMPARE(winners.load(), 1); // using one makes the other worthless
        const Account account = stores.accounts.findById(ann)->value();
        QCOMPARE(account.passwordHash, QByteArray("new"));
        QCOMPARE(account.tokensValidFrom, kExtrasNow);
        QVERIFY(account.isEmailVerified);
        QVERIFY(!stores.isGood(1));
        QCOMPARE(stores.count(u"password_resets"_qs), 0);

        QVERIFY(*stores.passwords.addReset(reset(4, kExtrasNow), kExtrasNow));
        QVERIFY(stores.accounts.setActive(ann, false, kExtrasNow));
        QVERIFY(!*stores.passwords.hasReset(extraHash(4), kExtrasNow));
        QVERIFY(!*stores.passwords.useReset(extraHash(4), "other", kExtrasNow));
        QCOMPARE(stores.accounts.findById(ann)->value().passwordHash, QByteArray("new"));
        QCOMPARE(stores.passwords
                     .addReset({UserId{99}, extraHash(5), kExtrasNow, kExtrasNow}, kExtrasNow)
                     .error()
                     .fault,
                 Fault::Conflict);
    }

    void oneMailOfManyRequests_data() { tests::addBackendRows(); }
    void oneMailOfManyRequests()
    {
        SCRATCH_DATABASE(scratch);
        Stores stores(scratch->database());
        const UserId ann = stores.accounts.create(person(u"ann"_qs))->id;
        std::atomic<int> added = 0;
        tests::atOnce(8, [&](int index) {
            SqlPasswordStore own(scratch->database());
            const auto isNew =
                own.addReset({ann, extraHash(index), kExtrasNow, kExtrasNow.addSecs(3600)},
                             kExtrasNow.addSecs(-60));
            added += isNew && *isNew ? 1 : 0;
        });
        QCOMPARE(added.load(), 1);
        QCOMPARE(stores.accounts.removeExpired(kExtrasNow.addSecs(3601)).value_or(-1), 1);
    }

    void removesAllThatIsTheirs_data() { tests::addBackendRows(); }
    void removesAllThatIsTheirs()
    {
        SCRATCH_DATABASE(scratch);
        Stores stores(scratch->database());
        const UserId ann = stores.accounts.create(person(u"ann"_qs))->id;
        const UserId bob = stores.accounts.create(person(u"bob"_qs))->id;
        QVERIFY(stores.accounts.addRefreshToken(extraToken(1, ann, u"one"_qs)));
        QVERIFY(*stores.passwords.addReset(
            {ann, extraHash(1), kExtrasNow, kExtrasNow.addSecs(3600)}, kExtrasNow));
        QVERIFY(stores.accounts.addSocketTicket(extraHash(1), ann, kExtrasNow.addSecs(30)));
        QVERIFY(stores.addDetail(stores.addCall(ann, true, true, kExtrasNow, u"call-1.wav"_qs)));
        QVERIFY(stores.addCall(ann, false, true, kExtrasNow));
        QVERIFY(stores.addDetail(stores.addCall(bob, true, true, kExtrasNow, u"call-3.wav"_qs)));

        QVERIFY(stores.remover.removeAccount(ann, kExtrasNow));
        QVERIFY(!stores.accounts.findById(ann)->has_value());
        QVERIFY(stores.accounts.findById(bob)->has_value());
        QCOMPARE(stores.count(u"calls"_qs), 1);
        for (const char *table : {"refresh_tokens", "password_resets", "socket_tickets"})
            QCOMPARE(stores.count(QLatin1String(table)), 0);
        QCOMPARE(stores.count(u"call_details"_qs), 1);
        QCOMPARE(*stores.remover.orphanedRecordings(), QStringList{u"call-1.wav"_qs});
        QCOMPARE(stores.remover.removeAccount(ann, kExtrasNow).error().fault, Fault::NotFound);
        QVERIFY(stores.accounts.create(person(u"ann"_qs))); // the address is free again

        QVERIFY(stores.remover.forgetRecordings({u"other.wav"_qs}, kExtrasNow));
        QCOMPARE(stores.remover.orphanedRecordings()->size(), 1);
        QVERIFY(stores.remover.forgetRecordings({}, kExtrasNow.addSecs(1)));
        QCOMPARE(stores.remover.orphanedRecordings()->size(), 0);
        QVERIFY(stores.remover.removeAccount(bob, kExtrasNow));
        QVERIFY(stores.remover.forgetRecordings({u"call-3.wav"_qs}, kExtrasNow));
        QCOMPARE(stores.remover.orphanedRecordings()->size(), 0);
    }

    void keepsAnAccountWithACallUnderWay_data() { tests::addBackendRows(); }
    void keepsAnAccountWithACallUnderWay()
    {
        SCRATCH_DATABASE(scratch);
        Stores stores(scratch->database());
        const UserId ann = stores.accounts.create(person(u"ann"_qs))->id;
        const qint64 call = stores.addCall(ann, true, false, kExtrasNow);
        const auto isRefused = [&](const QDateTime &at) {
            const auto removed = stores.remover.removeAccount(ann, at);
            return !removed && removed.error().fault == Fault::Conflict;
        };
        QVERIFY(isRefused(kExtrasNow.addSecs(60)));
        // Ended, but what it leaves is still being stored.
        QVERIFY(stores.session.execute(u"UPDATE calls SET ended_at = ? WHERE id = ?"_qs,
                                       {kExtrasNow, call}));
        QVERIFY(isRefused(kExtrasNow.addSecs(60)));
        QCOMPARE(stores.count(u"calls"_qs), 1);
        QVERIFY(stores.addDetail(call));
        // One that a server took with it when it died holds nobody for ever.
        QVERIFY(stores.addCall(ann, true, false, kExtrasNow.addSecs(-7201)));
        QVERIFY(stores.remover.removeAccount(ann, kExtrasNow));
    }
};

QTEST_GUILESS_MAIN(TestSqlAccountExtras)
#include "tst_sql_account_extras.moc"
