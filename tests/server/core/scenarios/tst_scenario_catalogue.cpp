#include "server/core/scenarios/scenario_catalogue.h"
#include "server/core/scenarios/vad_profiles.h"
#include "server/core/scenarios/voice_names.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSet>
#include <QTest>

#include <algorithm>

using server::core::Scenario;
using server::core::ScenarioCatalogue;
using server::core::ScenarioCategory;
using server::core::VadProfiles;
using server::core::VoiceNames;

namespace {

QJsonObject goodCategory()
{
    return {{u"id"_qs, u"work"_qs},
            {u"name"_qs, u"Work"_qs},
            {u"description"_qs, u"At work."_qs},
            {u"icon"_qs, u"💼"_qs},
            {u"mobile"_qs, false}};
}

QJsonObject goodScenario()
{
    return {{u"id"_qs, u"boss_call"_qs},
            {u"title"_qs, u"Boss"_qs},
            {u"description"_qs, u"The boss calls."_qs},
            {u"icon"_qs, u"💼"_qs},
            {u"category"_qs, u"work"_qs},
            {u"difficulty"_qs, u"hard"_qs},
            {u"persona"_qs, u"You are the boss."_qs},
            {u"prompt"_qs, u"You want the report."_qs},
            {u"voice"_qs, u"echo"_qs},
            {u"temperature"_qs, 0.5},
            {u"vad"_qs, u"responsive"_qs},
            {u"is_family_friendly"_qs, false},
            {u"mobile"_qs, true}};
}

QByteArray catalogueOf(const QJsonArray &categories, const QJsonArray &scenarios)
{
    const QJsonObject root{{u"categories"_qs, categories}, {u"scenarios"_qs, scenarios}};
    return QJsonDocument(root).toJson();
}

QByteArray with(const char *field, const QJsonValue &value)
{
    QJsonObject scenario = goodScenario();
    scenario.insert(QLatin1String(field), value);
    return catalogueOf({goodCategory()}, {scenario});
}

} // namespace

class TstScenarioCatalogue final : public QObject
{
    Q_OBJECT

private slots:
    void builtinHasExactlyTheKnownIds();
    void builtinVoices_data();
    void builtinVoices();
    void builtinTextsAreWhole();
    void builtinMobileList();
    void builtinCategoriesAreUsed();
    void builtinUrgentCallsAnswerQuickly();
    void findsById();
    void readsEveryField();
    void refuses_data();
    void refuses();
};

void TstScenarioCatalogue::builtinHasExactlyTheKnownIds()
{
    const auto catalogue = ScenarioCatalogue::builtin();
    QVERIFY2(catalogue.has_value(), qPrintable(catalogue ? QString() : catalogue.error().message));
    QStringList ids;
    for (const Scenario &scenario : catalogue->all())
        ids.append(scenario.id);
    ids.sort();
    QStringList known{u"default"_qs,
                      u"sister_emergency"_qs,
                      u"mother_emergency"_qs,
                      u"yacht_party"_qs,
                      u"instigator"_qs,
                      u"gameshow_host"_qs,
                      u"sales_pitch"_qs,
                      u"customer_service"_qs,
                      u"caring_partner"_qs,
                      u"long_distance_love"_qs,
                      u"surprise_date_planner"_qs,
                      u"supportive_bestie"_qs,
                      u"encouraging_parent"_qs,
                      u"caring_sibling"_qs,
                      u"motivational_coach"_qs,
                      u"wellness_checkin"_qs,
                      u"celebration_caller"_qs,
                      u"birthday_wishes"_qs,
                      u"gratitude_caller"_qs,
                      u"fake_doctor"_qs,
                      u"fake_boss"_qs,
                      u"fake_tech_support"_qs,
                      u"fake_celebrity"_qs,
                      u"fake_lottery_winner"_qs,
                      u"fake_restaurant_manager"_qs,
                      u"fake_dating_app_match"_qs,
                      u"fake_old_friend"_qs,
                      u"fake_news_reporter"_qs,
                      u"fake_car_accident"_qs,
                      u"calendar"_qs};
    known.sort();
    QCOMPARE(ids, known);
}

