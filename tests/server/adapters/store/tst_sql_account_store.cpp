#include "server/adapters/store/sql_account_store.h"
#include "server/core/accounts/refresh_rule.h"
#include "tests/server/adapters/store/at_once.h"
#include "tests/server/adapters/store/store_backends.h"

#include <QTest>

#include <atomic>

using namespace server::core;
using namespace server::store;
using base::Fault;
using base::UserId;
using protocol::Role;

namespace {

const QDateTime kAccountNow = QDateTime::fromMSecsSinceEpoch(1'800'000'000'123, Qt::UTC);

NewAccount ann()
{
    return {u"Ann@b.com"_qs, u"ann@b.com"_qs, "$argon2id$hash", u"Ann"_qs,
            Role::Support,   u"password"_qs,  kAccountNow};
}

/// 32 bytes that no text could hold.
QByteArray hashOf(int number)
{
    QByteArray hash(32, '\xff');
    hash[0] = '\0';
    return hash.replace(1, 8, QByteArray::number(number).rightJustified(8, '0'));
}

RefreshToken token(int number, UserId user, const QString &family = u"f"_qs)
{
    RefreshToken token;
    token.user = user;
    token.family = family;
    token.hash = hashOf(number);
    token.issuedAt = kAccountNow;
    token.expiresAt = kAccountNow.addDays(7);
    token.userAgent = u"Browser"_qs;
    return token;
}

RefreshVerdict accept(const RefreshToken &, const Account &)
{
    return RefreshVerdict::Accept;
}

/// The rule that the service uses, at a moment after `now`.
RefreshJudge lenientAt(const QDateTime &time)
{
    return [time](const RefreshToken &token, const Account &account) {
        return judgeRefresh(token, account, time, RefreshMode::Lenient);
    };
}

} // namespace

class TestSqlAccountStore : public QObject
{
    Q_OBJECT

private slots:
    void keepsAccounts_data() { tests::addBackendRows(); }
    void keepsAccounts()
    {
        SCRATCH_DATABASE(scratch);
        SqlAccountStore store(scratch->database());
        const auto created = store.create(ann());
        QVERIFY(created);
        QVERIFY(created->id.isValid());

        const auto found = store.findByEmailKey(u"ann@b.com"_qs);
        QVERIFY(found && *found);
        for (const Account &account : {*created, **found}) {
            QCOMPARE(account.id, created->id);
            QCOMPARE(account.email, u"Ann@b.com"_qs);
            QCOMPARE(account.passwordHash, QByteArray("$argon2id$hash"));
            QCOMPARE(account.name, u"Ann"_qs);
            QCOMPARE(account.role, Role::Support);
            QVERIFY(account.isActive);
            QCOMPARE(account.authProvider, u"password"_qs);
            QCOMPARE(account.createdAt, kAccountNow);
        }
        const auto principal = store.findPrincipal(created->id);
        QVERIFY(principal && *principal);
        QCOMPARE((*principal)->id, created->id);
        QCOMPARE((*principal)->email, u"Ann@b.com"_qs);
        QCOMPARE((*principal)->name, u"Ann"_qs);
        QCOMPARE((*principal)->role, Role::Support);
        QVERIFY((*principal)->isActive);

        QVERIFY(!store.findByEmailKey(u"Ann@b.com"_qs)->has_value());
        QVERIFY(!store.findPrincipal(UserId{99})->has_value());
        const auto second = store.create(ann());
        QVERIFY(!second);
        QCOMPARE(second.error().fault, Fault::Conflict);
    }

    void changesAccounts_data() { tests::addBackendRows(); }
    void changesAccounts()
    {
        SCRATCH_DATABASE(scratch);
        SqlAccountStore store(scratch->database());
        const UserId user = store.create(ann())->id;
        QVERIFY(store.setName(user, u"O'Neil 📞"_qs, kAccountNow));
        QVERIFY(store.setRole(user, Role::Admin, kAccountNow));
        QVERIFY(store.setActive(user, false, kAccountNow));
        QVERIFY(store.setPasswordHash(user, {}, kAccountNow));
        const auto account = store.findByEmailKey(u"ann@b.com"_qs)->value();
        QCOMPARE(account.name, u"O'Neil 📞"_qs);
        QCOMPARE(account.role, Role::Admin);
        QVERIFY(!account.isActive);
        QVERIFY(account.passwordHash.isEmpty());

        for (const auto &missing : {store.setName(UserId{99}, u"x"_qs, kAccountNow),
                                    store.setRole(UserId{99}, Role::Admin, kAccountNow),
                                    store.setActive(UserId{99}, true, kAccountNow),
                                    store.setPasswordHash(UserId{99}, "x", kAccountNow)}) {
            QVERIFY(!missing);
            QCOMPARE(missing.error().fault, Fault::NotFound);
        }
    }

