// Whole calls over real sockets, with a small server of the test's own in the middle.
#include "tests/sandbox/control.h"
#include "tests/sandbox/signature.h"

#include <QJsonDocument>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QSignalSpy>
#include <QTest>
#include <QWebSocketServer>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

const auto kTo = u"+14155550123"_s;

QString text(const QJsonObject &object)
{
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

/// The server under test, as small as it can be: TwiML, a media socket, a model socket, a relay.
class TinyServer : public QObject
{
    Q_OBJECT
public:
    TinyServer()
        : m_web([this](const HttpRequest &request) { return serve(request); }),
          m_upgrade(u"tiny"_s, QWebSocketServer::NonSecureMode)
    {
        if (!m_web.listen(QHostAddress::LocalHost, 0) || !m_upgrade.listen(QHostAddress::LocalHost))
            qFatal("no port");
        connect(&m_upgrade, &QWebSocketServer::newConnection, this, [this] {
            phone = m_upgrade.nextPendingConnection();
            handshakeSignature = phone->request().rawHeader("X-Twilio-Signature");
            phone->setParent(this);
            connect(phone, &QWebSocket::textMessageReceived, this, &TinyServer::onPhone);
        });
        connect(&model, &QWebSocket::textMessageReceived, this, &TinyServer::onModel);
    }

    using HttpRequest = sandbox::HttpRequest;

    QString url(const QString &path) const
    {
        return u"http://127.0.0.1:%1%2"_s.arg(m_web.port()).arg(path);
    }

    void connectModel(const QString &address, const QByteArray &key = "sandbox-model-key",
                      const QByteArray &beta = {})
    {
        QNetworkRequest request(QUrl(address + u"?model=gpt-realtime"_s));
        request.setRawHeader("Authorization", "Bearer " + key);
        if (!beta.isEmpty())
            request.setRawHeader("OpenAI-Beta", beta);
        model.open(request);
    }

    void configure(const QString &voice = u"coral"_s)
    {
        const QJsonObject format{{u"type"_s, u"audio/pcmu"_s}};
        const QJsonObject input{
            {u"format"_s, format},
            {u"transcription"_s, QJsonObject{{u"model"_s, u"gpt-4o-mini-transcribe"_s}}}};
        const QJsonObject session{
            {u"type"_s, u"realtime"_s},
            {u"instructions"_s, u"You are Mike Thompson, an estate agent."_s},
            {u"audio"_s,
             QJsonObject{{u"input"_s, input},
                         {u"output"_s, QJsonObject{{u"format"_s, format}, {u"voice"_s, voice}}}}}};
        toModel({{u"type"_s, u"session.update"_s}, {u"session"_s, session}});
    }

    void toModel(const QJsonObject &event) { model.sendTextMessage(text(event)); }
    void toPhone(QJsonObject message)
    {
        message[u"streamSid"_s] = streamSid;
        phone->sendTextMessage(text(message));
    }
    void play(const QByteArray &audio, const QString &markName = {})
    {
        toPhone({{u"event"_s, u"media"_s},
                 {u"media"_s, QJsonObject{{u"payload"_s, QString::fromLatin1(audio.toBase64())}}}});
        if (!markName.isEmpty())
            toPhone({{u"event"_s, u"mark"_s}, {u"mark"_s, QJsonObject{{u"name"_s, markName}}}});
    }

    QList<QJsonObject> modelEvents(const QString &type) const
    {
        QList<QJsonObject> found;
        for (const QJsonObject &event : fromModel) {
            if (event[u"type"_s].toString() == type)
                found.append(event);
        }
        return found;
    }

    QString twiml;
    bool relays = false;
    QWebSocket *phone = nullptr;
    QWebSocket model;
    QString streamSid;
    QByteArray handshakeSignature;
    QList<HttpRequest> webhooks;
    QList<QJsonObject> fromPhone;
    QList<qint64> frameArrivals;
    QList<QJsonObject> fromModel;
    QStringList marks;
    QList<QElapsedTimer> markTimes;
    std::function<void()> onSpeech;

private:
    sandbox::HttpAnswer serve(const HttpRequest &request)
    {
        webhooks.append(request);
        sandbox::HttpAnswer answer;
        if (request.path.startsWith("/twiml")) {
            answer.type = "application/xml";
            answer.body = twiml.toUtf8().replace(
                "MEDIA", "ws://127.0.0.1:" + QByteArray::number(m_upgrade.serverPort()));
        }
        return answer;
    }

    void onPhone(const QString &message)
    {
        const QJsonObject json = QJsonDocument::fromJson(message.toUtf8()).object();
        const QString event = json[u"event"_s].toString();
        if (event == u"start")
            streamSid = json[u"streamSid"_s].toString();
        if (event == u"mark") {
            marks.append(json[u"mark"_s][u"name"_s].toString());
            QElapsedTimer now;
            now.start();
            markTimes.append(now);
        }
        if (event == u"media") {
            frameArrivals.append(m_clock.elapsed());
            if (relays)
                toModel({{u"type"_s, u"input_audio_buffer.append"_s},
                         {u"audio"_s, json[u"media"_s][u"payload"_s]}});
        }
        fromPhone.append(json);
    }

    void onModel(const QString &message)
    {
        const QJsonObject json = QJsonDocument::fromJson(message.toUtf8()).object();
        fromModel.append(json);
        const QString type = json[u"type"_s].toString();
        if (type == u"response.output_audio.delta" && relays) {
            m_unsent += QByteArray::fromBase64(json[u"delta"_s].toString().toLatin1());
            const qsizetype whole = m_unsent.size() / 160 * 160;
            play(m_unsent.first(whole), u"m%1"_s.arg(++m_sentMarks));
            m_unsent.remove(0, whole);
        }
        if (type == u"response.output_item.done" || type == u"input_audio_buffer.speech_started")
            m_unsent.clear();
        if (type == u"input_audio_buffer.speech_started" && onSpeech)
            onSpeech();
    }

    sandbox::HttpListener m_web;
    QWebSocketServer m_upgrade;
    QElapsedTimer m_clock = [] {
        QElapsedTimer clock;
        clock.start();
        return clock;
    }();
    QByteArray m_unsent;
    int m_sentMarks = 0;
};

struct Answer
{
    int status = 0;
    QJsonObject json;
};

} // namespace

