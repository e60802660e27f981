#include "server/core/onboarding/progress.h"

#include <QTest>

using namespace server::core;

namespace {

const QDateTime now = QDateTime::fromSecsSinceEpoch(1'800'000'000, Qt::UTC);

/// "pcsw": phone, calendar, scenarios, welcome call; a letter for each that is done.
StepSet stepsOf(const QString &letters)
{
    StepSet steps;
    for (const Step step : kSteps) {
        if (letters.contains(QLatin1Char("pcsw"[size_t(step)])))
            steps.add(step);
    }
    return steps;
}

QString textOf(StepSet steps)
{
    QString letters;
    for (const Step step : kSteps) {
        if (steps.contains(step))
            letters += QLatin1Char("pcsw"[size_t(step)]);
    }
    return letters;
}

QString textOf(std::optional<Step> step)
{
    return step ? toText(*step) : u"-"_qs;
}

Progress progress(const QString &done, Platform platform = Platform::Web)
{
    OnboardingRecord record;
    record.platform = platform;
    record.done = stepsOf(done);
    return Progress(record);
}

} // namespace

class TestProgress : public QObject
{
    Q_OBJECT

private slots:
    void knowsEveryNameOfAStep_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("own");
        QTest::addColumn<bool>("isMobile");
        const QStringList own{u"phone_setup"_qs, u"calendar"_qs, u"scenarios"_qs,
                              u"welcome_call"_qs};
        const QStringList mobile{u"welcome"_qs, u"profile"_qs, u"tutorial"_qs, u"firstCall"_qs};
        const QStringList guide{u"phone_number_setup"_qs, u"calendar_connected"_qs,
                                u"first_scenario_created"_qs, u"welcome_call_completed"_qs};
        for (int at = 0; at < 4; ++at) {
            QTest::newRow(qPrintable(own[at])) << own[at] << own[at] << false;
            QTest::newRow(qPrintable(mobile[at])) << mobile[at] << own[at] << true;
            QTest::newRow(qPrintable(guide[at])) << guide[at] << own[at] << false;
        }
        for (const char *stranger : {"", "Welcome", "firstcall", "welcome ", "phoneSetup", "4"})
            QTest::addRow("stranger '%s'", stranger)
                << QString::fromLatin1(stranger) << QString() << false;
    }
    void knowsEveryNameOfAStep()
    {
        QFETCH(QString, name);
        QFETCH(QString, own);
        QFETCH(bool, isMobile);
        const auto named = stepFromText(name);
        QCOMPARE(named.has_value(), !own.isEmpty());
        if (!named)
            return;
        QCOMPARE(toText(named->step), own);
        QCOMPARE(named->isMobile, isMobile);
    }

    void ordersMobileSteps()
    {
        QCOMPARE(toMobileText(*stepAfter(Step::PhoneSetup)), u"profile"_qs);
        QCOMPARE(toMobileText(*stepAfter(Step::Calendar)), u"tutorial"_qs);
        QCOMPARE(toMobileText(*stepAfter(Step::Scenarios)), u"firstCall"_qs);
        QVERIFY(!stepAfter(Step::WelcomeCall));
        QCOMPARE(
            stepNames().join(QLatin1Char(' ')),
            u"welcome profile tutorial firstCall phone_setup calendar scenarios welcome_call"_qs);
    }

    void provesStepsByFacts_data()
    {
        QTest::addColumn<OnboardingFacts>("facts");
        QTest::addColumn<QString>("web");
        QTest::addColumn<QString>("mobile");
        QTest::newRow("nothing") << OnboardingFacts{} << QString() << u"p"_qs;
        QTest::newRow("phone") << OnboardingFacts{true, false, false, false} << u"p"_qs << u"p"_qs;
        QTest::newRow("calendar") << OnboardingFacts{false, true, false, false} << u"c"_qs
                                  << u"pc"_qs;
        QTest::newRow("scenario") << OnboardingFacts{false, false, true, false} << u"s"_qs
                                  << u"ps"_qs;
        QTest::newRow("call") << OnboardingFacts{false, false, false, true} << u"w"_qs << u"pw"_qs;
        QTest::newRow("all") << OnboardingFacts{true, true, true, true} << u"pcsw"_qs << u"pcsw"_qs;
    }
    void provesStepsByFacts()
    {
        QFETCH(OnboardingFacts, facts);
        QFETCH(QString, web);
        QFETCH(QString, mobile);
        QCOMPARE(textOf(provenSteps(facts, Platform::Web)), web);
        QCOMPARE(textOf(provenSteps(facts, Platform::Mobile)), mobile);
    }