void TstScenarioCatalogue::builtinVoices_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<QString>("voice");
    QTest::addColumn<double>("temperature");

    QTest::newRow("default") << u"default"_qs << u"ash"_qs << 0.7;
    QTest::newRow("sister") << u"sister_emergency"_qs << u"coral"_qs << 0.8;
    QTest::newRow("mother") << u"mother_emergency"_qs << u"sage"_qs << 0.6;
    QTest::newRow("yacht") << u"yacht_party"_qs << u"shimmer"_qs << 1.0;
    QTest::newRow("seller") << u"sales_pitch"_qs << u"echo"_qs << 0.7;
    QTest::newRow("thanks") << u"gratitude_caller"_qs << u"alloy"_qs << 0.6;
    QTest::newRow("doctor") << u"fake_doctor"_qs << u"coral"_qs << 0.7;
    QTest::newRow("lottery") << u"fake_lottery_winner"_qs << u"shimmer"_qs << 0.9;
    QTest::newRow("old friend") << u"fake_old_friend"_qs << u"verse"_qs << 0.7;
}

void TstScenarioCatalogue::builtinVoices()
{
    QFETCH(QString, id);
    QFETCH(QString, voice);
    QFETCH(double, temperature);
    const auto catalogue = ScenarioCatalogue::builtin();
    QVERIFY(catalogue.has_value());
    const Scenario *scenario = catalogue->find(id);
    QVERIFY(scenario);
    QCOMPARE(scenario->voice, voice);
    QCOMPARE(scenario->temperature, temperature);
}

void TstScenarioCatalogue::builtinTextsAreWhole()
{
    const auto catalogue = ScenarioCatalogue::builtin();
    QVERIFY(catalogue.has_value());
    QSet<QString> titles;
    QSet<QString> prompts;
    for (const Scenario &scenario : catalogue->all()) {
        const char *id = qPrintable(scenario.id);
        QVERIFY2(scenario.persona.startsWith(u"You are "), id);
        // Enough to play the role, short enough to leave the model room.
        QVERIFY2(scenario.persona.size() >= 100 && scenario.persona.size() <= 600, id);
        QVERIFY2(scenario.prompt.size() >= 200 && scenario.prompt.size() <= 900, id);
        for (const QString &text : {scenario.persona, scenario.prompt, scenario.description}) {
            QVERIFY2(text.endsWith(u'.') || text.endsWith(u'!') || text.endsWith(u'?'), id);
            QVERIFY2(!text.contains(u"  ") && !text.contains(u'\n'), id);
        }
        QVERIFY2(!titles.contains(scenario.title), id);
        QVERIFY2(!prompts.contains(scenario.prompt), id);
        titles.insert(scenario.title);
        prompts.insert(scenario.prompt);
        QVERIFY2(VoiceNames::modelVoices().contains(scenario.voice), id);
        QVERIFY2(VadProfiles::find(scenario.vadProfile).has_value(), id);
        QVERIFY2(scenario.icon.at(0).unicode() > 0x2000, id);
    }
}

void TstScenarioCatalogue::builtinMobileList()
{
    const auto catalogue = ScenarioCatalogue::builtin();
    QVERIFY(catalogue.has_value());
    QStringList mobile;
    for (const Scenario &scenario : catalogue->all()) {
        if (scenario.isMobile) {
            mobile.append(u"%1 %2 %3 %4"_qs.arg(scenario.id, scenario.icon, scenario.category,
                                                toText(scenario.difficulty)));
        }
    }
    QCOMPARE(mobile, QStringList({u"fake_doctor 🏥 emergency_exit easy"_qs,
                                  u"fake_boss 💼 work_exit medium"_qs,
                                  u"fake_tech_support 🔒 emergency_exit medium"_qs,
                                  u"fake_celebrity 🌟 fun_interaction hard"_qs,
                                  u"fake_lottery_winner 💰 fun_interaction hard"_qs,
                                  u"fake_restaurant_manager 🍴 social_exit easy"_qs,
                                  u"fake_dating_app_match 💕 social_interaction hard"_qs,
                                  u"fake_old_friend 👥 social_interaction medium"_qs,
                                  u"fake_news_reporter 📰 social_interaction medium"_qs,
                                  u"fake_car_accident 🚗 emergency_exit easy"_qs}));
}

