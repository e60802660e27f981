// What Twilio's REST APIs answer when they do not do what was asked (Twilio, "Error responses").
#pragma once

#include "server/web/http_client.h"

#include <QJsonObject>

namespace server::twilio {

/// Twilio's own words: they name what is wrong with a number or an account, and hold no secret of
/// ours.
QString refusalText(const web::HttpAnswer &answer);

/// Fine below 400. Fault::NotFound with `missing` for 404; Fault::Upstream for 408, 429 and from
/// 500 on, where another try may help; Fault::Invalid for the rest. The cause is the refusal's
/// text.
base::Result<> checkAnswer(const web::HttpAnswer &answer, const QString &missing);

/// A text of an answer; empty when it has none of that name.
inline QString textIn(const QJsonObject &answer, const char *name)
{
    return answer.value(QLatin1String(name)).toString();
}

} // namespace server::twilio
