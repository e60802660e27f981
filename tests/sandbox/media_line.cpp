#include "tests/sandbox/media_line.h"

#include "tests/sandbox/sids.h"
#include "tests/sandbox/signature.h"

#include "shared/audio/mulaw.h"

#include <QJsonDocument>
#include <QTcpSocket>

using namespace Qt::StringLiterals;

namespace sandbox {

using namespace std::chrono;

namespace {

constexpr qsizetype kMaxRecording = qsizetype(10) * 60 * 1000 * audio::kBytesPerMs;
constexpr int kGapMs = 1000;
constexpr qsizetype kMaxMessage = qsizetype(256) * 1024;

PlayOut::Time now()
{
    return PlayOut::at(steady_clock::now());
}

} // namespace

MediaLine::MediaLine(Order order, Caller caller, const PhoneSettings &settings, Journal &journal)
    : m_order(std::move(order)),
      m_caller(std::move(caller)),
      m_settings(settings),
      m_journal(journal),
      m_streamSid(newSid("MZ"))
{
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &MediaLine::tick);
    connect(&m_socket, &QWebSocket::connected, this, &MediaLine::begin);
    connect(&m_socket, &QWebSocket::textMessageReceived, this, &MediaLine::onText);
    connect(&m_socket, &QWebSocket::binaryMessageReceived, this,
            [this] { breach(u"binary frame on the media stream (31950)"_s); });
    connect(&m_socket, &QWebSocket::disconnected, this, &MediaLine::finish);
    connect(&m_socket, QOverload<QAbstractSocket::SocketError>::of(&QWebSocket::error), this,
            [this](QAbstractSocket::SocketError error) {
                if (!m_started && error != QAbstractSocket::RemoteHostClosedError)
                    breach(u"the media stream does not open (31920): "_s + m_socket.errorString());
                if (m_socket.state() != QAbstractSocket::ConnectedState)
                    finish();
            });
}

MediaLine::~MediaLine()
{
    disconnect(&m_socket, nullptr, this, nullptr);
}

void MediaLine::open()
{
    const QUrl written(m_order.stream.text);
    if (written.hasQuery())
        breach(u"<Stream url> has a query string (31920)"_s);
    QNetworkRequest request(m_settings.reached(written));
    request.setRawHeader("User-Agent", "TwilioMediaStreams/1.0");
    request.setRawHeader("X-Twilio-Signature",
                         signature(m_settings.authToken, m_order.stream.text.toUtf8()));
    m_socket.setMaxAllowedIncomingMessageSize(kMaxMessage);
    m_socket.open(request);
}

void MediaLine::begin()
{
    // QWebSocket leaves Nagle's algorithm on, which would hold frames back for an acknowledgement.
    if (auto *tcp = m_socket.findChild<QTcpSocket *>())
        tcp->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    m_started = true;
    m_socket.sendTextMessage(uR"({"event":"connected","protocol":"Call","version":"1.0.0"})"_s);
    QJsonObject parameters;
    for (const auto &[name, value] : m_order.stream.parameters)
        parameters.insert(name, value);
    const QJsonObject format{
        {u"encoding"_s, u"audio/x-mulaw"_s}, {u"sampleRate"_s, 8000}, {u"channels"_s, 1}};
    send({{u"event"_s, u"start"_s},
          {u"start"_s, QJsonObject{{u"accountSid"_s, QString::fromLatin1(m_settings.accountSid)},
                                   {u"streamSid"_s, m_streamSid},
                                   {u"callSid"_s, m_order.callSid},
                                   {u"tracks"_s, QJsonArray{u"inbound"_s}},
                                   {u"mediaFormat"_s, format},
                                   {u"customParameters"_s, parameters}}}});
    m_begin = now();
    schedule(m_begin);
    emit started();
}

void MediaLine::schedule(PlayOut::Time time)
{
    auto next = m_begin + milliseconds((m_chunk + 1) * audio::kFrameMs);
    if (const auto due = m_playOut.nextDue())
        next = std::min(next, *due);
    m_timer.start(std::max(0ms, ceil<milliseconds>(next - time)));
}

void MediaLine::tick()
{
    const auto time = now();
    returnMarks(m_playOut.takeDue(time));
    while (!m_finished && !m_stopped
           && m_begin + milliseconds((m_chunk + 1) * audio::kFrameMs) <= time)
        sendFrame(m_begin + milliseconds((m_chunk + 1) * audio::kFrameMs));
    if (!m_finished && !m_stopped)
        schedule(now());
}