class SandboxCalls : public QObject
{
    Q_OBJECT

    Answer request(const QByteArray &method, const QString &url, const QByteArray &body,
                   const QByteArray &type, const QByteArray &authorization = {})
    {
        QNetworkRequest request{QUrl(url)};
        request.setRawHeader("Content-Type", type);
        request.setRawHeader("Authorization", authorization);
        QNetworkReply *reply = m_network.sendCustomRequest(request, method, body);
        QSignalSpy finished(reply, &QNetworkReply::finished);
        if (!reply->isFinished())
            finished.wait(5000);
        reply->deleteLater();
        return {reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(),
                QJsonDocument::fromJson(reply->readAll()).object()};
    }

    Answer rest(const QByteArray &method, const QString &path, const sandbox::Form &form = {})
    {
        const auto &phone = m_sandbox->phone().settings();
        const QByteArray basic = "Basic " + (phone.accountSid + ':' + phone.authToken).toBase64();
        const QString url = m_sandbox->phone().baseUrl() + u"/2010-04-01/Accounts/"_s
                            + QString::fromLatin1(phone.accountSid) + path;
        return request(method, url, form.encode(), "application/x-www-form-urlencoded", basic);
    }

    Answer dial(const QString &to = kTo, const QString &twimlPath = u"/twiml"_s,
                bool record = false)
    {
        sandbox::Form form{{u"To"_s, to},
                           {u"From"_s, u"+14155550100"_s},
                           {u"Url"_s, m_server->url(twimlPath)},
                           {u"StatusCallback"_s, m_server->url(u"/status"_s)}};
        for (const auto &event : {u"initiated"_s, u"ringing"_s, u"answered"_s, u"completed"_s})
            form.add(u"StatusCallbackEvent"_s, event);
        if (record) {
            form.add(u"Record"_s, u"true"_s);
            form.add(u"RecordingChannels"_s, u"dual"_s);
            form.add(u"RecordingStatusCallback"_s, m_server->url(u"/recording"_s));
        }
        return rest("POST", u"/Calls.json"_s, form);
    }

    QStringList statuses() const
    {
        QStringList all;
        for (const auto &webhook : m_server->webhooks) {
            if (webhook.path == "/status")
                all.append(webhook.form().value(u"CallStatus"_s));
        }
        return all;
    }

