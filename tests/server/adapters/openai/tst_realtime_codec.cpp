#include "server/adapters/openai/realtime_codec.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QRandomGenerator>
#include <QtTest>

using namespace server;
using namespace server::bridge;

namespace {

QString text(std::string_view view)
{
    return QString::fromUtf8(view.data(), qsizetype(view.size()));
}

/// The event in few words, so that rows can be compared.
struct Teller
{
    QString operator()(const ModelAudio &e) const
    {
        return QStringLiteral("audio %1 %2 %3 %4")
            .arg(text(e.responseId), text(e.itemId))
            .arg(e.contentIndex)
            .arg(text(e.base64));
    }
    QString operator()(const ModelAudioDone &e) const
    {
        return QStringLiteral("done %1 %2").arg(text(e.itemId)).arg(e.contentIndex);
    }
    QString operator()(const ModelSessionCreated &) const
    {
        return QStringLiteral("session created");
    }
    QString operator()(const ModelSessionUpdated &) const
    {
        return QStringLiteral("session updated");
    }
    QString operator()(const ModelSpeechStarted &e) const
    {
        return QStringLiteral("speech %1").arg(text(e.itemId));
    }
    QString operator()(const ModelSpeechStopped &e) const
    {
        return QStringLiteral("quiet %1").arg(text(e.itemId));
    }
    QString operator()(const ModelResponseCreated &e) const
    {
        return QStringLiteral("created %1").arg(text(e.id));
    }
    QString operator()(const ModelResponseDone &e) const
    {
        return QStringLiteral("responded %1 %2 %3")
            .arg(text(e.id))
            .arg(int(e.status))
            .arg(e.detail);
    }
    QString operator()(const ModelAgentText &e) const
    {
        return QStringLiteral("agent %1 %2 %3").arg(text(e.itemId), e.text).arg(e.isWhole);
    }
    QString operator()(const ModelCallerText &e) const
    {
        return QStringLiteral("caller %1 %2 %3").arg(text(e.itemId), e.text).arg(e.isWhole);
    }
    QString operator()(const ModelToolCall &e) const
    {
        return QStringLiteral("tool %1 %2 %3").arg(text(e.callId), e.name, e.arguments);
    }
    QString operator()(const ModelError &e) const
    {
        return QStringLiteral("error %1 %2").arg(e.code).arg(e.endsSession);
    }
    QString operator()(const Unknown &) const { return QStringLiteral("unknown"); }
    QString operator()(const Garbage &) const { return QStringLiteral("garbage"); }
};

QJsonObject object(const std::string &json)
{
    return QJsonDocument::fromJson(QByteArray::fromStdString(json)).object();
}

} // namespace

class TstRealtimeCodec : public QObject
{
    Q_OBJECT

private slots:
    void reads_data();
    void reads();
    void setup();
    void writes();
    void survivesMutation();
};