void MediaLine::sendFrame(PlayOut::Time due)
{
    const auto frameBegin = due - milliseconds(audio::kFrameMs);
    const Caller::Action action = m_caller.next(m_playOut.isLoud(frameBegin));
    ++m_chunk;
    const qint64 elapsed = m_chunk * audio::kFrameMs;
    const QByteArray frame = action.frame.isEmpty() ? m_order.noise : action.frame;
    if (m_sent.size() < kMaxRecording) {
        m_sent += frame;
        m_heard += m_playOut.sound(frameBegin, audio::kFrameBytes);
    }
    disturb(elapsed);
    const bool inGap = m_order.fault && m_order.fault->kind == FaultKind::Gap
                       && elapsed >= m_order.fault->after.count()
                       && elapsed < m_order.fault->after.count() + kGapMs;
    if (!m_stalled && !inGap && !m_finished) {
        m_sendGaps.tick();
        send({{u"event"_s, u"media"_s},
              {u"media"_s, QJsonObject{{u"track"_s, u"inbound"_s},
                                       {u"chunk"_s, QString::number(m_chunk)},
                                       {u"timestamp"_s, QString::number(elapsed)},
                                       {u"payload"_s, QString::fromLatin1(frame.toBase64())}}}});
    }
    if (!action.digit.isEmpty())
        pressKey(action.digit);
    if (action.hangUp)
        emit callerHungUp();
}

void MediaLine::disturb(qint64 elapsedMs)
{
    if (!m_order.fault || elapsedMs < m_order.fault->after.count())
        return;
    const FaultKind kind = m_order.fault->kind;
    if (kind == FaultKind::Gap)
        return;
    m_order.fault.reset();
    m_journal.event(m_order.callSid, u"fault on the media stream"_s);
    if (kind == FaultKind::Drop) {
        m_socket.abort();
        finish();
    } else if (kind == FaultKind::Stall) {
        m_stalled = true;
    } else if (kind == FaultKind::Garbage) {
        sendGarbage();
    }
}

void MediaLine::sendGarbage()
{
    m_socket.sendTextMessage(u"{\"event\":\"media\",\"media\":{\"payload\":"_s);
    m_socket.sendTextMessage(u"[1,2,3]"_s);
    m_socket.sendTextMessage(uR"({"event":"media","media":{"payload":"%%%not-base64%%%"}})"_s);
    m_socket.sendTextMessage(uR"({"event":"media","media":7})"_s);
    m_socket.sendTextMessage(uR"({"event":"mark","mark":{"name":"nobody-asked-for-this"}})"_s);
    m_socket.sendTextMessage(uR"({"event":"unheard-of","x":{"y":[null]}})"_s);
    m_socket.sendBinaryMessage(QByteArray(64, '\x01'));
}

void MediaLine::pressKey(const QString &digit)
{
    send({{u"event"_s, u"dtmf"_s},
          {u"dtmf"_s, QJsonObject{{u"track"_s, u"inbound_track"_s}, {u"digit"_s, digit}}}});
}

void MediaLine::returnMarks(const QStringList &names)
{
    for (const QString &name : names)
        send({{u"event"_s, u"mark"_s}, {u"mark"_s, QJsonObject{{u"name"_s, name}}}});
}

void MediaLine::onText(const QString &text)
{
    const auto arrived = now();
    const QJsonObject message = QJsonDocument::fromJson(text.toUtf8()).object();
    const QString event = message[u"event"_s].toString();
    if (message.isEmpty() || event.isEmpty()) {
        breach(u"not a media stream message (31951): "_s + text.left(80));
        return;
    }
    if (message[u"streamSid"_s].toString() != m_streamSid) {
        breach(u"'%1' with wrong streamSid '%2' (31951)"_s.arg(event,
                                                               message[u"streamSid"_s].toString()));
        return;
    }
    if (event == u"media") {
        onMedia(message);
    } else if (event == u"mark") {
        const QJsonValue name = message[u"mark"_s][u"name"_s];
        if (!name.isString())
            breach(u"mark without a name (31951)"_s);
        m_playOut.mark(name.toString(), arrived);
        tick();
    } else if (event == u"clear") {
        returnMarks(m_playOut.clear(arrived));
    } else {
        breach(u"unknown message '%1' (31951)"_s.arg(event));
    }
}

void MediaLine::onMedia(const QJsonObject &message)
{
    const QByteArray payload = message[u"media"_s][u"payload"_s].toString().toLatin1();
    const auto decoded =
        QByteArray::fromBase64Encoding(payload, QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded || payload.isEmpty()) {
        breach(u"media payload is not base64 (31951)"_s);
        return;
    }
    if ((*decoded).size() % audio::kFrameBytes != 0)
        breach(u"media payload of %1 bytes is no multiple of 160"_s.arg((*decoded).size()));
    m_playOut.append(*decoded, now());
}

void MediaLine::send(QJsonObject message)
{
    message.insert(u"sequenceNumber"_s, QString::number(++m_sequence));
    message.insert(u"streamSid"_s, m_streamSid);
    m_socket.sendTextMessage(
        QString::fromUtf8(QJsonDocument(message).toJson(QJsonDocument::Compact)));
    m_socket.flush();
}

void MediaLine::end()
{
    if (m_stopped || m_finished)
        return;
    m_stopped = true;
    m_timer.stop();
    if (m_started) {
        send({{u"event"_s, u"stop"_s},
              {u"stop"_s, QJsonObject{{u"accountSid"_s, QString::fromLatin1(m_settings.accountSid)},
                                      {u"callSid"_s, m_order.callSid}}}});
    }
    m_socket.close();
    finish();
}

void MediaLine::finish()
{
    if (m_finished)
        return;
    m_finished = true;
    m_timer.stop();
    m_playOut.stop(now());
    emit closed();
}

} // namespace sandbox
