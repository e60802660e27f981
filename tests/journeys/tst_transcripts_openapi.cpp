// Answers about transcripts against their description.
#include "tests/journeys/account_steps.h"
#include "tests/journeys/app_clients.h"
#include "tests/journeys/described_api.h"
#include "tests/journeys/stage.h"

#include <QObject>
#include <QTest>

using namespace tests;

class TranscriptsOpenApi : public QObject
{
    Q_OBJECT
private slots:
    void answersMatchTheirSchemas();
};

void TranscriptsOpenApi::answersMatchTheirSchemas()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    RestClient nobody(stage.server().url());
    const QJsonObject api = nobody.get(u"/openapi.json"_s).object();
    AppUser ann(stage, AppUser::App::Web, u"ann"_s);
    DescribedAnswers check(api);
    const qint64 id = ann.post(u"/calls"_s, {{u"phone_number"_s, u"4155550123"_s},
                                             {u"scenario"_s, u"fake_restaurant_manager"_s}})
                          .object()
                          .value(u"id"_s)
                          .toInteger();
    QTRY_VERIFY_WITH_TIMEOUT(
        ann.get(u"/calls/%1"_s.arg(id)).object().value(u"end_reason"_s).isString(), 90'000);
    const QString sid = ann.get(u"/stored-transcripts"_s)
                            .array()
                            .at(0)
                            .toObject()
                            .value(u"transcript_sid"_s)
                            .toString();
    QVERIFY(!sid.isEmpty());
    const sandbox::PhoneCall &phone = *stage.sandbox().phone().calls().back();
    QTRY_VERIFY(!phone.recordingSid().isEmpty());

    // Paths with a name in them, for one that is there and one that is not.
    const auto get = [&](const char *path, const QString &name, const QString &query, int status) {
        QString real = QLatin1String(path);
        real.replace(u"{transcript_sid}"_s, name).replace(u"{recording_sid}"_s, name);
        check(ann.get(real + query), "get", path, status);
    };
    const auto post = [&](const char *path, const QString &name, int status) {
        QString real = QLatin1String(path);
        check(ann.postNothing(real.replace(u"{transcript_sid}"_s, name)), "post", path, status);
    };
    for (const char *list : {"/stored-transcripts", "/stored-transcripts/", "/twilio-transcripts",
                             "/api/enhanced-transcripts", "/api/enhanced-transcripts/"}) {
        get(list, {}, {}, 200);
        check(nobody.get(QLatin1String(list)), "get", list, 401);
    }
    get("/stored-transcripts/", {}, u"?limit=0"_s, 422);
    get("/twilio-transcripts", {}, u"?page_size=many"_s, 422);
    get("/api/enhanced-transcripts/", {}, u"?call_direction=up"_s, 422);
    for (const char *one :
         {"/stored-transcripts/{transcript_sid}", "/twilio-transcripts/{transcript_sid}",
          "/api/enhanced-transcripts/{transcript_sid}"}) {
        get(one, sid, {}, 200);
        get(one, u"RT0"_s, {}, 404);
    }
    get("/api/transcripts/{transcript_sid}", sid, {}, 200);
    get("/api/transcripts/{transcript_sid}", u"RT0"_s, {}, 200);
    get("/stored-transcripts/{transcript_sid}/export", sid, u"?format=json"_s, 200);
    get("/stored-transcripts/{transcript_sid}/export", sid, u"?format=pdf"_s, 422);
    get("/stored-transcripts/{transcript_sid}/export", u"RT0"_s, {}, 404);
    QTRY_COMPARE(ann.get(u"/twilio-transcripts/recording/"_s + phone.recordingSid()).status, 200);
    get("/twilio-transcripts/recording/{recording_sid}", phone.recordingSid(), {}, 200);
    get("/twilio-transcripts/recording/{recording_sid}", u"RE0"_s, {}, 404);
    post("/api/transcripts/{transcript_sid}/summarize", sid, 200);
    post("/api/transcripts/{transcript_sid}/summarize", u"RT0"_s, 404);
    post("/api/transcripts/fetch-and-store/{transcript_sid}", sid, 200);
    post("/api/transcripts/fetch-and-store/{transcript_sid}", u"GT0"_s, 404);
    post("/api/import-twilio-transcripts", {}, 200);
    const char *const fetch = "/api/enhanced-twilio-transcripts/fetch-and-store";
    check(ann.post(QLatin1String(fetch), {{u"transcript_sid"_s, sid}}), "post", fetch, 200);
    check(ann.post(QLatin1String(fetch), {}), "post", fetch, 422);
    check(ann.get(u"/calls/0/recording"_s), "get", "/calls/{id}/recording", 404);
    check(nobody.postForm(u"/transcript-ready"_s, {{u"TranscriptSid"_s, u"GT1"_s}}), "post",
          "/transcript-ready", 401);
    check(nobody.post(u"/twilio-transcripts/webhook-callback"_s, {{u"transcript_sid"_s, u"GT1"_s}}),
          "post", "/twilio-transcripts/webhook-callback", 401);
    const char *const stored = "/stored-transcripts/{transcript_sid}";
    const auto remove = [&] {
        return ann.sendRaw("DELETE", u"/stored-transcripts/"_s + sid, {}, {});
    };
    check(remove(), "delete", stored, 200);
    check(remove(), "delete", stored, 404);
    QVERIFY2(check.wrong().isEmpty(), qPrintable(check.wrong().join(u'\n')));
    QCOMPARE(check.count(), 38); // a check that was left out would be missing here
}

QTEST_GUILESS_MAIN(TranscriptsOpenApi)
#include "tst_transcripts_openapi.moc"
