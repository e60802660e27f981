#include "server/api/captcha.h"

#include "server/api/platform.h"

#include <QJsonDocument>

namespace server::api {

using http::Request;
using http::Response;

QString captchaTokenOf(const Request &request)
{
    if (const auto header = request.header("x-captcha"); header && !header->empty())
        return QString::fromUtf8(header->data(), qsizetype(header->size())).trimmed();
    constexpr QStringView name = u"captcha_response";
    if (const auto value = request.queryValue(name))
        return *value;
    if (const auto value = request.formValue(name))
        return *value;
    return QJsonDocument::fromJson(request.body).object().value(name).toString();
}

std::optional<Response> captchaRefusal(core::Captcha &captcha, const Request &request)
{
    if (platformOf(request) == core::Platform::Mobile)
        return std::nullopt;
    const QString token = captchaTokenOf(request);
    const auto checked = captcha.check(token, QString::fromStdString(request.peer));
    if (checked)
        return std::nullopt;
    Response refusal = Response::problem(checked.error());
    refusal.isUncounted = token.isEmpty(); // a made-up one costs a question, so it counts
    return refusal;
}

} // namespace server::api
