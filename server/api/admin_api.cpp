#include "server/api/admin_api.h"

#include "server/api/access.h"
#include "server/api/request_parts.h"

namespace server::api {

using base::Fault;
using http::Request;
using http::Response;
using protocol::Permission;

namespace {

} // namespace

Response AdminApi::liveTicket(const Request &request)
{
    if (const auto allowed = requirePermission(request.caller, Permission::WatchCalls); !allowed)
        return Response::problem(allowed.error());
    const auto ticket = m_ports.accounts.issueSocketTicket({request.caller.id});
    if (!ticket)
        return Response::problem(ticket.error());
    return Response::json(
        QJsonObject{{QStringLiteral("ticket"), ticket->ticket},
                    {QStringLiteral("expires_in"), m_ports.now().secsTo(ticket->expiresAt)}});
}

Response AdminApi::hangUp(const Request &request)
{
    if (const auto allowed = requirePermission(request.caller, Permission::HangUp); !allowed)
        return Response::problem(allowed.error());
    const base::CallId id = callInPath(request);
    const auto call = m_ports.calls.byId(id);
    if (!call)
        return Response::problem(call.error());
    if (!*call)
        return Response::problem(404, QStringLiteral("Call not found"));
    if (isFinal((*call)->status))
        return Response::problem(409, QStringLiteral("The call is over"));
    if (const auto written =
            audit({request.caller.id}, "call.hung_up", id, QString::fromStdString(request.id));
        !written)
        return Response::problem(written.error());
    // First the reason: between the answer and the conversation nobody else could tell it later.
    if (const auto stored = m_ports.calls.setEndReason(id, toText(bridge::EndReason::StaffHungUp));
        !stored)
        return Response::problem(stored.error());
    // Still ringing, or carried elsewhere: the phone network ends it.
    if (!m_ports.bridge.hangUp(id, bridge::EndReason::StaffHungUp))
        m_ports.phone.hangUp((*call)->callSid);
    return Response::json(QJsonObject{{QStringLiteral("status"), QStringLiteral("ending")}});
}

Response AdminApi::callDetail(const Request &request)
{
    if (const auto allowed = requirePermission(request.caller, Permission::WatchCalls); !allowed)
        return Response::problem(allowed.error());
    const auto call = m_ports.calls.byId(callInPath(request));
    if (!call)
        return Response::problem(call.error());
    if (!*call)
        return Response::problem(404, QStringLiteral("Call not found"));
    const auto detail = m_ports.calls.detail((*call)->id);
    if (!detail)
        return Response::problem(detail.error());
    return Response::json(
        detail->value_or(protocol::CallDetail{(*call)->id.value, {}, {}, {}}).toJson());
}

base::Result<http::Caller> AdminApi::checkFeed(const Request &request)
{
    const auto ticket = request.queryValue(u"ticket");
    if (!ticket)
        return base::fail(Fault::Unauthenticated, QStringLiteral("Not authenticated"));
    const auto principal = m_ports.accounts.redeemSocketTicket(*ticket);
    if (!principal)
        return failed(principal);
    const http::Caller caller{principal->id.value, principal->email, principal->name,
                              toText(principal->role)};
    if (const auto allowed = requirePermission(caller, Permission::WatchCalls); !allowed)
        return failed(allowed);
    return caller;
}

void AdminApi::takeFeed(const Request &request, net::Detached socket)
{
    m_ports.feed.open(std::move(socket),
                      {{request.caller.id},
                       request.caller.name,
                       protocol::roleFromText(request.caller.role).value_or(protocol::Role::None)});
}

base::Result<void> AdminApi::auditListen(const StaffMember &member, base::CallId call)
{
    return audit(member.id, "call.listened", call, {});
}

std::optional<protocol::CallDetail> AdminApi::storedDetail(base::CallId call)
{
    return m_ports.calls.detail(call).value_or(std::nullopt);
}

base::Result<void> AdminApi::audit(base::UserId actor, const char *action, base::CallId call,
                                   const QString &requestId)
{
    return m_ports.audit.record({m_ports.now(),
                                 actor,
                                 QString::fromLatin1(action),
                                 QStringLiteral("call:%1").arg(call.value),
                                 {},
                                 requestId});
}

} // namespace server::api
