#include "server/adapters/recaptcha/recaptcha.h"

#include "shared/base/log.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace server::recaptcha {

using base::Fault;

namespace {

constexpr std::chrono::seconds kPatience{5};
/// Google's are about 2,000 characters; what is far longer is none of theirs.
constexpr qsizetype kLongestToken = 8192;

tl::unexpected<base::Error> unasked(const QString &cause)
{
    return base::fail(Fault::Upstream, QStringLiteral("CAPTCHA verification error"), cause);
}

tl::unexpected<base::Error> refused(const QString &cause)
{
    return base::fail(Fault::Invalid, QStringLiteral("CAPTCHA verification failed"), cause);
}

} // namespace

base::Result<> Recaptcha::check(const QString &token, const QString &peer)
{
    if (!m_keys.isOn)
        return {};
    if (token.isEmpty())
        return base::fail(Fault::Invalid, QStringLiteral("CAPTCHA verification required"));
    if (token.size() > kLongestToken)
        return refused(QStringLiteral("too long"));

    auto request = web::HttpClient::formPost(
        m_keys.baseUrl + QStringLiteral("/recaptcha/api/siteverify"),
        {{QStringLiteral("secret"), QString::fromUtf8(m_keys.secretKey.reveal())},
         {QStringLiteral("response"), token},
         {QStringLiteral("remoteip"), peer}});
    request.timeout = kPatience;
    const auto answer = m_http.send(request);
    if (!answer)
        return unasked(answer.error().cause);
    if (answer->status != 200)
        return unasked(QStringLiteral("status %1").arg(answer->status));
    const QJsonDocument document = QJsonDocument::fromJson(answer->body);
    const QJsonValue success = document.object().value(QLatin1String("success"));
    if (!success.isBool())
        return unasked(QStringLiteral("an answer without a verdict"));
    if (success.toBool())
        return {};

    const QJsonArray list = document.object().value(QLatin1String("error-codes")).toArray();
    QStringList codes;
    for (const auto &code : list)
        codes.append(code.toString());
    const QString cause = codes.join(QStringLiteral(", "));
    if (codes.contains(QLatin1String("invalid-input-secret"))
        || codes.contains(QLatin1String("missing-input-secret"))) {
        base::log::error("captcha.misconfigured", {{QStringLiteral("cause"), cause}});
        return base::fail(Fault::Unavailable, QStringLiteral("CAPTCHA misconfigured"), cause);
    }
    return refused(cause);
}

} // namespace server::recaptcha
