#include "server/adapters/twilio/twilio_answer.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace server::twilio {

using base::Fault;

QString refusalText(const web::HttpAnswer &answer)
{
    const QJsonObject body = QJsonDocument::fromJson(answer.body).object();
    const QString message = body.value(QLatin1String("message")).toString();
    return message.isEmpty() ? QStringLiteral("status %1").arg(answer.status) : message;
}

base::Result<> checkAnswer(const web::HttpAnswer &answer, const QString &missing)
{
    constexpr int kTimeout = 408;
    constexpr int kTooMany = 429;
    if (answer.status < 400)
        return {};
    if (answer.status == 404)
        return base::fail(Fault::NotFound, missing, refusalText(answer));
    if (answer.status == kTimeout || answer.status == kTooMany || answer.status >= 500)
        return base::fail(Fault::Upstream,
                          QStringLiteral("The phone service is not available right now"),
                          refusalText(answer));
    return base::fail(
        Fault::Invalid,
        QStringLiteral("An error occurred with the phone service: %1").arg(refusalText(answer)),
        refusalText(answer));
}

} // namespace server::twilio
