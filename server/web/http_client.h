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
};

struct HttpAnswer
{
    int status = 0;
    QByteArray body;
};

/// Speaks HTTP/1.1 and TLS with the system's certificates; keeps connections open per thread.
/// Thread-safe; blocks, so it is used on worker pools only.
/// An answer of any status is a value; Fault::Timeout and Fault::Upstream mean that there was none.
class HttpClient
{
public:
    HttpClient();
    ~HttpClient();

    base::Result<HttpAnswer> send(const HttpRequest &request);

    /// A POST with an application/x-www-form-urlencoded body.
    static HttpRequest formPost(const QString &url, const Form &form);

private:
    struct Private;
    std::unique_ptr<Private> m_d;
};

} // namespace server::web
