// Answers of calls and their callbacks against their description.
#include "tests/journeys/calendar_steps.h"
#include "tests/journeys/described_api.h"
#include "tests/sandbox/signature.h"

#include <QObject>
#include <QTest>

using namespace tests;

class CallsOpenApi : public QObject
{
    Q_OBJECT
private slots:
    void answersMatchTheirSchemas();
};

void CallsOpenApi::answersMatchTheirSchemas()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    RestClient nobody(stage.server().url());
    const QJsonObject api = nobody.get(u"/openapi.json"_s).object();
    Owner ann(stage, u"ann"_s);
    DescribedAnswers check(api);
    const auto dial = [&](const char *path, const char *number, int status) {
        check(
            ann.get(QString::fromLatin1(path).replace(u"{phone_number}"_s, QLatin1String(number))),
            "get", path, status);
    };

    const QJsonObject vad{{u"vad_type"_s, u"semantic_vad"_s}, {u"eagerness"_s, u"low"_s}};
    check(ann.post(u"/api/vad-config/update"_s, vad), "post", "/api/vad-config/update", 200);
    check(ann.post(u"/api/vad-config/update"_s, {}), "post", "/api/vad-config/update", 422);
    check(ann.post(u"/api/vad-config/update"_s, {{u"vad_type"_s, u"x"_s}}), "post",
          "/api/vad-config/update", 422);
    check(nobody.post(u"/api/vad-config/update"_s, vad), "post", "/api/vad-config/update", 401);
    check(ann.get(u"/api/vad-config/presets"_s), "get", "/api/vad-config/presets", 200);

    const char *const byScenario = "/make-calendar-call-scenario/{phone_number}";
    const char *const byNumber = "/google-calendar/make-calendar-call/{phone_number}";
    for (const char *path : {byScenario, byNumber}) {
        dial(path, "4155550123", 404);
        dial(path, "12", 422);
    }
    QCOMPARE(ann.connect().status, 200);
    dial(byScenario, "4155550123", 200);
    dial(byNumber, "4155550124", 200);
    const QJsonObject order{{u"phone_number"_s, u"4155550125"_s},
                            {u"answering_machine_detection"_s, u"enable"_s}};
    const Answer placed = ann.post(u"/calls"_s, order);
    check(placed, "post", "/calls", 201);
    const qint64 id = placed.object().value(u"id"_s).toInteger();
    QVERIFY(QTest::qWaitFor(
        [&] { return ann.get(u"/calls/%1"_s.arg(id)).object().value(u"answered_by"_s).isString(); },
        20'000));
    check(ann.get(u"/calls/%1"_s.arg(id)), "get", "/calls/{id}", 200);
    check(ann.get(u"/calls"_s), "get", "/calls", 200);

    const auto signedPost = [&](const char *path, const QList<QPair<QString, QString>> &fields) {
        sandbox::Form form;
        for (const auto &[name, value] : fields)
            form.add(name, value);
        const QString url = stage.server().url().toString() + QLatin1String(path);
        return nobody.postForm(
            QLatin1String(path), fields,
            {{"X-Twilio-Signature", sandbox::signature(stage.sandbox().phone().settings().authToken,
                                                       url.toUtf8(), form)}});
    };
    const QList<QPair<QString, QString>> fields{
        {u"CallSid"_s, u"CA404"_s}, {u"CallStatus"_s, u"busy"_s}, {u"AnsweredBy"_s, u"human"_s}};
    for (const char *path : {"/call-end-webhook", "/call-status", "/amd-callback"}) {
        check(nobody.postForm(QLatin1String(path), fields), "post", path, 401);
        check(signedPost(path, {}), "post", path, 200);
        check(signedPost(path, fields), "post", path, 200);
    }
    for (const char *path :
         {"/incoming-custom-call/{scenario_id}", "/google-calendar/incoming-calendar-call"}) {
        check(nobody.postForm(QLatin1String(path), fields), "post", path, 401);
        check(nobody.get(QLatin1String(path)), "get", path, 401);
    }
    QVERIFY2(check.wrong().isEmpty(), qPrintable(check.wrong().join(u'\n')));
    QCOMPARE(check.count(), 27);
}

QTEST_GUILESS_MAIN(CallsOpenApi)
#include "tst_calls_openapi.moc"
