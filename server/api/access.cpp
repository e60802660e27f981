#include "server/api/access.h"

namespace server::api {

using base::Fault;

base::Result<http::Caller> AccessCheck::operator()(const http::Request &request,
                                                   http::Access access) const
{
    if (access == http::Access::Public || access == http::Access::Signed)
        return http::Caller{};
    const auto token = request.bearerToken();
    if (!token)
        return base::fail(Fault::Unauthenticated, QStringLiteral("Not authenticated"));
    const auto principal =
        m_accounts.authenticate(QString::fromUtf8(token->data(), qsizetype(token->size())));
    if (!principal)
        return failed(principal);
    if (access == http::Access::Staff && principal->role == protocol::Role::None)
        return base::fail(Fault::Forbidden, QStringLiteral("This is for staff only"));
    return http::Caller{principal->id.value, principal->email, principal->name,
                        toText(principal->role)};
}

base::Result<void> requirePermission(const http::Caller &caller, protocol::Permission permission)
{
    const protocol::Role role = protocol::roleFromText(caller.role).value_or(protocol::Role::None);
    if (!protocol::isAllowed(role, permission))
        return base::fail(Fault::Forbidden, QStringLiteral("Your role may not do this"));
    return {};
}

} // namespace server::api
