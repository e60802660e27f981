// Requests to Stripe's API.
#pragma once

#include "server/web/http_client.h"

#include <QJsonObject>

namespace server::stripe {

struct StripeSettings
{
    QString baseUrl; ///< without a trailing slash
    base::Secret secretKey;
};

/// Thread-safe; blocks for up to 30 s. Errors as core::BillingGateway has them.
class StripeClient
{
public:
    StripeClient(StripeSettings settings, web::HttpClient &http)
        : m_settings(std::move(settings)), m_http(http)
    {
    }

    bool isSetUp() const { return !m_settings.secretKey.isEmpty(); }

    base::Result<QJsonObject> get(const QString &path) const;
    /// An empty key: the request may be carried out as often as it arrives.
    base::Result<QJsonObject> post(const QString &path, const web::Form &form,
                                   const QString &idempotencyKey = {}) const;
    base::Result<QJsonObject> remove(const QString &path) const;

private:
    base::Result<QJsonObject> send(web::HttpRequest request, const QString &idempotencyKey) const;

    const StripeSettings m_settings;
    web::HttpClient &m_http;
};

/// An id as one segment of a path.
QString segment(const QString &id);

} // namespace server::stripe