void TstScenarioCatalogue::builtinCategoriesAreUsed()
{
    const auto catalogue = ScenarioCatalogue::builtin();
    QVERIFY(catalogue.has_value());
    QStringList mobile;
    for (const ScenarioCategory &category : catalogue->categories()) {
        if (category.isMobile)
            mobile.append(category.id);
        // A shelf of the mobile list has mobile scenarios only, and none is empty.
        const auto onShelf = [&category](const Scenario &scenario) {
            return scenario.category == category.id;
        };
        const auto fits = [&category, &onShelf](const Scenario &scenario) {
            return !onShelf(scenario) || scenario.isMobile == category.isMobile;
        };
        const QList<Scenario> &all = catalogue->all();
        QVERIFY2(std::any_of(all.begin(), all.end(), onShelf), qPrintable(category.id));
        QVERIFY2(std::all_of(all.begin(), all.end(), fits), qPrintable(category.id));
    }
    QCOMPARE(mobile, QStringList({u"emergency_exit"_qs, u"work_exit"_qs, u"social_exit"_qs,
                                  u"fun_interaction"_qs, u"social_interaction"_qs}));
}

void TstScenarioCatalogue::builtinUrgentCallsAnswerQuickly()
{
    const auto catalogue = ScenarioCatalogue::builtin();
    QVERIFY(catalogue.has_value());
    for (const Scenario &scenario : catalogue->all()) {
        if (VadProfiles::nameForId(scenario.id) == u"responsive")
            QCOMPARE(scenario.vadProfile, u"responsive"_qs);
    }
}

void TstScenarioCatalogue::findsById()
{
    const auto catalogue = ScenarioCatalogue::builtin();
    QVERIFY(catalogue.has_value());
    for (const Scenario &scenario : catalogue->all())
        QCOMPARE(catalogue->find(scenario.id), &scenario);
    QVERIFY(!catalogue->find(u""));
    QVERIFY(!catalogue->find(u"Default"));
    QVERIFY(!catalogue->find(u"default "));
    QVERIFY(!catalogue->find(QString(1'000'000, u'a')));
    // A copy finds its own entries.
    const QList<ScenarioCatalogue> copies{*catalogue};
    QCOMPARE(copies.first().find(u"default")->id, u"default"_qs);
}

void TstScenarioCatalogue::readsEveryField()
{
    const auto catalogue = ScenarioCatalogue::load(catalogueOf({goodCategory()}, {goodScenario()}));
    QVERIFY2(catalogue.has_value(), qPrintable(catalogue ? QString() : catalogue.error().message));
    const Scenario *scenario = catalogue->find(u"boss_call");
    QVERIFY(scenario);
    QCOMPARE(scenario->title, u"Boss"_qs);
    QCOMPARE(scenario->description, u"The boss calls."_qs);
    QCOMPARE(scenario->icon, u"💼"_qs);
    QCOMPARE(scenario->category, u"work"_qs);
    QCOMPARE(toText(scenario->difficulty), u"hard"_qs);
    QCOMPARE(scenario->persona, u"You are the boss."_qs);
    QCOMPARE(scenario->prompt, u"You want the report."_qs);
    QCOMPARE(scenario->voice, u"echo"_qs);
    QCOMPARE(scenario->temperature, 0.5);
    QCOMPARE(scenario->vadProfile, u"responsive"_qs);
    QVERIFY(!scenario->isFamilyFriendly);
    QVERIFY(scenario->isMobile);
    QCOMPARE(catalogue->categories().size(), 1);
    QCOMPARE(catalogue->categories().first().name, u"Work"_qs);
}

