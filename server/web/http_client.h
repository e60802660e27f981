// Blocking HTTP requests to services outside.
#pragma once

#include "shared/base/result.h"
#include "shared/base/secret.h"

#include <QByteArray>
#include <QList>
#include <QPair>
#include <QString>

#include <chrono>
#include <memory>

namespace server::web {

using Form = QList<QPair<QString, QString>>; ///< in order; a name may stand several times

struct HttpRequest
{
    QByteArray method = "GET";
    QString url;
    QList<QPair<QByteArray, QByteArray>> headers;
    QByteArray body;
    QByteArray contentType;
    QString user; ///< for basic authentication; empty: none
    base::Secret password;
    std::chrono::milliseconds timeout{10'000}; ///< for all of it, connecting included
    /// Never sent twice. Otherwise it is sent again where a kept connection turns out to be dead,
    /// of which nobody knows whether the first one got through.
    bool isOnce = false;
};

struct HttpAnswer
{
    int status = 0;
    QByteArray body;
};

/// Speaks HTTP/1.1 and TLS with the system's certificates; keeps connections open per thread.
/// Thread-safe; blocks, so it is used on worker pools only.
/// An answer of any status is a value; Fault::Upstream means that the service was not reached, and
/// Fault::Timeout that it may have done what was asked, though no (whole) answer came.
class HttpClient
{
public:
    HttpClient();
    ~HttpClient();

    base::Result<HttpAnswer> send(const HttpRequest &request);

    /// application/x-www-form-urlencoded, everything but unreserved characters as %XX: for bodies
    /// and queries alike.
    static QByteArray encode(const Form &form);
    /// A POST with such a body.
    static HttpRequest formPost(const QString &url, const Form &form);

private:
    struct Private;
    std::unique_ptr<Private> m_d;
};

} // namespace server::web
