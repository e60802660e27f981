#include "tests/sandbox/tiny_server.h"

TinyServer::TinyServer()
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

void TinyServer::connectModel(const QString &address, const QByteArray &key, const QByteArray &beta)
{
    QNetworkRequest request(QUrl(address + u"?model=gpt-realtime"_s));
    request.setRawHeader("Authorization", "Bearer " + key);
    if (!beta.isEmpty())
        request.setRawHeader("OpenAI-Beta", beta);
    model.open(request);
}

void TinyServer::configure(const QString &voice)
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

void TinyServer::toPhone(QJsonObject message) const
{
    message[u"streamSid"_s] = streamSid;
    phone->sendTextMessage(text(message));
}

void TinyServer::play(const QByteArray &audio, const QString &markName) const
{
    toPhone({{u"event"_s, u"media"_s},
             {u"media"_s, QJsonObject{{u"payload"_s, QString::fromLatin1(audio.toBase64())}}}});
    if (!markName.isEmpty())
        toPhone({{u"event"_s, u"mark"_s}, {u"mark"_s, QJsonObject{{u"name"_s, markName}}}});
}

QList<QJsonObject> TinyServer::modelEvents(const QString &type) const
{
    QList<QJsonObject> found;
    for (const QJsonObject &event : fromModel) {
        if (event[u"type"_s].toString() == type)
            found.append(event);
    }
    return found;
}

sandbox::HttpAnswer TinyServer::serve(const HttpRequest &request)
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

void TinyServer::onPhone(const QString &message)
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

void TinyServer::onModel(const QString &message)
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