    /// Dials, is answered and waits until the media stream flows.
    bool inCall(const QString &dialogue = u"silent"_s)
    {
        m_server->twiml =
            u"<Response><Connect><Stream url=\"MEDIA/media-stream/x\"><Parameter name=\"token\" "
            "value=\"t1\"/></Stream></Connect><Hangup/></Response>"_s;
        restart(dialogue);
        m_callSid = dial().json[u"sid"_s].toString();
        return QTest::qWaitFor([this] { return !m_server->streamSid.isEmpty(); }, 5000);
    }

    void restart(const QString &dialogue)
    {
        const QString twiml = m_server->twiml;
        m_server.reset();
        sandbox::Sandbox::Settings settings;
        settings.phone.ring = 50ms;
        settings.phone.dialogue = dialogue;
        settings.phone.recordingDelay = 10ms;
        settings.voice.thinking = 100ms;
        settings.voice.sessionLimit = m_sessionLimit;
        auto created = sandbox::Sandbox::create(settings);
        if (!created)
            qFatal("%s", qPrintable(created.error().message));
        m_sandbox = std::move(*created);
        m_server = std::make_unique<TinyServer>();
        m_server->twiml = twiml;
    }

    bool modelReady()
    {
        m_server->connectModel(m_sandbox->model().url());
        if (!QTest::qWaitFor(
                [this] { return !m_server->modelEvents(u"session.created"_s).isEmpty(); }, 5000))
            return false;
        m_server->configure();
        return QTest::qWaitFor(
            [this] { return !m_server->modelEvents(u"session.updated"_s).isEmpty(); }, 5000);
    }

    QString lastError() const
    {
        const auto errors = m_server->modelEvents(u"error"_s);
        return errors.isEmpty() ? QString() : errors.last()[u"error"_s][u"code"_s].toString();
    }

private slots:
    void init()
    {
        m_sessionLimit = 60min;
        m_server = std::make_unique<TinyServer>();
        restart({});
    }

    void cleanup()
    {
        m_server.reset();
        m_sandbox.reset();
    }

    void restRefusesAsTheVendorDoes_data()
    {
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("url");
        QTest::addColumn<int>("code");
        const auto url = u"http://127.0.0.1:9/x"_s;
        QTest::newRow("no To") << QString() << kTo << url << 21201;
        QTest::newRow("no From") << kTo << QString() << url << 21213;
        QTest::newRow("bad To") << u"4155550123"_s << kTo << url << 21211;
        QTest::newRow("bad From") << kTo << u"+12"_s << url << 21212;
        QTest::newRow("no Url") << kTo << kTo << QString() << 21205;
        QTest::newRow("bad Url") << kTo << kTo << u"not a url"_s << 21205;
    }

    void restRefusesAsTheVendorDoes()
    {
        QFETCH(QString, to);
        QFETCH(QString, from);
        QFETCH(QString, url);
        QFETCH(int, code);
        sandbox::Form form;
        for (const auto &[key, value] :
             {std::pair{u"To"_s, to}, {u"From"_s, from}, {u"Url"_s, url}}) {
            if (!value.isEmpty())
                form.add(key, value);
        }
        const auto answer = rest("POST", u"/Calls.json"_s, form);
        QCOMPARE(answer.status, 400);
        QCOMPARE(answer.json[u"code"_s].toInt(), code);
        QCOMPARE(answer.json[u"status"_s].toInt(), 400);
        QVERIFY(answer.json[u"more_info"_s].toString().startsWith(u"https://"));
    }

    void restWantsTheRightPassword()
    {
        const QString url = m_sandbox->phone().baseUrl() + u"/2010-04-01/Accounts/AC1/Calls.json"_s;
        const auto answer =
            request("POST", url, "To=x", "application/x-www-form-urlencoded", "Basic eDp5");
        QCOMPARE(answer.status, 401);
        QCOMPARE(answer.json[u"code"_s].toInt(), 20003);
        QCOMPARE(rest("GET", u".json"_s).json[u"status"_s].toString(), u"active"_s);
        QCOMPARE(rest("GET", u"/Calls/CA0.json"_s).status, 404);
        m_sandbox->phone().faults().add({sandbox::FaultKind::TooMany, 0ms, 1});
        QCOMPARE(rest("GET", u".json"_s).json[u"code"_s].toInt(), 20429);
        QCOMPARE(rest("GET", u".json"_s).status, 200);
    }

    void magicNumbersHaveTheirFate_data()
    {
        QTest::addColumn<QString>("number");
        QTest::addColumn<QStringList>("expected");
        QTest::newRow("busy") << u"+14155550001"_s
                              << QStringList{u"initiated"_s, u"ringing"_s, u"busy"_s};
        QTest::newRow("nobody") << u"+14155550002"_s
                                << QStringList{u"initiated"_s, u"ringing"_s, u"no-answer"_s};
        QTest::newRow("failed") << u"+14155550003"_s << QStringList{u"initiated"_s, u"failed"_s};
    }

