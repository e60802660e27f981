// What owners decide about their calls: who answers, how turns are taken, whose calendar; and that
// the app's repeated request is one call.
#include "tests/journeys/app_clients.h"
#include "tests/journeys/calendar_steps.h"

#include <QObject>
#include <QTest>

using namespace tests;

namespace {

const QString kMachine = u"+14155550004"_s;
const QString kDetection = u"answering_machine_detection"_s;

QJsonObject order(const QString &number, const QJsonObject &more = {})
{
    QJsonObject body = more;
    body.insert(u"phone_number"_s, number);
    body.insert(u"scenario"_s, u"birthday_wishes"_s);
    return body;
}

/// The turn detection of the model's session that came last.
QJsonObject turnDetection(Stage &stage)
{
    const auto &sessions = stage.sandbox().model().sessions();
    return sessions.empty()
               ? QJsonObject()
               : sessions.back()->session()[u"audio"_s][u"input"_s][u"turn_detection"_s].toObject();
}

} // namespace

class CallOptionsJourney : public QObject
{
    Q_OBJECT
private slots:
    void machinesAreHungUpOnWhereOneWants_data();
    void machinesAreHungUpOnWhereOneWants();
    void detectionIsAskedForOrNot();
    void turnsAreTakenAsTheOwnerSays();
    void repeatOfTheAppIsOneCall();
    void ownScenarioKnowsTheCalendar();
    void calendarCallsNeedACalendar();
};

void CallOptionsJourney::machinesAreHungUpOnWhereOneWants_data()
{
    QTest::addColumn<QString>("action");
    QTest::addColumn<QString>("reason");
    QTest::newRow("hang up") << u"hang_up"_s << u"machine"_s;
    QTest::newRow("go on") << u"go_on"_s << u"caller_hung_up"_s;
}

void CallOptionsJourney::machinesAreHungUpOnWhereOneWants()
{
    QFETCH(QString, action);
    QFETCH(QString, reason);
    Stage stage(Stage::Store::Sqlite, {{u"ANSWERING_MACHINE_DETECTION"_s, u"enable"_s},
                                       {u"ANSWERING_MACHINE_ACTION"_s, action}});
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    const qint64 id = stage.place(u"birthday_wishes"_s, kMachine);
    const QJsonObject call = stage.waitForEnd(id, 90'000);
    QCOMPARE(call.value(u"answered_by"_s).toString(), u"machine_start"_s);
    QCOMPARE(call.value(u"end_reason"_s).toString(), reason);
    QTRY_VERIFY(stage.sandbox().phone().calls().front()->isOver());
    QVERIFY2(stage.sandbox().journal().breaches().isEmpty(),
             qPrintable(stage.sandbox().journal().breaches().join(u'\n')));
}

void CallOptionsJourney::detectionIsAskedForOrNot()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    const auto answererOf = [&](const QJsonObject &more) {
        const qint64 id = stage.staff()
                              .post(u"/calls"_s, order(kMachine, more))
                              .object()
                              .value(u"id"_s)
                              .toInteger();
        // Who is not asked for will not be told; the conversation is what the others are known by.
        return stage.waitForCall(id, [&](const QJsonObject &call) {
            return call.value(u"answered_by"_s).isString()
                   || (more.isEmpty() && call.value(u"status"_s).toString() == u"in-progress");
        });
    };
    QVERIFY(answererOf({}).value(u"answered_by"_s).isNull());
    QCOMPARE(answererOf({{kDetection, true}}).value(u"answered_by"_s).toString(),
             u"machine_start"_s);
    QCOMPARE(answererOf({{kDetection, u"detect_message_end"_s}}).value(u"answered_by"_s).toString(),
             u"machine_end_beep"_s);
    for (const QJsonValue &wrong :
         {QJsonValue(u"perhaps"_s), QJsonValue(7), QJsonValue(QJsonArray{}), QJsonValue(u""_s)})
        QCOMPARE(stage.staff().post(u"/calls"_s, order(kMachine, {{kDetection, wrong}})).status,
                 422);
    QCOMPARE(stage.sandbox().phone().calls().size(), size_t(3));
}

