#include "tests/sandbox/voice_model.h"

#include "tests/sandbox/http_listener.h"

#include <QJsonDocument>
#include <QTcpSocket>
#include <QUrlQuery>

using namespace Qt::StringLiterals;

namespace sandbox {

namespace {

constexpr qint64 kMaxUpgrade = qint64(16) * 1024;
constexpr auto kBetaCloseCode = QWebSocketProtocol::CloseCode(4000);

QByteArray httpError(const QByteArray &statusLine, const QString &code, const QString &message)
{
    const QJsonObject error{
        {u"message"_s, message}, {u"type"_s, u"invalid_request_error"_s}, {u"code"_s, code}};
    const QByteArray body =
        QJsonDocument(QJsonObject{{u"error"_s, error}}).toJson(QJsonDocument::Compact);
    return "HTTP/1.1 " + statusLine
           + "\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: "
           + QByteArray::number(body.size()) + "\r\n\r\n" + body;
}

} // namespace

VoiceModel::VoiceModel(VoiceSettings settings, const SpeechLibrary &library, DialogueBook &book,
                       const LineTags &tags, Journal &journal)
    : m_settings(std::move(settings)),
      m_library(library),
      m_book(book),
      m_tags(tags),
      m_journal(journal),
      m_upgrade(u"sandbox"_s, QWebSocketServer::NonSecureMode)
{
    connect(&m_tcp, &QTcpServer::newConnection, this, [this] {
        while (QTcpSocket *socket = m_tcp.nextPendingConnection())
            accept(socket);
    });
    connect(&m_upgrade, &QWebSocketServer::newConnection, this, [this] {
        while (QWebSocket *socket = m_upgrade.nextPendingConnection())
            open(socket);
    });
}

base::Result<> VoiceModel::listen(const QHostAddress &host, quint16 port)
{
    if (!m_tcp.listen(host, port))
        return base::fail(base::Fault::Unavailable, m_tcp.errorString());
    m_url = u"ws://%1:%2/v1/realtime"_s.arg(host.toString()).arg(m_tcp.serverPort());
    return {};
}

void VoiceModel::accept(QTcpSocket *socket)
{
    socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    connect(socket, &QTcpSocket::readyRead, this, [this, socket] {
        // Only looked at, so that the upgrade finds the whole request.
        const QByteArray seen = socket->peek(kMaxUpgrade);
        const auto end = seen.indexOf("\r\n\r\n");
        if (end < 0) {
            if (seen.size() >= kMaxUpgrade)
                socket->abort();
            return;
        }
        const QByteArray refused = refusal(seen.first(end));
        if (refused.isEmpty()) {
            socket->disconnect();
            m_upgrade.handleConnection(socket);
            return;
        }
        socket->readAll();
        socket->write(refused);
        socket->disconnectFromHost();
    });
}

QByteArray VoiceModel::refusal(const QByteArray &head)
{
    HttpRequest request;
    if (!parseHead(head, request))
        return httpError("400 Bad Request", u"invalid_request"_s, u"This is not HTTP."_s);
    if (const auto fault = m_faults.takeRefusal()) {
        if (fault->kind == FaultKind::TooMany)
            return httpError("429 Too Many Requests", u"rate_limit_exceeded"_s,
                             u"Rate limit reached."_s);
        return httpError("503 Service Unavailable", u"server_error"_s,
                         u"The server is overloaded."_s);
    }
    if (request.path != "/v1/realtime")
        return httpError("404 Not Found", u"not_found"_s, u"Unknown path."_s);
    const QByteArray authorization = request.headers.value("authorization");
    if (authorization != "Bearer " + m_settings.key) {
        m_journal.breach(u"model"_s, u"handshake without the right bearer token"_s);
        return httpError("401 Unauthorized", u"invalid_api_key"_s,
                         u"Incorrect API key provided."_s);
    }
    if (!QUrlQuery(QString::fromLatin1(request.query)).hasQueryItem(u"model"_s))
        return httpError("400 Bad Request", u"missing_model"_s,
                         u"You must provide a model parameter."_s);
    return {};
}

void VoiceModel::open(QWebSocket *socket)
{
    const QString model = QUrlQuery(socket->requestUrl()).queryItemValue(u"model"_s);
    m_sessions.push_back(std::make_unique<RealtimeSession>(
        socket, model, AgentScript(m_book, m_library, m_tags),
        RealtimeSession::World{m_settings, m_journal, m_faults.takeDisturbance()}));
    RealtimeSession *session = m_sessions.back().get();
    if (socket->request().rawHeader("OpenAI-Beta") == "realtime=v1") {
        m_journal.breach(session->id(), u"the retired beta API was asked for"_s);
        const QJsonObject error{
            {u"type"_s, u"invalid_request_error"_s},
            {u"code"_s, u"beta_api_shape_disabled"_s},
            {u"message"_s,
             u"The Realtime Beta API is no longer supported. Please use /v1/realtime for the GA API."_s}};
        const QJsonObject event{
            {u"type"_s, u"error"_s}, {u"event_id"_s, u"event_0"_s}, {u"error"_s, error}};
        socket->sendTextMessage(
            QString::fromUtf8(QJsonDocument(event).toJson(QJsonDocument::Compact)));
        session->close(kBetaCloseCode, u"invalid_request_error.beta_api_shape_disabled"_s);
        return;
    }
    session->begin();
    emit sessionOpened(session);
}

void VoiceModel::strikeAll(FaultKind kind)
{
    for (const auto &session : m_sessions)
        session->strike(kind);
}

void VoiceModel::closeAll()
{
    for (const auto &session : m_sessions) {
        if (session->isOpen())
            session->close(QWebSocketProtocol::CloseCodeGoingAway, u"shutting down"_s);
    }
}

} // namespace sandbox
