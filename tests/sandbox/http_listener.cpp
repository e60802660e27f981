#include "tests/sandbox/http_listener.h"

#include <QJsonDocument>
#include <QTcpSocket>
#include <QTimer>

using namespace Qt::StringLiterals;

namespace sandbox {

namespace {

constexpr qint64 kMaxHead = qint64(64) * 1024;
constexpr qint64 kMaxBody = qint64(4) * 1024 * 1024;
constexpr int kIdleMs = 60000;

QByteArray reason(int status)
{
    switch (status) {
    case 200:
        return "OK";
    case 201:
        return "Created";
    case 204:
        return "No Content";
    case 302:
        return "Found";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 411:
        return "Length Required";
    case 413:
        return "Content Too Large";
    case 429:
        return "Too Many Requests";
    case 431:
        return "Request Header Fields Too Large";
    case 500:
        return "Internal Server Error";
    case 503:
        return "Service Unavailable";
    default:
        return "Status";
    }
}

} // namespace

QJsonObject HttpRequest::json() const
{
    return QJsonDocument::fromJson(body).object();
}

HttpAnswer HttpAnswer::json(int status, const QJsonObject &object)
{
    HttpAnswer answer;
    answer.status = status;
    answer.body = QJsonDocument(object).toJson(QJsonDocument::Compact);
    return answer;
}

bool parseHead(const QByteArray &head, HttpRequest &request)
{
    const QList<QByteArray> lines = head.split('\n');
    const QList<QByteArray> first = lines.first().trimmed().split(' ');
    if (first.size() != 3 || !first[2].startsWith("HTTP/1.") || !first[1].startsWith('/'))
        return false;
    request.method = first[0];
    const auto question = first[1].indexOf('?');
    request.path = question < 0 ? first[1] : first[1].first(question);
    request.query = question < 0 ? QByteArray() : first[1].sliced(question + 1);
    for (qsizetype i = 1; i < lines.size(); ++i) {
        const auto colon = lines[i].indexOf(':');
        if (colon > 0)
            request.headers.insert(lines[i].first(colon).toLower(),
                                   lines[i].sliced(colon + 1).trimmed());
    }
    return true;
}

HttpListener::HttpListener(Handler handler, QObject *parent)
    : QObject(parent), m_handler(std::move(handler))
{
    connect(&m_server, &QTcpServer::newConnection, this, &HttpListener::accept);
}

base::Result<> HttpListener::listen(const QHostAddress &host, quint16 port)
{
    if (!m_server.listen(host, port))
        return base::fail(base::Fault::Unavailable, m_server.errorString());
    return {};
}

void HttpListener::accept()
{
    while (QTcpSocket *socket = m_server.nextPendingConnection()) {
        socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
        auto *idle = new QTimer(socket);
        idle->setSingleShot(true);
        connect(idle, &QTimer::timeout, socket, &QTcpSocket::abort);
        idle->start(kIdleMs);
        connect(socket, &QTcpSocket::readyRead, this, [this, socket, idle] {
            idle->start(kIdleMs);
            read(socket);
        });
        connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    }
}

void HttpListener::read(QTcpSocket *socket)
{
    while (socket->state() == QAbstractSocket::ConnectedState && readOne(socket)) {
    }
}

bool HttpListener::readOne(QTcpSocket *socket)
{
    const QByteArray seen = socket->peek(kMaxHead);
    const auto end = seen.indexOf("\r\n\r\n");
    if (end < 0) {
        if (seen.size() >= kMaxHead)
            refuse(socket, 431);
        return false;
    }
    HttpRequest request;
    if (!parseHead(seen.first(end), request)) {
        refuse(socket, 400);
        return false;
    }
    if (request.headers.contains("transfer-encoding")) {
        refuse(socket, 411);
        return false;
    }
    bool isNumber = true;
    const QByteArray length = request.headers.value("content-length", "0");
    const qint64 bodySize = length.toLongLong(&isNumber);
    if (!isNumber || bodySize < 0 || bodySize > kMaxBody) {
        refuse(socket, isNumber && bodySize > kMaxBody ? 413 : 400);
        return false;
    }
    if (socket->bytesAvailable() < end + 4 + bodySize) {
        const bool asks = request.headers.value("expect").toLower() == "100-continue";
        if (asks && !socket->property("continued").toBool()) {
            socket->setProperty("continued", true);
            socket->write("HTTP/1.1 100 Continue\r\n\r\n");
        }
        return false;
    }
    socket->setProperty("continued", false);
    socket->skip(end + 4);
    request.body = socket->read(bodySize);
    const HttpAnswer reply = m_handler(request);
    if (reply.delay.count() > 0)
        QTimer::singleShot(reply.delay, socket,
                           [this, socket, request, reply] { answer(socket, request, reply); });
    else
        answer(socket, request, reply);
    return true;
}

void HttpListener::answer(QTcpSocket *socket, const HttpRequest &request, const HttpAnswer &answer)
{
    if (answer.drop) {
        socket->abort();
        return;
    }
    const bool close = request.headers.value("connection").toLower() == "close";
    QByteArray out = "HTTP/1.1 " + QByteArray::number(answer.status) + ' ' + reason(answer.status)
                     + "\r\nContent-Type: " + answer.type
                     + "\r\nContent-Length: " + QByteArray::number(answer.body.size()) + "\r\n";
    for (const auto &[name, value] : answer.headers)
        out += name + ": " + value + "\r\n";
    if (close)
        out += "Connection: close\r\n";
    out += "\r\n";
    if (request.method != "HEAD")
        out += answer.body;
    socket->write(out);
    if (close)
        socket->disconnectFromHost();
}

void HttpListener::refuse(QTcpSocket *socket, int status)
{
    HttpRequest request;
    request.headers.insert("connection", "close");
    answer(socket, request,
           HttpAnswer::json(status, {{u"message"_s, QString::fromLatin1(reason(status))}}));
}

} // namespace sandbox
