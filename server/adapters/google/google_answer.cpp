#include "server/adapters/google/google_answer.h"

#include "shared/base/log.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <array>

namespace server::google {

using base::Fault;
using web::HttpAnswer;

namespace {

constexpr std::array kTooFast{"rateLimitExceeded", "userRateLimitExceeded"};
constexpr std::array kUsedUp{"quotaExceeded", "dailyLimitExceeded"};
/// Google's words go into our own messages, so they stay short.
constexpr qsizetype kLongestWords = 200;

/// `{"error": {"code", "message", "errors": [{"domain", "reason", "message"}]}}`
struct Refusal
{
    QString reason;
    QString words;
};

Refusal refusalIn(const HttpAnswer &answer)
{
    const QJsonObject error =
        QJsonDocument::fromJson(answer.body).object().value(QLatin1String("error")).toObject();
    const QJsonObject first = error.value(QLatin1String("errors")).toArray().first().toObject();
    return {first.value(QLatin1String("reason")).toString(),
            error.value(QLatin1String("message")).toString().left(kLongestWords)};
}

template <size_t N>
bool isOneOf(const QString &reason, const std::array<const char *, N> &reasons)
{
    return std::any_of(reasons.begin(), reasons.end(),
                       [&](const char *one) { return reason == QLatin1String(one); });
}

base::Result<QJsonObject> objectOf(const HttpAnswer &answer)
{
    const QJsonDocument document = QJsonDocument::fromJson(answer.body);
    if (!document.isObject())
        return senseless(QStringLiteral("status %1 without a JSON object").arg(answer.status));
    return document.object();
}

base::Result<QJsonObject> unreached(const base::Error &error)
{
    return base::fail(error.fault,
                      error.fault == Fault::Timeout
                          ? QStringLiteral("Google did not answer in time")
                          : QStringLiteral("Google could not be reached"),
                      error.cause);
}

/// What every endpoint may say.
base::Result<QJsonObject> outage(const HttpAnswer &answer, const QString &cause)
{
    if (answer.status == 429)
        return base::fail(Fault::LimitReached,
                          QStringLiteral("Google's limit of requests is reached, try again later"),
                          cause);
    if (answer.status == 408)
        return base::fail(Fault::Timeout, QStringLiteral("Google did not answer in time"), cause);
    return base::fail(Fault::Upstream, QStringLiteral("Google is not available right now"), cause);
}

Fault faultOf(int status)
{
    switch (status) {
    case 401:
        return Fault::Unauthenticated;
    case 403:
        return Fault::Forbidden;
    case 404:
    case 410:
        return Fault::NotFound;
    case 409:
        return Fault::Conflict;
    default:
        return Fault::Invalid;
    }
}

} // namespace

tl::unexpected<base::Error> senseless(const QString &cause)
{
    return base::fail(Fault::Upstream, QStringLiteral("Google gave no usable answer"), cause);
}

bool isTooFast(const HttpAnswer &answer)
{
    return answer.status == 403 && isOneOf(refusalIn(answer).reason, kTooFast);
}

base::Result<QJsonObject> calendarAnswer(const base::Result<HttpAnswer> &answer)
{
    if (!answer)
        return unreached(answer.error());
    const int status = answer->status;
    if (status >= 200 && status < 300)
        return objectOf(*answer);
    const Refusal refusal = refusalIn(*answer);
    const QString cause =
        QStringLiteral("status %1 %2").arg(QString::number(status), refusal.reason).trimmed();
    if (status == 403 && (isOneOf(refusal.reason, kTooFast) || isOneOf(refusal.reason, kUsedUp)))
        return base::fail(Fault::LimitReached,
                          QStringLiteral("Google's limit of requests is reached, try again later"),
                          cause);
    if (status == 408 || status == 429 || status < 400 || status >= 500)
        return outage(*answer, cause);
    return base::fail(
        faultOf(status),
        QStringLiteral("Google Calendar refused: ")
            + (refusal.words.isEmpty() ? QStringLiteral("status %1").arg(status) : refusal.words),
        cause);
}

base::Result<QJsonObject> oauthAnswer(const base::Result<HttpAnswer> &answer)
{
    if (!answer)
        return unreached(answer.error());
    const int status = answer->status;
    if (status >= 200 && status < 300)
        return objectOf(*answer);
    const QJsonObject body = QJsonDocument::fromJson(answer->body).object();
    const QString code = body.value(QLatin1String("error")).toString();
    const QString cause = QStringLiteral("status %1 %2").arg(QString::number(status), code);
    if (code == QLatin1String("invalid_grant"))
        return base::fail(Fault::Forbidden,
                          QStringLiteral("invalid_grant: Google's consent has expired or was "
                                         "taken back"),
                          cause);
    if (code == QLatin1String("invalid_client") || code == QLatin1String("unauthorized_client")
        || code == QLatin1String("redirect_uri_mismatch")) {
        base::log::error("google.misconfigured", {{QStringLiteral("cause"), cause}});
        return base::fail(Fault::Unavailable,
                          QStringLiteral("Google does not accept this server's settings"), cause);
    }
    return outage(*answer, cause);
}

} // namespace server::google
