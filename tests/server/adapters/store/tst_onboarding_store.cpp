#include "server/adapters/store/onboarding_store.h"
#include "server/adapters/store/sql_account_store.h"
#include "server/core/onboarding/anonymous_onboarding.h"
#include "server/core/onboarding/onboarding_wizard.h"
#include "tests/server/adapters/store/at_once.h"
#include "tests/server/adapters/store/store_backends.h"

#include <QTest>

#include <atomic>

using namespace server::core;
using namespace server::store;
using base::Fault;
using base::UserId;

namespace {

const QDateTime kOnboardingNow = QDateTime::fromMSecsSinceEpoch(1'800'000'000'123, Qt::UTC);

UserId addPerson(Database &database, const QString &email, Platform platform = Platform::Web)
{
    NewAccount account;
    account.email = email;
    account.emailKey = email;
    account.passwordHash = "hash";
    account.name = u"Before"_qs;
    account.authProvider = u"password"_qs;
    account.createdAt = kOnboardingNow;
    account.platform = platform;
    return SqlAccountStore(database).create(account).value().id;
}

/// full_name, preferred_voice, notifications_enabled.
QVariantList toldOf(Database &database, UserId user)
{
    const auto rows = database.session().execute(
        u"SELECT full_name, preferred_voice, notifications_enabled FROM users WHERE id = ?"_qs,
        {user.value});
    const Row &row = rows->first();
    return {row.text(0), row.text(1), row.boolean(2)};
}

AnonymousSession registrable()
{
    AnonymousSession session;
    session.name = u"Zoë 📞"_qs;
    session.phoneNumber = u"+14155550123"_qs;
    session.voice = u"coral"_qs;
    session.wantsNotifications = false;
    session.scenario = u"fake_doctor"_qs;
    session.isWelcomeDone = session.isProfileDone = session.isTutorialDone = true;
    session.currentStep = u"ready_for_registration"_qs;
    session.createdAt = kOnboardingNow;
    session.expiresAt = kOnboardingNow.addDays(1);
    return session;
}

QByteArray sessionHash(int number)
{
    return OpaqueToken::hashOf(QString::number(number));
}

} // namespace

class TestOnboardingStore : public QObject
{
    Q_OBJECT

private slots:
    void keepsRecords_data() { tests::addBackendRows(); }
    void keepsRecords()
    {
        SCRATCH_DATABASE(scratch);
        SqlOnboardingStore store(scratch->database());
        const UserId web = addPerson(scratch->database(), u"web@b.com"_qs);
        const UserId mobile = addPerson(scratch->database(), u"mobile@b.com"_qs, Platform::Mobile);
        const auto fresh = store.find(web);
        QVERIFY(fresh);
        QCOMPARE(fresh->platform, Platform::Web);
        QCOMPARE(fresh->done.count(), 0);
        QCOMPARE(fresh->startedAt, kOnboardingNow);
        QVERIFY(!fresh->completedAt.isValid());
        QCOMPARE(store.find(mobile)->platform, Platform::Mobile);

        for (const Step step : kSteps) {
            const auto changed = store.change(web, [step](OnboardingRecord &record) {
                record.done = {};
                record.done.add(step);
                record.startedAt = kOnboardingNow.addSecs(5);
                record.completedAt = kOnboardingNow.addSecs(7);
            });
            QVERIFY(changed);
            const auto found = store.find(web);
            QVERIFY(*found == *changed);
            QVERIFY(found->done.contains(step));
            QCOMPARE(found->done.count(), 1);
            QCOMPARE(found->completedAt, kOnboardingNow.addSecs(7));
        }
        QCOMPARE(store.find(mobile)->done.count(), 0);
        for (const auto &missing :
             {store.find(UserId{99}), store.change(UserId{99}, [](auto &) {})}) {
            QVERIFY(!missing);
            QCOMPARE(missing.error().fault, Fault::NotFound);
        }
    }

    void changesWaitForEachOther_data() { tests::addBackendRows(); }
    void changesWaitForEachOther()
    {
        SCRATCH_DATABASE(scratch);
        SqlOnboardingStore store(scratch->database());
        for (int round = 0; round < 10; ++round) {
            const UserId user = addPerson(scratch->database(), u"u%1@b.com"_qs.arg(round));
            std::atomic<int> failures = 0;
            tests::atOnce(4, [&](int index) {
                const auto changed = store.change(user, [index](OnboardingRecord &record) {
                    record.done.add(kSteps.at(size_t(index)));
                });
                failures += changed ? 0 : 1;
            });
            QCOMPARE(failures.load(), 0);
            QCOMPARE(store.find(user)->done.count(), 4); // none was overwritten
        }
    }

