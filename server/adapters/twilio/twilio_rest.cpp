#include "server/adapters/twilio/twilio_rest.h"

#include "server/adapters/twilio/twilio_answer.h"

namespace server::twilio {

using base::Fault;
using base::Result;
using core::PhoneAccount;
using web::HttpAnswer;
using web::HttpClient;

QString TwilioRest::urlOf(const PhoneAccount &account, const QString &path) const
{
    return m_baseUrl + QStringLiteral("/2010-04-01/Accounts/") + account.sid + path;
}

Result<HttpAnswer> TwilioRest::send(const PhoneAccount &account, web::HttpRequest request) const
{
    if (account.sid.isEmpty())
        return base::fail(Fault::Unavailable, QStringLiteral("The phone service is not set up"));
    request.user = account.sid;
    request.password = account.token;
    return m_http.send(request);
}

Result<HttpAnswer> TwilioRest::get(const PhoneAccount &account, const QString &path,
                                   const web::Form &query) const
{
    web::HttpRequest request;
    request.url = urlOf(account, path);
    if (!query.isEmpty())
        request.url += QLatin1Char('?') + QString::fromLatin1(HttpClient::encode(query));
    return send(account, std::move(request));
}

Result<HttpAnswer> TwilioRest::post(const PhoneAccount &account, const QString &path,
                                    const web::Form &form) const
{
    web::HttpRequest request = HttpClient::formPost(urlOf(account, path), form);
    request.isOnce = true; // a call that is dialled twice rings twice
    return send(account, std::move(request));
}

Result<HttpAnswer> TwilioRest::remove(const PhoneAccount &account, const QString &path) const
{
    web::HttpRequest request;
    request.method = "DELETE";
    request.url = urlOf(account, path);
    return send(account, std::move(request));
}

Result<> checkAccountAnswer(const HttpAnswer &answer, const QString &missing)
{
    if (answer.status == 401 || answer.status == 403)
        return base::fail(Fault::Unauthenticated,
                          QStringLiteral("The phone service does not accept the account"),
                          refusalText(answer));
    return checkAnswer(answer, missing);
}

} // namespace server::twilio
