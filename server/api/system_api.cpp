#include "server/api/system_api.h"

#include "server/api/open_api.h"
#include "shared/base/log.h"

#include <QFile>

#include <openssl/crypto.h>

// Outside any namespace, as the macro demands: a static library's resources are not found by
// themselves.
static void initialiseResources()
{
    Q_INIT_RESOURCE(api_documents);
#ifdef HAS_API_BROWSER
    Q_INIT_RESOURCE(api_browser);
#endif
}

namespace server::api {

using http::Request;
using http::Response;

namespace {

QByteArray resource(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

const char *contentTypeOf(const QString &name)
{
    return name.endsWith(QLatin1String(".js")) ? "text/javascript; charset=utf-8"
                                               : "text/css; charset=utf-8";
}

} // namespace

SystemApi::SystemApi(const Metrics &metrics, base::Secret metricsToken,
                     std::function<base::Result<void>()> isReady)
    : m_metrics(metrics),
      m_metricsToken(std::move(metricsToken)),
      m_isReady(std::move(isReady)),
      m_openApi([] {
          initialiseResources();
          return openApiDocument();
      }())
{
}

Response SystemApi::health(const Request &)
{
    static const QByteArray body = QByteArrayLiteral(R"({"status":"ok"})");
    return Response::text(200, "application/json", body);
}

Response SystemApi::ready(const Request &)
{
    const auto ready = m_isReady();
    if (!ready) {
        base::log::warning("server.not_ready", {{QStringLiteral("cause"), ready.error().cause}});
        return Response::problem(503, ready.error().message);
    }
    return Response::json(QJsonObject{{QStringLiteral("status"), QStringLiteral("ready")}});
}

Response SystemApi::metrics(const Request &request)
{
    if (!m_metricsToken.isEmpty()) {
        const auto token = request.bearerToken().value_or("");
        const QByteArray &wanted = m_metricsToken.reveal();
        if (qsizetype(token.size()) != wanted.size()
            || CRYPTO_memcmp(token.data(), wanted.constData(), token.size()) != 0)
            return Response::problem(
                base::Error{base::Fault::Unauthenticated, QStringLiteral("Not authenticated"), {}});
    }
    return Response::text(200, "text/plain; version=0.0.4; charset=utf-8", m_metrics.text());
}

Response SystemApi::openApi(const Request &)
{
    return Response::text(200, "application/json", m_openApi);
}

Response SystemApi::docs(const Request &)
{
    return Response::text(200, "text/html; charset=utf-8",
                          resource(QStringLiteral(":/api/docs.html")));
}

Response SystemApi::docsFile(const Request &request)
{
    const QString name = request.arguments.front();
    static const QStringList kFiles{QStringLiteral("docs.js"), QStringLiteral("swagger-ui.css"),
                                    QStringLiteral("swagger-ui-bundle.js")};
    const QByteArray content =
        kFiles.contains(name) ? resource(QStringLiteral(":/api/") + name) : QByteArray();
    if (content.isEmpty())
        return Response::problem(404, QStringLiteral("Not Found"));
    return Response::text(200, contentTypeOf(name), content);
}

} // namespace server::api
