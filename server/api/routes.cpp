#include "server/api/routes.h"

namespace server::api {

namespace {

using http::Access;
using http::Lane;
using http::Method;
using http::Route;
using http::SocketRoute;

template <typename Api>
http::Handler to(Api &api, http::Response (Api::*handler)(const http::Request &))
{
    return [&api, handler](const http::Request &request) { return (api.*handler)(request); };
}

std::vector<Route> routes(const Apis &apis)
{
    using enum Method;
    auto &[system, auth, calls, phone, admin, bridge] = apis;
    return {
        // The service itself
        {Get, "/healthz", Access::Public, Lane::Inline, to(system, &SystemApi::health)},
        {Get, "/readyz", Access::Public, Lane::Store, to(system, &SystemApi::ready)},
        {Get, "/metrics", Access::Public, Lane::Store, to(system, &SystemApi::metrics)},
        {Get, "/openapi.json", Access::Public, Lane::Inline, to(system, &SystemApi::openApi)},
        {Get, "/docs", Access::Public, Lane::Inline, to(system, &SystemApi::docs)},
        {Get, "/docs/{file}", Access::Public, Lane::Inline, to(system, &SystemApi::docsFile)},

        // Accounts
        {Post, "/auth/register", Access::Public, Lane::Slow, to(auth, &AuthApi::registerUser)},
        {Post, "/auth/login", Access::Public, Lane::Slow, to(auth, &AuthApi::login)},
        {Post, "/token", Access::Public, Lane::Slow, to(auth, &AuthApi::token)},
        {Post, "/auth/refresh", Access::Public, Lane::Store, to(auth, &AuthApi::refresh)},
        {Post, "/auth/logout", Access::Public, Lane::Store, to(auth, &AuthApi::logout)},
        {Get, "/users/me", Access::User, Lane::Store, to(auth, &AuthApi::me)},

        // Calls
        {Get, "/make-call/{phone_number}/{scenario}", Access::User, Lane::Slow,
         to(calls, &CallsApi::makeCall)},
        {Post, "/calls", Access::User, Lane::Slow, to(calls, &CallsApi::place)},
        {Get, "/calls", Access::User, Lane::Store, to(calls, &CallsApi::list)},
        {Get, "/calls/{id}", Access::User, Lane::Store, to(calls, &CallsApi::show)},

        // The phone network
        {Get, "/outgoing-call/{scenario}", Access::Signed, Lane::Store,
         to(phone, &PhoneApi::outgoingCall)},
        {Post, "/outgoing-call/{scenario}", Access::Signed, Lane::Store,
         to(phone, &PhoneApi::outgoingCall)},
        {Get, "/incoming-call/{scenario}", Access::Signed, Lane::Store,
         to(phone, &PhoneApi::incomingCall)},
        {Post, "/incoming-call/{scenario}", Access::Signed, Lane::Store,
         to(phone, &PhoneApi::incomingCall)},
        {Get, "/incoming-call-webhook/{scenario}", Access::Signed, Lane::Store,
         to(phone, &PhoneApi::incomingCall)},
        {Post, "/incoming-call-webhook/{scenario}", Access::Signed, Lane::Store,
         to(phone, &PhoneApi::incomingCall)},
        {Post, "/handle-user-input", Access::Signed, Lane::Store,
         to(phone, &PhoneApi::handleUserInput)},
        {Post, "/twilio-callback", Access::Signed, Lane::Store,
         to(phone, &PhoneApi::statusCallback)},
        {Post, "/recording-callback", Access::Signed, Lane::Store,
         to(phone, &PhoneApi::recordingCallback)},

        // Staff
        {Post, "/admin/live/ticket", Access::Staff, Lane::Store, to(admin, &AdminApi::liveTicket)},
        {Get, "/admin/calls/{id}", Access::Staff, Lane::Store, to(admin, &AdminApi::callDetail)},
        {Post, "/admin/calls/{id}/hangup", Access::Staff, Lane::Store,
         to(admin, &AdminApi::hangUp)},
    };
}

std::vector<SocketRoute> sockets(const Apis &apis)
{
    auto &phone = apis.phone;
    auto &admin = apis.admin;
    auto &bridge = apis.bridge;
    return {
        {"/media-stream/{scenario}", Access::Signed, Lane::Inline,
         [&phone](const http::Request &request) -> base::Result<http::Caller> {
             if (const auto checked = phone.checkMedia(request); !checked)
                 return failed(checked);
             return http::Caller{};
         },
         [&bridge](const http::Request &request, net::Detached socket) {
             bridge.takeMedia(std::move(socket), request.arguments.front().toStdString());
         }},
        {"/admin/live", Access::Staff, Lane::Store,
         [&admin](const http::Request &request) { return admin.checkFeed(request); },
         [&admin](const http::Request &request, net::Detached socket) {
             admin.takeFeed(request, std::move(socket));
         }},
    };
}

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

http::RouteTable routeTable(Apis apis)
{
    return {routes(apis), sockets(apis)};
}

QString describe(const http::RouteTable &table)
{
    QString text;
    const auto add = [&text](const char *method, const std::string &pattern, Access access) {
        text += QStringLiteral("%1 %2 %3\n")
                    .arg(QLatin1String(method), -7)
                    .arg(QString::fromStdString(pattern), -42)
                    .arg(QLatin1String(toText(access)));
    };
    for (const Route &route : table.routes())
        add(http::toText(route.method), route.pattern, route.access);
    for (const SocketRoute &socket : table.sockets())
        add("SOCKET", socket.pattern, socket.access);
    return text;
}

} // namespace server::api
