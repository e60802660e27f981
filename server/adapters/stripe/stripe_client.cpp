#include "server/adapters/stripe/stripe_client.h"

#include "shared/base/log.h"

#include <QJsonDocument>
#include <QUrl>

namespace server::stripe {

using base::Fault;
using base::Result;
using web::HttpAnswer;

namespace {

/// Every object that we read has the form of this version, whatever the account's own is.
constexpr const char *kVersion = "2025-03-31.basil";
constexpr std::chrono::seconds kPatience{30};

/// `{"error": {"type", "code", "decline_code", "message", "param"}}` (Stripe API, "Errors").
struct Refusal
{
    QString type;
    QString code;
    QString param;
    QString message;

    QString cause(int status) const
    {
        return QStringLiteral("status %1 %2 %3 %4: %5")
            .arg(QString::number(status), type, code, param, message);
    }
};

Refusal refusalIn(const HttpAnswer &answer)
{
    const QJsonObject error =
        QJsonDocument::fromJson(answer.body).object().value(QLatin1String("error")).toObject();
    const auto text = [&error](const char *name) {
        return error.value(QLatin1String(name)).toString();
    };
    return {text("type"), text("code"), text("param"), text("message").left(300)};
}

/// What the asker is told; Stripe's own words are for the owner of a card only.
QString wordsOf(const Refusal &refusal)
{
    if (refusal.code != QLatin1String("resource_missing"))
        return refusal.code.isEmpty()
                   ? QStringLiteral("The payment provider refused the request")
                   : QStringLiteral("The payment provider refused the request (%1)")
                         .arg(refusal.code);
    QString what = refusal.param.section(QLatin1Char('['), 0, 0);
    what.replace(QLatin1Char('_'), QLatin1Char(' '));
    return refusal.param.contains(QLatin1String("price"))
               ? QStringLiteral("No such price")
               : QStringLiteral("No such %1").arg(what.isEmpty() ? QStringLiteral("thing") : what);
}

tl::unexpected<base::Error> failureOf(const HttpAnswer &answer)
{
    const Refusal refusal = refusalIn(answer);
    const QString cause = refusal.cause(answer.status);
    if (answer.status == 401 || answer.status == 403) {
        base::log::error("stripe.misconfigured", {{QStringLiteral("cause"), cause}});
        return base::fail(Fault::Unavailable,
                          QStringLiteral("Payments are not set up correctly on this server"),
                          cause);
    }
    if (answer.status == 429)
        return base::fail(Fault::Unavailable,
                          QStringLiteral("The payment provider is busy. Please try again."), cause);
    // 409: the same order is under way, so that it may yet be carried out.
    if (answer.status >= 500 || answer.status == 409 || answer.status < 400)
        return base::fail(Fault::Upstream,
                          QStringLiteral("The payment provider is not available right now"), cause);
    if (refusal.type == QLatin1String("card_error") || answer.status == 402)
        return base::fail(Fault::PaymentRequired,
                          refusal.message.isEmpty() ? QStringLiteral("The payment failed")
                                                    : refusal.message,
                          cause);
    const bool isMissing = refusal.code == QLatin1String("resource_missing");
    return base::fail(isMissing ? Fault::NotFound : Fault::Invalid, wordsOf(refusal), cause);
}

} // namespace

QString segment(const QString &id)
{
    return QString::fromLatin1(QUrl::toPercentEncoding(id));
}

Result<QJsonObject> StripeClient::get(const QString &path) const
{
    web::HttpRequest request;
    request.url = m_settings.baseUrl + path;
    return send(std::move(request), {});
}

Result<QJsonObject> StripeClient::post(const QString &path, const web::Form &form,
                                       const QString &idempotencyKey) const
{
    return send(web::HttpClient::formPost(m_settings.baseUrl + path, form), idempotencyKey);
}

Result<QJsonObject> StripeClient::remove(const QString &path) const
{
    web::HttpRequest request;
    request.method = "DELETE";
    request.url = m_settings.baseUrl + path;
    return send(std::move(request), {});
}

Result<QJsonObject> StripeClient::send(web::HttpRequest request,
                                       const QString &idempotencyKey) const
{
    request.timeout = kPatience;
    request.headers = {{"Authorization", "Bearer " + m_settings.secretKey.reveal()},
                       {"Stripe-Version", kVersion}};
    if (!idempotencyKey.isEmpty())
        request.headers.append({"Idempotency-Key", idempotencyKey.toLatin1()});
    const auto answer = m_http.send(request);
    if (!answer)
        return base::fail(answer.error().fault,
                          answer.error().fault == Fault::Timeout
                              ? QStringLiteral("The payment provider did not answer in time")
                              : QStringLiteral("The payment provider could not be reached"),
                          answer.error().cause);
    if (answer->status < 200 || answer->status > 299)
        return failureOf(*answer);
    const QJsonDocument document = QJsonDocument::fromJson(answer->body);
    if (!document.isObject())
        return base::fail(Fault::Upstream,
                          QStringLiteral("The payment provider gave no usable answer"),
                          QStringLiteral("status %1 without an object").arg(answer->status));
    return document.object();
}

} // namespace server::stripe