void TstRealtimeCodec::reads_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *name, const char *json, const char *expected) {
        QTest::newRow(name) << QByteArray(json) << QString(QLatin1String(expected));
    };
    row("audio",
        R"({"type":"response.output_audio.delta","event_id":"e","response_id":"r","item_id":"i","output_index":0,"content_index":1,"delta":"AAEC"})",
        "audio r i 1 AAEC");
    row("audio, older name",
        R"({"type":"response.audio.delta","response_id":"r","item_id":"i","content_index":0,"delta":"AAEC"})",
        "audio r i 0 AAEC");
    row("audio, another order",
        R"({"delta":"AAEC","item_id":"i","response_id":"r","type":"response.output_audio.delta"})",
        "audio r i 0 AAEC");
    row("audio, slashes escaped",
        R"({"type":"response.output_audio.delta","response_id":"r","item_id":"i","delta":"\/\/\/\/"})",
        "audio r i 0 ////");
    row("audio, ids escaped",
        R"({"type":"response.output_audio.delta","response_id":"\u0072","item_id":"i","delta":"AAEC"})",
        "audio r i 0 AAEC");
    row("audio, no response id",
        R"({"type":"response.output_audio.delta","item_id":"i","delta":"AAEC"})",
        "audio  i 0 AAEC");
    row("audio, no item id",
        R"({"type":"response.output_audio.delta","response_id":"r","delta":"AAEC"})", "garbage");
    row("audio, negative index",
        R"({"type":"response.output_audio.delta","response_id":"r","item_id":"i","content_index":-1,"delta":"AAEC"})",
        "garbage");
    row("audio, huge index",
        R"({"type":"response.output_audio.delta","response_id":"r","item_id":"i","content_index":1e300,"delta":"AAEC"})",
        "garbage");
    row("audio, base64 that is not",
        R"({"type":"response.output_audio.delta","response_id":"r","item_id":"i","delta":"A*EC"})",
        "garbage");
    row("audio, delta is an object",
        R"({"type":"response.output_audio.delta","response_id":"r","item_id":"i","delta":{}})",
        "garbage");
    row("audio done",
        R"({"type":"response.output_audio.done","response_id":"r","item_id":"i","content_index":2})",
        "done i 2");
    row("session created", R"({"type":"session.created","session":{}})", "session created");
    row("session updated", R"({"type":"session.updated","session":{}})", "session updated");
    row("speech",
        R"({"type":"input_audio_buffer.speech_started","audio_start_ms":12,"item_id":"c"})",
        "speech c");
    row("quiet", R"({"type":"input_audio_buffer.speech_stopped","audio_end_ms":12,"item_id":"c"})",
        "quiet c");
    row("response created",
        R"({"type":"response.created","response":{"id":"r","status":"in_progress"}})", "created r");
    row("response done", R"({"type":"response.done","response":{"id":"r","status":"completed"}})",
        "responded r 0 ");
    row("response cancelled",
        R"({"type":"response.done","response":{"id":"r","status":"cancelled","status_details":{"type":"cancelled","reason":"turn_detected"}}})",
        "responded r 1 turn_detected");
    row("response failed",
        R"({"type":"response.done","response":{"id":"r","status":"failed","status_details":{"type":"failed","error":{"type":"server_error","code":"overloaded"}}}})",
        "responded r 3 overloaded");
    row("agent's words",
        R"({"type":"response.output_audio_transcript.delta","response_id":"r","item_id":"i","delta":"Gr\u00fc\u00df"})",
        "agent i Gr\xfc\xdf 0");
    row("agent's words, whole",
        R"({"type":"response.output_audio_transcript.done","response_id":"r","item_id":"i","transcript":"Hi"})",
        "agent i Hi 1");
    row("written instead",
        R"({"type":"response.output_text.delta","response_id":"r","item_id":"i","delta":"Hi"})",
        "agent i Hi 0");
    row("written instead, whole",
        R"({"type":"response.output_text.done","response_id":"r","item_id":"i","text":"Hi there"})",
        "agent i Hi there 1");
    row("written without an item", R"({"type":"response.output_text.done","text":"Hi"})",
        "garbage");
    row("caller's words",
        R"({"type":"conversation.item.input_audio_transcription.completed","item_id":"c","transcript":"Cake"})",
        "caller c Cake 1");
    row("function call",
        R"({"type":"response.function_call_arguments.done","response_id":"r","item_id":"i","call_id":"t","name":"book","arguments":"{}"})",
        "tool t book {}");
    row("function call, older, without a name",
        R"({"type":"response.function_call_arguments.done","call_id":"t","arguments":"{}"})",
        "unknown");
    row("function call as an item",
        R"({"type":"response.output_item.done","response_id":"r","item":{"type":"function_call","call_id":"t","name":"book","arguments":"{}"}})",
        "tool t book {}");
    row("spoken item", R"({"type":"response.output_item.done","item":{"type":"message"}})",
        "unknown");
    row("error",
        R"({"type":"error","error":{"type":"invalid_request_error","code":"nope","message":"no"}})",
        "error nope 0");
    row("session expired",
        R"({"type":"error","error":{"type":"invalid_request_error","code":"session_expired"}})",
        "error session_expired 1");
    row("setup refused",
        R"({"type":"error","error":{"code":"missing","event_id":"session-setup"}})",
        "error missing 1");
    row("error without anything", R"({"type":"error"})", "error  0");
    row("another event", R"({"type":"rate_limits.updated"})", "unknown");
    row("type is a number", R"({"type":7})", "garbage");
    row("no JSON", "<html>", "garbage");
    row("deep", "{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[", "garbage");
}

void TstRealtimeCodec::reads()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, expected);
    std::string spare;
    QCOMPARE(std::visit(Teller{}, openai::RealtimeCodec().read(
                                      {json.constData(), size_t(json.size())}, spare)),
             expected);
}

