// Twilio's REST API (2010-04-01), in the name of one account or another.
#pragma once

#include "server/core/numbers/phone_account.h"
#include "server/web/http_client.h"

namespace server::twilio {

/// The service's account, for what is never done in another's name.
struct TwilioAccount
{
    QString baseUrl; ///< without a trailing slash
    QString accountSid;
    base::Secret authToken;
};

/// Thread-safe; blocks. Results as HttpClient's: an answer of any status is a value.
class TwilioRest
{
public:
    /// `baseUrl` without a trailing slash.
    TwilioRest(QString baseUrl, web::HttpClient &http) : m_baseUrl(std::move(baseUrl)), m_http(http)
    {
    }

    /// `path` is what follows the account's id: ".json", "/Calls.json".
    base::Result<web::HttpAnswer> get(const core::PhoneAccount &account, const QString &path,
                                      const web::Form &query = {}) const;
    base::Result<web::HttpAnswer> post(const core::PhoneAccount &account, const QString &path,
                                       const web::Form &form) const;
    base::Result<web::HttpAnswer> remove(const core::PhoneAccount &account,
                                         const QString &path) const;

private:
    base::Result<web::HttpAnswer> send(const core::PhoneAccount &account,
                                       web::HttpRequest request) const;
    QString urlOf(const core::PhoneAccount &account, const QString &path) const;

    const QString m_baseUrl;
    web::HttpClient &m_http;
};

/// As checkAnswer() says, and Fault::Unauthenticated when the account's token is not good.
base::Result<> checkAccountAnswer(const web::HttpAnswer &answer, const QString &missing);

} // namespace server::twilio