    void magicNumbersHaveTheirFate()
    {
        QFETCH(QString, number);
        QFETCH(QStringList, expected);
        const auto answer = dial(number);
        QCOMPARE(answer.status, 201);
        QCOMPARE(answer.json[u"status"_s].toString(), u"queued"_s);
        QTRY_COMPARE(statuses().size(), expected.size());
        QStringList seen = statuses();
        seen.sort();
        expected.sort();
        QCOMPARE(seen, expected);
    }

    void everyWebhookIsSigned()
    {
        m_server->twiml = u"<Response><Say>Hi</Say></Response>"_s;
        QCOMPARE(dial(kTo, u"/twiml?a=1%20b"_s, true).status, 201);
        QTRY_COMPARE(m_server->webhooks.size(), 6);
        QStringList paths;
        for (const auto &webhook : m_server->webhooks) {
            paths.append(QString::fromLatin1(webhook.path));
            QByteArray url = m_server->url(QString::fromLatin1(webhook.path)).toLatin1();
            if (!webhook.query.isEmpty())
                url += '?' + webhook.query;
            QCOMPARE(webhook.headers.value("x-twilio-signature"),
                     sandbox::signature("sandbox-auth-token", url, webhook.form()));
        }
        QCOMPARE(paths.count(u"/status"_s), 4);
        const auto recording = m_server->webhooks.last().form();
        QCOMPARE(recording.value(u"RecordingStatus"_s), u"completed"_s);
        const auto audio = request("GET", recording.value(u"RecordingUrl"_s) + u".wav"_s, {}, "x");
        QCOMPARE(audio.status, 200);
        QVERIFY(m_sandbox->journal().breaches().isEmpty());
    }

    void mediaStreamHasTheDocumentedShapes()
    {
        QVERIFY(inCall());
        const QByteArray streamUrl =
            "ws://127.0.0.1:" + QByteArray::number(m_server->phone->localPort())
            + "/media-stream/x";
        QCOMPARE(m_server->handshakeSignature, sandbox::signature("sandbox-auth-token", streamUrl));
        QTRY_VERIFY(m_server->frameArrivals.size() >= 100);
        const auto &messages = m_server->fromPhone;
        QCOMPARE(text(messages[0]),
                 uR"({"event":"connected","protocol":"Call","version":"1.0.0"})"_s);
        const QJsonObject start = messages[1][u"start"_s].toObject();
        QCOMPARE(messages[1][u"sequenceNumber"_s], QJsonValue(u"1"_s));
        QCOMPARE(start[u"callSid"_s].toString(), m_callSid);
        QCOMPARE(start[u"customParameters"_s][u"token"_s].toString(), u"t1"_s);
        QCOMPARE(start[u"mediaFormat"_s][u"sampleRate"_s], QJsonValue(8000));
        const QJsonObject media = messages[3][u"media"_s].toObject();
        QCOMPARE(messages[3][u"sequenceNumber"_s], QJsonValue(u"3"_s));
        QCOMPARE(media[u"chunk"_s], QJsonValue(u"2"_s));
        QCOMPARE(media[u"timestamp"_s], QJsonValue(u"40"_s));
        QCOMPARE(QByteArray::fromBase64(media[u"payload"_s].toString().toLatin1()).size(), 160);
        // No drift: a hundred frames take two seconds.
        const qint64 took = m_server->frameArrivals[99] - m_server->frameArrivals[0];
        QVERIFY2(qAbs(took - 99 * 20) <= 40, qPrintable(QString::number(took)));
    }

