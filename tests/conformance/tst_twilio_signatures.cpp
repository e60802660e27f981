// Signatures against Twilio's own SDK: what it signs we take, everything else we refuse, and what
// the sandbox signs it takes.
#include "tests/conformance/node.h"
#include "tests/journeys/stage.h"

#include <QTcpSocket>
#include <QTest>

using namespace tests;
using namespace Qt::StringLiterals;

namespace {

/// Behind a TLS proxy, as in real life: what is signed is not where the request arrives.
const QString kPublicUrl = u"https://calls.example.com"_s;
const QString kAccount = u"AC00000000000000000000000000000001"_s;
const QString kForm = u"application/x-www-form-urlencoded"_s;
const QString kJson = u"application/json"_s;
constexpr int kPatienceMs = 20'000;

using Fields = QList<QPair<QString, QString>>;

/// What the phone network says of a call; repeated names, letters of all kinds, an empty value.
Fields report(const QString &status)
{
    return {{u"CallSid"_s, u"CA0123456789abcdef0123456789abcdef"_s},
            {u"AccountSid"_s, kAccount},
            {u"From"_s, u"+14155550177"_s},
            {u"To"_s, u"+14155550100"_s},
            {u"CallStatus"_s, status},
            {u"CallDuration"_s, u"12"_s},
            {u"RecordingSid"_s, u"RE0123456789abcdef0123456789abcdef"_s},
            {u"RecordingStatus"_s, u"completed"_s},
            {u"SpeechResult"_s, u"Zoë says: 2 + 2 = 4 & 100 %, 好的"_s},
            {u"Digits"_s, QString()},
            {u"Tag"_s, u"second"_s},
            {u"Tag"_s, u"first"_s},
            {u"Tag"_s, u"second"_s}};
}

QByteArray encoded(const Fields &fields)
{
    QByteArray text;
    for (const auto &[name, value] : fields)
        text += (text.isEmpty() ? "" : "&") + QUrl::toPercentEncoding(name) + '='
                + QUrl::toPercentEncoding(value);
    return text;
}

QJsonArray listOf(const Fields &fields)
{
    QJsonArray list;
    for (const auto &[name, value] : fields)
        list.append(QJsonArray{name, value});
    return list;
}

QByteArray jsonOf(const Fields &fields)
{
    QJsonObject object;
    for (const auto &[name, value] : fields)
        object.insert(name, value);
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

QString filled(QString pattern)
{
    pattern.replace(u"{scenario}"_s, u"default"_s);
    static const QRegularExpression parameter(u"\\{[a-z_]+\\}"_s);
    return pattern.replace(parameter, u"1"_s);
}

/// One request as the phone network sends it.
struct Message
{
    QString target; ///< path and query
    QString type;   ///< of the body; empty: a GET request
    QByteArray body;
    QJsonObject signable; ///< what twilio.mjs is told of it
};

Message message(const QString &pattern, const QString &type, const QString &status,
                const QString &base = kPublicUrl)
{
    Message result{
        filled(pattern) + u"?direction=outbound&user_name=Zo%C3%AB+B.%20%26%20Co"_s, type, {}, {}};
    const Fields fields = report(status);
    if (type.isEmpty())
        result.target += u'&' + QString::fromLatin1(encoded(fields));
    result.signable.insert(u"url"_s, base + result.target);
    if (type == kForm) {
        result.body = encoded(fields);
        result.signable.insert(u"fields"_s, listOf(fields));
    } else if (type == kJson) {
        result.body = jsonOf(fields);
        result.signable.insert(u"body"_s, QString::fromUtf8(result.body));
    }
    return result;
}

struct Signed
{
    QString target; ///< of the URL that was signed, which has the body's hash
    QByteArray signature;
};

QString statusLine(const QUrl &server, const QString &target, const QByteArray &signature)
{
    QTcpSocket socket;
    socket.connectToHost(server.host(), quint16(server.port()));
    socket.write(
        "GET " + target.toLatin1()
        + " HTTP/1.1\r\nHost: calls.example.com\r\n"
          "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        + (signature.isEmpty() ? QByteArray() : "X-Twilio-Signature: " + signature + "\r\n")
        + "\r\n");
    QByteArray head;
    [[maybe_unused]] const bool isThere = QTest::qWaitFor(
        [&] {
            head += socket.readAll();
            return head.contains("\r\n");
        },
        kPatienceMs);
    return QString::fromLatin1(head.left(head.indexOf("\r\n")));
}

} // namespace

class TwilioSignatures : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void webhook_data();
    void webhook();
    void mediaHandshake_data();
    void mediaHandshake();
    void whatTheSandboxSigns();

private:
    /// The SDK's answers, in the order of the questions.
    QJsonArray ask(const QJsonArray &questions);
    QList<Signed> sign(const QJsonArray &signables);
    QString objection(const QByteArray &method, const Message &sent, const QByteArray &signature,
                      bool isGenuine);
    QList<QStringList> signedRoutes(bool areSockets) const;

