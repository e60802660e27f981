// Who may be called, when, how often, and what is said and kept: from the API to the phone.
#include "tests/journeys/account_steps.h"
#include "tests/journeys/app_clients.h"
#include "tests/journeys/described_api.h"

#include <QDir>
#include <QObject>
#include <QTest>
#include <QTimeZone>

using namespace tests;

namespace {

const QString kCalifornia = u"+14155550123"_s;
const QString kTexas = u"+15125550123"_s;

QJsonObject orderTo(const QString &number, const QString &scenario = u"birthday_wishes"_s)
{
    return {{u"phone_number"_s, number}, {u"scenario"_s, scenario}};
}

sandbox::Sandbox::Settings withDialogue(const QString &name)
{
    sandbox::Sandbox::Settings settings;
    settings.phone.dialogue = name;
    return settings;
}

QString inSeconds(int seconds)
{
    return QDateTime::currentDateTimeUtc().addSecs(seconds).toString(Qt::ISODate);
}

Answer putRules(Stage &stage, const QJsonObject &rules)
{
    return stage.staff().send("PUT", u"/calling-rules"_s, "application/json",
                              QJsonDocument(rules).toJson());
}

/// Rules whose quiet hours, by the clock of California, began an hour ago and end in one.
QJsonObject quietNow()
{
    const QTime now =
        QDateTime::currentDateTimeUtc().toTimeZone(QTimeZone("America/Los_Angeles")).time();
    return {{u"quiet_hours_start"_s, now.addSecs(-3'600).toString(u"HH:mm"_s)},
            {u"quiet_hours_end"_s, now.addSecs(3'600).toString(u"HH:mm"_s)}};
}

QJsonObject scheduled(RestClient &client, qint64 id)
{
    const QJsonArray all = client.get(u"/scheduled-calls"_s).array();
    for (const auto &call : all) {
        if (call.toObject().value(u"id"_s).toInteger() == id)
            return call.toObject();
    }
    return {};
}

} // namespace

class CallingRulesJourney : public QObject
{
    Q_OBJECT
private slots:
    void whoWantsNoMoreCallsGetsNone_data();
    void whoWantsNoMoreCallsGetsNone();
    void staffKeepsTheList();
    void quietTimeIsKept();
    void nobodyIsCalledTooOften();
    void theModelIsToldWhatToDisclose();
    void consentDecidesWhatIsKept_data();
    void consentDecidesWhatIsKept();
    void everySaveOfAScenarioIsKept();
};

void CallingRulesJourney::whoWantsNoMoreCallsGetsNone_data()
{
    QTest::addColumn<int>("store");
    QTest::addColumn<QString>("dialogue");
    QTest::addColumn<QString>("way");
    QTest::newRow("keys") << int(Stage::Store::Sqlite) << u"stop-by-keys"_s << u"key"_s;
    QTest::newRow("voice") << int(Stage::Store::Sqlite) << u"stop-by-voice"_s << u"voice"_s;
    QTest::newRow("agent") << int(Stage::Store::Sqlite) << u"stop-by-agent"_s << u"agent"_s;
    if (!Stage::lacksPostgres())
        QTest::newRow("keys, PostgreSQL")
            << int(Stage::Store::PostgreSql) << u"stop-by-keys"_s << u"key"_s;
}

void CallingRulesJourney::whoWantsNoMoreCallsGetsNone()
{
    QFETCH(int, store);
    QFETCH(QString, dialogue);
    QFETCH(QString, way);
    Stage stage(Stage::Store(store), {}, withDialogue(dialogue));
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    const QJsonObject words{{u"persona"_s, u"You work for a travel agency."_s},
                            {u"prompt"_s, u"Offer a week by the sea, "_s + dialogue},
                            {u"voice_type"_s, u"verse"_s}};
    const QString scenario =
        textOf(stage.staff().post(u"/realtime/custom-scenario"_s, words), "scenario_id");
    const qint64 id = stage.place(scenario, kCalifornia);
    QVERIFY(id > 0);
    // The reason is stored before the end, and the end may be told before the details are.
    const QJsonObject call = stage.waitForCall(id, [](const QJsonObject &one) {
        return one.value(u"ended_at"_s).isString()
               && !one.value(u"transcript"_s).toArray().isEmpty();
    });
    QCOMPARE(call.value(u"end_reason"_s).toString(), u"opted_out"_s);
    QCOMPARE(call.value(u"status"_s).toString(), u"completed"_s);
    // The agent has said goodbye, and it was heard.
    const QJsonArray lines = call.value(u"transcript"_s).toArray();
    const QJsonObject last = lines.last().toObject();
    QCOMPARE(last.value(u"speaker"_s).toString(), u"agent"_s);
    QVERIFY2(last.value(u"text"_s).toString().contains(u"oodbye"_s),
             qPrintable(QString::fromUtf8(QJsonDocument(lines).toJson())));
    QCOMPARE(last.value(u"heard_ms"_s), last.value(u"produced_ms"_s));

    const QJsonArray optOuts = stage.staff().get(u"/admin/opt-outs?phone_number=5550123"_s).array();
    QCOMPARE(optOuts.size(), 1);
    const QJsonObject optOut = optOuts.first().toObject();
    QCOMPARE(optOut.value(u"phone_number"_s).toString(), kCalifornia);
    QCOMPARE(optOut.value(u"way"_s).toString(), way);
    QCOMPARE(optOut.value(u"call_id"_s).toInteger(), id);

    // No door leads to this phone any more, whoever knocks.
    QCOMPARE(stage.staff().post(u"/calls"_s, orderTo(kCalifornia)).status, 403);
    AppUser bob(stage, AppUser::App::Web, u"bob"_s);
    AppUser ann(stage, AppUser::App::Ios, u"ann"_s);
    const Answer refused = bob.post(u"/calls"_s, orderTo(kCalifornia));
    QCOMPARE(refused.status, 403);
    QVERIFY(webErrorText(refused).contains(u"asked not to be called"_s));
    QCOMPARE(bob.get(u"/make-call/4155550123/default"_s).status, 403);
    QCOMPARE(ann.post(u"/mobile/make-call"_s, orderTo(kCalifornia)).status, 403);
    QJsonObject later = orderTo(kCalifornia);
    later.insert(u"scheduled_time"_s, inSeconds(60));
    QCOMPARE(bob.post(u"/schedule-call"_s, later).status, 403);
    QCOMPARE(ann.post(u"/mobile/schedule-call"_s, later).status, 403);
    QCOMPARE(stage.sandbox().phone().calls().size(), size_t(1));
    QCOMPARE(iosTrialCalls(ann.get(u"/mobile/usage-stats"_s)), 3); // nothing was counted
    // Other phones ring.
    QCOMPARE(bob.post(u"/calls"_s, orderTo(kTexas)).status, 201);
    QVERIFY2(stage.sandbox().journal().breaches().isEmpty(),
             qPrintable(stage.sandbox().journal().breaches().join(u'\n')));
}

void CallingRulesJourney::staffKeepsTheList()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    RestClient nobody(stage.server().url());
    const QJsonObject api = nobody.get(u"/openapi.json"_s).object();
    AppUser bob(stage, AppUser::App::Web, u"bob"_s);
    const QString list = u"/admin/opt-outs"_s;
    const QJsonObject number{{u"phone_number"_s, kTexas}, {u"note"_s, u"by letter"_s}};
    const auto check = [&](const Answer &answer, const char *method, const char *path, int status) {
        const QString objection = objectionTo(answer, api, method, path, status);
        QVERIFY2(objection.isEmpty(), qPrintable(objection));
    };
    // Scheduled before, due after.
    QJsonObject soon = orderTo(kTexas);
    soon.insert(u"scheduled_time"_s, inSeconds(4));
    const Answer waiting = bob.post(u"/schedule-call"_s, soon);
    QCOMPARE(waiting.status, 200);
    check(stage.staff().post(list, number), "post", "/admin/opt-outs", 201);
    check(stage.staff().post(list, number), "post", "/admin/opt-outs", 409);
    check(stage.staff().post(list, {{u"phone_number"_s, u"12"_s}}), "post", "/admin/opt-outs", 422);
    check(bob.post(list, number), "post", "/admin/opt-outs", 403);
    check(nobody.get(list), "get", "/admin/opt-outs", 401);
    check(bob.get(list), "get", "/admin/opt-outs", 403);
    check(stage.staff().get(list), "get", "/admin/opt-outs", 200);
    check(stage.staff().get(list + u"?limit=0"_s), "get", "/admin/opt-outs", 422);
    const qint64 id = waiting.object().value(u"id"_s).toInteger();
    const auto own = [&] { return bob.get(u"/scheduled-calls"_s).array().first().toObject(); };
    QVERIFY(QTest::qWaitFor([&] { return own().value(u"status"_s) == u"failed"_s; }, 20'000));
    QCOMPARE(own().value(u"id"_s).toInteger(), id);
    QVERIFY(own().value(u"note"_s).toString().contains(u"asked not to be called"_s));
    QVERIFY(stage.sandbox().phone().calls().empty());
    const auto remove = [&](const QString &which) {
        return stage.staff().send("DELETE", list + u'/' + which, {}, {});
    };
    check(remove(kTexas), "delete", "/admin/opt-outs/{phone_number}", 200);
    check(remove(kTexas), "delete", "/admin/opt-outs/{phone_number}", 404);
    check(remove(u"nobody"_s), "delete", "/admin/opt-outs/{phone_number}", 404);
    QCOMPARE(bob.post(u"/calls"_s, orderTo(kTexas)).status, 201);
}

void CallingRulesJourney::quietTimeIsKept()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    RestClient nobody(stage.server().url());
    const QJsonObject api = nobody.get(u"/openapi.json"_s).object();
    const auto check = [&](const Answer &answer, const char *method, int status) {
        const QString objection = objectionTo(answer, api, method, "/calling-rules", status);
        QVERIFY2(objection.isEmpty(), qPrintable(objection));
    };
    check(nobody.get(u"/calling-rules"_s), "get", 401);
    check(stage.staff().get(u"/calling-rules"_s), "get", 200);
    QVERIFY(stage.staff().get(u"/calling-rules"_s).object().value(u"quiet_hours_start"_s).isNull());
    for (const auto &[field, value] :
         QList<QPair<QString, QJsonValue>>{{u"quiet_hours_start"_s, u"21:00"_s},
                                           {u"quiet_hours_start"_s, u"25:00"_s},
                                           {u"time_zone"_s, u"Mars/Base"_s},
                                           {u"calls_per_number_day"_s, 0},
                                           {u"calls_per_number_day"_s, 7},
                                           {u"ai_disclosure"_s, u"perhaps"_s},
                                           {u"recording_consent"_s, u"yes"_s}})
        check(putRules(stage, {{field, value}}), "put", 422);

    QJsonObject soon = orderTo(kCalifornia);
    soon.insert(u"scheduled_time"_s, inSeconds(3));
    const qint64 waiting =
        stage.staff().post(u"/schedule-call"_s, soon).object().value(u"id"_s).toInteger();
    QVERIFY(waiting > 0);
    const QJsonObject quiet = quietNow();
    check(putRules(stage, quiet), "put", 200);
    const Answer refused = stage.staff().post(u"/calls"_s, orderTo(kCalifornia));
    QCOMPARE(refused.status, 403);
    QVERIFY2(detailOf(refused).contains(quiet.value(u"quiet_hours_end"_s).toString()),
             refused.body);
    QCOMPARE(stage.staff().get(u"/make-call/4155550123/default"_s).status, 403);
    QCOMPARE(stage.staff().post(u"/mobile/make-call"_s, orderTo(kCalifornia)).status, 403);
    soon.insert(u"scheduled_time"_s, inSeconds(600));
    const Answer unscheduled = stage.staff().post(u"/schedule-call"_s, soon);
    QCOMPARE(unscheduled.status, 422);
    QVERIFY2(detailOf(unscheduled).contains(quiet.value(u"quiet_hours_end"_s).toString()),
             unscheduled.body);
    soon.insert(u"scheduled_time"_s, inSeconds(2 * 3'600));
    QCOMPARE(stage.staff().post(u"/schedule-call"_s, soon).status, 200);
    // What was scheduled before the rule was made is not placed in quiet time either.
    const auto status = [&] { return scheduled(stage.staff(), waiting).value(u"status"_s); };
    QVERIFY(QTest::qWaitFor([&] { return status() == u"missed"_s; }, 20'000));
    QVERIFY(!scheduled(stage.staff(), waiting).value(u"note"_s).toString().isEmpty());
    QVERIFY(stage.sandbox().phone().calls().empty());
    // Rules are replaced as a whole.
    check(putRules(stage, {}), "put", 200);
    QCOMPARE(stage.staff().post(u"/calls"_s, orderTo(kCalifornia)).status, 201);
}

void CallingRulesJourney::nobodyIsCalledTooOften()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    QCOMPARE(putRules(stage, {{u"calls_per_number_day"_s, 2}}).status, 200);
    QCOMPARE(stage.staff().post(u"/calls"_s, orderTo(kTexas)).status, 201);
    QCOMPARE(stage.staff().post(u"/calls"_s, orderTo(kTexas)).status, 201);
    const Answer refused = stage.staff().post(u"/calls"_s, orderTo(kTexas));
    QCOMPARE(refused.status, 429);
    QVERIFY(detailOf(refused).contains(u"2 times"_s));
    QCOMPARE(textOf(refused, "error"), detailOf(refused));
    QCOMPARE(stage.staff().post(u"/calls"_s, orderTo(kCalifornia)).status, 201);
    AppUser bob(stage, AppUser::App::Web, u"bob"_s);
    QCOMPARE(bob.post(u"/calls"_s, orderTo(kTexas)).status, 201); // it is no rule of his
    QCOMPARE(stage.sandbox().phone().calls().size(), size_t(4));
}

void CallingRulesJourney::theModelIsToldWhatToDisclose()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    const auto isToldTo = [&](const QString &number, const QString &words,
                              const QString &scenario) {
        const auto before = qsizetype(stage.sandbox().model().sessions().size());
        const qint64 id = stage.place(scenario, number);
        const auto instructions = [&] {
            const auto &sessions = stage.sandbox().model().sessions();
            return qsizetype(sessions.size()) > before
                       ? sessions.back()->session().value(u"instructions"_s).toString()
                       : QString();
        };
        [[maybe_unused]] const bool isThere =
            QTest::qWaitFor([&] { return instructions().contains(u"Persona:"_s); }, 20'000);
        stage.staff().post(u"/admin/calls/%1/hangup"_s.arg(id), {});
        stage.waitForEnd(id);
        return isThere ? int(instructions().contains(words)) : -1;
    };
    const QString disclosed = u"you are an AI voice. Say so in your first sentence"_s;
    const QString recorded = u"this call is recorded. Say so in your first sentence"_s;
    const QString wishes = u"birthday_wishes"_s;
    QCOMPARE(isToldTo(kCalifornia, disclosed, wishes), 1); // the law there
    QCOMPARE(isToldTo(kTexas, disclosed, wishes), 0);
    QCOMPARE(isToldTo(kTexas, disclosed, u"sales_pitch"_s), 1); // the scenario's own word
    QCOMPARE(putRules(stage,
                      {{u"ai_disclosure"_s, u"always"_s}, {u"recording_consent"_s, u"announce"_s}})
                 .status,
             200);
    QCOMPARE(isToldTo(kTexas, disclosed, wishes), 1);
    QCOMPARE(isToldTo(kTexas, recorded, wishes), 1);
    const QJsonObject words{{u"persona"_s, u"You are a lighthouse keeper."_s},
                            {u"prompt"_s, u"Tell of last night's storm."_s},
                            {u"voice_type"_s, u"verse"_s},
                            {u"ai_disclosure"_s, u"never"_s}};
    const QString own =
        textOf(stage.staff().post(u"/realtime/custom-scenario"_s, words), "scenario_id");
    QCOMPARE(isToldTo(kTexas, disclosed, own), 0);
}

void CallingRulesJourney::consentDecidesWhatIsKept_data()
{
    QTest::addColumn<QString>("consent");
    QTest::addColumn<bool>("isKept");
    QTest::newRow("none") << u"none"_s << true;
    QTest::newRow("off") << u"off"_s << false;
}

void CallingRulesJourney::consentDecidesWhatIsKept()
{
    QFETCH(QString, consent);
    QFETCH(bool, isKept);
    Stage stage(Stage::Store::Sqlite, {}, withDialogue(u"silent"_s));
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    QCOMPARE(putRules(stage, {{u"recording_consent"_s, consent}}).status, 200);
    const qint64 id = stage.place(u"birthday_wishes"_s, kTexas);
    const sandbox::PhoneCall &phone = *stage.sandbox().phone().calls().back();
    QCOMPARE(phone.order().has(u"Record"_s), isKept);
    QCOMPARE(phone.order().has(u"RecordingStatusCallback"_s), isKept);
    // Somebody has spoken, so there would be something to keep.
    stage.waitForCall(id, [](const QJsonObject &call) {
        return call.value(u"status"_s).toString() == u"in-progress"_s;
    });
    QVERIFY(QTest::qWaitFor(
        [&] { return phone.line() && phone.line()->playOut().received().size() > 8'000; }, 20'000));
    QCOMPARE(stage.staff().post(u"/admin/calls/%1/hangup"_s.arg(id), {}).status, 200);
    const QJsonObject call = stage.waitForEnd(id);
    QCOMPARE(call.value(u"recording"_s).isString(), isKept);
    const QDir recordings(stage.environment().value(u"DATA_DIR"_s) + u"/recordings"_s);
    const auto isThere = [&] { return !recordings.entryList({u"*.wav"_s}).isEmpty(); };
    // It is finished on a lane of its own, a moment after the row.
    QCOMPARE(isKept ? QTest::qWaitFor(isThere, 10'000) : isThere(), isKept);
}

void CallingRulesJourney::everySaveOfAScenarioIsKept()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    RestClient nobody(stage.server().url());
    const QJsonObject api = nobody.get(u"/openapi.json"_s).object();
    AppUser ann(stage, AppUser::App::Web, u"ann"_s);
    AppUser eve(stage, AppUser::App::Web, u"eve"_s);
    const auto check = [&](const Answer &answer, const char *method, const char *path, int status) {
        const QString objection = objectionTo(answer, api, method, path, status);
        QVERIFY2(objection.isEmpty(), qPrintable(objection));
    };
    const char *const all = "/custom-scenarios/{scenario_id}/versions";
    const char *const one = "/custom-scenarios/{scenario_id}/versions/{version}";
    const char *const restore = "/custom-scenarios/{scenario_id}/versions/{version}/restore";
    const QString id = textOf(ann.post(u"/realtime/custom-scenarios"_s,
                                       {{u"name"_s, u"Keeper"_s},
                                        {u"persona"_s, u"You are a lighthouse keeper."_s},
                                        {u"prompt"_s, u"Tell of last night's storm."_s},
                                        {u"voice_type"_s, u"verse"_s}}),
                              "scenario_id");
    const QString own = u"/custom-scenarios/"_s + id;
    check(ann.send("PUT", own, {{u"name"_s, u"Pirate"_s}, {u"ai_disclosure"_s, u"always"_s}}),
          "put", "/custom-scenarios/{scenario_id}", 200);
    check(ann.send("PUT", own, {{u"ai_disclosure"_s, u"perhaps"_s}}), "put",
          "/custom-scenarios/{scenario_id}", 422);
    const Answer versions = ann.get(own + u"/versions"_s);
    check(versions, "get", all, 200);
    QCOMPARE(versions.array().size(), 2);
    const QJsonObject newest = versions.array().first().toObject();
    QCOMPARE(newest.value(u"version"_s).toInt(), 2);
    QCOMPARE(newest.value(u"name"_s).toString(), u"Pirate"_s);
    QCOMPARE(newest.value(u"ai_disclosure"_s).toString(), u"always"_s);
    QVERIFY(newest.value(u"saved_by"_s).toString().startsWith(u"ann"_s));
    const Answer first = ann.get(own + u"/versions/1"_s);
    check(first, "get", one, 200);
    QCOMPARE(textOf(first, "name"), u"Keeper"_s);
    const Answer restored = ann.postNothing(own + u"/versions/1/restore"_s);
    check(restored, "post", restore, 200);
    const QJsonObject now = restored.object().value(u"scenario"_s).toObject();
    QCOMPARE(now.value(u"version"_s).toInt(), 3);
    QCOMPARE(now.value(u"name"_s).toString(), u"Keeper"_s);
    QCOMPARE(now.value(u"ai_disclosure"_s).toString(), u"account"_s);
    QCOMPARE(ann.get(own + u"/versions"_s).array().size(), 3);
    // Nobody else's, and none that is not there.
    check(eve.get(own + u"/versions"_s), "get", all, 404);
    check(eve.get(own + u"/versions/1"_s), "get", one, 404);
    check(eve.postNothing(own + u"/versions/1/restore"_s), "post", restore, 404);
    check(ann.get(own + u"/versions/99"_s), "get", one, 404);
    check(ann.get(own + u"/versions/x"_s), "get", one, 404);
    check(nobody.get(own + u"/versions"_s), "get", all, 401);
    QCOMPARE(ann.send("DELETE", own).status, 200);
    check(ann.get(own + u"/versions"_s), "get", all, 404);
}

QTEST_GUILESS_MAIN(CallingRulesJourney)
#include "tst_calling_rules_journey.moc"