void CallOptionsJourney::turnsAreTakenAsTheOwnerSays()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    const QJsonObject presets = stage.staff().get(u"/api/vad-config/presets"_s).object();
    QCOMPARE(presets[u"presets"_s].toObject().keys(), presets[u"description"_s].toObject().keys());
    QCOMPARE(presets[u"presets"_s][u"noisy_environment"_s][u"threshold"_s].toDouble(), 0.7);

    QVERIFY(stage.place(u"birthday_wishes"_s) > 0);
    QTRY_COMPARE(turnDetection(stage)[u"eagerness"_s].toString(), u"medium"_s);
    const Answer updated = stage.staff().post(
        u"/api/vad-config/update"_s,
        {{u"vad_type"_s, u"server_vad"_s}, {u"threshold"_s, 0.3}, {u"silence_duration_ms"_s, 900}});
    QCOMPARE(updated.status, 200);
    QCOMPARE(textOf(updated, "message"), u"VAD configuration updated to server_vad mode"_s);
    QVERIFY(stage.place(u"birthday_wishes"_s, u"+14155550124"_s) > 0);
    QTRY_COMPARE(turnDetection(stage)[u"threshold"_s].toDouble(), 0.3);
    QCOMPARE(turnDetection(stage)[u"silence_duration_ms"_s].toInt(), 900);
    QCOMPARE(turnDetection(stage)[u"prefix_padding_ms"_s].toInt(), 300);
    // Another person's calls are not touched by it.
    Owner bob(stage, u"bob"_s);
    QCOMPARE(bob.get(u"/make-call/4155550125/birthday_wishes"_s).status, 200);
    QTRY_COMPARE(turnDetection(stage)[u"eagerness"_s].toString(), u"medium"_s);
    for (const QJsonObject &wrong :
         {QJsonObject{}, QJsonObject{{u"vad_type"_s, u"loud"_s}},
          QJsonObject{{u"vad_type"_s, u"server_vad"_s}, {u"threshold"_s, 1.5}},
          QJsonObject{{u"vad_type"_s, u"server_vad"_s}, {u"silence_duration_ms"_s, 99}}})
        QCOMPARE(bob.post(u"/api/vad-config/update"_s, wrong).status, 422);
    const QJsonObject mine = stage.staff().get(u"/users/me/export"_s).object();
    QVERIFY(QJsonDocument(mine).toJson().contains("\"silence_duration_ms\": 900"));
}

void CallOptionsJourney::repeatOfTheAppIsOneCall()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    AppUser ann(stage, AppUser::App::Ios, u"ann"_s);
    QVERIFY(ann.isIn());
    const QJsonObject body{{u"phone_number"_s, u"+14155550123"_s},
                           {u"scenario"_s, u"fake_celebrity"_s}};
    const auto first = iosCall(ann.post(u"/mobile/make-call"_s, body));
    const auto second = iosCall(ann.post(u"/mobile/make-call"_s, body));
    QVERIFY(first && second && !first->callSid.isEmpty());
    QCOMPARE(second->callSid, first->callSid);
    QCOMPARE(stage.sandbox().phone().calls().size(), size_t(1));
    QCOMPARE(iosTrialCalls(ann.get(u"/mobile/usage-stats"_s)), 2); // of three
}

void CallOptionsJourney::ownScenarioKnowsTheCalendar()
{
    sandbox::Sandbox::Settings settings;
    settings.phone.dialogue = u"appointment-taken"_s;
    Stage stage(Stage::Store::Sqlite, {}, settings);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    Owner owner(stage, u"owner"_s);
    QCOMPARE(owner.connect().status, 200);
    const QJsonObject scenario{{u"persona"_s, u"You are the front desk of a barber."_s},
                               {u"prompt"_s, u"Find out when they want to come."_s},
                               {u"voice_type"_s, u"coral"_s}};
    const QString id = textOf(owner.post(u"/realtime/custom-scenario"_s, scenario), "scenario_id");
    QVERIFY(id.startsWith(u"custom_"));
    QCOMPARE(owner.get(u"/make-custom-call/4155550123/"_s + id).status, 200);
    QVERIFY(QTest::qWaitFor([&] { return stage.sandbox().phone().calls().front()->isOver(); },
                            120'000));
    QCOMPARE(stage.sandbox().google().calendar().all().size(), 1);
    QVERIFY2(stage.sandbox().journal().breaches().isEmpty(),
             qPrintable(stage.sandbox().journal().breaches().join(u'\n')));
}

void CallOptionsJourney::calendarCallsNeedACalendar()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    Owner owner(stage, u"owner"_s);
    for (const char *path :
         {"/make-calendar-call-scenario/4155550123",
          "/google-calendar/make-calendar-call/4155550123", "/make-call/4155550123/calendar"}) {
        const Answer refused = owner.get(QLatin1String(path));
        QCOMPARE(refused.status, 404); // a 401 would sign the web app's user out
        QCOMPARE(webErrorText(refused), u"Google Calendar not connected"_s);
    }
    QVERIFY(stage.sandbox().phone().calls().empty());
    QCOMPARE(owner.connect().status, 200);
    const Answer placed = owner.get(u"/google-calendar/make-calendar-call/4155550123"_s);
    QCOMPARE(placed.status, 200);
    QCOMPARE(textOf(placed, "phone_number"), u"+14155550123"_s);
    QCOMPARE(placed.header("Cache-Control"), QByteArray("no-store"));
    const Answer second = owner.get(u"/make-calendar-call-scenario/4155550124"_s);
    QVERIFY(textOf(second, "scenario_key").startsWith(u"calendar_%1_"_s.arg(owner.id())));
    QCOMPARE(owner.get(u"/make-calendar-call-scenario/12"_s).status, 422);
}

QTEST_GUILESS_MAIN(CallOptionsJourney)
#include "tst_call_options_journey.moc"
