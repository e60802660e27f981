#include "server/app/request_log.h"

#include "shared/base/log.h"

namespace server::app {

void logRequest(const http::Served &served)
{
    using base::log::Level;
    // Health checks and the like are only worth a line when somebody looks for them.
    const bool isRoutine =
        served.status < 400 && served.route && served.route->lane == http::Lane::Inline;
    const Level level = served.status >= 500 ? Level::Warning
                        : isRoutine          ? Level::Debug
                                             : Level::Info;
    if (!base::log::isEnabled(level))
        return;
    // The pattern, not the path: paths carry phone numbers.
    QJsonObject fields{{QStringLiteral("status"), served.status},
                       {QStringLiteral("us"), qint64(served.took.count())}};
    if (served.request) {
        fields.insert(QStringLiteral("method"),
                      QLatin1String(http::toText(served.request->method)));
        fields.insert(QStringLiteral("request"), QString::fromStdString(served.request->id));
        fields.insert(QStringLiteral("peer"), QString::fromStdString(served.request->peer));
    }
    if (served.route)
        fields.insert(QStringLiteral("route"), QString::fromStdString(served.route->pattern));
    base::log::write(level, "http.request", fields);
}

} // namespace server::app
