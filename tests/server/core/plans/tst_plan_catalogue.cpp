#include "server/core/plans/plan_catalogue.h"

#include <QJsonArray>
#include <QObject>
#include <QTest>

using namespace server::core;
using std::chrono::days;
using std::chrono::seconds;

namespace {

PlanCatalogue builtin()
{
    auto catalogue = PlanCatalogue::fromJson(PlanCatalogue::builtin());
    if (!catalogue)
        qFatal("%s", qPrintable(catalogue.error().message));
    return std::move(*catalogue);
}

/// The shipped catalogue with one field of one plan replaced.
QJsonObject changed(const QString &plan, const QString &field, const QJsonValue &value)
{
    QJsonObject all = PlanCatalogue::builtin();
    QJsonArray plans = all.value(QLatin1String("plans")).toArray();
    for (auto &&entry : plans) {
        QJsonObject object = entry.toObject();
        if (object.value(QLatin1String("id")).toString() == plan) {
            object.insert(field, value);
            entry = object;
        }
    }
    all.insert(QStringLiteral("plans"), plans);
    return all;
}

} // namespace

class PlanCatalogueTest : public QObject
{
    Q_OBJECT
private slots:
    void shippedPlansAreTheDecidedOnes_data();
    void shippedPlansAreTheDecidedOnes();
    void shippedRulesAreTheDecidedOnes();
    void productsMeanTheirPlan_data();
    void productsMeanTheirPlan();
    void messagesAreFilledIn();
    void badCataloguesAreNamed_data();
    void badCataloguesAreNamed();
};

void PlanCatalogueTest::shippedPlansAreTheDecidedOnes_data()
{
    QTest::addColumn<QString>("price");
    QTest::addColumn<int>("calls"); // -1: unlimited
    QTest::addColumn<int>("window");
    QTest::addColumn<int>("callSeconds");
    QTest::addColumn<int>("minutes");   // -1: unlimited
    QTest::addColumn<int>("scenarios"); // -1: unlimited
    const auto row = [](const char *plan, const char *price, int calls, CallWindow per, int call,
                        int minutes, int scenarios) {
        QTest::newRow(plan) << QString::fromLatin1(price) << calls << int(per) << call << minutes
                            << scenarios;
    };
    row("mobile_trial", "$0.00", 3, CallWindow::Trial, 60, -1, 3);
    row("mobile_weekly", "$4.99", -1, CallWindow::Week, 120, -1, 10);
    row("mobile_premium", "$25.00", 30, CallWindow::Month, 120, -1, 10);
    row("mobile_addon", "$4.99", 5, CallWindow::Addon, 120, -1, 0);
    row("business_trial", "$0.00", 4, CallWindow::Trial, 3600, 100, 3);
    row("basic_monthly", "$49.99", 20, CallWindow::Week, 3600, 100, 3);
    row("pro_monthly", "$99.99", 50, CallWindow::Week, 3600, 500, 10);
    row("enterprise_monthly", "$299.99", -1, CallWindow::Week, 3600, -1, -1);
    row("usage_based", "$0.00", -1, CallWindow::Week, 3600, -1, -1);
}

void PlanCatalogueTest::shippedPlansAreTheDecidedOnes()
{
    const PlanCatalogue catalogue = builtin();
    const Plan *plan = catalogue.find(QString::fromLatin1(QTest::currentDataTag()));
    QVERIFY(plan);
    QFETCH(QString, price);
    QFETCH(int, calls);
    QFETCH(int, window);
    QFETCH(int, callSeconds);
    QFETCH(int, minutes);
    QFETCH(int, scenarios);
    QCOMPARE(plan->price.toDisplay(), price);
    QCOMPARE(plan->calls ? plan->calls->count : -1, calls);
    if (plan->calls)
        QCOMPARE(int(plan->calls->per), window);
    QCOMPARE(plan->callDuration, seconds(callSeconds));
    QCOMPARE(plan->voiceMinutes.value_or(-1), minutes);
    QCOMPARE(plan->customScenarios.value_or(-1), scenarios);
    QCOMPARE(plan->phoneNumbers, plan->platform == Platform::Mobile ? 0 : 3);
}

