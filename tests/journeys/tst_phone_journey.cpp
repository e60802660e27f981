// What the phone network asks and tells: every request signed, every answer as it can use it.
#include "tests/journeys/account_steps.h"
#include "tests/journeys/stage.h"
#include "tests/sandbox/signature.h"

#include <QCryptographicHash>
#include <QObject>
#include <QTest>
#include <QWebSocket>

using namespace tests;

namespace {

using Fields = QList<QPair<QString, QString>>;

const char *const kWebhooks[] = {"/outgoing-call/default",
                                 "/incoming-call/default",
                                 "/incoming-call-webhook/default",
                                 "/incoming-custom-call/custom_1_a",
                                 "/google-calendar/incoming-calendar-call",
                                 "/handle-user-input",
                                 "/twilio-callback",
                                 "/recording-callback",
                                 "/call-end-webhook",
                                 "/call-status",
                                 "/amd-callback"};
const char *const kAlsoAsked[] = {
    "/outgoing-call/default", "/incoming-call/default", "/incoming-call-webhook/default",
    "/incoming-custom-call/custom_1_a", "/google-calendar/incoming-calendar-call"};
const char *const kStreams[] = {"/media-stream/default", "/media-stream-custom/custom_1_a",
                                "/media-stream-custom-calendar/custom_1_a",
                                "/calendar-media-stream"};

/// The phone network, which signs as it should.
class Network
{
public:
    explicit Network(Stage &stage)
        : m_base(stage.server().url().toString()),
          m_token(stage.sandbox().phone().settings().authToken),
          m_client(stage.server().url())
    {
    }

    Answer post(const QString &path, const Fields &fields)
    {
        sandbox::Form form;
        for (const auto &[name, value] : fields)
            form.add(name, value);
        return m_client.postForm(path, fields, signedAs(path, form));
    }
    Answer get(const QString &path) { return m_client.get(path, signedAs(path, {})); }
    /// `signedBody` is what the hash in the URL and the signature are made for.
    Answer postJson(const QString &path, const QByteArray &body, const QByteArray &signedBody)
    {
        const QString hash = QString::fromLatin1(
            QCryptographicHash::hash(signedBody, QCryptographicHash::Sha256).toHex());
        const QString whole = path + u"?bodySHA256="_s + hash;
        return m_client.send("POST", whole, "application/json", body, signedAs(whole, {}));
    }
    RestClient::Headers signedAs(const QString &path, const sandbox::Form &form) const
    {
        return {
            {"X-Twilio-Signature", sandbox::signature(m_token, (m_base + path).toUtf8(), form)}};
    }
    RestClient &client() { return m_client; }

private:
    const QString m_base;
    const QByteArray m_token;
    RestClient m_client;
};

} // namespace

class PhoneJourney : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void cleanup();

    void wrongSignaturesGetNothing();
    void streamsAreSigned_data();
    void streamsAreSigned();
    void bodiesThatAreNoFormAreSignedByTheirHash();
    void strangeScenariosAndNumbersAreSpokenTo();
    void endsAreToldInWhicheverWay();

private:
    std::unique_ptr<Stage> m_stage;
};

void PhoneJourney::init()
{
    m_stage = std::make_unique<Stage>(Stage::Store::Sqlite);
    QVERIFY2(m_stage->isReady(), qPrintable(m_stage->why()));
}

void PhoneJourney::cleanup()
{
    m_stage.reset();
}

void PhoneJourney::wrongSignaturesGetNothing()
{
    Network network(*m_stage);
    RestClient &client = network.client();
    const Fields fields{{u"CallSid"_s, u"CA1"_s}, {u"CallStatus"_s, u"completed"_s}};
    const auto checkRefusal = [](const Answer &answer, const char *path) {
        QVERIFY2(answer.status == 401, path);
        QCOMPARE(detailOf(answer), u"Invalid signature"_s);
    };
    for (const char *path : kWebhooks) {
        const QString where = QLatin1String(path);
        checkRefusal(client.postForm(where, fields), path);
        // Good for another address, or for other fields.
        checkRefusal(client.postForm(where, fields, network.signedAs(where + u"x"_s, {})), path);
        checkRefusal(client.postForm(where, fields, network.signedAs(where, {})), path);
        checkRefusal(client.postForm(where, fields, {{"X-Twilio-Signature", "bm9uc2Vuc2U="}}),
                     path);
    }
    for (const char *path : kAlsoAsked) {
        checkRefusal(client.get(QLatin1String(path)), path);
        checkRefusal(client.get(QLatin1String(path), network.signedAs(u"/"_s, {})), path);
    }
}

void PhoneJourney::streamsAreSigned_data()
{
    QTest::addColumn<QString>("path");
    for (const char *path : kStreams)
        QTest::newRow(path) << QString(QLatin1String(path));
}