void TstScenarioCatalogue::refuses_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("complaint"); // part of the message

    const QJsonObject category = goodCategory();
    const QJsonObject scenario = goodScenario();
    QJsonObject misspelt = scenario;
    misspelt.insert(u"promt"_qs, u"You want the report."_qs);
    QJsonObject incomplete = scenario;
    incomplete.remove(u"mobile"_qs);

    QTest::newRow("nothing") << QByteArray() << u"not JSON"_qs;
    QTest::newRow("cut off") << catalogueOf({category}, {scenario}).chopped(5)
                             << u"not JSON at byte"_qs;
    QTest::newRow("invalid UTF-8") << QByteArray("{\"categories\":\"\xff\xfe\"}") << u"not JSON"_qs;
    QTest::newRow("an array") << QByteArray("[]") << u"must be an object"_qs;
    QTest::newRow("no categories") << QByteArray("{\"scenarios\":[]}") << u"'categories'"_qs;
    QTest::newRow("no scenarios") << catalogueOf({category}, {}) << u"'scenarios'"_qs;
    QTest::newRow("a scenario that is text")
        << catalogueOf({category}, {u"x"_qs}) << u"scenario 1: must be an object"_qs;
    QTest::newRow("the same id twice") << catalogueOf({category}, {scenario, scenario})
                                       << u"scenario 2: id 'boss_call' is taken"_qs;
    QTest::newRow("the same category twice")
        << catalogueOf({category, category}, {scenario}) << u"category 2: id 'work' is taken"_qs;
    QTest::newRow("a category that does not exist")
        << with("category", u"play"_qs) << u"(boss_call): there is no category 'play'"_qs;
    QTest::newRow("a misspelt field")
        << catalogueOf({category}, {misspelt}) << u"unknown field 'promt'"_qs;
    QTest::newRow("a missing field")
        << catalogueOf({category}, {incomplete}) << u"(boss_call): 'mobile' must be"_qs;
    QTest::newRow("id in capitals") << with("id", u"Boss"_qs) << u"'id'"_qs;
    QTest::newRow("id with a slash") << with("id", u"boss/call"_qs) << u"'id'"_qs;
    QTest::newRow("id with a line feed") << with("id", u"boss\n"_qs) << u"'id'"_qs;
    QTest::newRow("id too long") << with("id", QString(65, u'a')) << u"'id'"_qs;
    QTest::newRow("no title") << with("title", QString()) << u"'title' must be text"_qs;
    QTest::newRow("title null") << with("title", QJsonValue::Null) << u"'title' must be text"_qs;
    QTest::newRow("short persona")
        << with("persona", u"Boss."_qs) << u"'persona' must be text of 10 to 5000"_qs;
    QTest::newRow("long prompt") << with("prompt", QString(5001, u'x'))
                                 << u"'prompt' must be text of 10 to 5000"_qs;
    QTest::newRow("spaces around")
        << with("prompt", u" You want the report."_qs) << u"without outer spaces"_qs;
    QTest::newRow("unknown voice")
        << with("voice", u"onyx"_qs) << u"'voice' must be one of alloy"_qs;
    QTest::newRow("a voice type is no voice")
        << with("voice", u"warm_male"_qs) << u"'voice' must be one of"_qs;
    QTest::newRow("unknown profile") << with("vad", u"fast"_qs) << u"'vad' must be one of"_qs;
    QTest::newRow("unknown difficulty") << with("difficulty", u"extreme"_qs)
                                        << u"'difficulty' must be one of easy, medium, hard"_qs;
    QTest::newRow("too warm") << with("temperature", 1.1) << u"'temperature'"_qs;
    QTest::newRow("temperature as text") << with("temperature", u"0.5"_qs) << u"'temperature'"_qs;
    QTest::newRow("flag as number")
        << with("is_family_friendly", 1) << u"'is_family_friendly' must be true or false"_qs;
    QTest::newRow("unknown disclosure") << with("ai_disclosure", u"perhaps"_qs)
                                        << u"'ai_disclosure' must be one of never, always"_qs;
}

void TstScenarioCatalogue::refuses()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, complaint);
    const auto catalogue = ScenarioCatalogue::load(json);
    QVERIFY(!catalogue.has_value());
    QCOMPARE(catalogue.error().fault, base::Fault::Invalid);
    QVERIFY2(catalogue.error().message.startsWith(u"scenario catalogue: "),
             qPrintable(catalogue.error().message));
    QVERIFY2(catalogue.error().message.contains(complaint), qPrintable(catalogue.error().message));
}

QTEST_APPLESS_MAIN(TstScenarioCatalogue)
#include "tst_scenario_catalogue.moc"