    void oneRegistrationWins_data() { tests::addBackendRows(); }
    void oneRegistrationWins()
    {
        SCRATCH_DATABASE(scratch);
        SqlAccountStore store(scratch->database());
        std::atomic<int> winners = 0;
        std::atomic<int> conflicts = 0;
        tests::atOnce(8, [&](int) {
            const auto created = store.create(ann());
            if (created)
                ++winners;
            else if (created.error().fault == Fault::Conflict)
                ++conflicts;
        });
        QCOMPARE(winners.load(), 1);
        QCOMPARE(conflicts.load(), 7);
    }

    void showsTheJudgeWhatIsStored_data() { tests::addBackendRows(); }
    void showsTheJudgeWhatIsStored()
    {
        SCRATCH_DATABASE(scratch);
        SqlAccountStore store(scratch->database());
        const UserId user = store.create(ann())->id;
        QVERIFY(store.addRefreshToken(token(1, user)));
        const auto look = [&](int number) {
            std::optional<RefreshToken> seen;
            const auto refused = store.useRefreshToken(
                hashOf(number), token(9, {}, {}),
                [&](const RefreshToken &stored, const Account &owner) {
                    seen = stored;
                    return owner.id == user ? RefreshVerdict::Refuse : RefreshVerdict::Accept;
                });
            return refused && !*refused ? seen : std::nullopt;
        };
        const auto fresh = look(1);
        QVERIFY(fresh);
        QCOMPARE(fresh->user, user);
        QCOMPARE(fresh->family, u"f"_qs);
        QCOMPARE(fresh->hash, hashOf(1));
        QCOMPARE(fresh->issuedAt, kAccountNow);
        QCOMPARE(fresh->expiresAt, kAccountNow.addDays(7));
        QCOMPARE(fresh->userAgent, u"Browser"_qs);
        QVERIFY(!fresh->usedAt.isValid());
        QVERIFY(!fresh->revokedAt.isValid());
        QVERIFY(!look(9)); // refused: no successor

        // Accepted: the first use stays noted, the successor belongs to user and family.
        auto successor = token(2, {}, {});
        successor.issuedAt = kAccountNow.addSecs(5);
        const auto owner = store.useRefreshToken(hashOf(1), successor, accept);
        QVERIFY(owner && *owner);
        QCOMPARE((*owner)->id, user);
        QCOMPARE((*owner)->email, u"Ann@b.com"_qs);
        successor.hash = hashOf(3);
        successor.issuedAt = kAccountNow.addSecs(50);
        QVERIFY(store.useRefreshToken(hashOf(1), successor, accept));
        QCOMPARE(look(1)->usedAt, kAccountNow.addSecs(5));
        QCOMPARE(look(2)->user, user);
        QCOMPARE(look(2)->family, u"f"_qs);
        QVERIFY(look(3));

        const auto unknown = store.useRefreshToken(hashOf(77), token(78, {}), accept);
        QVERIFY(unknown && !*unknown);
    }

    void revokes_data() { tests::addBackendRows(); }
    void revokes()
    {
        SCRATCH_DATABASE(scratch);
        SqlAccountStore store(scratch->database());
        const UserId user = store.create(ann())->id;
        auto bob = ann();
        bob.emailKey = u"bob@b.com"_qs;
        const UserId other = store.create(bob)->id;
        QVERIFY(store.addRefreshToken(token(1, user, u"one"_qs)));
        QVERIFY(store.addRefreshToken(token(2, user, u"one"_qs)));
        QVERIFY(store.addRefreshToken(token(3, user, u"two"_qs)));
        QVERIFY(store.addRefreshToken(token(4, other, u"one"_qs)));
        int next = 100;
        const auto isGood = [&](int number) {
            const auto used = store.useRefreshToken(hashOf(number), token(next++, {}),
                                                    lenientAt(kAccountNow.addSecs(1)));
            return used && *used;
        };
        QVERIFY(isGood(1) && isGood(2) && isGood(3) && isGood(4));
        QVERIFY(store.revokeFamilyOf(hashOf(77), kAccountNow)); // unknown
        QVERIFY(store.revokeFamilyOf(hashOf(2), kAccountNow));
        QVERIFY(!isGood(1) && !isGood(2) && !isGood(100) && isGood(3) && isGood(4));
        QVERIFY(store.revokeAllOf(user, kAccountNow));
        QVERIFY(!isGood(3) && isGood(4));
        QVERIFY(store.revokeAllOf(UserId{99}, kAccountNow));

        // A revoked one that comes back takes down what a thief might have made of its family.
        QVERIFY(store.addRefreshToken(token(5, user, u"two"_qs)));
        QVERIFY(isGood(5));
        QVERIFY(!isGood(3));
        QVERIFY(!isGood(5));
    }

    void twoRotateAtOnce_data() { tests::addBackendRows(); }
    void twoRotateAtOnce()
    {
        SCRATCH_DATABASE(scratch);
        SqlAccountStore store(scratch->database());
        const UserId user = store.create(ann())->id;
        for (int round = 0; round < 20; ++round) {
            const int first = 10 * round;
            QVERIFY(store.addRefreshToken(token(first, user, QString::number(round))));
            std::atomic<int> accepted = 0;
            std::atomic<int> sawFirstUse = 0;
            tests::atOnce(2, [&](int index) {
                const auto used =
                    store.useRefreshToken(hashOf(first), token(first + 1 + index, {}),
                                          [&](const RefreshToken &stored, const Account &) {
                                              sawFirstUse += stored.usedAt.isValid() ? 0 : 1;
                                              return RefreshVerdict::Accept;
                                          });
                accepted += used && *used ? 1 : 0;
            });
            QCOMPARE(accepted.load(), 2);
            QCOMPARE(sawFirstUse.load(), 1); // one after the other, never side by side
        }
    }