    std::unique_ptr<Stage> m_stage;
    QList<QStringList> m_routes; ///< the words of each line of --print-routes
    QJsonObject m_api;
};

void TwilioSignatures::initTestCase()
{
    if (const QString why = node::obstacle({u"twilio"_s}); !why.isEmpty())
        QSKIP(qPrintable(why));
    m_stage =
        std::make_unique<Stage>(Stage::Store::Sqlite, Environment{{u"PUBLIC_URL"_s, kPublicUrl}});
    QVERIFY2(m_stage->isReady(), qPrintable(m_stage->why()));
    ServerProcess printer;
    QCOMPARE(printer.run({u"--print-routes"_s}, m_stage->environment()), 0);
    for (const QByteArray &line : printer.output().split('\n'))
        m_routes.append(QString::fromLatin1(line).split(u' ', Qt::SkipEmptyParts));
    m_api = m_stage->staff().get(u"/openapi.json"_s).object();
    QVERIFY(signedRoutes(false).size() >= 9);
    QVERIFY(!signedRoutes(true).isEmpty());
}

QList<QStringList> TwilioSignatures::signedRoutes(bool areSockets) const
{
    QList<QStringList> found;
    for (const QStringList &words : m_routes) {
        const bool isPayers = words.value(1).startsWith(u"/payments/")
                              || words.value(1).startsWith(u"/mobile/"); // sign in their own ways
        if (words.size() >= 3 && words[2] == u"signed" && (words[0] == u"SOCKET") == areSockets
            && !isPayers)
            found.append(words);
    }
    return found;
}

QJsonArray TwilioSignatures::ask(const QJsonArray &questions)
{
    const auto outcome =
        node::run({node::ownFile(u"twilio.mjs"_s), node::packageFile(u"twilio/lib/index.js"_s),
                   m_stage->environment().value(u"TWILIO_AUTH_TOKEN"_s)},
                  QJsonDocument(questions).toJson());
    if (!outcome.isGood)
        qWarning("%s", outcome.output.constData());
    return QJsonDocument::fromJson(outcome.output).array();
}

QList<Signed> TwilioSignatures::sign(const QJsonArray &signables)
{
    QList<Signed> result;
    for (const auto &answer : ask(signables)) {
        const QUrl url(answer[u"url"_s].toString(), QUrl::StrictMode);
        result.append(
            {url.toString(QUrl::RemoveScheme | QUrl::RemoveAuthority | QUrl::FullyEncoded),
             answer[u"signature"_s].toString().toLatin1()});
    }
    return result;
}

