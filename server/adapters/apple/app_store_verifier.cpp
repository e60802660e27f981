#include "server/adapters/apple/app_store_verifier.h"

namespace server::apple {

using base::Fault;
using base::Result;

namespace {

constexpr int kMostPieces = 10; ///< of one consumable in one transaction, by Apple's own limit

QString textIn(const QJsonObject &object, const char *name)
{
    return object.value(QLatin1String(name)).toString();
}

QDateTime timeIn(const QJsonObject &object, const char *name)
{
    const qint64 ms = object.value(QLatin1String(name)).toInteger();
    return ms > 0 ? QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC) : QDateTime();
}

tl::unexpected<base::Error> badPayload(const char *why)
{
    return base::fail(Fault::Unauthenticated, QStringLiteral("Invalid signature"),
                      QLatin1String(why));
}

bool isSandbox(const QJsonObject &payload)
{
    return textIn(payload, "environment") != QLatin1String("Production");
}

} // namespace

AppStoreVerifier::AppStoreVerifier(AppStoreSettings settings, web::HttpClient &http,
                                   base::Clock now)
    : m_settings(std::move(settings)),
      m_now(std::move(now)),
      m_jws(AppStoreJws::create(m_settings.rootsPem).value()),
      m_receipts(m_settings, http)
{
}

Result<> AppStoreVerifier::requireSetUp() const
{
    if (m_settings.bundleId.isEmpty())
        return base::fail(Fault::Unavailable,
                          QStringLiteral("Purchases are not set up on this server"));
    return {};
}

Result<core::StoreTransaction> AppStoreVerifier::transaction(const QString &jws) const
{
    const auto payload = m_jws.verify(jws, m_now());
    if (!payload)
        return failed(payload);
    if (textIn(*payload, "bundleId") != m_settings.bundleId)
        return badPayload("of another app");
    core::StoreTransaction transaction;
    transaction.id = textIn(*payload, "transactionId");
    transaction.originalId = textIn(*payload, "originalTransactionId");
    transaction.productId = textIn(*payload, "productId");
    transaction.isSandbox = isSandbox(*payload);
    transaction.quantity =
        std::clamp(payload->value(QLatin1String("quantity")).toInt(1), 1, kMostPieces);
    transaction.purchasedAt = timeIn(*payload, "purchaseDate");
    transaction.expiresAt = timeIn(*payload, "expiresDate");
    transaction.refundedAt = timeIn(*payload, "revocationDate");
    transaction.signedAt = timeIn(*payload, "signedDate");
    if (transaction.id.isEmpty() || transaction.originalId.isEmpty()
        || transaction.productId.isEmpty() || !transaction.purchasedAt.isValid())
        return badPayload("not a transaction");
    return transaction;
}

Result<core::StoreTransaction> AppStoreVerifier::verify(const QString &receipt, bool isFromSandbox,
                                                        const QStringList &products)
{
    const auto invalid = [](const QString &why, const QString &cause = {}) {
        return base::fail(Fault::Invalid, QStringLiteral("Receipt validation failed: ") + why,
                          cause);
    };
    if (!AppStoreJws::isJws(receipt))
        return m_receipts.verify(receipt, isFromSandbox, products, m_now());
    auto verified = transaction(receipt);
    if (!verified)
        return invalid(QStringLiteral("the App Store has not signed it for this app"),
                       verified.error().cause);
    if (const auto ready = requireSetUp(); !ready)
        return failed(ready);
    if (verified->isSandbox && !m_settings.takesSandbox)
        return invalid(QStringLiteral("it is from the sandbox"));
    return verified;
}

Result<core::StoreNotification> AppStoreVerifier::notification(const QString &signedPayload)
{
    const auto payload = m_jws.verify(signedPayload, m_now());
    if (!payload)
        return failed(payload);
    if (const auto ready = requireSetUp(); !ready)
        return failed(ready);
    const QJsonObject data = payload->value(QLatin1String("data")).toObject();
    if (data.contains(QLatin1String("bundleId")) && textIn(data, "bundleId") != m_settings.bundleId)
        return badPayload("of another app");
    core::StoreNotification notification;
    notification.id = textIn(*payload, "notificationUUID");
    notification.type = textIn(*payload, "notificationType");
    notification.subtype = textIn(*payload, "subtype");
    notification.signedAt = timeIn(*payload, "signedDate");
    if (notification.id.isEmpty() || notification.type.isEmpty())
        return badPayload("not a notification");
    if (isSandbox(data) && !m_settings.takesSandbox)
        return notification; // it tells nothing that counts here
    if (const QString inner = textIn(data, "signedTransactionInfo"); !inner.isEmpty()) {
        auto told = transaction(inner);
        if (!told)
            return failed(told);
        notification.transaction = std::move(*told);
    }
    if (const QString inner = textIn(data, "signedRenewalInfo"); !inner.isEmpty()) {
        const auto renewal = m_jws.verify(inner, m_now());
        if (!renewal)
            return failed(renewal);
        notification.graceEndsAt = timeIn(*renewal, "gracePeriodExpiresDate");
    }
    return notification;
}

} // namespace server::apple
