// Refusals as Google writes them.
#pragma once

#include "tests/sandbox/http_listener.h"

#include <QJsonArray>

namespace sandbox {

/// As the Calendar API refuses: `{"error": {"code", "message", "errors": [{"domain", "reason",
/// "message"}]}}`.
inline HttpAnswer calendarRefusal(int status, const QString &reason, const QString &message)
{
    const QJsonObject one{{QStringLiteral("domain"), QStringLiteral("global")},
                          {QStringLiteral("reason"), reason},
                          {QStringLiteral("message"), message}};
    return HttpAnswer::json(
        status, {{QStringLiteral("error"), QJsonObject{{QStringLiteral("errors"), QJsonArray{one}},
                                                       {QStringLiteral("code"), status},
                                                       {QStringLiteral("message"), message}}}});
}

/// As the token endpoint does (RFC 6749 5.2).
inline HttpAnswer oauthRefusal(int status, const QString &error, const QString &description)
{
    return HttpAnswer::json(status, {{QStringLiteral("error"), error},
                                     {QStringLiteral("error_description"), description}});
}

} // namespace sandbox