    void nothingSurvivesARevocation_data() { tests::addBackendRows(); }
    void nothingSurvivesARevocation()
    {
        SCRATCH_DATABASE(scratch);
        SqlAccountStore store(scratch->database());
        const UserId user = store.create(ann())->id;
        for (int round = 0; round < 25; ++round) {
            const int first = 100 * round;
            QVERIFY(store.addRefreshToken(token(first, user, QString::number(round))));
            tests::atOnce(4, [&](int index) {
                if (index == 0)
                    QVERIFY(store.revokeFamilyOf(hashOf(first), kAccountNow));
                else if (index == 1)
                    QVERIFY(store.revokeAllOf(user, kAccountNow));
                else
                    QVERIFY(store.useRefreshToken(hashOf(first), token(first + index, {}),
                                                  lenientAt(kAccountNow)));
            });
            const auto alive = scratch->database().session().execute(
                u"SELECT count(*) FROM refresh_tokens WHERE revoked_at IS NULL"_qs);
            QCOMPARE(alive->first().integer(0), 0);
        }
    }

    void ticketsAreTakenOnce_data() { tests::addBackendRows(); }
    void ticketsAreTakenOnce()
    {
        SCRATCH_DATABASE(scratch);
        SqlAccountStore store(scratch->database());
        const UserId user = store.create(ann())->id;
        for (int round = 0; round < 20; ++round) {
            QVERIFY(store.addSocketTicket(hashOf(round), user, kAccountNow.addSecs(30)));
            std::atomic<int> winners = 0;
            std::atomic<int> failures = 0;
            tests::atOnce(8, [&](int) {
                const auto taken = store.takeSocketTicket(hashOf(round), kAccountNow);
                failures += taken ? 0 : 1;
                winners += taken && *taken == user ? 1 : 0;
            });
            QCOMPARE(winners.load(), 1);
            QCOMPARE(failures.load(), 0);
        }
    }

    void ticketsExpire_data() { tests::addBackendRows(); }
    void ticketsExpire()
    {
        SCRATCH_DATABASE(scratch);
        SqlAccountStore store(scratch->database());
        const UserId user = store.create(ann())->id;
        QVERIFY(store.addSocketTicket(hashOf(1), user, kAccountNow.addSecs(30)));
        QVERIFY(store.addSocketTicket(hashOf(2), user, kAccountNow.addSecs(30)));
        QVERIFY(!store.takeSocketTicket(hashOf(1), kAccountNow.addSecs(30))->has_value());
        QVERIFY(store.takeSocketTicket(hashOf(1), kAccountNow.addMSecs(29'999))->has_value());
        QVERIFY(!store.takeSocketTicket(hashOf(3), kAccountNow)->has_value());
        const auto stranger = store.addSocketTicket(hashOf(4), UserId{99}, kAccountNow);
        QVERIFY(!stranger);
        QCOMPARE(stranger.error().fault, Fault::Conflict);
    }

    void removesWhatExpired_data() { tests::addBackendRows(); }
    void removesWhatExpired()
    {
        SCRATCH_DATABASE(scratch);
        SqlAccountStore store(scratch->database());
        const UserId user = store.create(ann())->id;
        QVERIFY(store.addRefreshToken(token(1, user)));
        QVERIFY(store.addSocketTicket(hashOf(2), user, kAccountNow.addSecs(30)));
        QCOMPARE(store.removeExpired(kAccountNow).value_or(-1), 0);
        QCOMPARE(store.removeExpired(kAccountNow.addSecs(31)).value_or(-1), 1);
        QVERIFY(store.useRefreshToken(hashOf(1), token(3, {}), accept)->has_value());
        QCOMPARE(store.removeExpired(kAccountNow.addDays(8)).value_or(-1), 2);
    }

    void takesHostileTexts_data() { tests::addBackendRows(); }
    void takesHostileTexts()
    {
        SCRATCH_DATABASE(scratch);
        SqlAccountStore store(scratch->database());
        const UserId user = store.create(ann())->id;
        for (const QString &text :
             {u"'; DROP TABLE users; --"_qs, u"\\'"_qs, u"$1 ? :name {{id}}"_qs, QString()}) {
            QVERIFY(!store.findByEmailKey(text)->has_value());
            QVERIFY(store.setName(user, text, kAccountNow));
            QCOMPARE(store.findPrincipal(user)->value().name, text);
        }
        const auto refused = store.findByEmailKey(QString(QChar(u'\0')));
        QVERIFY(!refused);
        QCOMPARE(refused.error().fault, Fault::Unprocessable);
    }
};

QTEST_GUILESS_MAIN(TestSqlAccountStore)
#include "tst_sql_account_store.moc"