    void savesWhatAProfileGives_data() { tests::addBackendRows(); }
    void savesWhatAProfileGives()
    {
        SCRATCH_DATABASE(scratch);
        Database &database = scratch->database();
        SqlOnboardingStore store(database);
        const UserId user = addPerson(database, u"ann@b.com"_qs);
        QCOMPARE(toldOf(database, user), (QVariantList{u"Before"_qs, u""_qs, true}));
        Profile profile;
        profile.wantsNotifications = false;
        QVERIFY(store.saveProfile(user, profile, kOnboardingNow));
        QCOMPARE(toldOf(database, user), (QVariantList{u"Before"_qs, u""_qs, false}));
        profile = {};
        profile.name = u"O'Neil 📞"_qs;
        profile.voice = u"coral"_qs;
        QVERIFY(store.saveProfile(user, profile, kOnboardingNow));
        QCOMPARE(toldOf(database, user), (QVariantList{u"O'Neil 📞"_qs, u"coral"_qs, false}));
        const auto kept = store.profileOf(user);
        QVERIFY(kept);
        QCOMPARE(kept->name, profile.name);
        QCOMPARE(kept->voice, profile.voice);
        QCOMPARE(kept->wantsNotifications, std::optional(false));
        QVERIFY(!store.profileOf(UserId{99}));
        const auto missing = store.saveProfile(UserId{99}, profile, kOnboardingNow);
        QVERIFY(!missing);
        QCOMPARE(missing.error().fault, Fault::NotFound);
    }

    void knowsFacts_data() { tests::addBackendRows(); }
    void knowsFacts()
    {
        SCRATCH_DATABASE(scratch);
        Session session = scratch->database().session();
        SqlOnboardingStore store(scratch->database());
        const UserId user = addPerson(scratch->database(), u"ann@b.com"_qs);
        const UserId other = addPerson(scratch->database(), u"bob@b.com"_qs);
        const auto has = [&](UserId who) {
            const auto facts = store.factsOf(who).value();
            return std::pair(facts.hasScenario, facts.hasMadeCall);
        };
        QCOMPARE(has(user), std::pair(false, false));
        QVERIFY(session.execute(
            u"INSERT INTO custom_scenarios (scenario_id, user_id, name, persona, prompt, "
            "voice_type, temperature, created_at, updated_at) "
            "VALUES ('s1', ?, 'n', 'p', 'q', 'coral', 0.8, ?, ?)"_qs,
            {user.value, kOnboardingNow, kOnboardingNow}));
        QCOMPARE(has(user), std::pair(true, false));
        QVERIFY(session.execute(
            u"INSERT INTO calls (user_id, scenario, scenario_title, direction, phone_number, "
            "own_number, status, brief, duration_limit, created_at) "
            "VALUES (?, 'd', 'D', 'outbound', '+1', '+2', 'busy', '{}', 60, ?)"_qs,
            {user.value, kOnboardingNow}));
        QCOMPARE(has(user), std::pair(true, false)); // dialled is not answered
        QVERIFY(session.execute(u"UPDATE calls SET answered_at = ?"_qs, {kOnboardingNow}));
        QCOMPARE(has(user), std::pair(true, true));
        QCOMPARE(has(other), std::pair(false, false));
    }

    void showsConnectedProviders_data() { tests::addBackendRows(); }
    void showsConnectedProviders()
    {
        SCRATCH_DATABASE(scratch);
        SqlOnboardingStore store(scratch->database());
        const UserId user = addPerson(scratch->database(), u"ann@b.com"_qs);
        const UserId other = addPerson(scratch->database(), u"bob@b.com"_qs);
        QVERIFY(store.providersOf(user)->empty());
        const Sql insert(u"INSERT INTO connected_providers (user_id, provider, is_connected, "
                         "connected_at) VALUES (?, ?, ?, ?)"_qs);
        Session session = scratch->database().session();
        QVERIFY(session.execute(insert, {user.value, u"google_calendar"_qs, true, kOnboardingNow}));
        QVERIFY(session.execute(insert, {user.value, u"twilio"_qs, false, QVariant()}));
        QVERIFY(session.execute(insert, {other.value, u"twilio"_qs, true, kOnboardingNow}));
        const auto found = store.providersOf(user);
        QCOMPARE(found->size(), size_t(2));
        QCOMPARE(found->front().provider, u"google_calendar"_qs);
        QVERIFY(found->front().isConnected);
        QCOMPARE(found->front().connectedAt, kOnboardingNow);
        QVERIFY(!found->back().isConnected && !found->back().connectedAt.isValid());
    }

