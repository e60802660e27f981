#include "tests/sandbox/realtime_session.h"

#include "tests/sandbox/sids.h"

#include <QDateTime>
#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace sandbox {

using namespace std::chrono;

namespace {

} // namespace

RealtimeSession::RealtimeSession(QWebSocket *socket, const QString &model, AgentScript script,
                                 World world)
    : m_socket(socket), m_script(std::move(script)), m_world(world), m_id(newSid("sess_"))
{
    m_socket->setParent(nullptr);
    const qint64 expires = QDateTime::currentSecsSinceEpoch()
                           + duration_cast<seconds>(m_world.settings.sessionLimit).count();
    m_session = defaultSession(m_id, model, expires);
    connect(m_socket.get(), &QWebSocket::textMessageReceived, this, &RealtimeSession::onText);
    connect(m_socket.get(), &QWebSocket::binaryMessageReceived, this, [this] {
        m_world.journal.breach(m_id, u"binary message on the Realtime socket"_s);
        sendError({u"invalid_message"_s, u"Binary messages are not supported."_s, {}}, {});
    });
    connect(m_socket.get(), &QWebSocket::disconnected, this, [this] {
        m_open = false;
        m_response.reset();
        emit closed();
    });
    m_expiry.setSingleShot(true);
    connect(&m_expiry, &QTimer::timeout, this, [this] {
        sendError({u"session_expired"_s, u"Your session hit the maximum duration."_s, {}}, {});
        close(QWebSocketProtocol::CloseCodeGoingAway, u"session_expired"_s);
    });
}

RealtimeSession::~RealtimeSession()
{
    disconnect(m_socket.get(), nullptr, this, nullptr);
}

void RealtimeSession::begin()
{
    send(u"session.created"_s, {{u"session"_s, m_session}});
    m_expiry.start(m_world.settings.sessionLimit);
    if (const auto fault = m_world.fault)
        QTimer::singleShot(fault->after, this, [this, fault] { strike(fault->kind); });
}

void RealtimeSession::strike(FaultKind kind)
{
    if (!m_open)
        return;
    m_world.journal.event(m_id, u"fault on the model's socket"_s);
    switch (kind) {
    case FaultKind::Drop:
        m_socket->abort();
        break;
    case FaultKind::Stall:
        m_stalled = true;
        break;
    case FaultKind::Garbage:
        sendGarbage();
        break;
    case FaultKind::Slow:
        m_slow = true;
        if (isResponding())
            m_response->slowDown();
        break;
    default:
        break; // the others concern requests, not sessions
    }
}

void RealtimeSession::sendGarbage()
{
    m_socket->sendTextMessage(u"{\"type\":\"response.output_audio.delta\",\"delta\":"_s);
    m_socket->sendTextMessage(u"[null]"_s);
    m_socket->sendTextMessage(uR"({"type":17})"_s);
    m_socket->sendTextMessage(
        uR"({"type":"response.output_audio.delta","item_id":"item_nobody","response_id":"resp_nobody","delta":"%%%"})"_s);
    m_socket->sendTextMessage(uR"({"type":"a.future.event","payload":{"deep":[[[]]]}})"_s);
    m_socket->sendTextMessage(uR"({"type":"response.done","response":"not an object"})"_s);
    m_socket->sendBinaryMessage(QByteArray(64, '\x02'));
}

void RealtimeSession::close(QWebSocketProtocol::CloseCode code, const QString &reason)
{
    m_response.reset();
    m_socket->close(code, reason);
}

void RealtimeSession::send(const QString &type, QJsonObject fields)
{
    if (m_stalled || !m_open)
        return;
    fields[u"type"_s] = type;
    fields[u"event_id"_s] = u"event_%1"_s.arg(++m_event);
    m_socket->sendTextMessage(
        QString::fromUtf8(QJsonDocument(fields).toJson(QJsonDocument::Compact)));
    m_socket->flush();
}

void RealtimeSession::sendError(const ApiError &error, const QJsonObject &cause,
                                const QString &type)
{
    const auto orNull = [](const QString &text) {
        return text.isEmpty() ? QJsonValue() : QJsonValue(text);
    };
    m_world.journal.event(m_id, u"error %1: %2"_s.arg(error.code, error.message));
    send(u"error"_s,
         {{u"error"_s, QJsonObject{{u"type"_s, type},
                                   {u"code"_s, orNull(error.code)},
                                   {u"message"_s, error.message},
                                   {u"param"_s, orNull(error.param)},
                                   {u"event_id"_s, orNull(cause[u"event_id"_s].toString())}}}});
}

void RealtimeSession::onText(const QString &text)
{
    const QJsonDocument document = QJsonDocument::fromJson(text.toUtf8());
    if (!document.isObject()) {
        m_world.journal.breach(m_id, u"not a JSON object: "_s + text.left(80));
        sendError({u"invalid_json"_s, u"The message is not a JSON object."_s, {}}, {});
        return;
    }
    dispatch(document[u"type"_s].toString(), document.object());
}