QString TwilioSignatures::objection(const QByteArray &method, const Message &sent,
                                    const QByteArray &signature, bool isGenuine)
{
    RestClient phoneNetwork(m_stage->server().url());
    RestClient::Headers headers;
    if (!signature.isEmpty())
        headers.append({"X-Twilio-Signature", signature});
    const Answer answer =
        phoneNetwork.send(method, sent.target, sent.type.toLatin1(), sent.body, headers);
    // Which call or scenario it is about may be unknown here; whose request it is may not.
    const bool wasTaken =
        answer.status >= 200 && answer.status < 500 && answer.status != 401 && answer.status != 403;
    if (isGenuine ? wasTaken : answer.status == 401)
        return {};
    return u"%1 %2"_s.arg(answer.status).arg(QString::fromUtf8(answer.body.left(200)));
}

void TwilioSignatures::webhook_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QString>("pattern");
    QTest::addColumn<QString>("type");
    for (const QStringList &words : signedRoutes(false)) {
        const QByteArray method = words[0].toLatin1();
        const QString &pattern = words[1];
        const QJsonObject content =
            m_api[u"paths"_s][pattern][words[0].toLower()][u"requestBody"_s][u"content"_s]
                .toObject();
        QStringList types{QString()};
        if (method != "GET")
            types = content.isEmpty() ? QStringList{kForm} : content.keys();
        for (const QString &type : types)
            QTest::addRow("%s %s %s", method.constData(), qPrintable(pattern), qPrintable(type))
                << method << pattern << type;
    }
}

void TwilioSignatures::webhook()
{
    QFETCH(QByteArray, method);
    QFETCH(QString, pattern);
    QFETCH(QString, type);
    QVERIFY2(type.isEmpty() || type == kForm || type == kJson,
             "the phone network sends no such body");
    const Message genuine = message(pattern, type, u"completed"_s);
    const Message withPort = message(pattern, type, u"completed"_s, kPublicUrl + u":443"_s);
    const Message elsewhere = message(u"/another"_s, type, u"completed"_s);
    QJsonObject byAnother = genuine.signable;
    byAnother.insert(u"token"_s, u"the token of another account"_s);
    const auto signatures =
        sign({genuine.signable, withPort.signable, byAnother, elsewhere.signable});
    QCOMPARE(signatures.size(), 4);

    Message sent = genuine;
    sent.target = signatures[0].target;
    QCOMPARE(objection(method, sent, signatures[0].signature, true), QString());
    QCOMPARE(objection(method, sent, signatures[1].signature, true), QString());
    QCOMPARE(objection(method, sent, signatures[2].signature, false), QString());
    QCOMPARE(objection(method, sent, signatures[3].signature, false), QString());
    QCOMPARE(objection(method, sent, {}, false), QString());
    QCOMPARE(objection(method, sent, "nonsense", false), QString());

    const Message other = message(pattern, type, u"busy"_s);
    Message changed = type.isEmpty() ? other : sent;
    changed.body = other.body;
    QCOMPARE(objection(method, changed, signatures[0].signature, false), QString());
    if (type == kJson) {
        // Signed as a URL alone, with no hash of the body in it.
        const auto unbound = sign({QJsonObject{{u"url"_s, genuine.signable[u"url"_s]}}});
        QCOMPARE(objection(method, genuine, unbound.first().signature, false), QString());
    }
}

void TwilioSignatures::mediaHandshake_data()
{
    QTest::addColumn<QString>("path");
    for (const QStringList &words : signedRoutes(true))
        QTest::addRow("%s", qPrintable(words[1])) << filled(words[1]);
}

void TwilioSignatures::mediaHandshake()
{
    QFETCH(QString, path);
    const QUrl server = m_stage->server().url();
    const QString secure = u"wss://calls.example.com"_s;
    const auto signatures = sign(
        {QJsonObject{{u"url"_s, secure + path}}, QJsonObject{{u"url"_s, secure + u":443"_s + path}},
         QJsonObject{{u"url"_s, secure + path}, {u"token"_s, u"of another"_s}},
         QJsonObject{{u"url"_s, secure + u"/another"_s}},
         QJsonObject{{u"url"_s, kPublicUrl + path}}});
    QCOMPARE(signatures.size(), 5);
    QVERIFY(statusLine(server, path, signatures[0].signature).startsWith(u"HTTP/1.1 101"));
    QVERIFY(statusLine(server, path, signatures[1].signature).startsWith(u"HTTP/1.1 101"));
    for (int i = 2; i < signatures.size(); ++i)
        QVERIFY(statusLine(server, path, signatures[i].signature).startsWith(u"HTTP/1.1 401"));
    QVERIFY(statusLine(server, path, {}).startsWith(u"HTTP/1.1 401"));
}

