#include "server/core/onboarding/anonymous_onboarding.h"
#include "tests/server/core/onboarding/fake_onboarding_stores.h"

#include <QRegularExpression>
#include <QSet>
#include <QTest>

using namespace server::core;
using base::Fault;
using base::UserId;

namespace {

const UserId kAnn{7};

/// The service on fakes with one user, and a clock that the test moves.
struct AnonymousWorld
{
    explicit AnonymousWorld(Platform platform = Platform::Mobile)
    {
        store.records[kAnn.value].platform = platform;
    }
    QString started() { return service.start()->id; }
    QString completed()
    {
        QString id = started();
        for (const MobileStep step : kMobileSteps)
            service.completeStep(id, step, profile()).value();
        return id;
    }
    static Profile profile() { return {u"Ann"_qs, u"+14155550123"_qs, u"coral"_qs, false}; }

    QDateTime now = QDateTime::fromSecsSinceEpoch(1'800'000'000, Qt::UTC);
    tests::FakeOnboardingStore store;
    tests::FakeSessionStore sessions;
    AnonymousOnboarding service{{sessions, store, [this] { return now; }, systemRandom}};
};

} // namespace

#define REFUSED(result, expectedMessage)                                                           \
    do {                                                                                           \
        const auto outcome = (result);                                                             \
        QVERIFY(!outcome);                                                                         \
        QCOMPARE(outcome.error().fault, Fault::Invalid);                                           \
        QCOMPARE(outcome.error().message, QStringLiteral(expectedMessage));                        \
    } while (false)

class TestAnonymousOnboarding : public QObject
{
    Q_OBJECT

private slots:
    void idsCannotBeGuessed()
    {
        AnonymousWorld world;
        const QRegularExpression uuid4(
            u"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"_qs);
        QSet<QString> ids;
        for (int round = 0; round < 200; ++round) {
            const QString id = world.started();
            QVERIFY2(uuid4.match(id).hasMatch(), qPrintable(id));
            ids.insert(id);
        }
        QCOMPARE(ids.size(), 200);
        for (const auto &[hash, session] : world.sessions.sessions)
            QVERIFY(!ids.contains(QString::fromLatin1(hash)));
    }

    void liveForADay()
    {
        AnonymousWorld world;
        const auto started = world.service.start();
        QCOMPARE(started->session.expiresAt, world.now.addDays(1));
        world.now = started->session.expiresAt.addMSecs(-1);
        QVERIFY(world.service.find(started->id));
        world.now = started->session.expiresAt;
        const char *gone = "Invalid or expired session";
        for (const auto &result :
             {world.service.find(started->id), world.service.setName(started->id, u"Ann"_qs),
              world.service.selectScenario(started->id, u"x"_qs),
              world.service.complete(started->id),
              world.service.completeStep(started->id, MobileStep::Welcome, {}),
              world.service.find(u"made-up"_qs), world.service.setName(QString(), u"Ann"_qs)}) {
            QVERIFY(!result);
            QCOMPARE(result.error().message, QLatin1String(gone));
        }
        REFUSED(world.service.checkRegistrable(started->id),
                "Invalid or expired onboarding session");
    }

    void nameAndScenarioLeadToTheEnd()
    {
        AnonymousWorld world;
        const QString id = world.started();
        REFUSED(world.service.complete(id), "Onboarding incomplete - missing name or scenario");
        QVERIFY(world.service.setName(id, u"Ann"_qs));
        REFUSED(world.service.complete(id), "Onboarding incomplete - missing name or scenario");
        REFUSED(world.service.checkRegistrable(id), "Onboarding not completed");
        QVERIFY(world.service.selectScenario(id, u"fake_doctor"_qs));
        const auto done = world.service.complete(id);
        QVERIFY(done && done->isCompleted);
        QVERIFY(world.service.checkRegistrable(id));
        // Still there, and may still change.
        QCOMPARE(world.service.find(id)->name, u"Ann"_qs);
        QCOMPARE(world.service.setName(id, u"Bob"_qs)->name, u"Bob"_qs);
    }