    void marksReturnWhenPlayedAndAtOnceAfterClear()
    {
        QVERIFY(inCall());
        QElapsedTimer clock;
        clock.start();
        m_server->play(QByteArray(300 * 8, 'x'), u"first"_s);
        m_server->play(QByteArray(5000 * 8, 'x'), u"second"_s);
        QTRY_COMPARE(m_server->marks, QStringList{u"first"_s});
        const qint64 took = clock.msecsTo(m_server->markTimes[0]);
        QVERIFY2(took >= 299 && took <= 330, qPrintable(QString::number(took)));
        QVERIFY(QTest::qWaitFor([&clock] { return clock.elapsed() >= 700; }, 2000));
        const qint64 clearedAt = clock.elapsed();
        m_server->toPhone({{u"event"_s, u"clear"_s}});
        QTRY_COMPARE(m_server->marks, QStringList({u"first"_s, u"second"_s}));
        QVERIFY(clock.msecsTo(m_server->markTimes[1]) - clearedAt < 30);
        const auto now = sandbox::PlayOut::at(std::chrono::steady_clock::now());
        const auto played =
            m_sandbox->phone().call(m_callSid)->line()->playOut().playedBytes(now) / 8;
        QVERIFY2(qAbs(played - clearedAt) <= 20,
                 qPrintable(u"%1 of %2"_s.arg(played).arg(clearedAt)));
        QVERIFY(m_sandbox->journal().breaches().isEmpty());
    }

    void breachesOfTheMediaProtocolAreNoted()
    {
        QVERIFY(inCall());
        m_server->phone->sendBinaryMessage("x");
        m_server->phone->sendTextMessage(u"{"_s);
        m_server->phone->sendTextMessage(uR"({"event":"clear","streamSid":"MZ0"})"_s);
        m_server->toPhone({{u"event"_s, u"status"_s}});
        m_server->toPhone(
            {{u"event"_s, u"media"_s}, {u"media"_s, QJsonObject{{u"payload"_s, u"%%%"_s}}}});
        m_server->play(QByteArray(161, 'x'));
        QTRY_COMPARE(m_sandbox->journal().breaches().size(), 6);
        QVERIFY(m_sandbox->phone().call(m_callSid)->line()->isOpen());
    }

    void closingTheSocketLetsTwimlGoOn()
    {
        QVERIFY(inCall());
        m_server->phone->close();
        QTRY_COMPARE(statuses().last(), u"completed"_s);
        QCOMPARE(rest("GET", u"/Calls/%1.json"_s.arg(m_callSid)).json[u"status"_s].toString(),
                 u"completed"_s);
    }

    void restEndsTheCallAndTheStream()
    {
        QVERIFY(inCall());
        const auto path = u"/Calls/%1.json"_s.arg(m_callSid);
        QCOMPARE(rest("POST", path, {{u"Status"_s, u"completed"_s}}).json[u"status"_s].toString(),
                 u"completed"_s);
        QTRY_COMPARE(m_server->fromPhone.last()[u"event"_s].toString(), u"stop"_s);
        QCOMPARE(m_server->fromPhone.last()[u"stop"_s][u"callSid"_s].toString(), m_callSid);
        QTRY_COMPARE(m_server->phone->state(), QAbstractSocket::UnconnectedState);
        QCOMPARE(rest("POST", path, {{u"Status"_s, u"completed"_s}}).json[u"code"_s].toInt(),
                 21220);
        QTRY_VERIFY(statuses().contains(u"completed"_s));
    }

    void dtmfAndFaultsOfThePhone()
    {
        m_server->twiml.clear();
        QVERIFY(inCall());
        m_sandbox->phone().call(m_callSid)->line()->pressKey(u"5"_s);
        const auto keyArrived = [this] {
            for (const auto &message : m_server->fromPhone) {
                if (message[u"dtmf"_s][u"digit"_s].toString() == u"5")
                    return message[u"dtmf"_s][u"track"_s].toString() == u"inbound_track";
            }
            return false;
        };
        QTRY_VERIFY(keyArrived());
        sandbox::Control control(*m_sandbox);
        QVERIFY(control.listen(QHostAddress::LocalHost, 0).has_value());
        const QString base = u"http://127.0.0.1:%1"_s.arg(control.port());
        QCOMPARE(request("POST", base + u"/faults"_s, R"({"phone":"drop","after_ms":100})",
                         "application/json")
                     .status,
                 200);
        QCOMPARE(request("POST", base + u"/faults"_s, R"({"phone":"explode"})", "application/json")
                     .status,
                 400);
        m_server->streamSid.clear();
        const auto incoming =
            request("POST", base + u"/incoming"_s,
                    text({{u"url"_s, m_server->url(u"/twiml"_s)}}).toUtf8(), "application/json");
        QCOMPARE(incoming.status, 201);
        QTRY_VERIFY(!m_server->streamSid.isEmpty());
        QTRY_COMPARE(m_server->phone->state(), QAbstractSocket::UnconnectedState);
        const auto report = request("GET", base + u"/report"_s, {}, "x").json;
        QCOMPARE(report[u"calls"_s].toArray().size(), 2);
        QCOMPARE(request("GET", base + u"/healthz"_s, {}, "x").status, 200);
    }

