#include "server/api/calendar_consent_api.h"

#include "server/api/calendar_json.h"
#include "shared/base/log.h"

#include <QUrl>

namespace server::api {

using base::Fault;
using http::Request;
using http::Response;

namespace {

constexpr http::TextRule kStateRule{.max = 200};
constexpr http::TextRule kCodeRule{.max = 2'000};

/// No script: the Content-Security-Policy allows none in a page.
const QString kConsentPage = QStringLiteral(R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="%1;url=%2">
<title>%3</title>
<style>body{font-family:sans-serif;max-width:32em;margin:20vh auto;padding:0 1em;text-align:center}</style>
</head>
<body>
<h1>%3</h1>
<p>%4</p>
<p><a href="%2">Continue</a></p>
</body>
</html>
)");

Response page(int seconds, const QString &url, const QString &title, const QString &text)
{
    return Response::text(200, "text/html; charset=utf-8",
                          kConsentPage
                              .arg(QString::number(seconds), url.toHtmlEscaped(),
                                   title.toHtmlEscaped(), text.toHtmlEscaped())
                              .toUtf8());
}

/// What the browser itself did wrong is told as such; only the rest is a failure to connect.
bool isBrowsersMistake(const base::Error &error)
{
    return error.fault == Fault::Invalid || error.fault == Fault::NotFound;
}

} // namespace

Response CalendarConsentApi::begin(const Request &request)
{
    if (!m_options.isConfigured)
        return Response::problem(503,
                                 QStringLiteral("Google Calendar is not set up on this server"));
    const auto url = m_connections.beginConsent({request.caller.id});
    if (!url)
        return Response::problem(url.error());
    return Response::json(QJsonObject{{QStringLiteral("authorization_url"), *url}});
}

base::Result<> CalendarConsentApi::finish(const Request &request)
{
    http::QueryReader query(request);
    const QString state = query.optionalString("state", kStateRule).value_or(QString());
    const QString code = query.optionalString("code", kCodeRule).value_or(QString());
    const QString refusal = query.optionalString("error", kStateRule).value_or(QString());
    if (!query.ok() || state.isEmpty())
        return base::fail(Fault::Invalid, QStringLiteral("Invalid state parameter"));
    if (code.isEmpty()) {
        if (const auto dropped = m_connections.dropConsent(state); !dropped)
            return failed(dropped);
        return base::fail(Fault::Forbidden, QStringLiteral("Google was not given your consent"),
                          refusal);
    }
    const auto user = m_connections.finishConsent(state, code);
    if (!user)
        return failed(user);
    base::log::info("calendar.connected", {{QStringLiteral("user"), user->value}});
    return {};
}

Response CalendarConsentApi::callback(const Request &request)
{
    const QString target = m_options.frontendUrl + QStringLiteral("/scheduled-meetings?");
    const auto finished = finish(request);
    if (finished) {
        // The web app congratulates only where there is a code and a state too. Theirs are used up,
        // and nobody else's business.
        return page(3,
                    target + QStringLiteral("success=true&connected=calendar&code=done&state=done"),
                    QStringLiteral("Google Calendar connected"),
                    QStringLiteral("Your calendar is connected. You are being taken back."));
    }
    if (isBrowsersMistake(finished.error()))
        return Response::problem(finished.error());
    const QString words = wordsFor(finished.error());
    Response response = page(5,
                             target + QStringLiteral("error=calendar_connection_failed&message=")
                                 + QString::fromLatin1(QUrl::toPercentEncoding(words)),
                             QStringLiteral("Google Calendar could not be connected"), words);
    response.cause = finished.error().message + QStringLiteral(": ") + finished.error().cause;
    return response;
}

Response CalendarConsentApi::callbackAsJson(const Request &request)
{
    const auto finished = finish(request);
    if (finished)
        return Response::json(
            QJsonObject{{QStringLiteral("message"), QStringLiteral("Google Calendar connected!")}});
    if (isBrowsersMistake(finished.error()))
        return Response::problem(finished.error());
    return calendarProblem(finished.error(), QStringLiteral("Failed to connect Google Calendar"));
}

Response CalendarConsentApi::disconnect(const Request &request)
{
    const auto gone = m_connections.disconnect({request.caller.id});
    if (!gone)
        return Response::problem(gone.error());
    return Response::json(
        QJsonObject{{QStringLiteral("message"), QStringLiteral("Google Calendar disconnected")}});
}

} // namespace server::api
