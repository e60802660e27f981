// What Google's answers mean.
#pragma once

#include "server/web/http_client.h"

#include <QJsonObject>

namespace server::google {

/// True for a 403 that goes away when one waits a moment: rateLimitExceeded and
/// userRateLimitExceeded (Calendar API, "Handle API errors").
bool isTooFast(const web::HttpAnswer &answer);

/// The object of an answer of the Calendar API, or what the failure is: Unauthenticated (401),
/// LimitReached (429 and a 403 for a rate or quota), Forbidden (any other 403), NotFound (404,
/// 410), Conflict (409), Invalid (any other 4xx, with Google's words), Timeout (408), Upstream for
/// everything else, also for what is no JSON object. Pure; any thread.
base::Result<QJsonObject> calendarAnswer(const base::Result<web::HttpAnswer> &answer);

/// The same for the token endpoint, which has errors of its own (RFC 6749 5.2): Forbidden with
/// "invalid_grant" in its message, Unavailable when Google does not know our client.
base::Result<QJsonObject> oauthAnswer(const base::Result<web::HttpAnswer> &answer);

/// The failure of an answer that has the right status and makes no sense; `cause` goes to the log.
tl::unexpected<base::Error> senseless(const QString &cause);

} // namespace server::google