    void modelRefusesTheBetaAndWrongKeys()
    {
        m_server->connectModel(m_sandbox->model().url(), "wrong");
        QTRY_COMPARE(m_server->model.state(), QAbstractSocket::UnconnectedState);
        QVERIFY(m_server->fromModel.isEmpty());
        m_server->connectModel(m_sandbox->model().url(), "sandbox-model-key", "realtime=v1");
        QTRY_COMPARE(lastError(), u"beta_api_shape_disabled"_s);
        QTRY_COMPARE(int(m_server->model.closeCode()), 4000);
        QCOMPARE(m_server->modelEvents(u"session.created"_s).size(), 0);
    }

    void modelErrorsNameTheirEvent()
    {
        QVERIFY(modelReady());
        const auto fails = [this](const QJsonObject &event, const QString &code) {
            QJsonObject named = event;
            named[u"event_id"_s] = u"mine-"_s + code;
            m_server->toModel(named);
            const bool came = QTest::qWaitFor([&] { return lastError() == code; }, 3000);
            const auto errors = m_server->modelEvents(u"error"_s);
            return came && errors.last()[u"error"_s][u"event_id"_s].toString() == u"mine-"_s + code;
        };
        QVERIFY(fails({{u"type"_s, u"session.update"_s}, {u"session"_s, QJsonObject{}}},
                      u"missing_required_parameter"_s));
        QVERIFY(fails({{u"type"_s, u"no.such"_s}}, u"invalid_value"_s));
        QVERIFY(fails({{u"type"_s, u"response.cancel"_s}}, u"response_cancel_not_active"_s));
        QVERIFY(fails({{u"type"_s, u"input_audio_buffer.commit"_s}},
                      u"input_audio_buffer_commit_empty"_s));
        QVERIFY(fails({{u"type"_s, u"conversation.item.truncate"_s}, {u"item_id"_s, u"item_x"_s}},
                      u"item_truncate_invalid_item_id"_s));
        m_server->toModel({{u"type"_s, u"response.create"_s}});
        QVERIFY(fails({{u"type"_s, u"response.create"_s}},
                      u"conversation_already_has_active_response"_s));
    }

    void responsesComeFasterThanSpeechInUnevenPieces()
    {
        QVERIFY(modelReady());
        QElapsedTimer clock;
        clock.start();
        m_server->toModel({{u"type"_s, u"response.create"_s}});
        QTRY_COMPARE(m_server->modelEvents(u"response.done"_s).size(), 1);
        const qint64 took = clock.elapsed();
        QStringList order;
        qint64 bytes = 0;
        QString words;
        for (const auto &event : m_server->fromModel) {
            if (order.isEmpty() || order.last() != event[u"type"_s].toString())
                order.append(event[u"type"_s].toString());
            const auto piece = QByteArray::fromBase64(event[u"delta"_s].toString().toLatin1());
            if (event[u"type"_s].toString() == u"response.output_audio.delta") {
                bytes += piece.size();
                QVERIFY(piece.size() % 160 != 0 || bytes % 160 != 0);
            }
            if (event[u"type"_s].toString() == u"response.output_audio_transcript.delta")
                words += event[u"delta"_s].toString();
        }
        QVERIFY2(took < bytes / 8 / 5, qPrintable(u"%1 ms for %2 ms"_s.arg(took).arg(bytes / 8)));
        QVERIFY(words.startsWith(u"Hello, this is Mike Thompson."));
        QVERIFY(order.indexOf(u"response.created"_s)
                < order.indexOf(u"response.output_item.added"_s));
        QVERIFY(order.indexOf(u"response.output_audio.done"_s)
                < order.indexOf(u"response.output_item.done"_s));
        QCOMPARE(order.last(), u"response.done"_s);
        // Truncation: to the last millisecond, and not one more.
        const QString item =
            m_server->modelEvents(u"response.output_audio.delta"_s)[0][u"item_id"_s].toString();
        QJsonObject truncate{{u"type"_s, u"conversation.item.truncate"_s},
                             {u"item_id"_s, item},
                             {u"content_index"_s, 0}};
        truncate[u"audio_end_ms"_s] = bytes / 8 + 1;
        m_server->toModel(truncate);
        QTRY_COMPARE(lastError(), u"invalid_value"_s);
        truncate[u"audio_end_ms"_s] = bytes / 8;
        m_server->toModel(truncate);
        QTRY_COMPARE(m_server->modelEvents(u"conversation.item.truncated"_s).size(), 1);
        QCOMPARE(m_sandbox->model().sessions()[0]->truncations().size(), 1U);
    }

