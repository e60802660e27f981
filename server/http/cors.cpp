#include "server/http/cors.h"

#include "server/http/header_text.h"

#include <algorithm>
#include <array>

namespace server::http {

namespace {

constexpr std::string_view kAllowedMethods = "GET, POST, PUT, PATCH, DELETE, OPTIONS";
constexpr std::string_view kAllowedHeaders =
    "Accept, Accept-Language, Authorization, Content-Language, Content-Type, Idempotency-Key, "
    "X-App-Type, X-Captcha";
constexpr std::string_view kExposed = "RateLimit, RateLimit-Policy, Retry-After, X-Request-Id";
constexpr std::string_view kMaxAge = "600"; // seconds

bool areAllowedHeaders(std::string_view list)
{
    return std::ranges::all_of(split(list, ','), [](std::string_view one) {
        return trimmed(one).empty() || hasToken(kAllowedHeaders, trimmed(one));
    });
}

} // namespace

bool Cors::isAllowed(std::string_view origin) const
{
    return std::ranges::find(m_origins, origin) != m_origins.end();
}

std::optional<Response> Cors::preflight(const Request &request) const
{
    const auto origin = request.header("origin");
    const auto method = request.header("access-control-request-method");
    if (request.method != Method::Options || !origin || !method)
        return std::nullopt;
    QByteArray refused;
    const auto refuse = [&](const char *what) {
        refused += (refused.isEmpty() ? "" : ", ") + QByteArray(what);
    };
    if (!isAllowed(*origin))
        refuse("origin");
    if (!isToken(*method) || !hasToken(kAllowedMethods, *method))
        refuse("method");
    if (!areAllowedHeaders(request.header("access-control-request-headers").value_or("")))
        refuse("headers");
    Response response = refused.isEmpty() ? Response::text(200, "text/plain; charset=utf-8", "OK")
                                          : Response::text(400, "text/plain; charset=utf-8",
                                                           "Disallowed CORS " + refused);
    response.headers.emplace_back("Access-Control-Allow-Methods", kAllowedMethods);
    response.headers.emplace_back("Access-Control-Allow-Headers", kAllowedHeaders);
    response.headers.emplace_back("Access-Control-Max-Age", kMaxAge);
    return response;
}

void Cors::appendTo(std::string &head, const Request &request) const
{
    const auto origin = request.header("origin");
    if (!origin || !isAllowed(*origin))
        return;
    head += "Access-Control-Allow-Origin: ";
    head += *origin;
    head += "\r\nAccess-Control-Allow-Credentials: true\r\nAccess-Control-Expose-Headers: ";
    head += kExposed;
    head += "\r\nVary: Origin\r\n";
}

} // namespace server::http
