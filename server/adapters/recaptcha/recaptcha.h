// Google reCAPTCHA v2 ("Verifying the user's response").
#pragma once

#include "server/core/accounts/captcha_ports.h"
#include "server/web/http_client.h"

namespace server::recaptcha {

struct RecaptchaKeys
{
    QString baseUrl; ///< without a trailing slash
    QString siteKey; ///< public: pages show the captcha with it
    base::Secret secretKey;
    bool isOn = true; ///< off: check() is always good, whatever is sent
};

/// Asks Google about each token. Thread-safe; blocks for up to 5 s. Tokens are good once, which
/// Google sees to.
class Recaptcha final : public core::Captcha
{
public:
    Recaptcha(RecaptchaKeys keys, web::HttpClient &http) : m_keys(std::move(keys)), m_http(http) {}

    base::Result<> check(const QString &token, const QString &peer) override;
    QString siteKey() const override { return m_keys.isOn ? m_keys.siteKey : QString(); }

private:
    const RecaptchaKeys m_keys;
    web::HttpClient &m_http;
};

} // namespace server::recaptcha