    void callerInterruptsAndHeardMatchesTheTruncation()
    {
        m_server->twiml.clear();
        QVERIFY(inCall(u"house-sale"_s));
        QVERIFY(modelReady());
        m_server->relays = true;
        qint64 begunAt = 0;
        QElapsedTimer clock;
        clock.start();
        QString item;
        m_server->onSpeech = [&] {
            const auto deltas = m_server->modelEvents(u"response.output_audio.delta"_s);
            const auto now = sandbox::PlayOut::at(std::chrono::steady_clock::now());
            auto &playOut = m_sandbox->phone().call(m_callSid)->line()->playOut();
            if (deltas.isEmpty() || !playOut.isLoud(now))
                return;
            item = deltas.last()[u"item_id"_s].toString();
            for (const auto &event : deltas) {
                if (event[u"item_id"_s].toString() == item)
                    begunAt +=
                        QByteArray::fromBase64(event[u"delta"_s].toString().toLatin1()).size();
            }
            // Everything unheard is still in the buffer: what was produced less that is what was
            // heard.
            const qint64 unheard = playOut.received().size() - playOut.playedBytes(now);
            m_server->toModel({{u"type"_s, u"conversation.item.truncate"_s},
                               {u"item_id"_s, item},
                               {u"content_index"_s, 0},
                               {u"audio_end_ms"_s, (begunAt - unheard) / 8}});
            m_server->toPhone({{u"event"_s, u"clear"_s}});
            m_server->onSpeech = {};
        };
        m_server->toModel({{u"type"_s, u"response.create"_s}});
        QTRY_VERIFY_WITH_TIMEOUT(!item.isEmpty(), 45000);
        const auto &session = *m_sandbox->model().sessions()[0];
        QTRY_COMPARE(session.truncations().size(), 1U);
        QTRY_COMPARE(m_sandbox->phone().call(m_callSid)->line()->playOut().clears(), 1);
        QCOMPARE(session.callSid(), m_callSid);
        const auto heard = m_sandbox->heardMs(session, session.truncations()[0]);
        QVERIFY(heard);
        const double difference = *heard - double(session.truncations()[0].audioEndMs);
        QVERIFY2(qAbs(difference) <= 40,
                 qPrintable(u"heard %1, off by %2"_s.arg(*heard).arg(difference)));
        QVERIFY(*heard > 3500 && *heard < 6500);
        const auto transcripts = u"conversation.item.input_audio_transcription.completed"_s;
        QTRY_COMPARE_WITH_TIMEOUT(m_server->modelEvents(transcripts).size(), 2, 15000);
        QCOMPARE(m_server->modelEvents(transcripts)[1][u"transcript"_s].toString(),
                 u"Wait, wait. Stop for a second. Half is still too much."_s);
        QVERIFY2(m_sandbox->journal().breaches().isEmpty(),
                 qPrintable(m_sandbox->journal().breaches().join(u'\n')));
    }

    void speechDuringGenerationCancelsTheResponse()
    {
        QVERIFY(modelReady());
        m_server->toModel({{u"type"_s, u"response.create"_s}});
        QTRY_VERIFY(!m_server->modelEvents(u"response.output_audio.delta"_s).isEmpty());
        const QByteArray clip =
            m_sandbox->library().clip(u"carla"_s, u"Yes. Two thirds would settle it."_s);
        m_server->toModel(
            {{u"type"_s, u"input_audio_buffer.append"_s},
             {u"audio"_s, QString::fromLatin1((clip + QByteArray(8000, '\xff')).toBase64())}});
        QTRY_COMPARE(m_server->modelEvents(u"response.done"_s).size(), 2);
        const QJsonObject done =
            m_server->modelEvents(u"response.done"_s)[0][u"response"_s].toObject();
        QCOMPARE(done[u"status"_s].toString(), u"cancelled"_s);
        QCOMPARE(done[u"status_details"_s][u"reason"_s].toString(), u"turn_detected"_s);
        QVERIFY(m_server->modelEvents(u"input_audio_buffer.speech_started"_s)[0].contains(
            u"audio_start_ms"_s));
        QCOMPARE(m_server->modelEvents(u"input_audio_buffer.committed"_s).size(), 1);
        QCOMPARE(
            m_server->modelEvents(u"response.output_audio_transcript.done"_s)[1][u"transcript"_s]
                .toString(),
            u"Excellent. I will send the papers within the hour. Thank you, and congratulations."_s);
    }