void PhoneJourney::streamsAreSigned()
{
    QFETCH(QString, path);
    QUrl url = m_stage->server().url();
    url.setScheme(u"ws"_s);
    url.setPath(path);
    const QByteArray token = m_stage->sandbox().phone().settings().authToken;
    const auto handshake = [&](const QByteArray &signature) {
        QWebSocket socket;
        QNetworkRequest request(url);
        request.setRawHeader("X-Twilio-Signature", signature);
        socket.open(request);
        const bool isSettled = QTest::qWaitFor(
            [&] {
                return socket.state() == QAbstractSocket::ConnectedState
                       || socket.error() != QAbstractSocket::UnknownSocketError;
            },
            10'000);
        return isSettled && socket.state() == QAbstractSocket::ConnectedState;
    };
    QVERIFY(!handshake({}));
    QVERIFY(!handshake("bm9uc2Vuc2U="));
    QUrl other = url;
    other.setPath(u"/media-stream/another"_s);
    QVERIFY(!handshake(sandbox::signature(token, other.toEncoded())));
    QVERIFY(handshake(sandbox::signature(token, url.toEncoded())));
}

void PhoneJourney::bodiesThatAreNoFormAreSignedByTheirHash()
{
    Network network(*m_stage);
    const QString path = u"/call-end-webhook"_s;
    const QByteArray body = R"({"CallSid":"CA404","CallDuration":7})";
    const Answer known = network.postJson(path, body, body);
    QCOMPARE(known.status, 200);
    QCOMPARE(textOf(known, "message"), u"Call not found"_s);
    QCOMPARE(network.postJson(path, R"({"CallSid":"CA1"})", body).status, 401);
    // The address alone is signed well; what was sent to it is not.
    QCOMPARE(network.client()
                 .send("POST", path, "application/json", body, network.signedAs(path, {}))
                 .status,
             401);
    for (const char *nonsense : {"[1]", "null", "{", "\"text\"", "\xff\xfe"})
        QCOMPARE(textOf(network.postJson(path, nonsense, nonsense), "message"),
                 u"No CallSid provided"_s);
}

void PhoneJourney::strangeScenariosAndNumbersAreSpokenTo()
{
    Network network(*m_stage);
    const auto fieldsOf = [](const QString &sid) {
        return Fields{
            {u"CallSid"_s, sid}, {u"From"_s, u"+14155550177"_s}, {u"To"_s, u"+14155550100"_s}};
    };
    const Answer unknown =
        network.post(u"/incoming-custom-call/custom_1_nothing"_s, fieldsOf(u"CA1"_s));
    QCOMPARE(unknown.status, 200);
    QCOMPARE(unknown.header("Content-Type").left(15), QByteArray("application/xml"));
    QVERIFY(unknown.body.contains("<Say>The scenario was not found."));
    QVERIFY(unknown.body.contains("/media-stream/default\""));
    QVERIFY(unknown.body.contains("name=\"token\""));
    // Nobody has that number, so nobody's calendar is meant: never the first one that there is.
    const Answer calendar =
        network.post(u"/google-calendar/incoming-calendar-call"_s, fieldsOf(u"CA2"_s));
    QCOMPARE(calendar.status, 200);
    QVERIFY(calendar.body.contains("<Say>We are sorry, no appointments"));
    QVERIFY(calendar.body.contains("<Hangup/>") && !calendar.body.contains("<Stream"));
    for (const char *path : {"/incoming-custom-call/default", // no CallSid
                             "/google-calendar/incoming-calendar-call"}) {
        const Answer asked = network.get(QLatin1String(path));
        QCOMPARE(asked.status, 200);
        QVERIFY(asked.body.contains("<Say>We are sorry"));
    }
    QCOMPARE(network.post(u"/incoming-call/nonsense"_s, {{u"CallSid"_s, u"CA9"_s}}).status, 400);
}

void PhoneJourney::endsAreToldInWhicheverWay()
{
    Network network(*m_stage);
    QCOMPARE(textOf(network.post(u"/call-status"_s, {}), "message"), u"No CallSid provided"_s);
    QCOMPARE(textOf(network.post(u"/amd-callback"_s,
                                 {{u"CallSid"_s, u"CA1"_s}, {u"AnsweredBy"_s, u"a dog"_s}}),
                    "message"),
             u"Unknown AnsweredBy"_s);
    QCOMPARE(textOf(network.post(u"/amd-callback"_s,
                                 {{u"CallSid"_s, u"CA1"_s}, {u"AnsweredBy"_s, u"human"_s}}),
                    "answered_by"),
             u"human"_s); // of a call that is none of ours
    const Fields foreign{{u"CallSid"_s, u"CA7"_s},       {u"CallStatus"_s, u"completed"_s},
                         {u"CallDuration"_s, u"12"_s},   {u"Direction"_s, u"inbound"_s},
                         {u"From"_s, u"+14155550177"_s}, {u"To"_s, u"+14155550100"_s}};
    QCOMPARE(textOf(network.post(u"/call-status"_s, foreign), "status"), u"received"_s);
    QCOMPARE(textOf(network.post(u"/call-status"_s, foreign), "status"), u"received"_s);
    QCOMPARE(textOf(network.post(u"/call-end-webhook"_s, foreign), "status"), u"success"_s);

    // A call of our own, ended by the older webhook.
    const qint64 id = m_stage->place(u"default"_s, u"+14155550002"_s); // rings for long
    QVERIFY(id > 0);
    const QJsonObject ringing = m_stage->waitForCall(id, [](const QJsonObject &call) {
        return call.value(u"status"_s).toString() == u"ringing";
    });
    const QString sid = ringing.value(u"call_sid"_s).toString();
    QCOMPARE(textOf(network.post(u"/call-end-webhook"_s,
                                 {{u"CallSid"_s, sid}, {u"CallDuration"_s, u"7"_s}}),
                    "status"),
             u"success"_s);
    const QJsonObject ended = m_stage->staff().get(u"/calls/%1"_s.arg(id)).object();
    QCOMPARE(ended.value(u"status"_s).toString(), u"completed"_s);
    QCOMPARE(ended.value(u"duration_seconds"_s).toInt(), 7);
}

QTEST_GUILESS_MAIN(PhoneJourney)
#include "tst_phone_journey.moc"
