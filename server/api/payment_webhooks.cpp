#include "server/api/payment_webhooks.h"

#include "server/http/body_reader.h"

namespace server::api {

using http::Request;
using http::Response;

namespace {

constexpr qsizetype kLongestPayload = 500'000;

Response heard()
{
    return Response::json(
        QJsonObject{{QStringLiteral("success"), true}, {QStringLiteral("processed"), true}});
}

} // namespace

Response PaymentWebhooks::stripe(const Request &request)
{
    if (m_stripe.policy == StripePolicy::Unavailable)
        return Response::problem(503, QStringLiteral("Payments are not set up on this server"));
    const bool isOpen = m_stripe.policy == StripePolicy::Unsigned;
    if (isOpen && request.body.isEmpty())
        return heard(); // somebody tries the address
    const auto signature = request.header("stripe-signature").value_or(std::string_view());
    if (!isOpen
        && !m_stripe.isSigned(QByteArray(signature.data(), qsizetype(signature.size())),
                              request.body, m_ports.now()))
        return Response::problem(400, QStringLiteral("Invalid signature"));
    const auto event = m_stripe.read(request.body, m_ports.now());
    if (!event)
        return Response::problem(event.error());
    const auto handled = m_ports.billing.handle(*event);
    return handled ? heard() : Response::problem(handled.error());
}

Response PaymentWebhooks::appStore(const Request &request)
{
    http::BodyReader body(request);
    const QString payload =
        body.requiredString("signedPayload", {.min = 1, .max = kLongestPayload});
    if (!body.ok())
        return body.problem();
    const auto handled = m_ports.purchases.hear(payload);
    if (!handled)
        return Response::problem(handled.error());
    return Response::json(QJsonObject{
        {QStringLiteral("status"), QStringLiteral("success")},
        {QStringLiteral("message"), QStringLiteral("Notification processed successfully")}});
}

} // namespace server::api