void RealtimeSession::dispatch(const QString &type, const QJsonObject &event)
{
    using Handler = void (RealtimeSession::*)(const QJsonObject &);
    static const QHash<QString, Handler> handlers{
        {u"session.update"_s, &RealtimeSession::onSessionUpdate},
        {u"input_audio_buffer.append"_s, &RealtimeSession::onAppend},
        {u"input_audio_buffer.commit"_s, &RealtimeSession::onCommit},
        {u"conversation.item.create"_s, &RealtimeSession::onItemCreate},
        {u"conversation.item.delete"_s, &RealtimeSession::onItemDelete},
        {u"conversation.item.retrieve"_s, &RealtimeSession::onItemRetrieve},
        {u"conversation.item.truncate"_s, &RealtimeSession::onTruncate},
        {u"response.create"_s, &RealtimeSession::onResponseCreate},
        {u"response.cancel"_s, &RealtimeSession::onResponseCancel},
    };
    if (const auto handler = handlers.constFind(type); handler != handlers.cend()) {
        (this->**handler)(event);
    } else if (type == u"input_audio_buffer.clear") {
        m_input.clear();
        m_unfed.clear();
        m_inputFromMs = m_activity.positionMs();
        m_activity.reset();
        send(u"input_audio_buffer.cleared"_s, {});
    } else {
        m_world.journal.breach(m_id, u"unknown client event '%1'"_s.arg(type));
        sendError({u"invalid_value"_s, u"Invalid value: '%1'."_s.arg(type), u"type"_s}, event);
    }
}

void RealtimeSession::onSessionUpdate(const QJsonObject &event)
{
    if (const auto error =
            updateSession(m_session, event[u"session"_s].toObject(), m_audioProduced)) {
        sendError(*error, event);
        return;
    }
    if (const auto turns = turnsOf(m_session))
        m_activity.configure(turns->detection);
    m_script.setInstructions(m_session[u"instructions"_s].toString());
    m_script.setTools(m_session[u"tools"_s].toArray());
    send(u"session.updated"_s, {{u"session"_s, m_session}});
}

void RealtimeSession::onResponseCreate(const QJsonObject &event)
{
    if (isResponding()) {
        sendError({u"conversation_already_has_active_response"_s,
                   u"Conversation already has an active response in progress: %1."_s.arg(
                       m_response->ids().response),
                   {}},
                  event);
        return;
    }
    static const QStringList known{
        u"instructions"_s,      u"output_modalities"_s, u"audio"_s,    u"tools"_s, u"tool_choice"_s,
        u"max_output_tokens"_s, u"conversation"_s,      u"metadata"_s, u"input"_s, u"prompt"_s};
    for (const QString &key : event[u"response"_s].toObject().keys()) {
        if (!known.contains(key)) {
            sendError({u"unknown_parameter"_s, u"Unknown parameter: 'response.%1'."_s.arg(key),
                       u"response."_s + key},
                      event);
            return;
        }
    }
    respond();
}

void RealtimeSession::respond()
{
    if (!isTelephoneAudio(m_session, u"output"_s)) {
        m_world.journal.breach(m_id, u"a response was asked for before audio/pcmu was chosen"_s);
        sendError({u"invalid_value"_s, u"Only audio/pcmu is spoken here."_s,
                   u"session.audio.output.format"_s},
                  {});
        return;
    }
    ++m_responses;
    m_response = std::make_unique<SpokenResponse>(
        SpokenResponse::Ids{newSid("resp_"), newSid("item_"), newSid("call_"), m_lastItem},
        m_script.next(), m_world.settings,
        [this](const QString &type, const QJsonObject &fields) { send(type, fields); });
    if (m_slow)
        m_response->slowDown();
    SpokenResponse *current = m_response.get();
    const auto remember = [this, current] {
        m_audioProduced = m_audioProduced || !current->produced().isEmpty();
        if (!current->hasItem())
            return;
        Item item;
        item.json = {{u"id"_s, current->ids().item},
                     {u"type"_s, current->isFunctionCall() ? u"function_call"_s : u"message"_s},
                     {u"role"_s, u"assistant"_s},
                     {u"call_id"_s, current->ids().call}};
        item.audio = current->produced();
        keepItem(current->ids().item, item);
    };
    connect(current, &SpokenResponse::audioSent, this, remember);
    connect(current, &SpokenResponse::finished, this, remember);
    m_response->begin();
}

void RealtimeSession::onResponseCancel(const QJsonObject &event)
{
    const QString id = event[u"response_id"_s].toString();
    if (!isResponding() || (!id.isEmpty() && id != m_response->ids().response)) {
        sendError({u"response_cancel_not_active"_s,
                   u"Cancellation failed: no active response found"_s,
                   {}},
                  event);
        return;
    }
    m_response->cancel(u"client_cancelled"_s);
}

QJsonObject RealtimeSession::report() const
{
    QJsonArray truncations;
    for (const Truncation &truncation : m_truncations) {
        truncations.append(QJsonObject{{u"item_id"_s, truncation.item},
                                       {u"audio_end_ms"_s, truncation.audioEndMs},
                                       {u"produced_ms"_s, truncation.producedMs},
                                       {u"at_ms"_s, truncation.atMs}});
    }
    return {{u"id"_s, m_id},
            {u"call_sid"_s, callSid()},
            {u"open"_s, m_open},
            {u"responses"_s, m_responses},
            {u"interrupted"_s, m_interrupted},
            {u"heard"_s, QJsonArray::fromStringList(m_heard)},
            {u"tool_outputs"_s, m_toolOutputs},
            {u"longest_input_gap_ms"_s, longestInputGapMs()},
            {u"truncations"_s, truncations}};
}

} // namespace sandbox
