// What was said in a call: read, searched, taken along, enriched by the phone network, and deleted.
#include "tests/journeys/account_steps.h"
#include "tests/journeys/app_clients.h"
#include "tests/journeys/stage.h"
#include "tests/journeys/web_transcripts.h"

#include <QFile>
#include <QTest>

using namespace tests;

namespace {

const QString kShortScenario = u"fake_restaurant_manager"_s;

/// Has the user call somebody and waits until that is over and stored; the call's id, or 0.
qint64 talk(AppUser &user, const QString &scenario)
{
    const Answer placed =
        user.post(u"/calls"_s, {{u"phone_number"_s, u"+14155550123"_s}, {u"scenario"_s, scenario}});
    const qint64 id = placed.object().value(u"id"_s).toInteger();
    const bool isOver = QTest::qWaitFor(
        [&] {
            const QJsonObject call = user.get(u"/calls/%1"_s.arg(id)).object();
            return call.value(u"end_reason"_s).isString();
        },
        90'000);
    return placed.status == 201 && isOver ? id : 0;
}

Answer remove(AppUser &user, const QString &path)
{
    return user.sendRaw("DELETE", path, {}, {});
}

const sandbox::PhoneCall &phoneCallOf(Stage &stage)
{
    return *stage.sandbox().phone().calls().back();
}

/// Until the server has been told of the phone network's recording of the user's newest call.
bool isRecordingKnown(Stage &stage, AppUser &user)
{
    return QTest::qWaitFor(
        [&] {
            const QString recording = phoneCallOf(stage).recordingSid();
            return !recording.isEmpty()
                   && user.get(u"/twilio-transcripts/recording/"_s + recording).status == 200;
        },
        20'000);
}

} // namespace

class TranscriptsJourney : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase_data();
    void aCallIsReadInEveryForm();
    void thePhoneNetworksTranscriptTakesItsPlace();
    void oneIsFetchedOnDemand();
    void whatExpiredIsGoneEverywhere();
};

void TranscriptsJourney::initTestCase_data()
{
    QTest::addColumn<int>("store");
    QTest::newRow("SQLite") << int(Stage::Store::Sqlite);
    if (!Stage::lacksPostgres())
        QTest::newRow("PostgreSQL") << int(Stage::Store::PostgreSql);
}

void TranscriptsJourney::aCallIsReadInEveryForm()
{
    Stage stage(storeOfRow());
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    AppUser ann(stage, AppUser::App::Web, u"ann"_s);
    AppUser ben(stage, AppUser::App::Web, u"ben"_s);
    // A new user's Dashboard: nothing stored, then nothing at the phone network, never an error.
    QCOMPARE(webStoredList(ann.get(u"/stored-transcripts/?skip=0&limit=5"_s)).value().size(), 0u);
    QCOMPARE(webTwilioList(ann.get(u"/twilio-transcripts?page_size=5"_s)).value().size(), 0u);

    const qint64 call = talk(ann, u"default"_s);
    QVERIFY(call > 0);
    const auto list = webStoredList(ann.get(u"/stored-transcripts/?skip=0&limit=5"_s));
    QVERIFY(list);
    QCOMPARE(list->size(), 1u);
    const WebTranscript &stored = list->front();
    const QString sid = stored.sid;
    QVERIFY(sid.startsWith(u"RT"_s));
    QVERIFY(stored.isGreen && stored.duration > 5);
    QVERIFY(std::abs(stored.date.secsTo(QDateTime::currentDateTimeUtc())) < 120);
    QVERIFY(stored.fullText.contains(u"Half is still too much"_s));
    QVERIFY(stored.fullText.contains(u"We are, and I hear you."_s));
    QVERIFY2(!stored.fullText.contains(u"off the table"_s), "nobody heard that");
    for (const int speaker : {0, 1})
        QVERIFY(std::any_of(stored.sentences.begin(), stored.sentences.end(),
                            [&](const WebSentence &one) { return one.speaker == speaker; }));
    double last = 0;
    for (const WebSentence &one : stored.sentences) {
        QVERIFY2(one.start >= last && one.end > one.start && one.end < stored.duration + 2,
                 qPrintable(one.text));
        last = one.start;
    }

    // Every form and fallback shows the same call.
    const QString path = u"/stored-transcripts/"_s + sid;
    QCOMPARE(webDetail(ann.get(path)).value().fullText, stored.fullText);
    const auto twilio = webDetail(ann.get(u"/twilio-transcripts/"_s + sid));
    QCOMPARE(twilio.value().sentences.size(), stored.sentences.size());
    QCOMPARE(webTwilioList(ann.get(u"/twilio-transcripts?page_size=10"_s)).value().at(0).sid, sid);
    QVERIFY(
        webTwilioList(ann.get(u"/twilio-transcripts?page_size=10&page_token=1"_s)).value().empty());
    const auto enhanced = webEnhancedList(ann.get(u"/api/enhanced-transcripts/?skip=0&limit=10"_s));
    QCOMPARE(enhanced.value().at(0).participants, 2);
    QCOMPARE(enhanced->at(0).direction, u"outbound"_s);
    QVERIFY(webEnhancedList(ann.get(u"/api/enhanced-transcripts/?call_direction=inbound"_s))
                .value()
                .empty());
    const auto detail = webEnhancedDetail(ann.get(u"/api/enhanced-transcripts/"_s + sid));
    QCOMPARE(detail.value().turns, int(stored.sentences.size()));
    QCOMPARE(detail->words, enhanced->at(0).words);
    QCOMPARE(detail->source, u"Realtime"_s);
    const QJsonObject words = ann.get(u"/api/transcripts/"_s + sid).object();
    QCOMPARE(words.value(u"transcript"_s).toObject().value(u"full_text"_s).toString(),
             stored.fullText);
    const Answer unknown = ann.get(u"/api/transcripts/RT0"_s);
    QCOMPARE(unknown.status, 200);
    QCOMPARE(textOf(unknown, "message"), u"Transcript not found"_s);

    const Answer summary = ann.postNothing(u"/api/transcripts/%1/summarize"_s.arg(sid));
    const QString inShort = textOf(summary, "summary");
    QVERIFY(!inShort.isEmpty() && inShort.size() <= 160);
    QVERIFY2(stored.fullText.simplified().contains(inShort.section(u'.', 0, 0)),
             qPrintable(inShort));

    const auto found = [&](const char *query) {
        return int(webStoredList(ann.get(u"/stored-transcripts/?q="_s + QLatin1String(query)))
                       .value()
                       .size());
    };
    QCOMPARE(found("half%20is%20STILL"), 1);
    QCOMPARE(found("half%25still"), 0);
    QCOMPARE(found("off%20the%20table"), 0);

    const QList<QPair<QString, QByteArray>> files{{u"txt"_s, "] Customer: "},
                                                  {u"vtt"_s, "WEBVTT\n"},
                                                  {u"srt"_s, " --> 00:"},
                                                  {u"json"_s, "conversation_flow"}};
    for (const auto &[format, mark] : files) {
        const Answer file = ann.get(path + u"/export?format="_s + format);
        QCOMPARE(file.status, 200);
        QVERIFY2(file.body.contains(mark), file.body.left(200));
        QCOMPARE(file.header("Content-Disposition"),
                 "attachment; filename=\"" + (sid + u'.' + format).toLatin1() + '"');
    }
    QCOMPARE(ann.get(path + u"/export?format=doc"_s).status, 422);
    QCOMPARE(ann.get(u"/stored-transcripts/?limit=101"_s).status, 422);
    QCOMPARE(ann.get(u"/stored-transcripts/?skip=-1"_s).status, 422);
    QCOMPARE(ann.get(u"/twilio-transcripts?page_token=x"_s).status, 422);

    const QString audio = u"/calls/%1/recording"_s.arg(call);
    QTRY_VERIFY(ann.get(audio).body.startsWith("RIFF")); // finished on a thread of its own
    const Answer wav = ann.get(audio);
    QCOMPARE(wav.header("Content-Type"), QByteArray("audio/wav"));
    QVERIFY(wav.header("Content-Disposition").startsWith("attachment"));
    const QJsonArray taken =
        ann.get(u"/users/me/export"_s).object().value(u"transcripts"_s).toArray();
    QCOMPARE(taken.at(0).toObject().value(u"transcript_sid"_s).toString(), sid);

    // Nothing of it is anybody else's.
    QVERIFY(webStoredList(ben.get(u"/stored-transcripts/?q=half"_s)).value().empty());
    QVERIFY(webEnhancedList(ben.get(u"/api/enhanced-transcripts/"_s)).value().empty());
    for (const QString &one : {path, path + u"/export"_s, u"/twilio-transcripts/"_s + sid,
                               u"/api/enhanced-transcripts/"_s + sid, audio})
        QCOMPARE(ben.get(one).status, 404);
    QCOMPARE(textOf(ben.get(u"/api/transcripts/"_s + sid), "status"), u"error"_s);
    QCOMPARE(ben.postNothing(u"/api/transcripts/%1/summarize"_s.arg(sid)).status, 404);
    QCOMPARE(ben.postNothing(u"/api/transcripts/fetch-and-store/"_s + sid).status, 404);
    QCOMPARE(remove(ben, path).status, 404);

    // Deleted is deleted: words, audio, and the phone network's copy.
    const QString file = stage.recordingFile(ann.get(u"/calls/%1"_s.arg(call)).object());
    QVERIFY(QFile::exists(file));
    QVERIFY(isRecordingKnown(stage, ann));
    QCOMPARE(remove(ann, path).status, 200);
    QCOMPARE(remove(ann, path).status, 404);
    QVERIFY(webStoredList(ann.get(u"/stored-transcripts"_s)).value().empty());
    QCOMPARE(ann.get(audio).status, 404);
    const QJsonObject bare = ann.get(u"/calls/%1"_s.arg(call)).object();
    QCOMPARE(bare.value(u"status"_s).toString(), u"completed"_s);
    QVERIFY(bare.value(u"transcript"_s).toArray().isEmpty());
    QVERIFY(bare.value(u"recording"_s).isNull());
    QVERIFY(!QFile::exists(file));
    QTRY_VERIFY_WITH_TIMEOUT(phoneCallOf(stage).recordingSid().isEmpty(), 10'000);
}

void TranscriptsJourney::thePhoneNetworksTranscriptTakesItsPlace()
{
    sandbox::Sandbox::Settings stand;
    stand.phone.transcriptDelay = std::chrono::milliseconds(500);
    Stage stage(storeOfRow(),
                {{u"USE_TWILIO_VOICE_INTELLIGENCE"_s, u"true"_s},
                 {u"TWILIO_VOICE_INTELLIGENCE_SID"_s,
                  QString::fromLatin1(stand.phone.intelligenceService)}},
                stand);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    stage.sandbox().phone().setIntelligenceWebhook(stage.server().url().toString()
                                                   + u"/twilio-transcripts/webhook-callback"_s);
    AppUser ann(stage, AppUser::App::Web, u"ann"_s);
    AppUser ben(stage, AppUser::App::Web, u"ben"_s);
    QVERIFY(talk(ann, kShortScenario) > 0);
    const QString sid = webStoredList(ann.get(u"/stored-transcripts/"_s)).value().at(0).sid;
    const auto source = [&] {
        return webEnhancedDetail(ann.get(u"/api/enhanced-transcripts/"_s + sid)).value().source;
    };
    // The callback brings it within seconds; a look without it would come after a minute.
    QTRY_COMPARE_WITH_TIMEOUT(source(), u"Twilio"_s, 20'000);
    const auto list = webStoredList(ann.get(u"/stored-transcripts/"_s)).value();
    QCOMPARE(list.size(), 1u);
    QCOMPARE(list[0].sid, sid);
    QCOMPARE(list[0].sentences.size(), 5u);
    for (size_t i = 0; i < 5; ++i)
        QCOMPARE(list[0].sentences[i].speaker, i % 2 == 0 ? 1 : 0);
    const QString recording = phoneCallOf(stage).recordingSid();
    const Answer ofRecording = ann.get(u"/twilio-transcripts/recording/"_s + recording);
    QCOMPARE(textOf(ofRecording, "transcript_sid"), sid);
    QCOMPARE(ben.get(u"/twilio-transcripts/recording/"_s + recording).status, 404);

    const QJsonObject results = ann.postNothing(u"/api/import-twilio-transcripts"_s)
                                    .object()
                                    .value(u"results"_s)
                                    .toObject();
    QVERIFY(results.value(u"success"_s).toArray().isEmpty());
    const QString theirs = results.value(u"already_exists"_s).toArray().at(0).toString();
    QVERIFY(theirs.startsWith(u"GT"_s));
    const Answer again = ann.postNothing(u"/api/transcripts/fetch-and-store/"_s + theirs);
    QCOMPARE(again.object().value(u"transcript"_s).toObject().value(u"transcript_sid"_s).toString(),
             sid);
    QCOMPARE(ben.postNothing(u"/api/transcripts/fetch-and-store/"_s + theirs).status, 404);

    // Nobody but the phone network may say so.
    RestClient stranger(stage.server().url());
    QCOMPARE(stranger.postForm(u"/transcript-ready"_s, {{u"TranscriptSid"_s, theirs}}).status, 401);
    QCOMPARE(
        stranger.post(u"/twilio-transcripts/webhook-callback"_s, {{u"transcript_sid"_s, theirs}})
            .status,
        401);
    QVERIFY2(stage.sandbox().journal().breaches().isEmpty(),
             qPrintable(stage.sandbox().journal().breaches().join(u'\n')));
    QCOMPARE(remove(ann, u"/stored-transcripts/"_s + sid).status, 200);
    QTRY_COMPARE_WITH_TIMEOUT(stage.sandbox().phone().intelligence().count(), 0, 10'000);
    QTRY_VERIFY_WITH_TIMEOUT(phoneCallOf(stage).recordingSid().isEmpty(), 10'000);
}

void TranscriptsJourney::oneIsFetchedOnDemand()
{
    Stage stage(storeOfRow());
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    AppUser ann(stage, AppUser::App::Web, u"ann"_s);
    AppUser ben(stage, AppUser::App::Web, u"ben"_s);
    QVERIFY(talk(ann, kShortScenario) > 0);
    QVERIFY(isRecordingKnown(stage, ann));
    // Made by the phone network's own service, without being asked by us.
    const sandbox::PhoneSettings &phone = stage.sandbox().phone().settings();
    RestClient network(QUrl(stage.sandbox().phone().intelligenceUrl()));
    const Answer made = network.postForm(
        u"/Transcripts"_s,
        {{u"ServiceSid"_s, QString::fromLatin1(phone.intelligenceService)},
         {u"Channel"_s,
          uR"({"media_properties":{"source_sid":"%1"}})"_s.arg(phoneCallOf(stage).recordingSid())}},
        {{"Authorization", "Basic " + (phone.accountSid + ':' + phone.authToken).toBase64()}});
    QCOMPARE(made.status, 201);
    const QString theirs = textOf(made, "sid");
    const QString path = u"/api/enhanced-twilio-transcripts/fetch-and-store"_s;
    const QByteArray bare = '"' + theirs.toLatin1() + '"';
    QCOMPARE(ben.sendRaw("POST", path, "application/json", bare).status, 404);
    QCOMPARE(ben.postNothing(u"/api/import-twilio-transcripts"_s)
                 .object()
                 .value(u"results"_s)
                 .toObject()
                 .value(u"success"_s)
                 .toArray()
                 .size(),
             0);
    // Until it is complete there is nothing to store.
    Answer fetched;
    QTRY_VERIFY_WITH_TIMEOUT(
        (fetched = ann.sendRaw("POST", path, "application/json", bare)).status == 200, 10'000);
    const QJsonObject data = fetched.object().value(u"transcript_data"_s).toObject();
    QCOMPARE(data.value(u"source_type"_s).toString(), u"Twilio"_s);
    QCOMPARE(data.value(u"call_direction"_s).toString(), u"outbound"_s);
    QCOMPARE(data.value(u"conversation_flow"_s).toArray().size(), 5);
    QCOMPARE(textOf(ann.post(path, {{u"transcript_sid"_s, theirs}}), "message"),
             u"Enhanced transcript already stored"_s);
    QCOMPARE(ann.post(path, {}).status, 422);
    QCOMPARE(ann.post(path, {{u"transcript_sid"_s, u"GT"_s + QString(32, u'0')}}).status, 404);
}

void TranscriptsJourney::whatExpiredIsGoneEverywhere()
{
    Stage stage(storeOfRow());
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    AppUser ann(stage, AppUser::App::Web, u"ann"_s);
    const qint64 call = talk(ann, kShortScenario);
    QVERIFY(call > 0);
    QVERIFY(isRecordingKnown(stage, ann));
    const QString file = stage.recordingFile(ann.get(u"/calls/%1"_s.arg(call)).object());
    QTRY_VERIFY(QFile::exists(file));
    const auto restartWhenItIs = [&](int daysOld) {
        stage.server().terminate();
        const QString ended =
            QDateTime::currentDateTimeUtc().addDays(-daysOld).toString(Qt::ISODateWithMs);
        const QString wrong = stage.execute(u"UPDATE calls SET ended_at = '%1'"_s.arg(ended));
        return wrong.isEmpty() && stage.restart() ? QString() : wrong + stage.why();
    };
    QCOMPARE(restartWhenItIs(29), QString());
    QCOMPARE(webStoredList(ann.get(u"/stored-transcripts/"_s)).value().size(), 1u);
    QVERIFY(QFile::exists(file));
    QCOMPARE(restartWhenItIs(30), QString());
    QTRY_COMPARE_WITH_TIMEOUT(webStoredList(ann.get(u"/stored-transcripts/"_s)).value().size(), 0u,
                              10'000);
    QTRY_VERIFY_WITH_TIMEOUT(!QFile::exists(file), 10'000);
    QTRY_VERIFY_WITH_TIMEOUT(phoneCallOf(stage).recordingSid().isEmpty(), 10'000);
    QCOMPARE(ann.get(u"/calls/%1"_s.arg(call)).status, 200);
}

QTEST_GUILESS_MAIN(TranscriptsJourney)
#include "tst_transcripts_journey.moc"
