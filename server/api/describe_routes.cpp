// The route table as text.
#include "server/api/routes.h"

#include "server/http/rate_limiter.h"

namespace server::api {

using http::Access;
using http::Route;
using http::SocketRoute;

namespace {

const char *toText(Access access)
{
    switch (access) {
    case Access::Public:
        return "public";
    case Access::User:
        return "user";
    case Access::Staff:
        return "staff";
    case Access::Signed:
        return "signed";
    }
    return "";
}

} // namespace

QString describe(const http::RouteTable &table)
{
    QString text;
    const auto add = [&text](const char *method, const std::string &pattern, Access access,
                             const std::string &limit = {}) {
        text += QStringLiteral("%1 %2 %3 %4")
                    .arg(QLatin1String(method), -7)
                    .arg(QString::fromStdString(pattern), -42)
                    .arg(QLatin1String(toText(access)), -6)
                    .arg(QString::fromStdString(limit))
                    .trimmed()
                + QLatin1Char('\n');
    };
    for (const Route &route : table.routes())
        add(http::toText(route.method), route.pattern, route.access,
            route.limit ? http::toText(*route.limit) : std::string());
    for (const SocketRoute &socket : table.sockets())
        add("SOCKET", socket.pattern, socket.access);
    return text;
}

} // namespace server::api
