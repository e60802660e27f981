// The service's figures, in the Prometheus exposition format.
#pragma once

#include "server/bridge/bridge_ports.h"
#include "server/http/http_server.h"

#include <QByteArray>

#include <functional>
#include <memory>

namespace server::api {

/// Counts requests and calls. Thread-safe.
class Metrics
{
public:
    explicit Metrics(const QString &version);
    ~Metrics();

    void requestServed(const http::Served &served);
    void callEnded(const bridge::CallOutcome &outcome);

    /// A figure that is read when somebody asks.
    void addGauge(const std::string &name, const std::string &help, std::function<double()> read);

    /// Content type "text/plain; version=0.0.4".
    QByteArray text() const;

private:
    struct Private;
    std::unique_ptr<Private> m_d;
};

} // namespace server::api
