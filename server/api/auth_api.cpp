#include "server/api/auth_api.h"

#include "server/api/captcha.h"
#include "server/api/platform.h"
#include "server/api/request_parts.h"
#include "server/http/body_reader.h"

namespace server::api {

using http::BodyReader;
using http::Request;
using http::Response;

namespace {

constexpr int kLongestToken = 4096;
constexpr int kLongestIdentityToken = 8192;

/// A cookie's value (RFC 6265 4.2.1), for clients that keep the refresh token there.
QString cookie(const Request &request, std::string_view name)
{
    std::string_view rest = request.header("cookie").value_or("");
    while (!rest.empty()) {
        const size_t end = std::min(rest.find(';'), rest.size());
        std::string_view pair = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        while (pair.starts_with(' '))
            pair.remove_prefix(1);
        if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=') {
            pair.remove_prefix(name.size() + 1);
            return QString::fromUtf8(pair.data(), qsizetype(pair.size()));
        }
    }
    return {};
}

} // namespace

Response AuthApi::registerUser(const Request &request)
{
    BodyReader body(request);
    if (!body.ok())
        return body.problem();
    if (const auto refusal = captchaRefusal(m_ports.captcha, request))
        return *refusal;
    const QString email = body.requiredString("email", {.max = kLongestEmail});
    const QString password = body.requiredString("password", {.min = 8, .max = kLongestPassword});
    if (!body.ok())
        return body.problem();
    const auto registered =
        m_ports.accounts.registerUser(email, password, platformOf(request), userAgentOf(request));
    return registered ? Response::json(registered->tokens.toJson())
                      : Response::problem(registered.error());
}

Response AuthApi::signIn(const Request &request, core::AccountService::Grant grant,
                         const QString &refusal)
{
    http::FormReader form(request);
    const QString email = form.requiredString("username", {.max = kLongestEmail});
    const QString password = form.requiredString("password", {.max = kLongestPassword});
    const QString grantType =
        form.optionalString("grant_type", {.max = 100}).value_or(QStringLiteral("password"));
    if (form.ok() && grantType != QLatin1String("password"))
        form.addError("grant_type", QStringLiteral("String should match pattern '^password$'"));
    if (!form.ok())
        return form.problem();
    const auto signedIn = m_ports.accounts.signIn(email, password, grant, userAgentOf(request));
    if (signedIn)
        return Response::json(signedIn->tokens.toJson());
    if (signedIn.error().fault == base::Fault::Unauthenticated)
        return Response::problem(base::Error{base::Fault::Unauthenticated, refusal, {}});
    return Response::problem(signedIn.error());
}

Response AuthApi::login(const Request &request)
{
    if (const http::FormReader form(request); !form.ok())
        return form.problem();
    if (const auto refusal = captchaRefusal(m_ports.captcha, request))
        return *refusal;
    return signIn(request, core::AccountService::Grant::AccessAndRefresh,
                  QStringLiteral("Incorrect username or password"));
}

Response AuthApi::token(const Request &request)
{
    return signIn(request, core::AccountService::Grant::AccessOnly,
                  QStringLiteral("Incorrect email or password"));
}

Response AuthApi::refresh(const Request &request)
{
    QString token = cookie(request, "token");
    if (!request.body.isEmpty()) {
        BodyReader body(request);
        token = body.optionalString("refresh_token", {.max = kLongestToken}).value_or(token);
        if (!body.ok())
            return body.problem();
    }
    if (token.isEmpty())
        return Response::problem(
            base::Error{base::Fault::Unauthenticated, QStringLiteral("Refresh token missing"), {}});
    const auto refreshed = m_ports.accounts.refresh(token, userAgentOf(request));
    return refreshed ? Response::json(refreshed->tokens.toJson())
                     : Response::problem(refreshed.error());
}

Response AuthApi::logout(const Request &request)
{
    const auto bearer = request.bearerToken().value_or("");
    QString refreshToken = cookie(request, "token");
    if (!request.body.isEmpty()) {
        // Whatever the body is worth: whoever wants to go, goes.
        BodyReader body(request);
        refreshToken =
            body.optionalString("refresh_token", {.max = kLongestToken}).value_or(refreshToken);
    }
    const auto done = m_ports.accounts.signOut(
        QString::fromUtf8(bearer.data(), qsizetype(bearer.size())), refreshToken);
    if (!done)
        return Response::problem(done.error());
    return Response::json(
               QJsonObject{{QStringLiteral("detail"), QStringLiteral("Logged out successfully")}})
        .with("Set-Cookie", "access_token=\"\"; Max-Age=0; Path=/; SameSite=lax");
}

Response AuthApi::me(const Request &request)
{
    const protocol::Role role =
        protocol::roleFromText(request.caller.role).value_or(protocol::Role::None);
    return Response::json(protocol::User{request.caller.id, request.caller.name,
                                         request.caller.displayName, true,
                                         role == protocol::Role::Admin, role}
                              .toJson());
}

Response AuthApi::appleSignIn(const Request &request)
{
    BodyReader body(request);
    const QString token =
        body.requiredString("identity_token", {.min = 1, .max = kLongestIdentityToken});
    // Sent by the app, worth nothing here: the identity token says it all.
    body.requiredString("authorization_code", {.max = kLongestToken});
    body.optionalString("user_email", {.max = kLongestEmail});
    const auto name = body.optionalString("user_full_name", {.max = 200});
    const auto nonce = body.optionalString("nonce", {.max = 256});
    if (!body.ok())
        return body.problem();
    const auto identity = m_ports.apple.verify(token, nonce.value_or(QString()));
    if (!identity)
        return Response::problem(identity.error());
    const auto done =
        m_ports.accounts.signInWithApple(*identity, name.value_or(QString()), userAgentOf(request));
    if (!done)
        return Response::problem(done.error());
    QJsonObject answer = done->signedIn.tokens.toJson();
    answer.insert(QStringLiteral("user_id"), done->signedIn.user.id.value);
    answer.insert(QStringLiteral("email"), done->signedIn.user.email);
    answer.insert(QStringLiteral("auth_provider"), QStringLiteral("apple"));
    answer.insert(QStringLiteral("is_new_user"), done->isNewUser);
    return Response::json(answer);
}

Response AuthApi::captchaKey(const Request &) const
{
    const QString key = m_ports.captcha.siteKey();
    if (key.isEmpty())
        return Response::problem(404, QStringLiteral("No CAPTCHA is configured"));
    return Response::json(QJsonObject{{QStringLiteral("site_key"), key}});
}

} // namespace server::api
