#include "server/core/onboarding/onboarding_wizard.h"
#include "tests/server/core/onboarding/fake_onboarding_stores.h"

#include <QTest>

using namespace server::core;
using base::Fault;
using base::UserId;

namespace {

const UserId kOwner{7};

/// A wizard with one user, and a clock that the test moves.
struct WizardWorld
{
    explicit WizardWorld(Platform platform = Platform::Web)
    {
        OnboardingRecord record;
        record.platform = platform;
        record.startedAt = registered;
        store.records[kOwner.value] = record;
    }

    const QDateTime registered = QDateTime::fromSecsSinceEpoch(1'800'000'000, Qt::UTC);
    QDateTime now = registered.addDays(1);
    tests::FakeOnboardingStore store;
    OnboardingWizard wizard{{store, store, [this] { return now; }}};
};

} // namespace

class TestOnboardingWizard : public QObject
{
    Q_OBJECT

private slots:
    void looksWithoutWriting()
    {
        WizardWorld world;
        const auto progress = world.wizard.progressOf(kOwner);
        QVERIFY(progress);
        QCOMPARE(progress->current(), std::optional(Step::PhoneSetup));
        QCOMPARE(progress->record().startedAt, world.registered);
        QCOMPARE(world.store.changes, 0);
    }

    void whatWasProvenStaysDone()
    {
        WizardWorld world;
        world.store.facts.hasScenario = true;
        QVERIFY(world.wizard.progressOf(kOwner)->isDone(Step::Scenarios));
        QCOMPARE(world.store.changes, 1);
        QVERIFY(world.wizard.progressOf(kOwner)->isDone(Step::Scenarios));
        QCOMPARE(world.store.changes, 1); // known by now
        world.store.facts.hasScenario = false;
        QVERIFY(world.wizard.progressOf(kOwner)->isDone(Step::Scenarios));
    }

    void completionIsNotedOnce()
    {
        WizardWorld world;
        world.store.facts = {true, true, true, false};
        QVERIFY(!world.wizard.progressOf(kOwner)->record().completedAt.isValid());
        const auto last = world.wizard.completeStep(kOwner, Step::WelcomeCall);
        QVERIFY(last && last->isComplete());
        QCOMPARE(last->record().completedAt, world.now);
        const QDateTime then = world.now;
        world.now = then.addDays(3);
        QCOMPARE(world.wizard.completeStep(kOwner, Step::WelcomeCall)->record().completedAt, then);
        QCOMPARE(world.wizard.progressOf(kOwner)->record().completedAt, then);
    }

    void restartForgetsWhatWasSaidOnly()
    {
        WizardWorld world;
        for (const Step step : kSteps)
            QVERIFY(world.wizard.completeStep(kOwner, step));
        world.store.facts.hasScenario = true;
        world.now = world.now.addDays(1);
        const auto again = world.wizard.restart(kOwner);
        QVERIFY(again);
        QCOMPARE(again->current(), std::optional(Step::PhoneSetup));
        QVERIFY(again->isDone(Step::Scenarios)); // it is still there
        QCOMPARE(again->share(), 0.25);
        QCOMPARE(again->record().startedAt, world.now);
        QVERIFY(!again->record().completedAt.isValid());
    }

    void mobileUsersHaveANumber()
    {
        WizardWorld world(Platform::Mobile);
        QVERIFY(world.wizard.progressOf(kOwner)->isDone(Step::PhoneSetup));
        const auto again = world.wizard.restart(kOwner);
        QVERIFY(again->isDone(Step::PhoneSetup));
        QCOMPARE(again->current(), std::optional(Step::Calendar));
    }

    void keepsTheProfile()
    {
        WizardWorld world;
        Profile profile;
        profile.name = u"Ann"_qs;
        QVERIFY(world.wizard.completeStep(kOwner, Step::Calendar, profile));
        QVERIFY(world.store.profiles[kOwner.value] == profile);
        QVERIFY(world.wizard.completeStep(kOwner, Step::Calendar)); // without one: nothing is lost
        QVERIFY(world.store.profiles[kOwner.value] == profile);
    }

    void strangersAreNotFound()
    {
        WizardWorld world;
        for (const auto &result :
             {world.wizard.progressOf(UserId{9}), world.wizard.restart(UserId{9}),
              world.wizard.completeStep(UserId{9}, Step::Calendar)}) {
            QVERIFY(!result);
            QCOMPARE(result.error().fault, Fault::NotFound);
        }
    }
};

QTEST_GUILESS_MAIN(TestOnboardingWizard)
#include "tst_onboarding_wizard.moc"
