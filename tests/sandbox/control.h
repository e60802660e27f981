// The control port: how scripts and demos steer a running sandbox.
#pragma once

#include "tests/sandbox/sandbox.h"

namespace sandbox {

/// GET /healthz, GET /report, GET /dialogues, POST /incoming, POST /faults, DELETE /faults, POST
/// /hangup, POST /google/events, POST /google/revoke.
class Control final : public QObject
{
    Q_OBJECT
public:
    explicit Control(Sandbox &sandbox);

    base::Result<> listen(const QHostAddress &host, quint16 port)
    {
        return m_http.listen(host, port);
    }
    quint16 port() const { return m_http.port(); }

private:
    HttpAnswer serve(const HttpRequest &request);
    HttpAnswer dialogues() const;
    HttpAnswer incoming(const QJsonObject &order);
    HttpAnswer faults(const QJsonObject &order);
    HttpAnswer hangUp(const QJsonObject &order);
    HttpAnswer googleFault(const QJsonObject &order);
    HttpAnswer googleEvent(const QJsonObject &event);
    HttpAnswer googleRevoke(const QJsonObject &order);

    Sandbox &m_sandbox;
    HttpListener m_http;
};

} // namespace sandbox