    void mobileStepsInAnyOrder_data()
    {
        QTest::addColumn<QStringList>("order");
        QTest::addColumn<QStringList>("current");
        QTest::addColumn<QList<double>>("progress");
        const QString ready = u"ready_for_registration"_qs;
        QTest::newRow("straight") << QStringList{u"welcome"_qs, u"profile"_qs, u"tutorial"_qs}
                                  << QStringList{u"profile"_qs, u"tutorial"_qs, ready}
                                  << QList<double>{1.0 / 3.0, 2.0 / 3.0, 1.0};
        QTest::newRow("backwards, twice")
            << QStringList{u"tutorial"_qs, u"tutorial"_qs, u"profile"_qs, u"welcome"_qs}
            << QStringList{ready, ready, u"tutorial"_qs, u"profile"_qs}
            << QList<double>{1.0 / 3.0, 1.0 / 3.0, 2.0 / 3.0, 1.0};
    }
    void mobileStepsInAnyOrder()
    {
        QFETCH(QStringList, order);
        QFETCH(QStringList, current);
        QFETCH(QList<double>, progress);
        AnonymousWorld world;
        const QString id = world.started();
        for (qsizetype at = 0; at < order.size(); ++at) {
            const auto step = mobileStepFromText(order.at(at));
            const auto session = world.service.completeStep(id, *step, AnonymousWorld::profile());
            QVERIFY(session);
            QCOMPARE(session->currentStep, current.at(at));
            QCOMPARE(session->share(), progress.at(at));
            QCOMPARE(session->isRegistrable(), progress.at(at) == 1.0);
            QCOMPARE(bool(world.service.checkRegistrable(id)), progress.at(at) == 1.0);
        }
        QVERIFY(!mobileStepFromText(u"firstCall"_qs));
    }

    void onlyTheProfileStepTakesTheProfile()
    {
        AnonymousWorld world;
        const QString id = world.started();
        QVERIFY(world.service.completeStep(id, MobileStep::Welcome, AnonymousWorld::profile()));
        QVERIFY(world.service.find(id)->name.isEmpty());
        QVERIFY(world.service.find(id)->profile().isEmpty());
        QVERIFY(world.service.completeStep(id, MobileStep::Profile, AnonymousWorld::profile()));
        QVERIFY(world.service.find(id)->profile() == AnonymousWorld::profile());
        // What is not said again stays; notifications are on unless they are said to be off.
        QVERIFY(world.service.completeStep(id, MobileStep::Profile, {}));
        QCOMPARE(world.service.find(id)->name, u"Ann"_qs);
        QVERIFY(world.service.find(id)->wantsNotifications);
    }

    void becomesOneAccountOnce()
    {
        AnonymousWorld world;
        const QString id = world.completed();
        QVERIFY(world.service.link(id, kAnn));
        REFUSED(world.service.link(id, kAnn), "Invalid onboarding session");
        REFUSED(world.service.checkRegistrable(id), "Invalid onboarding session");
        REFUSED(world.service.find(id), "Invalid or expired session");
        REFUSED(world.service.setName(id, u"Eve"_qs), "Invalid or expired session");
        REFUSED(world.service.link(u"made-up"_qs, kAnn), "Invalid onboarding session");
        REFUSED(world.service.link(world.started(), kAnn), "Invalid onboarding session");
    }

    void mobileAccountsTakeTheStepsOver()
    {
        for (const Platform platform : {Platform::Mobile, Platform::Web}) {
            AnonymousWorld world(platform);
            QVERIFY(world.service.link(world.completed(), kAnn));
            const StepSet done = world.store.records[kAnn.value].done;
            QCOMPARE(done.count(), platform == Platform::Mobile ? 3 : 0);
            QVERIFY(!done.contains(Step::WelcomeCall));
        }
    }
};

QTEST_GUILESS_MAIN(TestAnonymousOnboarding)
#include "tst_anonymous_onboarding.moc"
