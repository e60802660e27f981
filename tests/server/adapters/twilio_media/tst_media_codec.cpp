#include "server/adapters/twilio/media_codec.h"

#include <QJsonDocument>
#include <QRandomGenerator>
#include <QtTest>

using namespace server;
using namespace server::bridge;

namespace {

/// The event in few words, so that rows can be compared.
QString told(const PhoneEvent &event)
{
    struct
    {
        QString operator()(const PhoneMedia &e) const
        {
            return QStringLiteral("media %1 %2")
                .arg(QLatin1String(e.payload.data(), qsizetype(e.payload.size())))
                .arg(e.timestampMs);
        }
        QString operator()(const PhoneMark &e) const
        {
            return QStringLiteral("mark %1").arg(e.number);
        }
        QString operator()(const PhoneConnected &) const { return QStringLiteral("connected"); }
        QString operator()(const PhoneStart &e) const
        {
            return QStringLiteral("start %1 %2 %3 %4")
                .arg(QString::fromStdString(e.streamSid), QString::fromStdString(e.callSid),
                     QString::fromStdString(e.token))
                .arg(e.isMulaw);
        }
        QString operator()(const PhoneStop &) const { return QStringLiteral("stop"); }
        QString operator()(const PhoneDtmf &e) const
        {
            return QStringLiteral("dtmf %1").arg(QLatin1Char(e.digit));
        }
        QString operator()(const Unknown &) const { return QStringLiteral("unknown"); }
        QString operator()(const Garbage &) const { return QStringLiteral("garbage"); }
    } teller;
    return std::visit(teller, event);
}

} // namespace

class TstMediaCodec : public QObject
{
    Q_OBJECT

private slots:
    void reads_data();
    void reads();
    void writes();
    void survivesMutation();
};

void TstMediaCodec::reads_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *name, const char *text, const char *expected) {
        QTest::newRow(name) << QByteArray(text) << QString(QLatin1String(expected));
    };
    row("media",
        R"({"event":"media","sequenceNumber":"3","streamSid":"MZ","media":{"track":"inbound","chunk":"1","timestamp":"20","payload":"AAEC"}})",
        "media AAEC 20");
    row("media, members in another order",
        R"({"media":{"payload":"AAEC","timestamp":"20"},"streamSid":"MZ","event":"media"})",
        "media AAEC 20");
    row("media, spaced out", "{ \"event\" : \"media\" ,\n \"media\" : { \"payload\" : \"AAEC\" } }",
        "media AAEC -1");
    row("media, timestamp as a number",
        R"({"event":"media","media":{"payload":"AAEC","timestamp":40}})", "media AAEC 40");
    row("media, slashes escaped",
        R"({"event":"media","media":{"payload":"\/\/\/\/","timestamp":"1"}})", "media //// 1");
    row("media, name escaped",
        R"({"ev\u0065nt":"media","media":{"payload":"AAEC","timestamp":"7"}})", "media AAEC 7");
    row("media, payload escaped", R"({"event":"media","media":{"payload":"A\u0041EC"}})",
        "media AAEC -1");
    row("media, value that looks like a member",
        R"({"x":"\"event\":\"stop\"","event":"media","media":{"payload":"AAEC"}})",
        "media AAEC -1");
    row("media, negative timestamp",
        R"({"event":"media","media":{"payload":"AAEC","timestamp":"-20"}})", "media AAEC -1");
    row("media, huge timestamp",
        R"({"event":"media","media":{"payload":"AAEC","timestamp":"99999999999999999999"}})",
        "media AAEC -1");
    row("media, our own track",
        R"({"event":"media","media":{"track":"outbound","payload":"AAEC"}})", "unknown");
    row("media, base64 that is not", R"({"event":"media","media":{"payload":"AA!C"}})", "garbage");
    row("media, base64 without padding", R"({"event":"media","media":{"payload":"AAE"}})",
        "garbage");
    row("media, quote inside the payload", R"({"event":"media","media":{"payload":"AA\"C"}})",
        "garbage");
    row("media, payload is a number", R"({"event":"media","media":{"payload":5}})", "garbage");
    row("media without a body", R"({"event":"media"})", "garbage");
    row("media, cut off", R"({"event":"media","media":{"payload":"AAEC")", "garbage");
    row("media, something behind it", R"({"event":"media","media":{"payload":"AAEC"}} x)",
        "garbage");
    row("mark", R"({"event":"mark","sequenceNumber":"12","streamSid":"MZ","mark":{"name":"17"}})",
        "mark 17");
    row("mark that is not ours", R"({"event":"mark","mark":{"name":"hello"}})", "mark 0");
    row("mark, negative", R"({"event":"mark","mark":{"name":"-1"}})", "mark 0");
    row("mark without a name", R"({"event":"mark","mark":{}})", "garbage");
    row("connected", R"({"event":"connected","protocol":"Call","version":"1.0.0"})", "connected");
    row("start",
        R"({"event":"start","streamSid":"MZ1","start":{"accountSid":"AC","streamSid":"MZ1","callSid":"CA1","tracks":["inbound"],)"
        R"("mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},"customParameters":{"token":"t0k"}}})",
        "start MZ1 CA1 t0k 1");
    row("start in another format",
        R"({"event":"start","start":{"streamSid":"MZ1","callSid":"CA1","mediaFormat":{"encoding":"audio/l16","sampleRate":16000,"channels":1}}})",
        "start MZ1 CA1  0");
    row("start without a stream", R"({"event":"start","start":{"callSid":"CA1"}})", "garbage");
    row("stop", R"({"event":"stop","streamSid":"MZ","stop":{"accountSid":"AC","callSid":"CA"}})",
        "stop");
    row("dtmf", R"({"event":"dtmf","dtmf":{"track":"inbound_track","digit":"#"}})", "dtmf #");
    row("dtmf, no key", R"({"event":"dtmf","dtmf":{"digit":"55"}})", "garbage");
    row("another event", R"({"event":"weather"})", "unknown");
    row("no event", R"({"status":"connected"})", "garbage");
    row("no JSON", "hello", "garbage");
    row("an array", "[1,2]", "garbage");
    row("empty", "", "garbage");
    row("only an opening quote", "{\"", "garbage");
}