void PlanCatalogueTest::shippedRulesAreTheDecidedOnes()
{
    const PlanCatalogue catalogue = builtin();
    QCOMPARE(catalogue.rules().grace, days(3));
    QCOMPARE(catalogue.rules().trialExtension, days(2));
    QCOMPARE(catalogue.trialOf(Platform::Mobile).trialLength, days(7));
    QCOMPARE(catalogue.trialOf(Platform::Web).trialLength, days(7));
    QCOMPARE(catalogue.find(QStringLiteral("mobile_addon"))->addonLength, days(30));
    QCOMPARE(catalogue.rules().mobileScenarios, 5);
}

void PlanCatalogueTest::productsMeanTheirPlan_data()
{
    QTest::addColumn<QString>("plan");
    QTest::newRow("speech_assistant_weekly") << QStringLiteral("mobile_weekly");
    QTest::newRow("speech_assistant_basic_weekly") << QStringLiteral("mobile_weekly");
    QTest::newRow("speech_assistant_premium_monthly") << QStringLiteral("mobile_premium");
    QTest::newRow("speech_assistant_addon_calls") << QStringLiteral("mobile_addon");
    QTest::newRow("never_heard_of") << QString();
}

void PlanCatalogueTest::productsMeanTheirPlan()
{
    QFETCH(QString, plan);
    const PlanCatalogue catalogue = builtin();
    const Plan *found = catalogue.byProduct(QString::fromLatin1(QTest::currentDataTag()));
    QCOMPARE(found ? found->id : QString(), plan);
}

void PlanCatalogueTest::messagesAreFilledIn()
{
    const QString text = builtin().message(
        "weekly_limit_reached", {{QStringLiteral("limit"), QStringLiteral("20")},
                                 {QStringLiteral("resets_on"), QStringLiteral("2026-03-08")}});
    QVERIFY(text.contains(QLatin1String("20")));
    QVERIFY(text.contains(QLatin1String("2026-03-08")));
    QVERIFY(!text.contains(QLatin1Char('{')));
}

void PlanCatalogueTest::badCataloguesAreNamed_data()
{
    QTest::addColumn<QJsonObject>("catalogue");
    QTest::addColumn<QString>("word"); // that the message must name
    const QString basic = QStringLiteral("basic_monthly");
    const auto row = [&](const char *name, const char *field, const QJsonValue &value) {
        QTest::newRow(name) << changed(basic, QLatin1String(field), value)
                            << QString::fromLatin1(field);
    };
    row("a price that is a number", "price", 49.99);
    row("a price with three digits", "price", QStringLiteral("49.999"));
    row("no name", "name", QJsonValue());
    row("an unknown type", "type", QStringLiteral("daily"));
    row("an unknown platform", "platform", QStringLiteral("desktop"));
    row("a negative quota", "calls",
        QJsonObject{{QStringLiteral("count"), -1},
                    {QStringLiteral("per"), QStringLiteral("week")}});
    row("a quota of no stretch", "calls", QJsonObject{{QStringLiteral("count"), 1}});
    row("no duration", "call_seconds", 0);
    row("a duration that is a text", "call_seconds", QStringLiteral("60"));
    row("an upgrade to nowhere", "upgrade_to", QJsonArray{QStringLiteral("nowhere")});
    row("an upgrade to what is not offered", "upgrade_to", QJsonArray{QStringLiteral("staff")});
    for (const char *time : {"30", "30_weeks", "0_days", "-1_days", ""})
        QTest::addRow("transcripts kept for '%s'", time) << changed(
            basic, QStringLiteral("features"),
            QJsonObject{{QStringLiteral("transcription_storage"), QString::fromLatin1(time)}})
                                                         << QStringLiteral("transcription_storage");
    QTest::newRow("two of one id")
        << changed(QStringLiteral("pro_monthly"), QStringLiteral("id"), basic) << basic;
    QTest::newRow("no trial for web") << changed(QStringLiteral("business_trial"),
                                                 QStringLiteral("type"), QStringLiteral("usage"))
                                      << QStringLiteral("web");
    QTest::newRow("nothing at all") << QJsonObject() << QStringLiteral("rules");
}

void PlanCatalogueTest::badCataloguesAreNamed()
{
    QFETCH(QJsonObject, catalogue);
    QFETCH(QString, word);
    const auto read = PlanCatalogue::fromJson(catalogue);
    QVERIFY(!read);
    QVERIFY2(read.error().message.contains(word), qPrintable(read.error().message));
}

QTEST_APPLESS_MAIN(PlanCatalogueTest)
#include "tst_plan_catalogue.moc"