void TstRealtimeCodec::setup()
{
    SessionSetup setup{QStringLiteral("Be kind."),
                       QStringLiteral("coral"),
                       QStringLiteral("whisper"),
                       {{QStringLiteral("type"), QStringLiteral("semantic_vad")}},
                       {QJsonObject{{QStringLiteral("name"), QStringLiteral("book")}}}};
    std::string out;
    openai::RealtimeCodec().writeSetup(out, setup);
    const QJsonObject session = object(out).value(QStringLiteral("session")).toObject();
    QCOMPARE(object(out).value(QStringLiteral("type")).toString(),
             QStringLiteral("session.update"));
    QCOMPARE(session.value(QStringLiteral("type")).toString(), QStringLiteral("realtime"));
    QCOMPARE(session.value(QStringLiteral("output_modalities")).toArray(),
             QJsonArray{QStringLiteral("audio")});
    const QJsonObject sound = session.value(QStringLiteral("audio")).toObject();
    const QJsonObject pcmu{{QStringLiteral("type"), QStringLiteral("audio/pcmu")}};
    const QJsonObject input = sound.value(QStringLiteral("input")).toObject();
    QCOMPARE(input.value(QStringLiteral("format")).toObject(), pcmu);
    QCOMPARE(
        sound.value(QStringLiteral("output")).toObject().value(QStringLiteral("format")).toObject(),
        pcmu);
    QCOMPARE(
        sound.value(QStringLiteral("output")).toObject().value(QStringLiteral("voice")).toString(),
        QStringLiteral("coral"));
    QCOMPARE(input.value(QStringLiteral("turn_detection")).toObject(), setup.turnDetection);
    QVERIFY(input.contains(QStringLiteral("transcription")));
    QVERIFY(!session.contains(QStringLiteral("temperature")));
    QCOMPARE(session.value(QStringLiteral("tools")).toArray().size(), 1);
}

void TstRealtimeCodec::writes()
{
    const openai::RealtimeCodec codec;
    std::string out;
    codec.writeTruncate(out, "i\"1", 1, 480);
    QCOMPARE(
        out,
        std::string(
            R"({"type":"conversation.item.truncate","item_id":"i\"1","content_index":1,"audio_end_ms":480})"));
    out.clear();
    codec.writeDelete(out, "i1");
    QCOMPARE(out, std::string(R"({"type":"conversation.item.delete","item_id":"i1"})"));
    out.clear();
    codec.writeAudio(out, "AAEC");
    QCOMPARE(out, std::string(R"({"type":"input_audio_buffer.append","audio":"AAEC"})"));
    out.clear();
    codec.writeCancel(out, "r1");
    QCOMPARE(out, std::string(R"({"type":"response.cancel","response_id":"r1"})"));
    out.clear();
    codec.writeText(out, Role::Assistant, QStringLiteral("Hi \"you\""));
    const QJsonObject item = object(out).value(QStringLiteral("item")).toObject();
    QCOMPARE(item.value(QStringLiteral("content"))
                 .toArray()
                 .at(0)
                 .toObject()
                 .value(QStringLiteral("type"))
                 .toString(),
             QStringLiteral("output_text"));
    out.clear();
    codec.writeToolResult(out, "t1", QStringLiteral("{}"));
    QCOMPARE(object(out)
                 .value(QStringLiteral("item"))
                 .toObject()
                 .value(QStringLiteral("type"))
                 .toString(),
             QStringLiteral("function_call_output"));
}

void TstRealtimeCodec::survivesMutation()
{
    const openai::RealtimeCodec codec;
    QRandomGenerator random(21);
    const std::string seeds[] = {
        R"({"type":"response.output_audio.delta","event_id":"e","response_id":"r","item_id":"i","output_index":0,"content_index":1,"delta":"AA\/C"})",
        R"({"type":"response.done","response":{"id":"r","status":"failed","status_details":{"error":{"code":"x"}}}})",
        R"({"type":"response.output_item.done","item":{"type":"function_call","call_id":"t","name":"book","arguments":"{}"}})"};
    std::string spare;
    int audio = 0;
    for (int i = 0; i < 60'000; ++i) {
        std::string json = seeds[i % 3];
        for (int n = random.bounded(1, 5); n > 0 && !json.empty(); --n) {
            const auto at = size_t(random.bounded(int(json.size())));
            const int kind = random.bounded(4);
            if (kind == 0)
                json.erase(at, size_t(random.bounded(1, 6)));
            else if (kind == 1)
                json.insert(at, 1, "\"\\{}[],:0\xff"[random.bounded(10)]);
            else if (kind == 2)
                json[at] = char(random.bounded(256));
            else
                json.insert(at, json.substr(size_t(random.bounded(int(json.size()))), 20));
        }
        const std::vector<char> exact(json.begin(), json.end());
        const ModelEvent event = codec.read({exact.data(), exact.size()}, spare);
        if (const auto *delta = std::get_if<ModelAudio>(&event)) {
            ++audio;
            QVERIFY(!delta->itemId.empty());
            QVERIFY(QByteArray::fromBase64Encoding(
                QByteArray(delta->base64.data(), qsizetype(delta->base64.size())),
                QByteArray::AbortOnBase64DecodingErrors));
        }
    }
    QVERIFY(audio > 100); // or nothing was tested
}

QTEST_APPLESS_MAIN(TstRealtimeCodec)
#include "tst_realtime_codec.moc"
