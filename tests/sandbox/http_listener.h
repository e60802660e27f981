// A small HTTP/1.1 server for the REST stand-in and the control port.
//
// Own code on purpose: Qt HttpServer 6.4 dies when a client leaves early, and nothing here may
// share the network code of the server under test.
#pragma once

#include "shared/base/result.h"
#include "tests/sandbox/form.h"

#include <QHash>
#include <QHostAddress>
#include <QJsonObject>
#include <QObject>
#include <QTcpServer>

#include <chrono>
#include <functional>

class QTcpSocket;

namespace sandbox {

struct HttpRequest
{
    QByteArray method;
    QByteArray path;                       ///< still percent-encoded
    QByteArray query;                      ///< without the question mark
    QHash<QByteArray, QByteArray> headers; ///< names in lower case
    QByteArray body;

    Form form() const { return Form::decode(body); }
    QJsonObject json() const;
};

struct HttpAnswer
{
    int status = 200;
    QByteArray body;
    QByteArray type = "application/json";
    QList<std::pair<QByteArray, QByteArray>> headers;
    bool drop = false;                  ///< close the connection without an answer
    std::chrono::milliseconds delay{0}; ///< how much later the answer leaves

    static HttpAnswer json(int status, const QJsonObject &object);
};

/// Reads the head of a request; false when it is not HTTP.
bool parseHead(const QByteArray &head, HttpRequest &request);

/// Serves one handler on one port; lives on its creator's event loop.
class HttpListener final : public QObject
{
    Q_OBJECT
public:
    using Handler = std::function<HttpAnswer(const HttpRequest &)>;

    explicit HttpListener(Handler handler, QObject *parent = nullptr);
    base::Result<> listen(const QHostAddress &host, quint16 port);
    quint16 port() const { return m_server.serverPort(); }

private:
    void accept();
    void read(QTcpSocket *socket);
    bool readOne(QTcpSocket *socket);
    void answer(QTcpSocket *socket, const HttpRequest &request, const HttpAnswer &answer);
    void refuse(QTcpSocket *socket, int status);

    Handler m_handler;
    QTcpServer m_server;
};

} // namespace sandbox
