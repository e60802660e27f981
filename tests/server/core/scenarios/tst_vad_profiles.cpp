#include "server/core/scenarios/scenario.h"
#include "server/core/scenarios/vad_profiles.h"

#include <QJsonDocument>
#include <QTest>

using server::core::Scenario;
using server::core::TurnDetection;
using server::core::VadProfiles;

namespace {

QJsonObject object(const QString &text)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(text.toUtf8(), &error);
    if (error.error != QJsonParseError::NoError)
        qFatal("the row is not JSON: %s", qPrintable(text));
    return document.object();
}

} // namespace

class TstVadProfiles final : public QObject
{
    Q_OBJECT

private slots:
    void writesTheSessionsForm_data();
    void writesTheSessionsForm();
    void choosesByTheWordsOfTheId_data();
    void choosesByTheWordsOfTheId();
    void offersFivePresets();
    void aUsersOwnSettingGoesFirst();
    void anUnknownProfileFallsBackToTheId();
    void readsSettings_data();
    void readsSettings();
    void refusesSettings_data();
    void refusesSettings();
    void settingsSurviveStorage();
};

void TstVadProfiles::writesTheSessionsForm_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("json");

    const QString semantic = u"{\"type\":\"semantic_vad\",\"eagerness\":\"%1\","
                             "\"create_response\":true,\"interrupt_response\":true}"_qs;
    const QString loudness = u"{\"type\":\"server_vad\",\"threshold\":%1,\"prefix_padding_ms\":%2,"
                             "\"silence_duration_ms\":%3,\"create_response\":true,"
                             "\"interrupt_response\":true}"_qs;
    QTest::newRow("default_server")
        << u"default_server"_qs << loudness.arg(u"0.5"_qs, u"300"_qs, u"500"_qs);
    QTest::newRow("noisy_environment")
        << u"noisy_environment"_qs << loudness.arg(u"0.7"_qs, u"200"_qs, u"800"_qs);
    QTest::newRow("default_semantic") << u"default_semantic"_qs << semantic.arg(u"auto"_qs);
    QTest::newRow("conversational") << u"conversational"_qs << semantic.arg(u"low"_qs);
    QTest::newRow("responsive") << u"responsive"_qs << semantic.arg(u"high"_qs);
    QTest::newRow("ultra_responsive") << u"ultra_responsive"_qs << semantic.arg(u"medium"_qs);
    QTest::newRow("natural_conversation")
        << u"natural_conversation"_qs << semantic.arg(u"medium"_qs);
}

void TstVadProfiles::writesTheSessionsForm()
{
    QFETCH(QString, name);
    QFETCH(QString, json);
    QVERIFY(VadProfiles::names().contains(name));
    const auto detection = VadProfiles::find(name);
    QVERIFY(detection.has_value());
    QCOMPARE(detection->toJson(), object(json));
}

void TstVadProfiles::choosesByTheWordsOfTheId_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<QString>("profile");

    QTest::newRow("default") << u"default"_qs << u"ultra_responsive"_qs;
    QTest::newRow("nothing") << QString() << u"ultra_responsive"_qs;
    QTest::newRow("emergency") << u"sister_emergency"_qs << u"responsive"_qs;
    QTest::newRow("support") << u"supportive_bestie"_qs << u"responsive"_qs;
    QTest::newRow("help, in capitals") << u"HELP_desk"_qs << u"responsive"_qs;
    QTest::newRow("urgent") << u"urgent_delivery"_qs << u"responsive"_qs;
    QTest::newRow("therapy") << u"therapy_session"_qs << u"natural_conversation"_qs;
    QTest::newRow("counseling") << u"counseling"_qs << u"natural_conversation"_qs;
    QTest::newRow("interview") << u"job_interview"_qs << u"natural_conversation"_qs;
    QTest::newRow("patience goes before haste")
        << u"emergency_conversation"_qs << u"natural_conversation"_qs;
    QTest::newRow("a custom scenario") << u"custom_7_1757725200_a1"_qs << u"ultra_responsive"_qs;
}

void TstVadProfiles::choosesByTheWordsOfTheId()
{
    QFETCH(QString, id);
    QFETCH(QString, profile);
    QCOMPARE(VadProfiles::nameForId(id), profile);
    QVERIFY(VadProfiles::find(profile).has_value());
}

void TstVadProfiles::offersFivePresets()
{
    QStringList names;
    for (const VadProfiles::Preset &preset : VadProfiles::presets()) {
        names.append(preset.name);
        QVERIFY(!preset.description.isEmpty());
        QVERIFY(preset.detection == VadProfiles::find(preset.name));
    }
    QCOMPARE(names, QStringList({u"conversational"_qs, u"responsive"_qs, u"noisy_environment"_qs,
                                 u"default_server"_qs, u"default_semantic"_qs}));
}

void TstVadProfiles::aUsersOwnSettingGoesFirst()
{
    Scenario scenario;
    scenario.vadProfile = u"responsive"_qs;
    QVERIFY(VadProfiles::forCall(scenario) == VadProfiles::find(u"responsive"));
    const TurnDetection own = *VadProfiles::find(u"noisy_environment");
    QVERIFY(VadProfiles::forCall(scenario, own) == own);
}

void TstVadProfiles::anUnknownProfileFallsBackToTheId()
{
    Scenario scenario;
    scenario.id = u"mother_emergency"_qs;
    scenario.vadProfile = u"gone"_qs;
    QVERIFY(VadProfiles::forCall(scenario) == VadProfiles::find(u"responsive"));
}

