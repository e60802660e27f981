// The captcha in front of sign-up and sign-in.
#pragma once

#include "server/core/accounts/captcha_ports.h"
#include "server/http/request.h"
#include "server/http/response.h"

#include <optional>

namespace server::api {

/// What the page got from the captcha: header X-Captcha, else query captcha_response, else the form
/// or JSON field of that name. Empty when there is none.
QString captchaTokenOf(const http::Request &request);

/// The answer to give instead of doing what was asked; nothing when the captcha is content. Blocks
/// while the captcha service is asked: for handlers on the slow lane.
///
/// The mobile app is let through: the versions in people's hands can show no captcha, and must be
/// able to sign up and in. Whoever claims to be the app gets past as well, so this only keeps
/// robots off the web forms; what keeps the rest in bounds are the rate limits of these routes.
std::optional<http::Response> captchaRefusal(core::Captcha &captcha, const http::Request &request);

} // namespace server::api