    void settles_data()
    {
        QTest::addColumn<QString>("done");
        QTest::addColumn<QString>("proven");
        QTest::addColumn<QString>("then");
        QTest::addColumn<bool>("isChanged");
        QTest::newRow("nothing new") << u"pc"_qs << QString() << u"pc"_qs << false;
        QTest::newRow("already known") << u"pc"_qs << u"c"_qs << u"pc"_qs << false;
        QTest::newRow("one more") << u"p"_qs << u"s"_qs << u"ps"_qs << true;
        QTest::newRow("the last one") << u"pcs"_qs << u"w"_qs << u"pcsw"_qs << true;
        QTest::newRow("all said, none proven") << u"pcsw"_qs << QString() << u"pcsw"_qs << true;
    }
    void settles()
    {
        QFETCH(QString, done);
        QFETCH(QString, proven);
        QFETCH(QString, then);
        QFETCH(bool, isChanged);
        OnboardingRecord record;
        record.done = stepsOf(done);
        QCOMPARE(settle(record, stepsOf(proven), now), isChanged);
        QCOMPARE(textOf(record.done), then);
        QCOMPARE(record.completedAt, then == u"pcsw"_qs ? now : QDateTime());
        // Again, later: nothing moves, the completion least of all.
        const OnboardingRecord before = record;
        QVERIFY(!settle(record, stepsOf(proven), now.addDays(1)));
        QVERIFY(record == before);
    }

    void leadsFromStepToStep_data()
    {
        QTest::addColumn<QString>("done");
        QTest::addColumn<QString>("current");
        QTest::addColumn<QString>("next");
        QTest::addColumn<double>("share");
        QTest::addColumn<QString>("action");
        QTest::addColumn<QString>("endpoint");
        QTest::addColumn<QString>("priority");
        const auto row = [](const char *done, const char *current, const char *next, double share,
                            const char *action, const char *endpoint, const char *priority) {
            QTest::addRow("done '%s'", done)
                << QString::fromLatin1(done) << QString::fromLatin1(current)
                << QString::fromLatin1(next) << share << QString::fromLatin1(action)
                << QString::fromLatin1(endpoint) << QString::fromLatin1(priority);
        };
        const char *phone = "/twilio/search-numbers";
        const char *calendar = "/google-calendar/auth";
        const char *scenario = "/realtime/custom-scenario";
        const char *call = "/make-custom-call";
        row("", "phone_setup", "calendar", 0.0, "setup_phone", phone, "high");
        row("c", "phone_setup", "scenarios", 0.25, "setup_phone", phone, "high");
        row("csw", "phone_setup", "-", 0.75, "setup_phone", phone, "high");
        row("p", "calendar", "scenarios", 0.25, "connect_calendar", calendar, "medium");
        row("ps", "calendar", "welcome_call", 0.5, "connect_calendar", calendar, "medium");
        row("psw", "calendar", "-", 0.75, "connect_calendar", calendar, "medium");
        row("pc", "scenarios", "welcome_call", 0.5, "create_scenario", scenario, "high");
        row("pcw", "scenarios", "-", 0.75, "create_scenario", scenario, "high");
        row("pcs", "welcome_call", "-", 0.75, "make_call", call, "medium");
        row("pcsw", "-", "-", 1.0, "explore", "/dashboard", "low");
    }
    void leadsFromStepToStep()
    {
        QFETCH(QString, done);
        QFETCH(double, share);
        const Progress at = progress(done);
        QTEST(textOf(at.current()), "current");
        QTEST(textOf(at.next()), "next");
        QCOMPARE(at.share(), share);
        QCOMPARE(at.isComplete(), share == 1.0);
        const NextAction action = at.nextAction();
        QTEST(action.action, "action");
        QTEST(action.endpoint, "endpoint");
        QTEST(action.priority, "priority");
        QVERIFY(!action.title.isEmpty() && !action.description.isEmpty());
    }

    void opensStepsInTime_data()
    {
        QTest::addColumn<QString>("done");
        QTest::addColumn<QString>("onWeb");
        QTest::addColumn<QString>("onMobile");
        QTest::newRow("nothing") << QString() << u"p"_qs << u"p"_qs;
        QTest::newRow("phone") << u"p"_qs << u"pcs"_qs << u"pcsw"_qs;
        QTest::newRow("scenario alone") << u"s"_qs << u"p"_qs << u"p"_qs;
        QTest::newRow("phone, calendar") << u"pc"_qs << u"pcs"_qs << u"pcsw"_qs;
        QTest::newRow("phone, scenario") << u"ps"_qs << u"pcsw"_qs << u"pcsw"_qs;
    }
    void opensStepsInTime()
    {
        QFETCH(QString, done);
        for (const Platform platform : {Platform::Web, Platform::Mobile}) {
            StepSet open;
            for (const Step step : kSteps) {
                if (progress(done, platform).isAvailable(step))
                    open.add(step);
            }
            QTEST(textOf(open), platform == Platform::Web ? "onWeb" : "onMobile");
        }
    }

    void isOverWithTheFirstCallOnMobileOnly()
    {
        QVERIFY(!progress(u"pcs"_qs, Platform::Mobile).isOver());
        QVERIFY(progress(u"w"_qs, Platform::Mobile).isOver());
        QVERIFY(!progress(u"w"_qs, Platform::Mobile).isComplete());
        QVERIFY(!progress(u"psw"_qs).isOver());
        QVERIFY(progress(u"pcsw"_qs).isOver());
    }
};

QTEST_GUILESS_MAIN(TestProgress)
#include "tst_progress.moc"