    void functionCallsWaitForTheirOutput()
    {
        QVERIFY(modelReady());
        const QJsonObject tool{{u"type"_s, u"function"_s}, {u"name"_s, u"createCalendarEvent"_s}};
        m_server->toModel({{u"type"_s, u"session.update"_s},
                           {u"session"_s, QJsonObject{{u"type"_s, u"realtime"_s},
                                                      {u"tools"_s, QJsonArray{tool}}}}});
        const QByteArray clip =
            m_sandbox->library().clip(u"frank"_s, u"Jordan Miller. And please book it now."_s);
        m_server->toModel(
            {{u"type"_s, u"input_audio_buffer.append"_s},
             {u"audio"_s, QString::fromLatin1((clip + QByteArray(8000, '\xff')).toBase64())}});
        const auto calls = u"response.function_call_arguments.done"_s;
        QTRY_COMPARE(m_server->modelEvents(calls).size(), 1);
        const auto call = m_server->modelEvents(calls)[0];
        QCOMPARE(call[u"name"_s].toString(), u"createCalendarEvent"_s);
        QJsonObject output{{u"type"_s, u"function_call_output"_s},
                           {u"call_id"_s, u"call_other"_s},
                           {u"output"_s, u"{}"_s}};
        m_server->toModel({{u"type"_s, u"conversation.item.create"_s}, {u"item"_s, output}});
        QTRY_COMPARE(lastError(), u"invalid_tool_call_id"_s);
        output[u"call_id"_s] = call[u"call_id"_s];
        m_server->toModel({{u"type"_s, u"conversation.item.create"_s}, {u"item"_s, output}});
        m_server->toModel({{u"type"_s, u"response.create"_s}});
        const auto spoken = u"response.output_audio_transcript.done"_s;
        QTRY_COMPARE(m_server->modelEvents(spoken).size(), 1);
        QVERIFY(m_server->modelEvents(spoken)[0][u"transcript"_s].toString().startsWith(
            u"It is booked"));
        QCOMPARE(m_sandbox->model().sessions()[0]->toolOutputs().size(), 1);
    }

    void sessionsExpire()
    {
        m_sessionLimit = 300ms;
        restart({});
        m_server->connectModel(m_sandbox->model().url());
        QTRY_COMPARE(lastError(), u"session_expired"_s);
        QTRY_COMPARE(m_server->model.state(), QAbstractSocket::UnconnectedState);
        QVERIFY(m_server->modelEvents(u"session.created"_s)[0][u"session"_s][u"expires_at"_s]
                    .toInteger()
                > 0);
    }

    void faultsOfTheModel()
    {
        auto &model = m_sandbox->model();
        for (const auto kind : {sandbox::FaultKind::TooMany, sandbox::FaultKind::Refuse}) {
            model.faults().add({kind, 0ms, 1});
            m_server->connectModel(model.url());
            QTRY_COMPARE(m_server->model.state(), QAbstractSocket::UnconnectedState);
            QVERIFY(m_server->fromModel.isEmpty());
        }
        model.faults().add({sandbox::FaultKind::Garbage, 50ms, 1});
        QVERIFY(modelReady());
        QTRY_VERIFY(!m_server->modelEvents(u"a.future.event"_s).isEmpty());
        model.strikeAll(sandbox::FaultKind::Stall);
        m_server->toModel({{u"type"_s, u"response.create"_s}});
        m_server->toModel({{u"type"_s, u"no.such"_s}});
        QTRY_VERIFY(m_sandbox->journal().breaches().join(u' ').contains(u"no.such"));
        QVERIFY(m_server->modelEvents(u"response.created"_s).isEmpty());
        model.strikeAll(sandbox::FaultKind::Drop);
        QTRY_COMPARE(m_server->model.state(), QAbstractSocket::UnconnectedState);
    }

private:
    QNetworkAccessManager m_network;
    std::unique_ptr<sandbox::Sandbox> m_sandbox;
    std::unique_ptr<TinyServer> m_server;
    QString m_callSid;
    std::chrono::milliseconds m_sessionLimit{60min};
};

QTEST_GUILESS_MAIN(SandboxCalls)
#include "tst_sandbox_calls.moc"