void TwilioSignatures::whatTheSandboxSigns()
{
    QList<sandbox::HttpRequest> seen;
    const auto sawPath = [&seen](const QByteArray &path) {
        return std::any_of(seen.begin(), seen.end(),
                           [&](const auto &request) { return request.path == path; });
    };
    QString authority;
    sandbox::HttpListener listener([&](const sandbox::HttpRequest &request) {
        seen.append(request);
        sandbox::HttpAnswer answer;
        answer.type = "application/xml";
        answer.body = u"<Response><Connect><Stream url=\"wss://%1/media\"/></Connect></Response>"_s
                          .arg(authority)
                          .toUtf8();
        answer.status = request.path == "/media" ? 404 : 200;
        return answer;
    });
    QVERIFY(listener.listen(QHostAddress::LocalHost, 0));
    authority = u"127.0.0.1:%1"_s.arg(listener.port());
    const QString base = u"http://"_s + authority;

    const auto &settings = m_stage->sandbox().phone().settings();
    RestClient phoneNetwork(QUrl(m_stage->sandbox().phone().baseUrl()));
    const RestClient::Headers account{
        {"Authorization", "Basic " + (settings.accountSid + ':' + settings.authToken).toBase64()}};
    const Answer placed = phoneNetwork.postForm(
        u"/2010-04-01/Accounts/%1/Calls.json"_s.arg(QString::fromLatin1(settings.accountSid)),
        {{u"To"_s, u"+14155550123"_s},
         {u"From"_s, u"+14155550100"_s},
         {u"Url"_s, base + u"/answer?user_name=Zo%C3%AB+B."_s},
         {u"Method"_s, u"GET"_s},
         {u"StatusCallback"_s, base + u"/status"_s},
         {u"StatusCallbackEvent"_s, u"ringing"_s},
         {u"StatusCallbackEvent"_s, u"completed"_s},
         {u"Record"_s, u"true"_s},
         {u"RecordingStatusCallback"_s, base + u"/recording"_s}},
        account);
    QCOMPARE(placed.status, 201);
    QVERIFY(QTest::qWaitFor(
        [&] {
            return sawPath("/answer") && sawPath("/media") && sawPath("/status")
                   && sawPath("/recording");
        },
        kPatienceMs));

    QJsonArray questions;
    for (const sandbox::HttpRequest &request : seen) {
        const bool isSocket = request.path == "/media";
        QString url =
            (isSocket ? u"wss://"_s + authority : base) + QString::fromLatin1(request.path);
        if (!request.query.isEmpty())
            url += u'?' + QString::fromLatin1(request.query);
        Fields fields;
        const sandbox::Form form = request.form();
        for (const auto &[name, value] : form.fields())
            fields.append({name, value});
        QJsonObject question{
            {u"url"_s, url},
            {u"fields"_s, listOf(fields)},
            {u"signature"_s, QString::fromLatin1(request.headers.value("x-twilio-signature"))}};
        questions.append(question);
        question.insert(u"url"_s,
                        QString(url).replace(QString::fromLatin1(request.path), u"/another"_s));
        questions.append(question);
    }
    const QJsonArray answers = ask(questions);
    QCOMPARE(answers.size(), questions.size());
    for (qsizetype i = 0; i < answers.size(); ++i) {
        const QString what = questions[i][u"url"_s].toString();
        QVERIFY2(answers[i][u"isValid"_s].toBool() == (i % 2 == 0), qPrintable(what));
    }
}

QTEST_GUILESS_MAIN(TwilioSignatures)
#include "tst_twilio_signatures.moc"