void TstMediaCodec::reads()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, expected);
    std::string spare;
    QCOMPARE(told(twilio::MediaCodec().read({text.constData(), size_t(text.size())}, spare)),
             expected);
}

void TstMediaCodec::writes()
{
    const twilio::MediaCodec codec;
    const auto object = [](const std::string &text) {
        return QJsonDocument::fromJson(QByteArray::fromStdString(text)).object();
    };
    std::string out;
    codec.writeMedia(out, "MZ\"1", "AAEC");
    QCOMPARE(object(out)
                 .value(QStringLiteral("media"))
                 .toObject()
                 .value(QStringLiteral("payload"))
                 .toString(),
             QStringLiteral("AAEC"));
    QCOMPARE(object(out).value(QStringLiteral("streamSid")).toString(), QStringLiteral("MZ\"1"));
    out.clear();
    codec.writeMark(out, "MZ", 42);
    std::string spare;
    QCOMPARE(told(codec.read(out, spare)), QStringLiteral("mark 42"));
    out.clear();
    codec.writeClear(out, "MZ");
    QCOMPARE(out, std::string(R"({"event":"clear","streamSid":"MZ"})"));
}

void TstMediaCodec::survivesMutation()
{
    const twilio::MediaCodec codec;
    QRandomGenerator random(20);
    const std::string seeds[] = {
        R"({"event":"media","sequenceNumber":"3","streamSid":"MZ","media":{"track":"inbound","chunk":"1","timestamp":"20","payload":"AA\/C"}})",
        R"({"event":"start","start":{"streamSid":"M","callSid":"C","mediaFormat":{"encoding":"audio/x-mulaw"},"customParameters":{"token":"t"}}})",
        R"({"event":"mark","mark":{"name":"17"}})"};
    std::string spare;
    for (int i = 0; i < 60'000; ++i) {
        std::string text = seeds[i % 3];
        for (int n = random.bounded(1, 5); n > 0 && !text.empty(); --n) {
            const auto at = size_t(random.bounded(int(text.size())));
            const int kind = random.bounded(4);
            if (kind == 0)
                text.erase(at, size_t(random.bounded(1, 6)));
            else if (kind == 1)
                text.insert(at, 1, "\"\\{}[],:0\xff"[random.bounded(10)]);
            else if (kind == 2)
                text[at] = char(random.bounded(256));
            else
                text.insert(at, text.substr(size_t(random.bounded(int(text.size()))), 20));
        }
        // A fresh allocation of the very size, so that a sanitizer sees any step beyond the end.
        const std::vector<char> exact(text.begin(), text.end());
        const PhoneEvent event = codec.read({exact.data(), exact.size()}, spare);
        if (const auto *media = std::get_if<PhoneMedia>(&event)) {
            QVERIFY(QByteArray::fromBase64Encoding(
                QByteArray(media->payload.data(), qsizetype(media->payload.size())),
                QByteArray::AbortOnBase64DecodingErrors));
        }
    }
}

QTEST_APPLESS_MAIN(TstMediaCodec)
#include "tst_media_codec.moc"