void TstVadProfiles::readsSettings_data()
{
    QTest::addColumn<QString>("settings");
    QTest::addColumn<QString>("json");

    const QString rest = u"\"create_response\":true,\"interrupt_response\":true}"_qs;
    QTest::newRow("server with defaults")
        << u"{\"vad_type\":\"server_vad\"}"_qs
        << u"{\"type\":\"server_vad\",\"threshold\":0.5,\"prefix_padding_ms\":300,\"silence_duration_ms\":700,"_qs
               + rest;
    QTest::newRow("semantic with defaults")
        << u"{\"vad_type\":\"semantic_vad\"}"_qs
        << u"{\"type\":\"semantic_vad\",\"eagerness\":\"auto\","_qs + rest;
    QTest::newRow("lowest values")
        << u"{\"vad_type\":\"server_vad\",\"threshold\":0,\"prefix_padding_ms\":0,\"silence_duration_ms\":100}"_qs
        << u"{\"type\":\"server_vad\",\"threshold\":0,\"prefix_padding_ms\":0,\"silence_duration_ms\":100,"_qs
               + rest;
    QTest::newRow("highest values")
        << u"{\"vad_type\":\"server_vad\",\"threshold\":1.0,\"prefix_padding_ms\":2000,\"silence_duration_ms\":5000}"_qs
        << u"{\"type\":\"server_vad\",\"threshold\":1,\"prefix_padding_ms\":2000,\"silence_duration_ms\":5000,"_qs
               + rest;
    QTest::newRow("unknown fields are ignored")
        << u"{\"vad_type\":\"semantic_vad\",\"eagerness\":\"high\",\"name\":\"x\"}"_qs
        << u"{\"type\":\"semantic_vad\",\"eagerness\":\"high\","_qs + rest;
}

void TstVadProfiles::readsSettings()
{
    QFETCH(QString, settings);
    QFETCH(QString, json);
    const auto detection = TurnDetection::fromSettings(object(settings));
    QVERIFY2(detection.has_value(), qPrintable(detection ? QString() : detection.error().message));
    QCOMPARE(detection->toJson(), object(json));
}

void TstVadProfiles::refusesSettings_data()
{
    QTest::addColumn<QString>("settings");
    QTest::addColumn<QString>("field");

    const QString server = u"{\"vad_type\":\"server_vad\",%1}"_qs;
    QTest::newRow("no type") << u"{}"_qs << u"vad_type"_qs;
    QTest::newRow("type null") << u"{\"vad_type\":null}"_qs << u"vad_type"_qs;
    QTest::newRow("unknown type") << u"{\"vad_type\":\"none\"}"_qs << u"vad_type"_qs;
    QTest::newRow("type is a number") << u"{\"vad_type\":1}"_qs << u"vad_type"_qs;
    QTest::newRow("unknown eagerness")
        << server.arg(u"\"eagerness\":\"eager\""_qs) << u"eagerness"_qs;
    QTest::newRow("eagerness null") << server.arg(u"\"eagerness\":null"_qs) << u"eagerness"_qs;
    QTest::newRow("threshold above") << server.arg(u"\"threshold\":1.01"_qs) << u"threshold"_qs;
    QTest::newRow("threshold below") << server.arg(u"\"threshold\":-0.01"_qs) << u"threshold"_qs;
    QTest::newRow("threshold text") << server.arg(u"\"threshold\":\"0.5\""_qs) << u"threshold"_qs;
    QTest::newRow("padding above")
        << server.arg(u"\"prefix_padding_ms\":2001"_qs) << u"prefix_padding_ms"_qs;
    QTest::newRow("padding negative")
        << server.arg(u"\"prefix_padding_ms\":-1"_qs) << u"prefix_padding_ms"_qs;
    QTest::newRow("padding fractional")
        << server.arg(u"\"prefix_padding_ms\":1.5"_qs) << u"prefix_padding_ms"_qs;
    QTest::newRow("silence below")
        << server.arg(u"\"silence_duration_ms\":99"_qs) << u"silence_duration_ms"_qs;
    QTest::newRow("silence above")
        << server.arg(u"\"silence_duration_ms\":5001"_qs) << u"silence_duration_ms"_qs;
    QTest::newRow("silence huge") << server.arg(u"\"silence_duration_ms\":1e300"_qs)
                                  << u"silence_duration_ms"_qs;
    QTest::newRow("silence true") << server.arg(u"\"silence_duration_ms\":true"_qs)
                                  << u"silence_duration_ms"_qs;
}

void TstVadProfiles::refusesSettings()
{
    QFETCH(QString, settings);
    QFETCH(QString, field);
    const auto detection = TurnDetection::fromSettings(object(settings));
    QVERIFY(!detection.has_value());
    QCOMPARE(detection.error().fault, base::Fault::Unprocessable);
    QVERIFY2(detection.error().message.startsWith(field + u' '),
             qPrintable(detection.error().message));
}

void TstVadProfiles::settingsSurviveStorage()
{
    const auto settings = object(
        u"{\"vad_type\":\"server_vad\",\"eagerness\":\"low\",\"threshold\":0.25,\"prefix_padding_ms\":10,\"silence_duration_ms\":1234}"_qs);
    const auto once = TurnDetection::fromSettings(settings);
    QVERIFY(once.has_value());
    QCOMPARE(once->toSettings(), settings);
    const auto twice = TurnDetection::fromSettings(once->toSettings());
    QVERIFY(twice.has_value());
    QVERIFY(*once == *twice);
}

QTEST_APPLESS_MAIN(TstVadProfiles)
#include "tst_vad_profiles.moc"
