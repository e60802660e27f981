// The one place that knows which status an error has and what its body looks like.
#include "server/http/response.h"

namespace server::http {

namespace {

int statusOf(base::Fault fault)
{
    using enum base::Fault;
    switch (fault) {
    case Invalid:
        return 400;
    case Unauthenticated:
        return 401;
    case PaymentRequired:
        return 402;
    case Forbidden:
        return 403;
    case NotFound:
        return 404;
    case Conflict:
        return 409;
    case Unprocessable:
        return 422;
    case LimitReached:
        return 429;
    case Internal:
        return 500;
    case Upstream:
        return 502;
    case Unavailable:
        return 503;
    case Timeout:
        return 504;
    }
    Q_UNREACHABLE();
}

} // namespace

Response Response::problem(int status, const QString &detail)
{
    QJsonObject body{{QStringLiteral("detail"), detail}};
    if (status == 429)
        body.insert(QStringLiteral("error"), detail); // where the existing clients look for it
    return json(body, status);
}

Response Response::problem(const base::Error &error)
{
    if (error.fault == base::Fault::Internal) {
        // What went wrong inside is nobody's business outside.
        Response response =
            problem(500, QStringLiteral("An unexpected error occurred. Please try again later."));
        response.cause = error.cause.isEmpty() ? error.message
                                               : error.message + QStringLiteral(": ") + error.cause;
        return response;
    }
    Response response = problem(statusOf(error.fault), error.message);
    response.cause = error.cause;
    if (error.fault == base::Fault::Unauthenticated)
        response.headers.emplace_back("WWW-Authenticate", "Bearer");
    return response;
}

Response rateLimitProblem(const std::string &limit, std::chrono::seconds wait)
{
    const auto seconds = wait.count();
    const QString detail =
        QStringLiteral("Too many requests. Please try again in %1 %2.")
            .arg(seconds)
            .arg(seconds == 1 ? QLatin1String("second") : QLatin1String("seconds"));
    return Response::json(
               QJsonObject{{QStringLiteral("error"), QStringLiteral("Rate limit exceeded: ")
                                                         + QString::fromStdString(limit)},
                           {QStringLiteral("detail"), detail}},
               429)
        .with("Retry-After", std::to_string(seconds));
}

Response validationProblem(const std::vector<FieldError> &errors)
{
    QJsonArray list;
    for (const FieldError &error : errors)
        list.append(QJsonObject{{QStringLiteral("field"), error.field},
                                {QStringLiteral("message"), error.message}});
    return Response::json(
        QJsonObject{{QStringLiteral("detail"), QStringLiteral("Validation error")},
                    {QStringLiteral("errors"), list}},
        422);
}

} // namespace server::http
