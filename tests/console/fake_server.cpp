#include "tests/console/fake_server.h"

#include <QJsonDocument>
#include <QTcpSocket>
#include <QUrlQuery>

namespace tests {

namespace {

QJsonObject detailOf(const QString &text)
{
    return {{QStringLiteral("detail"), text}};
}

} // namespace

FakeServer::FakeServer() : m_upgrade(QStringLiteral("fake"), QWebSocketServer::NonSecureMode)
{
    connect(&m_listener, &QTcpServer::newConnection, this, &FakeServer::onConnection);
    connect(&m_upgrade, &QWebSocketServer::newConnection, this, &FakeServer::onFeed);
    m_listener.listen(QHostAddress::LocalHost);
    m_port = m_listener.serverPort();
}

FakeServer::~FakeServer()
{
    goAway();
    // Their last signals would reach members that are already gone.
    const auto sockets = m_listener.findChildren<QTcpSocket *>();
    for (QTcpSocket *socket : sockets)
        socket->disconnect(this);
}

QUrl FakeServer::url() const
{
    return QUrl(QStringLiteral("http://127.0.0.1:%1").arg(m_port));
}

void FakeServer::goAway()
{
    m_listener.close();
    dropSockets();
    // Connections that are kept alive would still be answered.
    const QList<QTcpSocket *> kept = m_pending.keys();
    for (QTcpSocket *socket : kept)
        socket->abort();
}

void FakeServer::comeBack()
{
    m_listener.listen(QHostAddress::LocalHost, m_port);
}

void FakeServer::dropSockets()
{
    const QList<QWebSocket *> sockets = std::exchange(m_sockets, {});
    for (QWebSocket *socket : sockets) {
        socket->disconnect(this);
        socket->abort();
        socket->deleteLater();
    }
    watched = 0;
    listened = 0;
}

void FakeServer::onConnection()
{
    while (QTcpSocket *socket = m_listener.nextPendingConnection()) {
        connect(socket, &QTcpSocket::readyRead, this, [this, socket] { onBytes(socket); });
        connect(socket, &QTcpSocket::disconnected, this, [this, socket] {
            m_pending.remove(socket);
            socket->deleteLater();
        });
    }
}

void FakeServer::onBytes(QTcpSocket *socket)
{
    const QByteArray seen = socket->peek(65536);
    if (m_pending.value(socket).isEmpty() && seen.toLower().contains("upgrade: websocket")) {
        socket->disconnect(this);
        m_upgrade.handleConnection(socket);
        return;
    }
    QByteArray &bytes = m_pending[socket];
    bytes += socket->readAll();
    const qsizetype end = bytes.indexOf("\r\n\r\n");
    if (end < 0)
        return;
    QByteArray token;
    qsizetype length = 0;
    const QList<QByteArray> lines = bytes.left(end).split('\n');
    for (const QByteArray &line : lines) {
        const qsizetype colon = line.indexOf(':');
        const QByteArray name = line.left(colon).trimmed().toLower();
        if (name == "content-length")
            length = line.mid(colon + 1).trimmed().toLongLong();
        if (name == "authorization")
            token = line.mid(colon + 1).trimmed();
    }
    if (bytes.size() < end + 4 + length)
        return;
    const QByteArray body = bytes.mid(end + 4, length);
    const QList<QByteArray> first = lines.first().split(' ');
    bytes.remove(0, end + 4 + length);
    const Answer reply = answer(QString::fromLatin1(first.value(0)),
                                QString::fromLatin1(first.value(1)), body, token);
    const QByteArray json = QJsonDocument(reply.body).toJson(QJsonDocument::Compact);
    socket->write("HTTP/1.1 " + QByteArray::number(reply.status)
                  + " X\r\nContent-Type: application/json\r\nContent-Length: "
                  + QByteArray::number(json.size()) + "\r\n\r\n" + json);
}

QJsonObject FakeServer::newTokens()
{
    ++m_count;
    m_access = "access-" + QByteArray::number(m_count);
    m_refresh = "refresh-" + QByteArray::number(m_count);
    return protocol::TokenPair{QString::fromLatin1(m_access), QString::fromLatin1(m_refresh)}
        .toJson();
}

FakeServer::Answer FakeServer::answerSession(const QString &path, const QByteArray &body)
{
    if (path == QLatin1String("/auth/login")) {
        QByteArray form = body;
        const QUrlQuery query(QString::fromLatin1(form.replace('+', "%20")));
        const QString given = query.queryItemValue(QStringLiteral("password"), QUrl::FullyDecoded);
        if (given != password)
            return {401, detailOf(QStringLiteral("Incorrect username or password"))};
        return {200, newTokens()};
    }
    ++refreshes;
    const QByteArray given = QJsonDocument::fromJson(body)
                                 .object()
                                 .value(QLatin1String("refresh_token"))
                                 .toString()
                                 .toLatin1();
    if (refusesRefresh || given != m_refresh || m_refresh.isEmpty())
        return {401, detailOf(QStringLiteral("Invalid refresh token"))};
    return {200, newTokens()};
}

FakeServer::Answer FakeServer::answerCall(const QString &path)
{
    const QStringList parts = path.split(u'/');
    const qint64 id = parts.value(3).toLongLong();
    if (parts.value(4) != QLatin1String("hangup")) {
        if (!details.contains(id))
            return {404, detailOf(QStringLiteral("Not Found"))};
        return {200, details[id].toJson()};
    }
    if (hangUpStatus != 200)
        return {hangUpStatus,
                {{QStringLiteral("detail"),
                  QJsonObject{{QStringLiteral("message"), QStringLiteral("It has ended.")}}}}};
    emit hangUpAsked(id);
    return {200, {{QStringLiteral("status"), QStringLiteral("ending")}}};
}

FakeServer::Answer FakeServer::answer(const QString &verb, const QString &path,
                                      const QByteArray &body, const QByteArray &token)
{
    requests.append(verb + u' ' + path);
    lastBody = body;
    if (path == QLatin1String("/auth/login") || path == QLatin1String("/auth/refresh"))
        return answerSession(path, body);
    if (m_access.isEmpty() || token != "Bearer " + m_access)
        return {401, detailOf(QStringLiteral("Could not validate credentials"))};
    if (path == QLatin1String("/users/me"))
        return {200, user.toJson()};
    if (path == QLatin1String("/admin/live/ticket")) {
        if (refusesTickets)
            return {403, detailOf(QStringLiteral("Not for you"))};
        const QString ticket = QStringLiteral("ticket+%1").arg(++m_count);
        m_tickets.insert(ticket);
        return {200, {{QStringLiteral("ticket"), ticket}, {QStringLiteral("expires_in"), 30}}};
    }
    if (path.startsWith(QLatin1String("/admin/calls/")))
        return answerCall(path);
    if (path == QLatin1String("/auth/logout"))
        return {200, detailOf(QStringLiteral("Logged out successfully"))};
    return {404, detailOf(QStringLiteral("Not Found"))};
}

void FakeServer::onFeed()
{
    QWebSocket *socket = m_upgrade.nextPendingConnection();
    const QString ticket = QUrlQuery(socket->requestUrl())
                               .queryItemValue(QStringLiteral("ticket"), QUrl::FullyDecoded);
    if (!m_tickets.remove(ticket)) {
        socket->abort();
        socket->deleteLater();
        return;
    }
    usedTickets.append(ticket);
    m_sockets.append(socket);
    connect(socket, &QWebSocket::textMessageReceived, this,
            [this, socket](const QString &text) { onFeedText(socket, text); });
    connect(socket, &QWebSocket::disconnected, this, [this, socket] {
        m_sockets.removeAll(socket);
        socket->deleteLater();
    });
    QJsonArray list;
    for (const auto &[id, call] : calls)
        list.append(call.toJson());
    ++snapshots;
    send({{QStringLiteral("type"), QStringLiteral("snapshot")}, {QStringLiteral("calls"), list}});
}

void FakeServer::onFeedText(QWebSocket *, const QString &text)
{
    const QJsonObject message = QJsonDocument::fromJson(text.toUtf8()).object();
    feedRequests.append(message);
    const QString type = message.value(QLatin1String("type")).toString();
    const qint64 id = message.value(QLatin1String("call_id")).toInteger();
    if (type == QLatin1String("watch")) {
        watched = id;
        protocol::CallDetail detail = details[id];
        detail.callId = id;
        QJsonObject object = detail.toJson();
        object.insert(QStringLiteral("type"), QStringLiteral("detail"));
        send(object);
    } else if (type == QLatin1String("unwatch")) {
        watched = 0;
    } else if (type == QLatin1String("listen")) {
        listened = id;
        send({{QStringLiteral("type"), QStringLiteral("listening")},
              {QStringLiteral("call_id"), id}});
    } else if (type == QLatin1String("unlisten")) {
        listened = 0;
    }
}

void FakeServer::send(const QJsonObject &message)
{
    const QString text = QString::fromUtf8(QJsonDocument(message).toJson(QJsonDocument::Compact));
    for (QWebSocket *socket : qAsConst(m_sockets))
        socket->sendTextMessage(text);
}

void FakeServer::sendDelta(const QList<qint64> &changed, const QList<qint64> &removed,
                           const QJsonArray &levels)
{
    QJsonArray rows;
    for (const qint64 id : changed)
        rows.append(calls[id].toJson());
    QJsonArray ids;
    for (const qint64 id : removed)
        ids.append(id);
    send({{QStringLiteral("type"), QStringLiteral("delta")},
          {QStringLiteral("changed"), rows},
          {QStringLiteral("removed"), ids},
          {QStringLiteral("levels"), levels}});
}

void FakeServer::sendLine(qint64 callId, const protocol::TranscriptLine &line)
{
    send({{QStringLiteral("type"), QStringLiteral("transcript")},
          {QStringLiteral("call_id"), callId},
          {QStringLiteral("line"), line.toJson()}});
}

void FakeServer::sendAudio(const protocol::ListenFrame &frame)
{
    for (QWebSocket *socket : qAsConst(m_sockets))
        socket->sendBinaryMessage(frame.encode());
}

} // namespace tests
