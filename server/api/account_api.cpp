#include "server/api/account_api.h"

#include "server/api/request_parts.h"
#include "server/http/body_reader.h"
#include "shared/protocol/json_reader.h"

#include <QJsonDocument>

namespace server::api {

using http::BodyReader;
using http::Request;
using http::Response;

namespace {

constexpr int kLongestName = 200;
constexpr http::TextRule kNewPassword{.min = 8, .max = 1024};
constexpr http::TextRule kOldPassword{.max = 1024};

Response message(const QString &text)
{
    return Response::json(QJsonObject{{QStringLiteral("message"), text}});
}

/// A request whose body is one JSON string, as if that had come under a name.
Request withName(const Request &request)
{
    Request named = request;
    const QByteArray body = request.body.trimmed();
    if (body.startsWith('"') && QJsonDocument::fromJson('[' + body + ']').array().size() == 1)
        named.body = R"({"name":)" + body + '}';
    return named;
}

} // namespace

Response AccountApi::updateName(const Request &request)
{
    const Request named = withName(request);
    BodyReader body(named);
    const QString name = body.requiredString("name", {.min = 1, .max = kLongestName});
    if (!body.ok())
        return body.problem();
    core::Principal user;
    user.id = userOf(request);
    const auto renamed = m_ports.accounts.setName(user, name);
    return renamed ? message(QStringLiteral("User name updated to: ") + renamed->name)
                   : Response::problem(renamed.error());
}

Response AccountApi::greet(const Request &request)
{
    return message(QStringLiteral("Hello, ") + request.caller.name);
}

QString AccountApi::sessionOf(const Request &request) const
{
    const auto token = request.bearerToken().value_or("");
    return m_ports.accounts.sessionOf(QString::fromUtf8(token.data(), qsizetype(token.size())));
}

Response AccountApi::changePassword(const Request &request)
{
    BodyReader body(request);
    const QString current = body.requiredString("current_password", kOldPassword);
    const QString wanted = body.requiredString("new_password", kNewPassword);
    if (!body.ok())
        return body.problem();
    const QString session = sessionOf(request);
    const auto changed = m_ports.passwords.change(userOf(request), current, wanted, session);
    if (!changed)
        return Response::problem(changed.error());
    // The token that asked has ended with all the others, so here is one that goes on.
    const auto token = m_ports.accounts.renewAccess(userOf(request), session);
    if (!token)
        return Response::problem(token.error());
    return Response::json(
        QJsonObject{{QStringLiteral("message"), QStringLiteral("Password changed")},
                    {QStringLiteral("access_token"), *token},
                    {QStringLiteral("token_type"), QStringLiteral("bearer")}});
}

Response AccountApi::forgotPassword(const Request &request)
{
    BodyReader body(request);
    const QString email = body.requiredString("email", {.min = 3, .max = kLongestEmail});
    if (!body.ok())
        return body.problem();
    const auto asked = m_ports.passwords.forgot(email);
    if (!asked)
        return Response::problem(asked.error());
    return message(QStringLiteral(
        "If an account with a password has this address, a link to set a new one is on its way"));
}

Response AccountApi::resetPassword(const Request &request)
{
    BodyReader body(request);
    const QString token = body.requiredString("token", {.min = 1, .max = 200});
    const QString wanted = body.requiredString("new_password", kNewPassword);
    if (!body.ok())
        return body.problem();
    const auto done = m_ports.passwords.reset(token, wanted);
    return done ? message(QStringLiteral("Password has been reset"))
                : Response::problem(done.error());
}

Response AccountApi::sessions(const Request &request)
{
    const auto sessions = m_ports.accounts.sessionsOf(userOf(request));
    if (!sessions)
        return Response::problem(sessions.error());
    const QString current = sessionOf(request);
    QJsonArray list;
    for (const core::SignInSession &session : *sessions) {
        // A token that came from no sign-in of ours cannot tell which one it belongs to.
        const QJsonValue isCurrent =
            current.isEmpty() ? QJsonValue() : QJsonValue(session.id == current);
        list.append(
            QJsonObject{{QStringLiteral("id"), session.id},
                        {QStringLiteral("created_at"), protocol::toWireTime(session.createdAt)},
                        {QStringLiteral("last_used_at"), protocol::toWireTime(session.lastUsedAt)},
                        {QStringLiteral("expires_at"), protocol::toWireTime(session.expiresAt)},
                        {QStringLiteral("user_agent"), session.userAgent},
                        {QStringLiteral("current"), isCurrent}});
    }
    return Response::json(QJsonObject{{QStringLiteral("sessions"), list}});
}

Response AccountApi::endSession(const Request &request)
{
    const auto ended = m_ports.accounts.endSession(userOf(request), request.arguments.front());
    return ended ? message(QStringLiteral("Session ended")) : Response::problem(ended.error());
}

Response AccountApi::exportData(const Request &request) const
{
    const auto document = m_ports.data.exportOf(userOf(request));
    if (!document)
        return Response::problem(document.error());
    return Response::json(*document).with("Content-Disposition",
                                          "attachment; filename=\"account-export.json\"");
}

Response AccountApi::removeAccount(const Request &request)
{
    std::optional<QString> password;
    if (!request.body.trimmed().isEmpty()) {
        BodyReader body(request);
        password = body.optionalString("password", kOldPassword);
        if (!body.ok())
            return body.problem();
    }
    const auto removed = m_ports.data.remove(userOf(request), password);
    return removed ? message(QStringLiteral("Account deleted"))
                   : Response::problem(removed.error());
}

} // namespace server::api