    void keepsSessions_data() { tests::addBackendRows(); }
    void keepsSessions()
    {
        SCRATCH_DATABASE(scratch);
        SqlAnonymousSessionStore store(scratch->database());
        AnonymousSession empty;
        empty.currentStep = u"welcome"_qs;
        empty.createdAt = kOnboardingNow;
        empty.expiresAt = kOnboardingNow.addDays(1);
        QVERIFY(store.add(sessionHash(1), empty));
        QVERIFY(!store.find(sessionHash(2))->has_value());
        const auto changed = store.change(sessionHash(1), [](AnonymousSession &session) {
            const AnonymousSession full = registrable();
            session = full;
            session.isCompleted = true;
            return base::Result<>();
        });
        QVERIFY(changed && *changed);
        const auto found = store.find(sessionHash(1))->value();
        QCOMPARE(found.name, registrable().name);
        QVERIFY(found.profile() == registrable().profile());
        QCOMPARE(found.scenario, u"fake_doctor"_qs);
        QVERIFY(found.isWelcomeDone && found.isProfileDone && found.isTutorialDone);
        QVERIFY(found.isCompleted && !found.user.isValid());
        QCOMPARE(found.currentStep, u"ready_for_registration"_qs);
        QCOMPARE(found.createdAt, kOnboardingNow);
        QCOMPARE(found.expiresAt, kOnboardingNow.addDays(1));

        const auto refused = store.change(sessionHash(1), [](AnonymousSession &session) {
            session.name = u"Eve"_qs;
            return base::Result<>(base::fail(Fault::Invalid, u"no"_qs));
        });
        QVERIFY(!refused);
        QCOMPARE(refused.error().message, u"no"_qs);
        QCOMPARE(store.find(sessionHash(1))->value().name, registrable().name);
        const auto unknown = store.change(sessionHash(2), [](auto &) { return base::Result<>(); });
        QVERIFY(unknown && !*unknown);
    }

    void oneOfTwoLinksWins_data() { tests::addBackendRows(); }
    void oneOfTwoLinksWins()
    {
        SCRATCH_DATABASE(scratch);
        Database &database = scratch->database();
        SqlAnonymousSessionStore store(database);
        for (int round = 0; round < 20; ++round) {
            QVERIFY(store.add(sessionHash(round), registrable()));
            const std::array users{addPerson(database, u"a%1@b.com"_qs.arg(round)),
                                   addPerson(database, u"b%1@b.com"_qs.arg(round))};
            std::array<std::atomic<int>, 2> won{};
            std::atomic<int> failures = 0;
            tests::atOnce(2, [&](int index) {
                const auto linked =
                    store.link(sessionHash(round), users.at(size_t(index)), kOnboardingNow);
                failures += linked ? 0 : 1;
                won.at(size_t(index)) = linked && *linked ? 1 : 0;
            });
            QCOMPARE(failures.load(), 0);
            QCOMPARE(won[0].load() + won[1].load(), 1);
            const size_t winner = won[0] == 1 ? 0 : 1;
            QCOMPARE(store.find(sessionHash(round))->value().user, users.at(winner));
            QCOMPARE(toldOf(database, users.at(winner)),
                     (QVariantList{registrable().name, u"coral"_qs, false}));
            QCOMPARE(toldOf(database, users.at(1 - winner)),
                     (QVariantList{u"Before"_qs, u""_qs, true}));
        }
    }

    void linksOnlyWhatIsReady_data() { tests::addBackendRows(); }
    void linksOnlyWhatIsReady()
    {
        SCRATCH_DATABASE(scratch);
        Database &database = scratch->database();
        SqlAnonymousSessionStore store(database);
        const UserId user = addPerson(database, u"ann@b.com"_qs);
        AnonymousSession unfinished = registrable();
        unfinished.isTutorialDone = false;
        QVERIFY(store.add(sessionHash(1), unfinished));
        QVERIFY(!store.link(sessionHash(1), user, kOnboardingNow)->has_value());
        QVERIFY(store.add(sessionHash(2), registrable()));
        QVERIFY(
            !store.link(sessionHash(2), user, kOnboardingNow.addDays(1))->has_value()); // too late
        QVERIFY(!store.link(sessionHash(3), user, kOnboardingNow)->has_value());
        QCOMPARE(toldOf(database, user).front().toString(), u"Before"_qs);
        QVERIFY(store.link(sessionHash(2), user, kOnboardingNow)->has_value());

        // A user has at most one, and takes it along.
        QVERIFY(store.add(sessionHash(4), registrable()));
        const auto second = store.link(sessionHash(4), user, kOnboardingNow);
        QVERIFY(!second);
        QCOMPARE(second.error().fault, Fault::Conflict);
        QVERIFY(database.session().execute(u"DELETE FROM users WHERE id = ?"_qs, {user.value}));
        QVERIFY(!store.find(sessionHash(2))->has_value());
    }

    void removesWhatExpired_data() { tests::addBackendRows(); }
    void removesWhatExpired()
    {
        SCRATCH_DATABASE(scratch);
        SqlAnonymousSessionStore store(scratch->database());
        QVERIFY(store.add(sessionHash(1), registrable()));
        AnonymousSession later = registrable();
        later.expiresAt = kOnboardingNow.addDays(2);
        QVERIFY(store.add(sessionHash(2), later));
        QCOMPARE(store.removeExpired(kOnboardingNow.addSecs(3600)).value_or(-1), 0);
        QCOMPARE(store.removeExpired(kOnboardingNow.addDays(1).addMSecs(1)).value_or(-1), 1);
        QVERIFY(!store.find(sessionHash(1))->has_value());
        QVERIFY(store.find(sessionHash(2))->has_value());
    }
};

QTEST_GUILESS_MAIN(TestOnboardingStore)
#include "tst_onboarding_store.moc"
